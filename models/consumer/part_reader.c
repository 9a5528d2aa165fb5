/* part_reader.c - one shard as its holder reads it, written as steps that name the next one, now or
 * after a time: an iterator, then reads at the application's turns; or a subscription, renewed when
 * it ends. */
#include "part.h"

#include "mem.h"

#define RETRY (1 * SIM_S) /* after a call that was refused */

/* --- the machine --- */

/* Once memory was short, leases and readers may not agree: all stands still then. */
void part_go(struct part_reader *p, part_step *next)
{
    p->next = next;
    if (p->running)
        return;
    p->running = true;
    while (p->next != NULL && !part_world(p)->failed) {
        next = p->next;
        p->next = NULL;
        next(p);
    }
    p->running = false;
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct part_reader *p = CONTAINER_OF(t, struct part_reader, timer);
    part_go(p, p->after);
}

void part_wait(struct part_reader *p, sim_time time, part_step *after)
{
    if (time == 0) {
        part_go(p, after);
        return;
    }
    p->after = after;
    sim_after(part_world(p)->sim, &p->timer, time);
}

sim_time part_latency(struct part_reader *p, enum log_call call)
{
    struct consumer *c = p->app;
    return c->log->latency == NULL ? 0 : c->log->latency(c->source, &c->reader, call);
}

/* --- where it stands --- */

void part_stand_at(struct part_reader *p, uint64_t seq)
{
    if (!p->has_at)
        p->tenure = seq;
    if (p->has_at && seq > p->at)
        consumer_count(p->app, AM_MISSED, seq - p->at);
    p->at = p->available = seq;
    p->has_at = true;
}

struct log_from part_from_number(uint64_t seq)
{
    return seq <= 1 ? (struct log_from){.type = LOG_TRIM_HORIZON}
                    : (struct log_from){.type = LOG_AFTER_SEQUENCE, .seq = seq - 1};
}

/* What reached the application; how late, when it does so for the first time. */
void part_handed(struct part_reader *p, uint64_t first, uint32_t n)
{
    struct consumer *c = p->app;
    sim_time now = part_now(p);
    struct log_record r;
    consumer_count(c, AM_RECORDS, n);
    for (uint64_t seq = first; seq < first + n; seq++) {
        if (!c->log->record(c->source, p->part, seq, &r))
            continue;
        if (seq >= p->seen)
            obs_tally_add(&c->delay, now, now - r.arrival);
        for (uint32_t i = 0; i < r.n; i++)
            if (job_recorded(&r.job[i])) {
                struct life_event *e =
                    record_job(part_world(p), &r.job[i], LIFE_RECEIVED, c->source);
                e->other = c->e.index;
                e->worker = p->worker;
                e->receives = work_begun(p, seq) + 1;
            }
    }
    p->seen = first + n > p->seen ? first + n : p->seen;
    entity_trace(&c->e, CONSUMER_TRACE_READ, (uint64_t)p->part << 40 ^ first << 12 ^ n);
}

/* --- the end of a shard --- */

static void finish(struct part_reader *p)
{
    struct consumer *c = p->app;
    struct kcl_shard child[2];
    uint32_t n = 0;
    for (; n < 2 && p->child[n] != LOG_NONE; n++) {
        struct log_part x;
        c->log->part(c->source, p->child[n], &x);
        child[n] = (struct kcl_shard){p->child[n], x.open, {x.parent[0], x.parent[1]}};
    }
    if (!kcl_shard_end(c->kcl, part_now(p), p->worker, p->part, child, n))
        c->e.world->failed = true;
    consumer_count(c, AM_FINISHED, 1);
    entity_trace(&c->e, CONSUMER_TRACE_FINISHED, p->part);
    part_drop(p, false);
    crew_settle(c);
}

/* --- polling --- */

static part_step seek_call, wait_turn, read_call;

void part_count_refusal(struct part_reader *p, enum log_verdict v)
{
    consumer_count(p->app, v == LOG_THROTTLED ? AM_THROTTLED_READS : AM_FAILED_READS, 1);
}

static void seek_now(struct part_reader *p)
{
    struct consumer *c = p->app;
    enum log_verdict v = c->log->seek(c->source, &c->reader, p->part, &p->from, &p->cursor);
    if (v != LOG_OK) {
        part_count_refusal(p, v);
        part_wait(p, RETRY, seek_call);
        return;
    }
    part_stand_at(p, p->cursor.seq);
    p->has_cursor = true;
    bool turned = p->turned;
    p->turned = false;
    part_go(p, turned ? read_call : wait_turn);
}

static void seek_call(struct part_reader *p)
{
    part_wait(p, part_latency(p, LOG_CALL_SEEK), seek_now);
}

static void take_batch(struct part_reader *p)
{
    part_handed(p, p->got.first, p->got.n);
    part_stand_at(p, p->got.first);
    p->cursor = p->got.next;
    p->ended = p->got.end;
    p->batch_end = p->available = p->got.first + p->got.n;
    part_go(p, work_batch);
}

/* The answer's way back. */
static sim_time reply(struct part_reader *p)
{
    struct consumer *c = p->app;
    int64_t t;
    if (dist_is_constant(c->reply, &t))
        return t;
    struct rng cell = rng_at(&c->reply_stream, p->part, p->got.first, work_begun(p, p->got.first));
    return dist_sample(c->reply, &cell);
}

static void was_read(struct part_reader *p)
{
    struct consumer *c = p->app;
    for (uint32_t i = 0; i < 2; i++)
        p->child[i] = p->got.end ? p->got.child[i] : LOG_NONE;
    obs_tally_add(&c->behind, part_now(p), p->got.behind_ms * SIM_MS);
    if (p->got.n > 0) {
        part_wait(p, reply(p), take_batch);
        return;
    }
    consumer_count(c, AM_EMPTY_READS, 1);
    p->cursor = p->got.next;
    part_go(p, p->got.end ? finish : wait_turn);
}

static void read_now(struct part_reader *p)
{
    struct consumer *c = p->app;
    consumer_count(c, AM_READS, 1);
    enum log_verdict v = c->log->read(c->source, &c->reader, &p->cursor, c->max_records, &p->got);
    if (v == LOG_OK) {
        was_read(p);
        return;
    }
    if (v == LOG_EXPIRED) {
        p->from = part_from_number(p->at);
        p->turned = true;
        part_go(p, seek_call);
        return;
    }
    part_count_refusal(p, v);
    part_go(p, wait_turn);
}

static void read_call(struct part_reader *p)
{
    part_wait(p, part_latency(p, LOG_CALL_READ), read_now);
}

/* The next turn that was not taken yet (KIN-42). */
static void wait_turn(struct part_reader *p)
{
    const struct consumer *c = p->app;
    sim_time now = part_now(p), turn = c->first;
    if (now > turn)
        turn += (now - turn + c->every - 1) / c->every * c->every;
    if (turn <= p->slot)
        turn = p->slot + c->every;
    p->slot = turn;
    part_wait(p, turn - now, read_call);
}

/* --- on it goes --- */

void part_go_on(struct part_reader *p)
{
    const struct consumer *c = p->app;
    if (c->transport == TRANSPORT_POLLING) {
        part_go(p, p->ended ? finish : wait_turn);
    } else if (p->has_at && p->available > p->at) {
        uint64_t most = p->at + c->max_records;
        p->batch_end = p->available < most ? p->available : most;
        part_go(p, work_batch);
    } else if (p->ended) {
        part_go(p, finish);
    } else {
        p->listening = true;
    }
}

/* Between two batches a lease can change hands. */
void part_batch_over(struct part_reader *p)
{
    struct consumer *c = p->app;
    uint32_t worker = p->worker;
    p->working = false;
    obs_level_add(&c->busy, part_now(p), -1);
    thread_release(p);
    kcl_batch_done(c->kcl, worker, p->part);
    if (p->yields && !p->ended) {
        p->yields = false;
        kcl_release(c->kcl, part_now(p), worker, p->part);
        crew_settle(c);
        if (p->worker != worker)
            return;
    }
    part_go(p, part_go_on);
}

void part_yield(struct part_reader *p)
{
    p->yields = true;
    if (p->working || p->has_thread)
        return;
    p->yields = false;
    kcl_release(p->app->kcl, part_now(p), p->worker, p->part);
}

/* --- taken and lost --- */

bool parts_make(struct consumer *c, uint32_t part)
{
    while (c->parts.n_live <= part) {
        uint32_t number = slab_take(&c->parts);
        if (number == SLAB_NONE)
            return false;
        struct part_reader *p = consumer_part(c, number);
        *p = (struct part_reader){.app = c, .part = number, .worker = KCL_NONE, .slot = -1};
        sim_timer_init(&p->timer, SIM_MESSAGE, on_timer);
        sim_timer_init(&p->sub, SIM_MESSAGE, part_on_subscribe);
    }
    return true;
}

/* A time that is still to come is waited for. */
static void begin(struct part_reader *p)
{
    sim_time now = part_now(p), wait = 0;
    if (p->app->fault.active & FAULT_HANG)
        return;
    if (p->from.type == LOG_AT_TIMESTAMP && p->from.at > now)
        wait = p->from.at - now;
    if (p->app->transport == TRANSPORT_POLLING) {
        part_wait(p, wait, seek_call);
        return;
    }
    p->listening = true;
    part_subscribe(p, wait);
}

void part_take(struct part_reader *p, const struct kcl_news *news)
{
    const struct consumer *c = p->app;
    p->worker = news->worker;
    p->working = p->yields = p->ended = p->has_at = p->subscribed = p->listening = p->holding =
        false;
    p->has_cursor = p->turned = p->waits = p->has_thread = false;
    p->unheard = 0;
    p->rewound = news->rewound;
    p->slot = -1;
    p->child[0] = p->child[1] = LOG_NONE;
    p->from = c->start;
    if (news->from == KCL_FROM_SEQUENCE) {
        p->from = part_from_number(news->seq);
        part_stand_at(p, news->seq);
    } else if (news->from == KCL_FROM_HORIZON) {
        p->from = (struct log_from){.type = LOG_TRIM_HORIZON};
    } else if (news->rewound) {
        p->from = (struct log_from){.type = LOG_AT_TIMESTAMP, .at = c->replay.from};
    }
    begin(p);
}

static void stop_activity(struct part_reader *p, bool crashed)
{
    struct sim *sim = part_world(p)->sim;
    sim_cancel(sim, &p->timer);
    sim_cancel(sim, &p->sub);
    p->next = NULL;
    p->listening = false;
    work_drop(p, crashed);
}

void part_drop(struct part_reader *p, bool crashed)
{
    struct consumer *c = p->app;
    work_tenure_over(p);
    stop_activity(p, crashed);
    if (p->working)
        obs_level_add(&c->busy, part_now(p), -1);
    p->working = p->has_at = false;
    thread_forget(p);
    p->worker = KCL_NONE;
    if (!p->subscribed)
        return;
    p->subscribed = false;
    c->log->unsubscribe(c->source, &c->reader, p->part);
}

/* --- standing still --- */

void part_freeze(struct part_reader *p)
{
    stop_activity(p, false);
}

void part_thaw(struct part_reader *p)
{
    bool polls = p->app->transport == TRANSPORT_POLLING;
    part_hear(p);
    bool cut_off = polls ? !p->has_cursor : !p->subscribed && !p->ended;
    if (cut_off && !p->has_at) { /* it had not begun, and perhaps its time is still to come */
        begin(p);
        return;
    }
    if (cut_off)
        p->from = part_from_number(p->available);
    if (cut_off && !polls)
        part_subscribe(p, 0);
    if (p->working)
        part_go(p, work_record);
    else if (p->has_thread)
        part_go(p, work_begin);
    else if (!p->waits)
        part_go(p, cut_off && polls ? seek_call : part_go_on);
}
