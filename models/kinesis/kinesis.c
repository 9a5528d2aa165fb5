/* kinesis.c - a stream's life: what is pending, and its states. */
#include "kin_int.h"

#include "mem.h"

void kin_config_default(struct kin_config *c)
{
    *c = (struct kin_config){
        .shards = 1,
        .retention_h = KIN_RETENTION_MIN,
        .max_record = KIN_MIB,
        .on_demand_max = KIN_SHARDS_MAX,
        .consumers = 20,
        .step_time = 30 * SIM_S,
        .grow_delay = 600 * SIM_S,
        .warm_time = 300 * SIM_S,
        .push_latency = 70 * SIM_MS,
        .register_time = 10 * SIM_S,
    };
}

static bool config_good(const struct kin_config *c, struct err *err)
{
    if (c->shards < 1 || c->shards > KIN_SHARDS_MAX || c->on_demand_max > KIN_SHARDS_MAX ||
        c->on_demand_max < 4)
        return err_set(err, ERR_CONFIG, "a stream has 1 to %d shards", KIN_SHARDS_MAX);
    if (c->retention_h < KIN_RETENTION_MIN || c->retention_h > KIN_RETENTION_MAX)
        return err_set(err, ERR_CONFIG, "retention is 24 to 8760 hours");
    if (c->max_record < KIN_MIB || c->max_record > 10 * KIN_MIB)
        return err_set(err, ERR_CONFIG, "a record's size is limited to 1 to 10 MiB");
    if (c->consumers > KIN_CONSUMERS_MAX)
        return err_set(err, ERR_CONFIG, "a stream has at most %d consumers", KIN_CONSUMERS_MAX);
    if (c->create_time < 0 || c->step_time <= 0 || c->grow_delay < 0 || c->now < 0 ||
        c->grow_delay > 900 * SIM_S || c->push_latency < 0 || c->register_time < 0 ||
        c->warm_time <= 0)
        return err_set(err, ERR_CONFIG, "a stream's delays are positive, growth within 900 s");
    return true;
}

/* KIN-61: twice the assumed peak, at least four. */
static uint32_t first_shards(const struct kin_config *c)
{
    if (c->mode == KIN_MODE_PROVISIONED)
        return c->shards;
    uint64_t n = 2 * (uint64_t)c->peak_mb;
    return n < 4 ? 4 : n > c->on_demand_max ? c->on_demand_max : (uint32_t)n;
}

static bool first_open(struct kinesis *k, uint32_t n)
{
    if (!kin_room(k, n))
        return false;
    for (uint32_t i = 0; i < n; i++) {
        kin_hash last = i + 1 == n ? KIN_HASH_MAX : kin_even(i + 1, n) - 1;
        uint32_t shard = kin_shard_new(k, k->config.now, kin_even(i, n), last);
        if (shard == KIN_NONE)
            return false;
        k->start[i] = kin_even(i, n);
        k->open[i] = shard;
        k->n_open++;
        if (k->config.quota != NULL)
            k->config.quota->open++;
    }
    return true;
}

bool kin_open(struct kinesis **out, const struct kin_config *c, struct err *err)
{
    *out = NULL;
    if (!config_good(c, err))
        return false;
    struct kinesis *k = mem_get_zero(1, sizeof(*k));
    if (k == NULL)
        return err_set(err, ERR_OS, "out of memory");
    k->config = *c;
    slab_init(&k->shards, sizeof(struct kin_shard));
    k->minute = c->mode == KIN_MODE_ON_DEMAND ? c->now + SIM_MIN : SIM_NEVER;
    k->status = KIN_ACTIVE;
    if (!first_open(k, first_shards(c))) {
        kin_close(k);
        return err_set(err, ERR_OS, "out of memory");
    }
    if (c->create_time > 0) {
        k->status = KIN_CREATING;
        k->op = (struct kin_op){.step = KIN_STEP_CREATE, .due = c->now + c->create_time};
    }
    kin_due(k);
    *out = k;
    return true;
}

void kin_close(struct kinesis *k)
{
    if (k == NULL)
        return;
    kin_push_close(k);
    if (k->config.quota != NULL)
        k->config.quota->open -= k->n_open;
    for (uint32_t i = 0; i < k->shards.n_touched; i++)
        kin_ring_free(&kin_shard(k, i)->ring);
    slab_free(&k->shards);
    mem_release(k->start);
    mem_release(k->open);
    mem_release(k->growth);
    mem_release(k);
}

/* --- what is pending --- */

static sim_time earlier(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

void kin_due(struct kinesis *k)
{
    sim_time due = k->op.step == KIN_STEP_NONE ? SIM_NEVER : k->op.due;
    due = earlier(due, k->minute);
    if (k->n_growth > 0)
        due = earlier(due, k->growth[k->growth_head].due);
    for (uint32_t i = 0; i < KIN_CONSUMERS_MAX; i++)
        if (k->consumer[i].used && !k->consumer[i].active)
            due = earlier(due, k->consumer[i].due);
    k->due = due;
}

sim_time kin_deadline(const struct kinesis *k)
{
    return k->due;
}

void kin_set_status(struct kinesis *k, struct call *c, enum kin_status status)
{
    k->status = status;
    call_effect(c, KIN_FX_STATUS, status, 0, 0);
}

void kin_begin_op(struct kinesis *k, struct call *c, struct kin_op op)
{
    k->op = op;
    k->status = op.step == KIN_STEP_DELETE ? KIN_DELETING : KIN_UPDATING;
    (void)c;
    kin_due(k);
}

enum kin_outcome kin_changeable(const struct kinesis *k, const struct call *c)
{
    CHECK(k->due > c->now);
    if (k->status == KIN_GONE)
        return KIN_NO_STREAM;
    return k->status == KIN_ACTIVE ? KIN_OK : KIN_NOT_ACTIVE;
}

static void change_mode(struct kinesis *k)
{
    k->config.mode = (enum kin_mode)k->op.target;
    bool grows = k->config.mode == KIN_MODE_ON_DEMAND;
    k->minute = grows ? k->op.due + SIM_MIN : SIM_NEVER;
    for (uint32_t i = 0; i < k->n_open; i++) {
        kin_shard(k, k->open[i])->minute_records = 0;
        kin_shard(k, k->open[i])->minute_bytes = 0;
    }
    if (grows)
        return;
    for (; k->n_growth > 0; k->n_growth--) {
        kin_shard(k, k->growth[k->growth_head].shard)->splitting = false;
        k->growth_head = (k->growth_head + 1) % k->cap_growth;
    }
}

/* false: memory is short, try again. */
static bool carry_out(struct kinesis *k, struct call *c)
{
    switch (k->op.step) {
    case KIN_STEP_SPLIT:
        return kin_do_split(k, c, k->op.shard, k->op.at);
    case KIN_STEP_MERGE:
        return kin_do_merge(k, c, k->op.shard, k->op.other);
    case KIN_STEP_COUNT:
        return kin_step_count(k, c);
    case KIN_STEP_MODE:
        change_mode(k);
        return true;
    case KIN_STEP_WARM:
        return kin_warm_up(k, c);
    case KIN_STEP_NONE:
    case KIN_STEP_CREATE:
    case KIN_STEP_DELETE:
        break;
    }
    return true;
}

static void finish_op(struct kinesis *k, struct call *c)
{
    if (!carry_out(k, c)) {
        call_effect(c, KIN_FX_NO_MEMORY, 0, 0, 0);
        k->op.due = c->now + SIM_S;
        return;
    }
    if (k->op.step == KIN_STEP_COUNT && !kin_count_done(k)) {
        k->op.due += k->config.step_time;
        return;
    }
    if (k->op.step == KIN_STEP_WARM && k->n_open < k->warm) {
        k->op.due = c->now; /* its splits are told in several turns */
        return;
    }
    bool gone = k->op.step == KIN_STEP_DELETE;
    k->op.step = KIN_STEP_NONE;
    if (gone)
        kin_push_close(k);
    kin_set_status(k, c, gone ? KIN_GONE : KIN_ACTIVE);
}

static bool consumer_ready(struct kinesis *k, struct call *c)
{
    for (uint32_t i = 0; i < KIN_CONSUMERS_MAX; i++) {
        struct kin_consumer *x = &k->consumer[i];
        if (x->used && !x->active && x->due <= c->now) {
            x->active = true;
            call_effect(c, KIN_FX_CONSUMER, i, 0, 0);
            return true;
        }
    }
    return false;
}

/* One thing at a time; at one instant the state of the stream, then growth, then the measuring. */
void kin_advance(struct kinesis *k, struct call *c)
{
    if (k->op.step != KIN_STEP_NONE && k->op.due <= c->now)
        finish_op(k, c);
    else if (k->n_growth > 0 && k->growth[k->growth_head].due <= c->now)
        kin_grow(k, c);
    else if (!consumer_ready(k, c) && k->minute <= c->now)
        kin_minute(k, c);
    kin_due(k);
}

enum kin_outcome kin_delete(struct kinesis *k, struct call *c)
{
    CHECK(k->due > c->now);
    if (k->status == KIN_GONE)
        return KIN_NO_STREAM;
    if (k->status == KIN_CREATING || k->status == KIN_DELETING)
        return KIN_NOT_ACTIVE;
    sim_time due = c->now + (k->config.create_time > 0 ? k->config.create_time : 1);
    kin_begin_op(k, c, (struct kin_op){.step = KIN_STEP_DELETE, .due = due});
    for (; k->n_growth > 0; k->n_growth--)
        k->growth_head = (k->growth_head + 1) % k->cap_growth;
    k->minute = SIM_NEVER;
    kin_due(k);
    return KIN_OK;
}

/* --- queries --- */

const struct kin_config *kin_config(const struct kinesis *k)
{
    return &k->config;
}
enum kin_status kin_status(const struct kinesis *k)
{
    return k->status;
}
uint32_t kin_shards(const struct kinesis *k)
{
    return k->shards.n_touched;
}
uint32_t kin_open_shards(const struct kinesis *k)
{
    return k->n_open;
}
const struct kin_counts *kin_counts(const struct kinesis *k)
{
    return &k->counts;
}
