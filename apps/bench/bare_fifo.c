/* bare_fifo.c - a FIFO queue and workers by hand: a list of messages for each group, one message of a group in flight at a
 * time, ready groups in a list; workers, crashes and timeouts as in bare_pipeline.c. A message that crashed stays at the
 * front of its group, which waits for the timeout. Same random cells, same observers as the scenario; no deduplication,
 * no receipts, no quotas, no checks. */
#include "bare.h"
#include "bare_models.h"
#include "bench.h"

enum { ARRIVAL, FINISH, TIMEOUT };
#define VISIBILITY   (30 * SIM_S)
#define MAX_RECEIVES 5
#define WORKERS      100
#define RATE         800
#define NONE         UINT32_MAX

struct message {
    sim_time        birth;
    uint64_t        item;
    struct message *next;
    uint32_t        receives, bucket;
    int             crashed;
};
struct group { /* the front message is the one in flight */
    struct message *head, *tail;
    sim_time        received;
    uint32_t        next_ready, after, before; /* after, before: in the list of those in flight */
};
struct worker {
    uint32_t group, next_idle;
};

struct fifo {
    struct bare_heap   heap;
    struct rng_stream  arrivals, services, crashes, keys;
    struct group       group[FIFO_GROUPS];
    struct worker      worker[WORKERS];
    struct message    *spare;
    uint32_t           ready_head, ready_tail, flying_head, flying_tail, idle;
    int                timeout_pending;
    uint64_t           item;
    sim_time           end;
    struct bare_fates  fates;
    struct bare_observers observers;
    struct obs_counter offered, done, sent, received, deleted, moved_out, moved_in, processed; /* with series */
    struct obs_counter tries, told, removed, redelivered, calls_send, calls_receive, calls_delete, billed, receives,
        taken, deletes, crashed;
    struct obs_level   depth, flying, groups, polls, polling, busy;
    struct obs_tally   latency, answer, wait, receive_count, hold, size;
};

static struct message *take(struct fifo *f)
{
    struct message *m = f->spare;
    if (m != NULL)
        f->spare = m->next;
    else if ((m = malloc(sizeof *m)) == NULL)
        abort();
    return m;
}

static void drop_head(struct fifo *f, struct group *g)
{
    struct message *m = g->head;
    g->head = m->next;
    m->next = f->spare;
    f->spare = m;
}

static void fly(struct fifo *f, uint32_t number)
{
    struct group *g = &f->group[number];
    g->before = f->flying_tail;
    g->after = NONE;
    *(f->flying_tail != NONE ? &f->group[f->flying_tail].after : &f->flying_head) = number;
    f->flying_tail = number;
}

static void land(struct fifo *f, const struct group *g, sim_time now)
{
    *(g->before != NONE ? &f->group[g->before].after : &f->flying_head) = g->after;
    *(g->after != NONE ? &f->group[g->after].before : &f->flying_tail) = g->before;
    obs_level_add(&f->flying, now, -1);
    obs_level_add(&f->groups, now, -1);
}

static void arm(struct fifo *f)
{
    if (!f->timeout_pending && f->flying_head != NONE) {
        f->timeout_pending = 1;
        bare_push(&f->heap, f->group[f->flying_head].received + VISIBILITY, TIMEOUT);
    }
}

static sim_time hold_of(struct fifo *f, struct message *m)
{
    struct rng service = rng_at(&f->services, 1, m->item, m->receives);
    struct rng crash = rng_at(&f->crashes, 1, m->item, m->receives);
    sim_time   hold = (sim_time)(rng_exponential(&service) * 1e8 + 0.5);
    m->crashed = rng_below(&crash, 100) == 0;
    return m->crashed ? (sim_time)((double)hold * rng_uniform(&crash)) : hold;
}

static void receive(struct fifo *f, uint32_t w, uint32_t number, sim_time now)
{
    struct group   *g = &f->group[number];
    struct message *m = g->head;
    sim_time        hold = hold_of(f, m);
    if (m->receives++ == 0)
        obs_tally_add(&f->wait, now, now - m->birth);
    else
        obs_count(&f->redelivered, now, 1);
    g->received = now;
    f->worker[w].group = number;
    fly(f, number);
    arm(f);
    obs_count(&f->received, now, 1);
    obs_count(&f->taken, now, 1);
    obs_level_add(&f->depth, now, -1);
    obs_level_add(&f->flying, now, 1);
    obs_level_add(&f->groups, now, 1);
    obs_level_add(&f->busy, now, 1);
    bare_push(&f->heap, now + hold, FINISH | w << 2);
}

/* The group has a message and none in flight. */
static void ready(struct fifo *f, uint32_t number, sim_time now)
{
    if (f->idle != NONE) {
        uint32_t w = f->idle;
        f->idle = f->worker[w].next_idle;
        obs_level_add(&f->polls, now, -1);
        obs_level_add(&f->polling, now, -1);
        receive(f, w, number, now);
        return;
    }
    f->group[number].next_ready = NONE;
    *(f->ready_tail != NONE ? &f->group[f->ready_tail].next_ready : &f->ready_head) = number;
    f->ready_tail = number;
}

static void ask(struct fifo *f, uint32_t w, sim_time now)
{
    uint32_t number = f->ready_head;
    obs_count(&f->receives, now, 1);
    obs_count(&f->calls_receive, now, 1);
    obs_count(&f->billed, now, 1);
    if (number == NONE) {
        obs_level_add(&f->polls, now, 1);
        obs_level_add(&f->polling, now, 1);
        f->worker[w].next_idle = f->idle;
        f->idle = w;
        return;
    }
    f->ready_head = f->group[number].next_ready;
    if (f->ready_head == NONE)
        f->ready_tail = NONE;
    receive(f, w, number, now);
}

static sim_time gap(struct fifo *f)
{
    struct rng cell = rng_at(&f->arrivals, 1, f->item, 0);
    return (sim_time)(rng_exponential(&cell) * 1e9 / RATE + 0.5);
}

static void arrive(struct fifo *f, sim_time now)
{
    struct rng      key = rng_at(&f->keys, 0, f->item, 0);
    uint32_t        number = (uint32_t)rng_below(&key, FIFO_GROUPS);
    struct group   *g = &f->group[number];
    struct message *m = take(f);
    *m = (struct message){.birth = now, .item = f->item++, .bucket = bare_born(&f->fates, now)};
    obs_count(&f->offered, now, 1);
    obs_count(&f->tries, now, 1);
    obs_count(&f->calls_send, now, 1);
    obs_count(&f->billed, now, 1);
    obs_count(&f->sent, now, 1);
    obs_tally_add(&f->size, now, 1024);
    obs_tally_add(&f->answer, now, 0);
    obs_count(&f->told, now, 1);
    obs_level_add(&f->depth, now, 1);
    bool first = g->head == NULL;
    *(first ? &g->head : &g->tail->next) = m;
    g->tail = m;
    if (first)
        ready(f, number, now);
    bare_push(&f->heap, now + gap(f), ARRIVAL);
}

static void finish(struct fifo *f, uint32_t w, sim_time now)
{
    struct group   *g = &f->group[f->worker[w].group];
    struct message *m = g->head;
    obs_level_add(&f->busy, now, -1);
    if (m->crashed) {
        obs_count(&f->crashed, now, 1);
    } else {
        bare_done(&f->fates, m->bucket);
        obs_tally_add(&f->hold, now, now - g->received);
        obs_count(&f->processed, now, 1);
        obs_count(&f->done, now, 1);
        obs_tally_add(&f->latency, now, now - m->birth);
        obs_count(&f->calls_delete, now, 1);
        obs_count(&f->billed, now, 1);
        obs_count(&f->deleted, now, 1);
        obs_count(&f->deletes, now, 1);
        obs_count(&f->removed, now, 1);
        obs_tally_add(&f->receive_count, now, m->receives);
        land(f, g, now);
        drop_head(f, g);
        if (g->head != NULL)
            ready(f, f->worker[w].group, now);
    }
    ask(f, w, now);
}

static void come_back(struct fifo *f, uint32_t number, sim_time now)
{
    struct group *g = &f->group[number];
    land(f, g, now);
    obs_level_add(&f->depth, now, 1);
    if (g->head->receives == MAX_RECEIVES) {
        obs_count(&f->moved_out, now, 1);
        obs_count(&f->moved_in, now, 1);
        obs_level_add(&f->depth, now, -1);
        drop_head(f, g);
    }
    if (g->head != NULL)
        ready(f, number, now);
}

static void expire(struct fifo *f, sim_time now)
{
    f->timeout_pending = 0;
    while (f->flying_head != NONE && f->group[f->flying_head].received + VISIBILITY <= now)
        come_back(f, f->flying_head, now);
    arm(f);
}

/* Everything is opened or closed in one place, so that no observer is forgotten. */
static void observers(struct fifo *f, bool open)
{
    struct obs_counter *series[] = {&f->offered, &f->done,      &f->sent,     &f->received,
                                    &f->deleted, &f->moved_out, &f->moved_in, &f->processed};
    struct obs_counter *plain[] = {&f->tries,         &f->told,         &f->removed, &f->redelivered,
                                   &f->calls_send,    &f->calls_receive, &f->calls_delete, &f->billed,
                                   &f->receives, &f->taken, &f->deletes, &f->crashed};
    struct obs_level   *levels[] = {&f->depth, &f->flying, &f->groups, &f->polls, &f->polling, &f->busy};
    struct obs_tally   *tallies[] = {&f->latency, &f->answer, &f->wait, &f->receive_count, &f->hold, &f->size};
    const int           level_kind[] = {BARE_BOTH, BARE_SERIES, BARE_PLAIN, BARE_PLAIN, BARE_PLAIN, BARE_SERIES};
    const int           tally_kind[] = {BARE_BOTH, BARE_BOTH, BARE_BOTH, BARE_HIST, BARE_HIST, BARE_PLAIN};
    for (size_t i = 0; i < sizeof series / sizeof series[0]; i++)
        open ? bare_counter(&f->observers, series[i], BARE_SERIES) : obs_counter_close(series[i]);
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        open ? bare_counter(&f->observers, plain[i], BARE_PLAIN) : obs_counter_close(plain[i]);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        open ? bare_level(&f->observers, levels[i], level_kind[i]) : obs_level_close(levels[i]);
    for (size_t i = 0; i < sizeof tallies / sizeof tallies[0]; i++)
        open ? bare_tally(&f->observers, tallies[i], tally_kind[i]) : obs_tally_close(tallies[i]);
}

static struct fifo *open_all(double scale)
{
    struct fifo *f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->end = (sim_time)(FIFO_MESSAGES * scale * 1e9 / RATE);
    f->arrivals = rng_stream(1, "producer.clients/arrival", 0);
    f->keys = rng_stream(1, "producer.clients/key", 0);
    f->services = rng_stream(1, "fleet.workers/time", 0);
    f->crashes = rng_stream(1, "fleet.workers/crash", 0);
    f->ready_head = f->ready_tail = f->flying_head = f->flying_tail = f->idle = NONE;
    bare_fates_open(&f->fates, f->end);
    bare_observers_open(&f->observers, f->end);
    observers(f, true);
    return f;
}

static void close_all(struct fifo *f)
{
    observers(f, false);
    for (uint32_t i = 0; i < FIFO_GROUPS; i++) {
        while (f->group[i].head != NULL)
            drop_head(f, &f->group[i]);
    }
    for (struct message *m = f->spare, *next; m != NULL; m = next) {
        next = m->next;
        free(m);
    }
    free(f->heap.e);
    free(f);
}

static void run(struct fifo *f)
{
    for (uint32_t w = WORKERS; w-- > 0;)
        ask(f, w, 0);
    bare_push(&f->heap, gap(f), ARRIVAL);
    while (f->heap.n > 0 && f->heap.e[0].at <= f->end) {
        struct bare_event e = bare_pop(&f->heap);
        bare_clock(&f->observers, e.at);
        switch (e.what & 3) {
        case ARRIVAL:
            arrive(f, e.at);
            break;
        case FINISH:
            finish(f, e.what >> 2, e.at);
            break;
        default:
            expire(f, e.at);
        }
    }
}

bool bare_fifo(double scale, struct bench_sample *sample, struct err *err)
{
    struct fifo *f = open_all(scale);
    if (f == NULL)
        return err_set(err, ERR_OS, "out of memory");
    double start = bench_clock();
    run(f);
    *sample = (struct bench_sample){(double)f->item, bench_clock() - start};
    close_all(f);
    return true;
}
