/* mapping_read.c - how records come: each shard is polled in its turn, or pushed; a shard is begun when its parents are done with
 * (KIN-52), which is when the core says that all their records have gone. */
#include "mapping.h"

#include "event.h"

#define LIMIT     10000
#define TRY_AGAIN SIM_S

static void on_timer(struct sim *, struct sim_timer *);

/* --- which shards --- */

static bool know_shards(struct mapping *m)
{
    uint32_t n = m->log->parts(m->source);
    while (m->shards.n_touched < n) {
        uint32_t number = slab_take(&m->shards);
        if (number == SLAB_NONE || !esm_shard(m->core, number))
            return false;
        struct mapping_shard *x = mapping_shard(m, number);
        *x = (struct mapping_shard){.mapping = m, .number = number};
        sim_timer_init(&x->timer, SIM_MESSAGE, on_timer);
    }
    return true;
}

static bool is_ready(const struct mapping *m, const struct mapping_shard *x)
{
    struct log_part p;
    m->log->part(m->source, x->number, &p);
    for (unsigned i = 0; i < 2; i++)
        if (p.parent[i] != LOG_NONE && mapping_shard(m, p.parent[i])->reading != SHARD_FINISHED)
            return false;
    return true;
}

static void begin_ready(struct mapping *m, sim_time wait)
{
    for (uint32_t i = 0; i < m->shards.n_touched; i++) {
        struct mapping_shard *x = mapping_shard(m, i);
        if (x->reading != SHARD_WAITS || !is_ready(m, x))
            continue;
        x->reading = SHARD_RESTS;
        sim_after(m->e.world->sim, &x->timer, wait);
    }
}

void mapping_finished(struct mapping *m, uint32_t shard)
{
    mapping_shard(m, shard)->reading = SHARD_FINISHED;
    begin_ready(m, 0);
}

void mapping_changed(struct log_reader *r)
{
    struct mapping *m = CONTAINER_OF(r, struct mapping, reader);
    if (!know_shards(m))
        m->e.world->failed = true;
    else
        begin_ready(m, 0);
}

/* What there is at the start is read from the starting position; of what comes later, everything. */
void mapping_read_start(struct mapping *m)
{
    struct log_part p;
    if (!know_shards(m)) {
        m->e.world->failed = true;
        return;
    }
    m->log->turn(m->source, &m->reader, m->every, &m->every, &m->first);
    for (uint32_t i = 0; i < m->shards.n_touched; i++) {
        struct mapping_shard *x = mapping_shard(m, i);
        m->log->part(m->source, i, &p);
        x->from = m->start;
        if (m->start.type == LOG_LATEST && !p.open)
            x->reading = SHARD_FINISHED;
    }
    begin_ready(m, m->first);
}

/* --- records --- */

/* LAM-55: it is passed over, and nobody else here is going to process it. A packed record is no JSON. */
static bool skipped(struct mapping *m, uint32_t shard, const struct log_record *r)
{
    if (m->screen.n == 0 || m->screen.passes[r->n == 1 ? job_event(r->job) : EVENT_NONE])
        return false;
    mapping_count(m, MM_FILTERED, 1);
    m->n_ended++;
    m->log->give_up(m->source, &m->reader, shard, r->seq);
    return true;
}

static void take(struct mapping *m, uint32_t shard, uint64_t first, uint32_t n, int64_t behind_ms)
{
    struct call c;
    struct log_record r = {.arrival = 0};
    sim_time now = mapping_now(m);
    call_begin(&c, now, NULL);
    for (uint64_t seq = first; seq < first + n; seq++) {
        if (!m->log->record(m->source, shard, seq, &r))
            continue; /* it has expired since it was read */
        struct esm_record x = {.seq = seq, .hash = r.hash, .arrival = r.arrival, .size = r.size};
        m->n_read++;
        mapping_count(m, MM_READ, 1);
        if (!skipped(m, shard, &r))
            m->e.world->failed |= !esm_add(m->core, &c, shard, &x);
    }
    /* Arrivals are whole milliseconds, and never go back. */
    esm_seen(m->core, &c, shard, behind_ms == 0 ? now / SIM_MS * SIM_MS : r.arrival);
}

static void ended(struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    struct call c;
    x->reading = SHARD_ENDED;
    call_begin(&c, mapping_now(m), NULL);
    esm_end(m->core, &c, x->number);
    mapping_effects(m, &c, NULL);
}

/* --- polls --- */

static void rest(struct mapping_shard *x)
{
    const struct mapping *m = x->mapping;
    sim_time next = x->polled + m->every, now = mapping_now(m);
    x->reading = SHARD_RESTS;
    sim_at(m->e.world->sim, &x->timer, next > now ? next : now + 1);
}

static void wait_for_call(struct mapping_shard *x, enum mapping_reading reading, enum log_call call)
{
    struct mapping *m = x->mapping;
    x->reading = reading;
    sim_after(m->e.world->sim, &x->timer, m->log->latency(m->source, &m->reader, call));
}

/* Again from where it was: behind the last that it has seen. */
static void lose_place(struct mapping_shard *x, uint64_t next)
{
    x->sought = false;
    x->from = next > 1 ? (struct log_from){.type = LOG_AFTER_SEQUENCE, .seq = next - 1} : (struct log_from){.type = LOG_TRIM_HORIZON};
}

static void begin_poll(struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    x->polled = mapping_now(m);
    if (m->down || (x->sought && !esm_wants(m->core, x->number)))
        rest(x);
    else if (m->fan_out)
        wait_for_call(x, SHARD_SEEKS, LOG_CALL_SUBSCRIBE);
    else if (x->sought)
        wait_for_call(x, SHARD_READS, LOG_CALL_READ);
    else
        wait_for_call(x, SHARD_SEEKS, LOG_CALL_SEEK);
}

static void subscribe(struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    x->reading = SHARD_IS_PUSHED;
    if (m->log->subscribe(m->source, &m->reader, x->number, &x->from) == LOG_OK)
        return;
    mapping_count(m, MM_REFUSED_POLLS, 1);
    x->reading = SHARD_RESTS;
    sim_after(m->e.world->sim, &x->timer, TRY_AGAIN);
}

static void seek(struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    if (m->fan_out) {
        subscribe(x);
    } else if (m->log->seek(m->source, &m->reader, x->number, &x->from, &x->cursor) == LOG_OK) {
        x->sought = true;
        wait_for_call(x, SHARD_READS, LOG_CALL_READ);
    } else {
        mapping_count(m, MM_REFUSED_POLLS, 1);
        rest(x);
    }
}

static void got(struct mapping_shard *x, const struct log_read *r)
{
    struct mapping *m = x->mapping;
    mapping_count(m, MM_POLLS, 1);
    mapping_count(m, MM_EMPTY_POLLS, r->n == 0);
    x->cursor = r->next;
    take(m, x->number, r->first, r->n, r->behind_ms);
    if (r->end)
        ended(x);
    else
        rest(x);
    mapping_pump(m);
}

static void read(struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    struct log_read r;
    enum log_verdict v = m->log->read(m->source, &m->reader, &x->cursor, LIMIT, &r);
    if (v == LOG_OK) {
        got(x, &r);
        return;
    }
    mapping_count(m, MM_REFUSED_POLLS, 1);
    if (v == LOG_EXPIRED)
        lose_place(x, x->cursor.seq);
    rest(x);
}

/* Nobody says of a shard that pushes nothing how far it is: when a tumbling window ends, it is looked at. What is still on its way
 * looks again. */
static void watch_window(struct mapping_shard *x)
{
    const struct mapping *m = x->mapping;
    sim_time window = m->config.tumbling;
    if (window > 0)
        sim_at(m->e.world->sim, &x->timer, (mapping_now(m) / window + 1) * window);
}

static void window_over(const struct mapping_shard *x)
{
    struct mapping *m = x->mapping;
    struct log_part p;
    struct call c;
    m->log->part(m->source, x->number, &p);
    if (p.next != x->cursor.seq)
        return;
    call_begin(&c, mapping_now(m), NULL);
    esm_seen(m->core, &c, x->number, mapping_now(m));
    mapping_pump(m);
}

static void on_timer(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct mapping_shard *x = CONTAINER_OF(t, struct mapping_shard, timer);
    switch (x->reading) {
    case SHARD_RESTS:
        begin_poll(x);
        break;
    case SHARD_SEEKS:
        seek(x);
        break;
    case SHARD_READS:
        read(x);
        break;
    case SHARD_IS_PUSHED:
        window_over(x);
        break;
    default:
        break;
    }
}

/* --- pushes --- */

void mapping_pushed(struct log_reader *r, const struct log_push *p)
{
    struct mapping *m = CONTAINER_OF(r, struct mapping, reader);
    struct mapping_shard *x = mapping_shard(m, p->part);
    if (p->kind == LOG_PUSHED) {
        take(m, p->part, p->first, p->n, p->behind_ms);
        x->cursor.seq = p->first + p->n;
        watch_window(x);
    } else if (p->kind == LOG_PUSHED_END) {
        ended(x);
    } else {
        lose_place(x, p->first);
        x->polled = mapping_now(m) - m->every;
        rest(x);
    }
    mapping_pump(m);
}
