/* stream_parts.c - shards as parts with metrics of their own, "stream.clicks[0]". How many are watched is fixed before the run
 * (`watched_shards`), as the table of metrics is; shards with higher numbers count in the stream's metrics only. */
#include "mem.h"
#include "stream_actor.h"

#define WATCHED_MAX 256
#define BILLION     1000000000u

/* --- how many --- */

static uint64_t of_action(const struct value *a)
{
    const struct value *count = value_field(a, ACTION_SHARD_COUNT), *warm = value_field(a, ACTION_WARM);
    if (!count->absent)
        return 2 * (uint64_t)count->i; /* splits, and merges of what they made */
    return !warm->absent ? 2 * (uint64_t)warm->i : 2;
}

/* Shards that may come to be: by the actions; by a policy or the service, some doublings of what there is. */
static uint64_t sensible(const struct spec_entity *e)
{
    bool on_demand = spec_int(e, STREAM_MODE) == KIN_MODE_ON_DEMAND;
    const struct value *actions = spec_value(e, STREAM_ACTIONS), *scale = spec_value(e, STREAM_AUTOSCALE);
    uint64_t peak = 2 * (uint64_t)spec_int(e, STREAM_PEAK), n = on_demand ? 4 : (uint64_t)spec_int(e, STREAM_SHARDS);
    n = on_demand && peak > n ? peak : n;
    uint64_t first = n;
    for (uint32_t i = 0; i < actions->list.n; i++)
        n += of_action(&actions->list.item[i]);
    if (scale->list.n > 0)
        n += 4 * (uint64_t)value_field(scale, SCALE_MAX)->i;
    return on_demand ? n + 15 * first : n;
}

uint32_t stream_parts(const struct spec_entity *e)
{
    const struct value *v = spec_value(e, STREAM_WATCHED_SHARDS);
    if (!v->absent)
        return (uint32_t)v->i;
    uint64_t n = sensible(e);
    return n < WATCHED_MAX ? (uint32_t)n : WATCHED_MAX;
}

const char *stream_part_name(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    (void)e;
    return arena_format(arena, "%u", part);
}

/* --- observers --- */

/* Where a hash key lies between the ends of all, in billionths. */
static int64_t place_of(kin_hash h)
{
    return (int64_t)(((unsigned __int128)(uint64_t)(h >> 64) * BILLION + (UINT64_C(1) << 63)) >> 64);
}

static bool make_shard(struct stream *s, uint32_t i)
{
    struct stream_shard *x = &s->shard[i];
    struct kin_shard_view v = {.first = 0};
    bool open = i < kin_shards(s->core), ok = true;
    if (open)
        kin_shard_view(s->core, 0, i, &v);
    for (unsigned m = 0; ok && m <= SP_READ_THROTTLED; m++)
        ok = part_counter(&s->e, i, m, &x->count[m]);
    return ok && part_level(&s->e, i, SP_OPEN, &x->open, open) &&
           part_level(&s->e, i, SP_FIRST_KEY, &x->first_key, place_of(v.first)) &&
           part_level(&s->e, i, SP_LAST_KEY, &x->last_key, place_of(v.last)) && part_tally(&s->e, i, SP_AGE, &x->age);
}

bool stream_parts_make(struct stream *s)
{
    s->n_watched = stream_parts(s->e.spec);
    s->shard = arena_get(&s->e.world->arena, (s->n_watched + 1) * sizeof(*s->shard));
    bool ok = s->shard != NULL;
    for (uint32_t i = 0; ok && i < s->n_watched; i++)
        ok = make_shard(s, i);
    return ok;
}

/* Its range stays to be seen when it has been closed. */
static void show(struct stream *s, uint32_t shard)
{
    struct kin_shard_view v;
    sim_time now = world_now(s->e.world);
    struct stream_shard *x = &s->shard[shard];
    kin_shard_view(s->core, now, shard, &v);
    obs_level_set(&x->open, now, 1);
    obs_level_set(&x->first_key, now, place_of(v.first));
    obs_level_set(&x->last_key, now, place_of(v.last));
}

static bool room_for(struct stream *s, uint32_t shard)
{
    if (shard < s->n_read_to)
        return true;
    uint32_t n = shard < 8 ? 16 : 2 * shard;
    uint64_t *more = mem_resize(s->read_to, n * sizeof(*more));
    if (more == NULL)
        return false;
    for (uint32_t i = s->n_read_to; i < n; i++)
        more[i] = 0;
    s->read_to = more;
    s->n_read_to = n;
    return true;
}

void stream_opened(struct stream *s, uint32_t shard)
{
    if (!room_for(s, shard))
        s->e.world->failed = true;
    if (shard < s->n_watched)
        show(s, shard);
    else
        stream_count(s, SM_UNWATCHED, 1);
}

void stream_closed(struct stream *s, uint32_t shard)
{
    if (shard < s->n_watched)
        obs_level_set(&s->shard[shard].open, world_now(s->e.world), 0);
}

void stream_aged(struct stream *s, uint32_t shard, int64_t age_ms)
{
    if (shard < s->n_watched)
        obs_tally_add(&s->shard[shard].age, world_now(s->e.world), age_ms * SIM_MS);
}
