/* firehose_source.c - a stream as source (FH-7): each shard is read once a second, from the newest record on; children of a split
 * or merge when all their parents have been read to the end, from their first record on.
 *
 * Nothing is read while what was read before has nowhere to go: then records stay in the stream, as long as it keeps them. */
#include "firehose_actor.h"
#include "mem.h"

#define READ_MAX 10000
#define AT_ONCE  250

static const struct log_ops *log_of(const struct firehose_actor *h)
{
    return h->source->room->log;
}

static void on_turn(struct sim *, struct sim_timer *);

/* --- shards --- */

/* A shard stays where it is, for its timer is inside. */
static struct firehose_shard *shard_at(struct firehose_actor *h, uint32_t part)
{
    if (part >= h->n_shard) {
        uint32_t n = log_of(h)->parts(h->source);
        struct firehose_shard **more = mem_resize(h->shard, n * sizeof(struct firehose_shard *));
        if (more == NULL) {
            h->e.world->failed = true;
            return NULL;
        }
        h->shard = more;
        while (h->n_shard < n)
            h->shard[h->n_shard++] = NULL;
    }
    if (h->shard[part] == NULL) {
        struct firehose_shard *x = h->shard[part] = arena_get(&h->e.world->arena, sizeof(*x));
        if (x == NULL) {
            h->e.world->failed = true;
            return NULL;
        }
        *x = (struct firehose_shard){.hose = h, .part = part};
        sim_timer_init(&x->timer, SIM_MESSAGE, on_turn);
    }
    return h->shard[part];
}

static bool seek(struct firehose_shard *x, enum log_start type, uint64_t seq)
{
    struct firehose_actor *h = x->hose;
    struct log_from from = {.type = type, .seq = seq};
    return log_of(h)->seek(h->source, &h->reader, x->part, &from, &x->at) == LOG_OK;
}

static void count_shards(struct firehose_actor *h)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < h->n_shard; i++)
        n += h->shard[i] != NULL && h->shard[i]->reading;
    fh_set_shards(h->core, n > 0 ? n : 1);
}

static void begin(struct firehose_actor *h, uint32_t part, enum log_start type, sim_time after)
{
    struct firehose_shard *x = shard_at(h, part);
    if (x == NULL || x->reading || x->done)
        return;
    x->reading = true;
    x->known = seek(x, type, 0);
    x->from = type;
    sim_after(h->e.world->sim, &x->timer, after);
    count_shards(h);
}

static void begin_child(struct firehose_actor *h, uint32_t child)
{
    struct log_part p;
    if (child == LOG_NONE)
        return;
    log_of(h)->part(h->source, child, &p);
    for (unsigned i = 0; i < 2; i++)
        if (p.parent[i] != LOG_NONE && (p.parent[i] >= h->n_shard || h->shard[p.parent[i]] == NULL || !h->shard[p.parent[i]]->done))
            return;
    begin(h, child, LOG_TRIM_HORIZON, h->every);
}

/* --- reading --- */

struct taken { /* records of a read, on their way into the core */
    struct fh_put put[AT_ONCE];
    struct job job[AT_ONCE];
    uint32_t n;
};

static void hand_over(struct firehose_actor *h, struct taken *x)
{
    if (x->n == 0)
        return;
    fh_take(h->core, hose_begin(h), x->put, x->n);
    for (uint32_t i = 0; i < x->n; i++)
        firehose_entered(h, &x->job[i]);
    x->n = 0;
}

/* What a producer library has packed into one record comes apart again. */
static void take(struct firehose_actor *h, uint32_t part, const struct log_read *got)
{
    struct taken x;
    x.n = 0;
    for (uint32_t i = 0; i < got->n; i++) {
        struct log_record r;
        if (!log_of(h)->record(h->source, part, got->first + i, &r))
            continue;
        for (uint32_t k = 0; k < r.n; k++) {
            x.job[x.n] = r.job[k];
            x.put[x.n] = hose_put(&r.job[k]);
            if (++x.n == AT_ONCE)
                hand_over(h, &x);
        }
    }
    hand_over(h, &x);
    for (uint32_t i = 0; i < got->n; i++) /* held here from now on: it is not read again */
        log_of(h)->give_up(h->source, &h->reader, part, got->first + i);
}

static void show_behind(struct firehose_actor *h)
{
    sim_time most = 0;
    for (uint32_t i = 0; i < h->n_shard; i++)
        if (h->shard[i] != NULL && h->shard[i]->reading && h->shard[i]->behind > most)
            most = h->shard[i]->behind;
    if (h->level[FM_BEHIND].value != most)
        obs_level_set(&h->level[FM_BEHIND], world_now(h->e.world), most);
}

static void read_end(struct firehose_actor *h, struct firehose_shard *x, const struct log_read *got)
{
    x->done = true;
    x->reading = false;
    x->behind = 0;
    begin_child(h, got->child[0]);
    begin_child(h, got->child[1]);
    count_shards(h);
}

static void read(struct firehose_actor *h, struct firehose_shard *x)
{
    struct log_read got;
    if (!x->known && !(x->known = seek(x, x->from, x->at.seq)))
        return;
    enum log_verdict v = log_of(h)->read(h->source, &h->reader, &x->at, READ_MAX, &got);
    hose_count(h, FM_READS, 1);
    hose_count(h, FM_READS_THROTTLED, v == LOG_THROTTLED);
    if (v == LOG_EXPIRED) { /* it stood still for longer than an iterator is good for */
        x->known = false;
        x->from = LOG_AT_SEQUENCE;
    }
    if (v != LOG_OK)
        return;
    take(h, x->part, &got);
    x->behind = got.behind_ms * SIM_MS;
    x->at = got.next;
    if (got.end)
        read_end(h, x, &got);
}

/* How old the record is that it would read next. */
static void stand_still(struct firehose_actor *h, struct firehose_shard *x)
{
    struct log_part p;
    struct log_record r;
    log_of(h)->part(h->source, x->part, &p);
    uint64_t seq = x->at.seq > p.horizon ? x->at.seq : p.horizon;
    if (x->known && seq < p.next && log_of(h)->record(h->source, x->part, seq, &r))
        x->behind = world_now(h->e.world) - r.arrival;
}

static void on_turn(struct sim *sim, struct sim_timer *t)
{
    struct firehose_shard *x = CONTAINER_OF(t, struct firehose_shard, timer);
    struct firehose_actor *h = x->hose;
    sim_time wait = x->calls ? 0 : log_of(h)->latency(h->source, &h->reader, LOG_CALL_READ);
    if (wait > 0) {
        x->calls = true;
        x->next = sim_now(sim) + h->every;
        sim_after(sim, t, wait);
        return;
    }
    sim_time next = x->calls && x->next > sim_now(sim) ? x->next : sim_now(sim) + (x->calls ? 0 : h->every);
    x->calls = false;
    sim_at(sim, t, next);
    if (h->fault.active & FAULT_DOWN || !fh_wants(h->core))
        stand_still(h, x);
    else
        read(h, x);
    if (x->done)
        sim_cancel(sim, t);
    show_behind(h);
    firehose_pump(h);
}

/* --- life --- */

bool firehose_source_wire(struct firehose_actor *h)
{
    h->reader.owner = &h->e;
    h->reader.pushed = NULL;
    h->reader.changed = NULL;
    return log_of(h)->attach(h->source, &h->reader, false);
}

void firehose_source_start(struct firehose_actor *h)
{
    sim_time first;
    log_of(h)->turn(h->source, &h->reader, SIM_S, &h->every, &first);
    for (uint32_t i = 0, n = log_of(h)->parts(h->source); i < n; i++)
        begin(h, i, LOG_LATEST, first);
}

void firehose_source_close(struct firehose_actor *h)
{
    mem_release(h->shard);
}
