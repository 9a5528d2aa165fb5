/* stream_admin.c - what an operator does to a stream in a run: the actions that the scenario gives with their times, settings
 * that are changed from outside, and a policy that scales the stream by what is offered to it.
 *
 * The policy is the user's, like the well-known scaling utilities, not the service's: once a period it looks at the records and
 * bytes that came, throttled ones included, and asks for as many shards as take them at the target utilisation. It keeps to
 * what UpdateShardCount allows (KIN-53): at most double, at least half, ten times a day; what is beyond that waits. */
#include "kin_text.h"
#include "stream_actor.h"

#include <string.h>

#define BILLION INT64_C(1000000000)

static void done(struct stream *s, enum kin_outcome o)
{
    s->e.world->failed |= o == KIN_NO_MEMORY;
    if (o != KIN_OK)
        stream_count(s, SM_ADMIN_REFUSED, 1);
    obs_level_set(&s->updating, world_now(s->e.world), kin_status(s->core) == KIN_UPDATING);
    stream_end(s);
}

static enum kin_outcome set_retention(struct stream *s, struct call *c, sim_time retention)
{
    uint32_t hours = (uint32_t)(retention / SIM_H);
    return kin_set_retention(s->core, c, hours, hours >= kin_config(s->core)->retention_h);
}

/* --- actions --- */

static enum kin_outcome split(struct stream *s, struct call *c, const struct value *a)
{
    const struct value *at = value_field(a, ACTION_AT_KEY);
    uint32_t shard = (uint32_t)value_field(a, ACTION_SPLIT)->i;
    struct kin_shard_view v;
    kin_hash key;
    if (shard >= kin_shards(s->core))
        return KIN_NO_SHARD;
    kin_shard_view(s->core, c->now, shard, &v);
    key = v.first + (v.last - v.first) / 2 + 1;
    if (!at->absent && !kin_hash_parse(at->text, strlen(at->text), &key))
        return KIN_BAD_HASH;
    return kin_split(s->core, c, shard, key);
}

static enum kin_outcome act(struct stream *s, struct call *c, const struct value *a)
{
    const struct value *merge = value_field(a, ACTION_MERGE);
    if (!value_field(a, ACTION_SPLIT)->absent)
        return split(s, c, a);
    if (!merge->absent)
        return kin_merge(s->core, c, (uint32_t)merge->list.item[0].i, (uint32_t)merge->list.item[1].i);
    if (!value_field(a, ACTION_SHARD_COUNT)->absent)
        return kin_update_count(s->core, c, (uint32_t)value_field(a, ACTION_SHARD_COUNT)->i);
    if (!value_field(a, ACTION_MODE)->absent)
        return kin_set_mode(s->core, c, (enum kin_mode)value_field(a, ACTION_MODE)->i);
    if (!value_field(a, ACTION_WARM)->absent)
        return kin_set_warm(s->core, c, (uint32_t)value_field(a, ACTION_WARM)->i);
    if (!value_field(a, ACTION_RETENTION)->absent)
        return set_retention(s, c, value_field(a, ACTION_RETENTION)->i);
    return kin_set_max_record(s->core, c, (uint32_t)(value_field(a, ACTION_MAX_RECORD_SIZE)->i / 1024));
}

static void on_action(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct stream_action *a = CONTAINER_OF(t, struct stream_action, timer);
    struct stream *s = a->stream;
    if (s->fault.active & FAULT_DOWN) {
        stream_count(s, SM_ADMIN_REFUSED, 1);
        return;
    }
    done(s, act(s, stream_begin(s), a->value));
}

/* --- settings from outside --- */

static uint64_t up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* What one UpdateShardCount may ask for (KIN-53). */
static uint32_t reachable(uint32_t open, uint64_t want)
{
    uint64_t low = up(open, 2), high = 2 * (uint64_t)open;
    return (uint32_t)(want < low ? low : want > high ? high : want);
}

/* Whoever sets `shards` says how many there shall be, once; the calls that it takes follow one another. One that is refused ends
 * it. */
void stream_pursue(struct stream *s)
{
    uint32_t open = kin_open_shards(s->core);
    if (kin_status(s->core) != KIN_ACTIVE || s->fault.active & FAULT_DOWN)
        return;
    if (s->wish == open) {
        s->wish = 0;
        return;
    }
    call_begin(&s->call, world_now(s->e.world), NULL);
    enum kin_outcome o = kin_update_count(s->core, &s->call, reachable(open, s->wish));
    if (o != KIN_OK) {
        stream_count(s, SM_ADMIN_REFUSED, 1);
        s->wish = 0;
    }
    obs_level_set(&s->updating, world_now(s->e.world), kin_status(s->core) == KIN_UPDATING);
}

void stream_set(struct entity *e, unsigned key, const struct value *v)
{
    struct stream *s = stream_of(e);
    if (key == STREAM_SHARDS) {
        s->wish = (uint32_t)v->i;
        stream_end(s);
        return;
    }
    struct call *c = stream_begin(s);
    if (key == STREAM_RETENTION)
        done(s, set_retention(s, c, v->i));
    else
        done(s, kin_set_max_record(s->core, c, (uint32_t)(v->i / 1024)));
}

/* Of shards: those on the way to which it is, or that are open. */
int64_t stream_setting(const struct entity *e, unsigned key)
{
    const struct stream *s = (const struct stream *)e;
    if (key != STREAM_SHARDS)
        return spec_int(e->spec, key);
    return s->wish != 0 ? s->wish : kin_open_shards(s->core);
}

/* --- the policy --- */

/* Shards that take so much in a period at the given share of their limits (KIN-10). */
static uint64_t shards_for(const struct stream_scale *p, uint64_t records, uint64_t bytes, int64_t share)
{
    unsigned __int128 per_shard = (unsigned __int128)(uint64_t)p->period * (uint64_t)share; /* / 10^18: seconds in use */
    unsigned __int128 unit = (unsigned __int128)1000000000 * 1000000000;
    uint64_t r = (uint64_t)((records * unit + per_shard * KIN_SHARD_RECORDS - 1) / (per_shard * KIN_SHARD_RECORDS));
    uint64_t b = (uint64_t)((bytes * unit + per_shard * KIN_MIB - 1) / (per_shard * KIN_MIB));
    return r > b ? r : b;
}

/* 0: it stays as it is. */
static uint32_t wanted(const struct stream_scale *p, uint32_t open, uint64_t records, uint64_t bytes)
{
    uint64_t need = shards_for(p, records, bytes, p->target);
    bool grow = need > open, shrink = shards_for(p, records, bytes, p->down_at) < open && need < open;
    if (!grow && !shrink)
        need = open;
    need = need < p->min ? p->min : need > p->max ? p->max : need;
    uint32_t next = reachable(open, need);
    return next == open ? 0 : next;
}

static void look(struct stream *s)
{
    struct stream_scale *p = &s->scale;
    sim_time now = world_now(s->e.world);
    uint64_t records = s->offered_records - p->records, bytes = s->offered_bytes - p->bytes;
    uint32_t open = kin_open_shards(s->core);
    p->records = s->offered_records;
    p->bytes = s->offered_bytes;
    uint32_t want = wanted(p, open, records, bytes);
    if (want == 0 || now < p->since + p->cooldown || kin_status(s->core) != KIN_ACTIVE || s->fault.active & FAULT_DOWN)
        return;
    enum kin_outcome o = kin_update_count(s->core, stream_begin(s), want);
    if (o == KIN_OK) {
        stream_count(s, want > open ? SM_SCALE_UPS : SM_SCALE_DOWNS, 1);
        p->since = now;
    }
    done(s, o);
}

static void on_period(struct sim *sim, struct sim_timer *t)
{
    struct stream *s = CONTAINER_OF(t, struct stream, scale.timer);
    look(s);
    sim_after(sim, t, s->scale.period);
}

/* --- life --- */

static void make_scale(struct stream *s, const struct value *v)
{
    if (v->list.n == 0)
        return;
    s->scale = (struct stream_scale){.target = value_field(v, SCALE_TARGET)->i,
                                     .down_at = value_field(v, SCALE_DOWN_AT)->i,
                                     .period = value_field(v, SCALE_PERIOD)->i,
                                     .cooldown = value_field(v, SCALE_COOLDOWN)->i,
                                     .min = (uint32_t)value_field(v, SCALE_MIN)->i,
                                     .max = (uint32_t)value_field(v, SCALE_MAX)->i};
    s->scale.since = -s->scale.cooldown;
}

bool stream_admin_make(struct stream *s)
{
    const struct value *v = spec_value(s->e.spec, STREAM_ACTIONS);
    make_scale(s, spec_value(s->e.spec, STREAM_AUTOSCALE));
    s->n_action = v->list.n;
    s->action = arena_get(&s->e.world->arena, (s->n_action + 1) * sizeof(*s->action));
    for (uint32_t i = 0; s->action != NULL && i < s->n_action; i++)
        s->action[i] = (struct stream_action){.stream = s, .value = &v->list.item[i]};
    return s->action != NULL;
}

void stream_admin_start(struct stream *s)
{
    struct sim *sim = s->e.world->sim;
    for (uint32_t i = 0; i < s->n_action; i++) {
        sim_timer_init(&s->action[i].timer, SIM_CONTROL, on_action);
        sim_at(sim, &s->action[i].timer, value_field(s->action[i].value, ACTION_AT)->i);
    }
    if (s->scale.period > 0) {
        sim_timer_init(&s->scale.timer, SIM_CONTROL, on_period);
        sim_at(sim, &s->scale.timer, s->scale.period);
    }
}
