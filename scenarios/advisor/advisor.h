/* advisor.h - what pieces of advice look with: settings by their names, for a piece knows no room;
 * who calls, sends and reads; how long work takes and who may fail. Times are in seconds. What
 * cannot be told is answered so that no false alarm follows. */
#ifndef ADVISOR_H
#define ADVISOR_H

#include "advice.h"
#include "backoff.h"
#include "findings.h"
#include "flows.h"
#include "reading.h"

/* A call or send: from whom, to whom, and the group of its settings. */
struct edge {
    const struct spec_entity *from, *to;
    const struct spec_entity *through; /* a pool or proxy before `to`; NULL: none */
    const char
        *list; /* the key that it stands under: calls, sends, forwards, or a producer's call */
    const struct value *item;
    bool waits; /* for the answer of what is done, not only until a message is taken */
};

struct adviser {
    const struct spec *spec;
    struct problems *problems;
    struct findings findings; /* its arena holds the texts of numbers */
    struct flows flows;
    const struct advice *now;
    struct edge *edge;
    uint32_t n_edge;
    uint32_t *steps; /* that the walk at hand may still take */
};
#define STEPS 2000
bool may_go_on(const struct adviser *, int depth); /* of a walk; counts the step */

struct advice_set {
    const struct advice *item;
    size_t n;
};
extern const struct advice_set advice_queues, advice_letters, advice_fifo, advice_calls,
    advice_load, advice_fan_out, advice_runs, advice_streams, advice_functions, advice_mappings,
    advice_scaling, advice_readers, advice_health, advice_pools;

/* The piece at hand is told about an entity, at a setting of it (NULL: at the entity). */
void advise_about(struct adviser *, const struct spec_entity *, const struct value *where,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same about the run as a whole. */
void advise_run(struct adviser *, const struct value *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The next entity of a kind after one of it; NULL: the first. */
const struct spec_entity *next_of(const struct adviser *, const char *kind,
                                  const struct spec_entity *);

/* --- advisor_values.c: settings by their paths --- */

/* "crash.probability" of an entity; with an item, "calls.breaker.threshold" of that step. NULL: no
 * such key, or no value. */
const struct value *value_at(const struct spec_entity *, const struct value *item,
                             const char *path);
bool given_at(const struct spec_entity *, const struct value *item, const char *path);
bool is_at(const struct spec_entity *, const struct value *item, const char *path,
           const char *choice);
int64_t int_at(const struct spec_entity *, const struct value *item, const char *path,
               int64_t otherwise);
double seconds_at(const struct spec_entity *, const struct value *item, const char *path,
                  double otherwise);
double share_at(const struct spec_entity *, const struct value *item, const char *path);
const struct spec_entity *ref_at(const struct spec_entity *, const struct value *item,
                                 const char *path);
/* The items of a list by its path: *n of them. */
const struct value *list_at(const struct spec_entity *, const char *path, uint32_t *n);
const char *time_text(struct adviser *, double seconds);
const char *rate_text(struct adviser *, double per_second);

/* --- advisor_edges.c: who asks whom --- */

bool edges_find(struct adviser *);
double edge_timeout(const struct edge *); /* INFINITY: none */
double edge_attempts(const struct edge *);
const struct value *edge_value(const struct edge *, const char *key);
bool edge_is(const struct edge *, const char *key, const char *choice);
const struct backoff *edge_backoff(const struct edge *); /* NULL: no pause */
/* The longest time from the first attempt to the last one's end, without what the backoff's chance
 * takes off; INFINITY: none. */
double edge_span(const struct edge *);

/* --- advisor_time.c: how long, how often, how badly --- */

/* Work without waiting for a server: own time and the calls that are waited for. Each is a bound
 * from below. */
struct work {
    double least, mean, high; /* high: of the quantile asked for */
};
struct work work_of(struct adviser *, const struct spec_entity *, double quantile);
struct work own_work(const struct spec_entity *, double quantile); /* without its calls */
/* Visibility timeout in force for who reads the queue. */
double hidden_for(const struct spec_entity *reader, const struct spec_entity *queue);
/* The longest planned time in which an entity answers nothing (down, hang, stop), and when it
 * begins; 0: none. */
double outage_of(const struct adviser *, const struct spec_entity *, const struct value **where);
bool hangs(const struct adviser *,
           const struct spec_entity *); /* a fault takes its calls and never answers */
/* What is asked of it can go wrong: a fault, errors of its own, or of one that it calls. */
bool may_fail(const struct adviser *, const struct spec_entity *);
/* Requests a second of all producers that go on for the whole run, at their base rates, as they
 * come to an entity: a bound from below. */
double steady_rate(const struct adviser *, const struct spec_entity *);
/* The highest rate into an entity over the run, by the producers' profiles; 0: unknown or none. */
double peak_rate(struct adviser *, const struct spec_entity *);
/* Servers of a service, database or endpoint, workers of a fleet, concurrency of a function, the
 * most that a group of instances has; INFINITY: no bound. */
double servers_of(const struct adviser *, const struct spec_entity *);
/* Requests a second of a producer that come to an entity as it sends them; 0: none, or unknown. */
double rate_from(const struct adviser *, const struct spec_entity *producer,
                 const struct spec_entity *to);
const struct dist *key_law(const struct spec_entity *producer); /* NULL: its requests have no key */
double hottest(const struct dist *key);                         /* share of the most frequent key */
/* advise_pools.c: calls that may be under way at once over an edge with a pool or proxy. */
double lent_at_most(struct adviser *, const struct edge *);
/* Places to wait; INFINITY: no bound. */
double places_of(const struct spec_entity *);
double run_seconds(const struct adviser *); /* with the drain */
/* Shards that a stream keeps for the whole run; 0: their number changes. */
double shards_of(const struct spec_entity *stream);

/* --- advise_scaling.c --- */

bool may_scale_in(const struct spec_entity *scaling);
/* The first policy that changes its size, of those that are so (NULL: all); NULL: there is none. */
const struct spec_entity *scaled_by(const struct adviser *, const struct spec_entity *,
                                    bool (*is)(const struct spec_entity *));

#endif
