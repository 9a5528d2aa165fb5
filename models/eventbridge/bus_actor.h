/* bus_actor.h - a bus in the simulated world: its rules as lists of lines per event template, its deliveries, the events that
 * are on their way. For bus_*.c.
 *
 * An event is held once, as a message, until its last delivery has ended. Everything that goes on does so in one loop
 * (bus_pump): a target that answers at once, and whose answer makes a new event, finds the loop running and returns. */
#ifndef BUS_ACTOR_H
#define BUS_ACTOR_H

#include "bus_keys.h"
#include "delivery.h"
#include "eb_bucket.h"
#include "eb_schedule.h"
#include "eb_shelf.h"
#include "filter.h"
#include "world.h"

struct bus;
struct bus_rule;
struct bus_target {
    struct bus_rule *rule;
    struct entity *to, *letters;
    struct retry_law law;
    uint32_t line;
    uint32_t radix, first; /* digits of attempt codes (caller.h) */
    int64_t input_size;    /* -1: the event's */
    int group;             /* -1: none; 0: one; 1: the request's key */
    struct sim_lane timeouts;
    const struct dist *latency; /* NULL: none */
    struct rng_stream latency_stream;
    struct obs_counter count[BP_DELAY];
    struct obs_tally delay;
};
struct bus_rule {
    struct bus *bus;
    const char *name;
    struct filter *filter; /* NULL: no pattern */
    bool enabled, scheduled;
    struct bus_target *target;
    uint32_t n_target;
    uint32_t *line; /* of its targets, those of other buses last */
    uint32_t n_first; /* without other buses */
    struct eb_schedule schedule;
    int64_t fires_s;
    struct sim_timer timer;
};
struct bus_route { /* what an event of one template sets off */
    uint32_t *line; /* those to other buses last */
    uint32_t n, n_first, n_rules;
    bool archived;
    bool is_entry; /* the template has source, detail type and detail (EB-12) */
    int64_t size;  /* of an entry; -1: the job's own */
};
struct bus_message {
    struct bus *bus;
    struct job job;
    const struct bus_rule *only; /* a schedule's own rule */
    const struct bus_replay *replay;
    sim_time put;
    uint32_t number, left; /* deliveries that have not ended */
    uint8_t hops;
    struct sim_timer timer; /* latency */
};
struct bus_attempt {
    struct bus *bus;
    struct bus_target *target;
    struct wire_call *call;
    uint32_t number; /* of itself */
    uint32_t delivery, message, made; /* made: attempts, this one included */
    bool again;
    struct sim_timer timer; /* timeout */
};
struct bus_end {
    uint32_t line, message;
    bool dead;
};
struct bus_replay {
    struct bus *bus;
    const struct value *value;
    struct bus_route *route; /* when it is for selected rules; by template */
    struct eb_playback play;
    struct sim_timer timer;
};

struct bus {
    struct entity e;
    struct delivery *delivery;
    struct bus_rule *rule;
    uint32_t n_rule;
    struct bus_target **by_line; /* whose line it is */
    struct bus_route *route; /* by number of the event template */
    struct filter *archive_filter;
    struct slab messages, attempts;
    struct bus_end *end; /* [first_end, n_end) are still to be carried out */
    uint32_t first_end, n_end, cap_end;
    bool pumping;
    struct sim_timer timer;
    struct eb_bucket put;
    uint32_t put_rate;
    uint64_t max_request;
    const struct dist *api_latency, *latency;
    int64_t api_constant, latency_constant; /* -1: sampled */
    struct rng_stream api_stream, latency_stream, fail_stream;
    uint64_t n_latency, n_calls, n_scheduled;
    struct dice dice[DELIVERY_DICE_KINDS];
    struct rng chance[DELIVERY_DICE_KINDS], order;
    struct dice shuffle;
    struct fault_state fault;
    int64_t clock_s;
    struct bus_v2 *v2; /* NULL: classic */
    bool fifo;
    bool keeps; /* it has an archive */
    sim_time archive_delay;
    struct eb_shelf shelf;
    struct sim_timer shelf_timer;
    struct bus_replay *replay;
    uint32_t n_replay;
    struct request_source source; /* of its schedules */
    uint32_t source_number;
    bool schedules;

    uint64_t n_in, n_out; /* messages; never reset */
    uint64_t n_begun, n_delivered, n_failed; /* deliveries, likewise */
    struct obs_level waiting, under_way;
    struct obs_counter count[BUS_COUNTERS];
    struct obs_tally size, start, complete;
    struct call call;
};

static inline struct bus *bus_of(struct entity *e)
{
    return (struct bus *)e;
}
static inline void bus_count(struct bus *b, enum bus_metric m, uint64_t by)
{
    obs_count(&b->count[m - BM_ENTRIES], world_now(b->e.world), by);
}
static inline void target_count(struct bus *b, struct bus_target *t, enum bus_part_metric m, uint64_t by)
{
    obs_count(&t->count[m], world_now(b->e.world), by);
}
static inline struct bus_message *bus_message(const struct bus *b, uint32_t number)
{
    return slab_at(&b->messages, number);
}
static inline struct call *bus_begin(struct bus *b)
{
    call_begin(&b->call, world_now(b->e.world), b->dice);
    return &b->call;
}

extern const struct push_ops bus_push;
extern const struct room room_bus;

enum { BUS_TRACE_PUT = 1, BUS_TRACE_REFUSED, BUS_TRACE_DELIVERED, BUS_TRACE_FAILED, BUS_TRACE_DEAD, BUS_TRACE_DROPPED,
       BUS_TRACE_FIRED, BUS_TRACE_REPLAYED };

/* bus_actor.c */
void bus_pump(struct bus *);
/* An event is there: its request is held for it already. */
bool bus_publish(struct bus *, const struct bus_message *);
/* What became of an attempt. */
void bus_settle(struct bus *, uint32_t delivery, uint32_t message, struct bus_target *, bool again, enum delivery_result);
bool bus_fails(struct bus *);
bool bus_conserve(struct entity *, sim_time now, struct err *);
void bus_finish(struct entity *, sim_time now);
/* bus_put.c: another bus forwards an event. */
enum call_verdict bus_forwarded(struct bus *, const struct job *);
/* bus_invoke.c */
void bus_invoke(struct bus *, const struct delivery_attempt *);
void bus_letter(struct bus *, const struct bus_target *, struct bus_message *);
/* bus_parts.c: targets as parts with metrics of their own. */
uint32_t bus_parts(const struct spec_entity *);
const char *bus_part_name(const struct spec_entity *, uint32_t part, struct arena *);
bool bus_parts_open(struct bus *);
/* bus_rules.c: rules from the scenario; routes, when all is wired. */
bool bus_rules_make(struct bus *);
bool bus_rules_wire(struct bus *);
void bus_rules_close(struct bus *);
bool bus_route_rules(struct bus *, struct bus_route *, const struct value *names);
/* bus_time.c: schedules, archive, replays. */
bool bus_time_make(struct bus *);
void bus_time_start(struct bus *);
void bus_time_close(struct bus *);
void bus_archive(struct bus *, const struct job *, sim_time put);
/* bus_v2.c */
bool bus_v2_make(struct bus *);
void bus_v2_close(struct bus *);
uint32_t bus_v2_rate(void);                           /* events a second */
bool bus_v2_known(struct bus *, const struct job *);  /* published within the window */
void bus_v2_note(struct bus *, const struct job *);   /* it is published now */
bool bus_v2_admits(struct bus *, const struct job *); /* its group's quota */
/* bus_check.c */
void bus_check(const struct spec *, const struct spec_entity *, struct problems *);
/* The pattern of a rule or archive, compiled; NULL: none, or *err says why not. place: where in the text. */
struct filter_error;
struct filter *bus_pattern(const struct value *text, const struct value *file, struct arena *, struct filter_error *, bool *given);

#endif
