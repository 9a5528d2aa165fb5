/* bare_pipeline.c - queue and workers by hand: arrivals, workers that take one message each as soon as there is one,
 * 1 % crash in mid-process without delete, visibility timeout 30 s, five receives at most. The visibility timeouts are a
 * list (they are all equal), a message that comes back goes to the front. Same random cells, same observers as the
 * scenario; no receipts, no retention, no delays, no long-poll limits, no checks. */
#include "bare.h"
#include "bare_models.h"
#include "bench.h"

enum { ARRIVAL, FINISH, TIMEOUT };
#define VISIBILITY (30 * SIM_S)
#define MAX_RECEIVES 5

struct message {
    sim_time        birth, received;
    uint64_t        item;
    struct message *next, *prev;
    uint32_t        receives, bucket;
    int             crashed;
};
struct list {
    struct message *head, *tail;
};
struct worker {
    struct message *message;
    uint32_t        next_idle;
};

struct pipeline {
    struct bare_heap   heap;
    struct rng_stream  arrivals, services, crashes;
    struct list        visible, in_flight;
    struct message    *spare;
    struct worker     *worker;
    uint32_t           n_worker, idle; /* first idle worker */
    int                timeout_pending;
    uint64_t           item;
    sim_time           end;
    double             gap, service;
    struct bare_fates  fates;
    struct bare_observers observers;
    struct obs_counter offered, done, sent, received, deleted, moved_out, moved_in, processed; /* with series */
    struct obs_counter tries, told, removed, redelivered, calls_send, calls_receive, calls_delete, billed, receives,
        taken, deletes, crashed;
    struct obs_level   depth, flying, polls, polling, busy;
    struct obs_tally   latency, answer, wait, receive_count, hold, size;
};

static void push_back(struct list *l, struct message *m)
{
    m->next = NULL;
    m->prev = l->tail;
    *(l->tail != NULL ? &l->tail->next : &l->head) = m;
    l->tail = m;
}
static void push_front(struct list *l, struct message *m)
{
    m->prev = NULL;
    m->next = l->head;
    *(l->head != NULL ? &l->head->prev : &l->tail) = m;
    l->head = m;
}
static void unlink_message(struct list *l, struct message *m)
{
    *(m->prev != NULL ? &m->prev->next : &l->head) = m->next;
    *(m->next != NULL ? &m->next->prev : &l->tail) = m->prev;
}

static struct message *take(struct pipeline *p)
{
    struct message *m = p->spare;
    if (m != NULL)
        p->spare = m->next;
    else if ((m = malloc(sizeof *m)) == NULL)
        abort();
    return m;
}
static void give(struct pipeline *p, struct message *m)
{
    m->next = p->spare;
    p->spare = m;
}

static void arm(struct pipeline *p)
{
    if (!p->timeout_pending && p->in_flight.head != NULL) {
        p->timeout_pending = 1;
        bare_push(&p->heap, p->in_flight.head->received + VISIBILITY, TIMEOUT);
    }
}

static void receive(struct pipeline *p, uint32_t w, struct message *m, sim_time now)
{
    struct rng service = rng_at(&p->services, 1, m->item, m->receives);
    struct rng crash = rng_at(&p->crashes, 1, m->item, m->receives);
    sim_time   hold = (sim_time)(rng_exponential(&service) * p->service + 0.5);
    if (m->receives++ == 0)
        obs_tally_add(&p->wait, now, now - m->birth);
    else
        obs_count(&p->redelivered, now, 1);
    m->received = now;
    m->crashed = rng_below(&crash, 100) == 0;
    if (m->crashed)
        hold = (sim_time)((double)hold * rng_uniform(&crash));
    p->worker[w].message = m;
    push_back(&p->in_flight, m);
    arm(p);
    obs_count(&p->received, now, 1);
    obs_count(&p->taken, now, 1);
    obs_level_add(&p->flying, now, 1);
    obs_level_add(&p->busy, now, 1);
    bare_push(&p->heap, now + hold, FINISH | w << 2);
}

/* The next visible message that may still be received. */
static struct message *next_visible(struct pipeline *p, sim_time now)
{
    struct message *m;
    while ((m = p->visible.head) != NULL) {
        unlink_message(&p->visible, m);
        obs_level_add(&p->depth, now, -1);
        if (m->receives < MAX_RECEIVES)
            return m;
        obs_count(&p->moved_out, now, 1);
        obs_count(&p->moved_in, now, 1);
        give(p, m);
    }
    return NULL;
}

static void ask(struct pipeline *p, uint32_t w, sim_time now)
{
    struct message *m = next_visible(p, now);
    obs_count(&p->receives, now, 1);
    obs_count(&p->calls_receive, now, 1);
    obs_count(&p->billed, now, 1);
    if (m != NULL) {
        receive(p, w, m, now);
    } else {
        obs_level_add(&p->polls, now, 1);
        obs_level_add(&p->polling, now, 1);
        p->worker[w].next_idle = p->idle;
        p->idle = w;
    }
}

static void offer(struct pipeline *p, struct message *m, sim_time now, int front)
{
    if (p->idle != UINT32_MAX && m->receives < MAX_RECEIVES) {
        uint32_t w = p->idle;
        p->idle = p->worker[w].next_idle;
        obs_level_add(&p->polls, now, -1);
        obs_level_add(&p->polling, now, -1);
        receive(p, w, m, now);
        return;
    }
    if (front)
        push_front(&p->visible, m);
    else
        push_back(&p->visible, m);
    obs_level_add(&p->depth, now, 1);
}

static sim_time gap(struct pipeline *p)
{
    struct rng cell = rng_at(&p->arrivals, 1, p->item, 0);
    return (sim_time)(rng_exponential(&cell) * p->gap + 0.5);
}

static void arrive(struct pipeline *p, sim_time now)
{
    struct message *m = take(p);
    *m = (struct message){.birth = now, .item = p->item++, .bucket = bare_born(&p->fates, now)};
    obs_count(&p->offered, now, 1);
    obs_count(&p->tries, now, 1);
    obs_count(&p->calls_send, now, 1);
    obs_count(&p->billed, now, 1);
    obs_count(&p->sent, now, 1);
    obs_tally_add(&p->size, now, 1024);
    obs_tally_add(&p->answer, now, 0);
    obs_count(&p->told, now, 1);
    offer(p, m, now, 0);
    bare_push(&p->heap, now + gap(p), ARRIVAL);
}

static void finish(struct pipeline *p, uint32_t w, sim_time now)
{
    struct message *m = p->worker[w].message;
    obs_level_add(&p->busy, now, -1);
    if (m->crashed) {
        obs_count(&p->crashed, now, 1);
    } else {
        bare_done(&p->fates, m->bucket);
        obs_tally_add(&p->hold, now, now - m->received);
        obs_count(&p->processed, now, 1);
        obs_count(&p->done, now, 1);
        obs_tally_add(&p->latency, now, now - m->birth);
        obs_count(&p->calls_delete, now, 1);
        obs_count(&p->billed, now, 1);
        obs_count(&p->deleted, now, 1);
        obs_count(&p->deletes, now, 1);
        obs_count(&p->removed, now, 1);
        obs_tally_add(&p->receive_count, now, m->receives);
        obs_level_add(&p->flying, now, -1);
        unlink_message(&p->in_flight, m);
        give(p, m);
    }
    ask(p, w, now);
}

static void expire(struct pipeline *p, sim_time now)
{
    p->timeout_pending = 0;
    while (p->in_flight.head != NULL && p->in_flight.head->received + VISIBILITY <= now) {
        struct message *m = p->in_flight.head;
        unlink_message(&p->in_flight, m);
        obs_level_add(&p->flying, now, -1);
        offer(p, m, now, 1);
    }
    arm(p);
}

/* Everything is opened or closed in one place, so that no observer is forgotten. */
static void observers(struct pipeline *p, bool open)
{
    struct obs_counter *series[] = {&p->offered, &p->done,      &p->sent,     &p->received,
                                    &p->deleted, &p->moved_out, &p->moved_in, &p->processed};
    struct obs_counter *plain[] = {&p->tries,         &p->told,         &p->removed, &p->redelivered,
                                   &p->calls_send,    &p->calls_receive, &p->calls_delete, &p->billed,
                                   &p->receives, &p->taken, &p->deletes, &p->crashed};
    struct obs_level   *levels[] = {&p->depth, &p->flying, &p->polls, &p->polling, &p->busy};
    struct obs_tally   *tallies[] = {&p->latency, &p->answer, &p->wait, &p->receive_count, &p->hold, &p->size};
    const int           level_kind[] = {BARE_BOTH, BARE_SERIES, BARE_PLAIN, BARE_PLAIN, BARE_SERIES};
    const int           tally_kind[] = {BARE_BOTH, BARE_BOTH, BARE_BOTH, BARE_HIST, BARE_HIST, BARE_PLAIN};
    for (size_t i = 0; i < sizeof series / sizeof series[0]; i++)
        open ? bare_counter(&p->observers, series[i], BARE_SERIES) : obs_counter_close(series[i]);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        open ? bare_counter(&p->observers, plain[i], BARE_PLAIN) : obs_counter_close(plain[i]);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        open ? bare_level(&p->observers, levels[i], level_kind[i]) : obs_level_close(levels[i]);
    for (size_t i = 0; i < sizeof tallies / sizeof tallies[0]; i++)
        open ? bare_tally(&p->observers, tallies[i], tally_kind[i]) : obs_tally_close(tallies[i]);
}

static void close_all(struct pipeline *p)
{
    struct message *lists[] = {p->visible.head, p->in_flight.head, p->spare};
    observers(p, false);
    for (size_t i = 0; i < 3; i++) {
        for (struct message *m = lists[i], *next; m != NULL; m = next) {
            next = m->next;
            free(m);
        }
    }
    free(p->worker);
    free(p->heap.e);
}

bool bare_pipeline(unsigned workers, double scale, struct bench_sample *sample)
{
    struct pipeline p = {.n_worker = workers, .idle = UINT32_MAX, .service = 1e8, .gap = 1e9 / (8.0 * workers)};
    p.end = (sim_time)(PIPELINE_MESSAGES * scale * p.gap);
    p.arrivals = rng_stream(1, "producer.clients/arrival", 0);
    p.services = rng_stream(1, "fleet.workers/time", 0);
    p.crashes = rng_stream(1, "fleet.workers/crash", 0);
    p.worker = calloc(workers, sizeof *p.worker);
    if (p.worker == NULL)
        return false;
    bare_fates_open(&p.fates, p.end);
    bare_observers_open(&p.observers, p.end);
    observers(&p, true);
    double start = bench_clock();
    for (uint32_t w = workers; w-- > 0;)
        ask(&p, w, 0);
    bare_push(&p.heap, gap(&p), ARRIVAL);
    while (p.heap.n > 0 && p.heap.e[0].at <= p.end) {
        struct bare_event e = bare_pop(&p.heap);
        bare_clock(&p.observers, e.at);
        switch (e.what & 3) {
        case ARRIVAL:
            arrive(&p, e.at);
            break;
        case FINISH:
            finish(&p, e.what >> 2, e.at);
            break;
        default:
            expire(&p, e.at);
        }
    }
    *sample = (struct bench_sample){(double)p.item, bench_clock() - start};
    close_all(&p);
    return true;
}
