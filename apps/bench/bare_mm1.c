/* bare_mm1.c - M/M/1 as one would write it by hand: two kinds of event, a linked list, the same addressed random
 * cells and the same observers as a run of the scenario has by default. */
#include "bare.h"
#include "bare_models.h"
#include "bench.h"

enum { ARRIVAL, DEPARTURE };

struct customer {
    sim_time         birth, started;
    uint64_t         item;
    struct customer *next;
    uint32_t         bucket;
};

struct station {
    struct bare_heap   heap;
    struct rng_stream  arrivals, services;
    struct customer   *head, *tail, *serving, *spare;
    uint64_t           item, n;
    sim_time           end;
    double             gap, service; /* means, ns */
    struct bare_fates  fates;
    struct bare_observers observers;
    struct obs_counter offered, done, arrived, accepted, completed, tries, told;
    struct obs_level   in_system, busy, waiting;
    struct obs_tally   latency, answer, wait, sojourn;
};

/* Everything is opened or closed in one place, so that no observer is forgotten. */
static void observers(struct station *s, bool open)
{
    struct obs_counter *counters[] = {&s->offered, &s->done, &s->completed, &s->arrived, &s->accepted, &s->tries, &s->told};
    struct obs_level   *levels[] = {&s->in_system, &s->busy, &s->waiting};
    struct obs_tally   *tallies[] = {&s->latency, &s->answer, &s->wait, &s->sojourn};
    const int           level_kind[] = {BARE_HIST, BARE_SERIES, BARE_BOTH};
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
        open ? bare_counter(&s->observers, counters[i], i < 3 ? BARE_SERIES : BARE_PLAIN) : obs_counter_close(counters[i]);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        open ? bare_level(&s->observers, levels[i], level_kind[i]) : obs_level_close(levels[i]);
    for (size_t i = 0; i < sizeof tallies / sizeof tallies[0]; i++)
        open ? bare_tally(&s->observers, tallies[i], i < 3 ? BARE_BOTH : BARE_HIST) : obs_tally_close(tallies[i]);
}

static sim_time draw(const struct rng_stream *stream, uint64_t item, double mean)
{
    struct rng cell = rng_at(stream, 1, item, 0);
    return (sim_time)(rng_exponential(&cell) * mean + 0.5);
}

static void begin(struct station *s, struct customer *c, sim_time now)
{
    s->serving = c;
    c->started = now;
    obs_level_set(&s->busy, now, 1);
    obs_tally_add(&s->wait, now, now - c->birth);
    bare_push(&s->heap, now + draw(&s->services, c->item, s->service), DEPARTURE);
}

static struct customer *take(struct station *s)
{
    struct customer *c = s->spare;
    if (c != NULL)
        s->spare = c->next;
    else if ((c = malloc(sizeof *c)) == NULL)
        abort();
    return c;
}

static void arrive(struct station *s, sim_time now)
{
    struct customer *c = take(s);
    *c = (struct customer){now, 0, s->item++, NULL, bare_born(&s->fates, now)};
    obs_count(&s->offered, now, 1);
    obs_count(&s->tries, now, 1);
    obs_count(&s->arrived, now, 1);
    obs_count(&s->accepted, now, 1);
    obs_level_add(&s->in_system, now, 1);
    if (s->serving == NULL) {
        begin(s, c, now);
    } else {
        *(s->tail != NULL ? &s->tail->next : &s->head) = c;
        s->tail = c;
        obs_level_add(&s->waiting, now, 1);
    }
    bare_push(&s->heap, now + draw(&s->arrivals, s->item, s->gap), ARRIVAL);
}

static void depart(struct station *s, sim_time now)
{
    struct customer *c = s->serving;
    bare_done(&s->fates, c->bucket);
    obs_count(&s->completed, now, 1);
    obs_count(&s->done, now, 1);
    obs_count(&s->told, now, 1);
    obs_tally_add(&s->sojourn, now, now - c->birth);
    obs_tally_add(&s->latency, now, now - c->birth);
    obs_tally_add(&s->answer, now, now - c->birth);
    obs_level_add(&s->in_system, now, -1);
    c->next = s->spare;
    s->spare = c;
    s->serving = NULL;
    if (s->head == NULL) {
        obs_level_set(&s->busy, now, 0);
        return;
    }
    c = s->head;
    s->head = c->next;
    if (s->head == NULL)
        s->tail = NULL;
    obs_level_add(&s->waiting, now, -1);
    begin(s, c, now);
}

bool bare_mm1(double scale, struct bench_sample *sample, struct err *err)
{
    (void)err;
    struct station s = {.end = (sim_time)(MM1_CUSTOMERS * scale / 80 * 1e9), .gap = 1e9 / 80, .service = 1e7};
    s.arrivals = rng_stream(1, "producer.clients/arrival", 0);
    s.services = rng_stream(1, "service.server/time", 0);
    bare_fates_open(&s.fates, s.end);
    bare_observers_open(&s.observers, s.end);
    observers(&s, true);
    double start = bench_clock();
    bare_push(&s.heap, draw(&s.arrivals, 0, s.gap), ARRIVAL);
    while (s.heap.n > 0 && s.heap.e[0].at <= s.end) {
        struct bare_event e = bare_pop(&s.heap);
        bare_clock(&s.observers, e.at);
        if (e.what == ARRIVAL)
            arrive(&s, e.at);
        else
            depart(&s, e.at);
    }
    *sample = (struct bench_sample){(double)s.item, bench_clock() - start};
    observers(&s, false);
    for (struct customer *lists[] = {s.head, s.spare, s.serving}, **l = lists; l < lists + 3; l++) {
        while (*l != NULL) {
            struct customer *next = *l == s.serving ? NULL : (*l)->next;
            free(*l);
            *l = next;
        }
    }
    free(s.heap.e);
    return true;
}
