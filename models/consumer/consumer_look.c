/* consumer_look.c - how far behind the application is: nobody tells it when a record arrives, so it
 * looks, every second unless set otherwise. And replays: from a time in the past, at a speed. */
#include "part.h"
#include "reach.h"

/* --- shards as parts of the results --- */

uint32_t consumer_parts(const struct spec_entity *e)
{
    const struct spec_entity *source = spec_value(e, CONSUMER_SOURCE)->ref;
    return source == NULL || source->room->parts == NULL ? 0 : source->room->parts(source);
}

const char *consumer_part_name(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    const struct spec_entity *source = spec_value(e, CONSUMER_SOURCE)->ref;
    return source->room->part_name(source, part, arena);
}

bool look_make(struct consumer *c)
{
    bool ok;
    c->n_watched = consumer_parts(c->e.spec);
    c->part = arena_get(&c->e.world->arena, (c->n_watched + 1) * sizeof(*c->part));
    ok = c->part != NULL;
    for (uint32_t i = 0; ok && i < c->n_watched; i++) {
        struct consumer_part *p = &c->part[i];
        ok = part_level(&c->e, i, CP_LAG, &p->lag, 0) && part_level(&c->e, i, CP_AGE, &p->age, 0) &&
             part_level(&c->e, i, CP_OWNER, &p->owner, 0) &&
             part_counter(&c->e, i, CP_PROCESSED, &p->processed);
    }
    return ok;
}

/* --- lag --- */

/* The number of the next record to process: of who has the shard, or of who will have it. */
static uint64_t position(const struct consumer *c, uint32_t shard, const struct log_part *p)
{
    struct kcl_view v;
    kcl_view(c->kcl, shard, &v);
    if (v.state == KCL_HELD && consumer_part(c, shard)->has_at)
        return consumer_part(c, shard)->at;
    if (v.state == KCL_DONE || v.state == KCL_SKIPPED)
        return p->next;
    if (v.has_checkpoint)
        return v.checkpoint;
    return c->start.type == LOG_TRIM_HORIZON ? p->horizon : p->next;
}

static void look_at(struct consumer *c, uint32_t shard, int64_t *lag, sim_time *age)
{
    struct log_part p;
    struct log_record r;
    c->log->part(c->source, shard, &p);
    uint64_t at = position(c, shard, &p);
    at = at < p.horizon ? p.horizon : at;
    *lag = at < p.next ? (int64_t)(p.next - at) : 0;
    *age = 0;
    if (*lag > 0 && c->log->record(c->source, shard, at, &r))
        *age = world_now(c->e.world) - r.arrival;
}

void look_now(struct consumer *c)
{
    sim_time now = world_now(c->e.world), oldest = 0, age;
    int64_t sum = 0, lag;
    uint32_t n = c->log->parts(c->source);
    if (c->e.world->failed)
        return;
    for (uint32_t i = 0; i < n; i++) {
        look_at(c, i, &lag, &age);
        sum += lag;
        oldest = age > oldest ? age : oldest;
        if (i >= c->n_watched)
            continue;
        obs_level_set(&c->part[i].lag, now, lag);
        obs_level_set(&c->part[i].age, now, age);
    }
    crew_count(c);
    obs_level_set(&c->lag, now, sum);
    obs_level_set(&c->age, now, oldest);
}

static void on_look(struct sim *s, struct sim_timer *t)
{
    struct consumer *c = CONTAINER_OF(t, struct consumer, look_timer);
    look_now(c);
    sim_after(s, t, c->look_every);
}

/* --- beside others --- */

static bool leads(const struct spec *spec, const struct value *v, const struct spec_entity *to)
{
    bool any = false;
    if (v->absent)
        return false;
    for (uint32_t i = 0; v->type == VALUE_LIST && i < v->list.n; i++)
        any |= leads(spec, &v->list.item[i], to);
    return any || (v->type == VALUE_REF && v->ref != NULL && reach_leads(spec, v->ref, to));
}

/* Whether what it does with a record can come to there; its source's other readers do not count. */
static bool steps_lead(const struct consumer *c, const struct spec_entity *to)
{
    const struct value *const steps[] = {spec_value(c->e.spec, CONSUMER_CALLS),
                                         spec_value(c->e.spec, CONSUMER_SENDS)};
    bool any = false;
    for (unsigned k = 0; k < ARRAY_LEN(steps); k++)
        for (uint32_t i = 0; !steps[k]->absent && i < steps[k]->list.n; i++) {
            const struct value *group = &steps[k]->list.item[i];
            any |= leads(c->e.world->spec, value_field(group, CALLER_TARGET), to) ||
                   leads(c->e.world->spec, value_field(group, CALLER_TARGETS), to);
        }
    return any;
}

/* Each application gets every record: for which requests neither its own success nor that of
 * somebody behind it is the effect. */
bool consumer_find_aside(struct consumer *c)
{
    struct world *w = c->e.world;
    struct request_table *t = &w->requests;
    bool any = false, *aside = arena_get(&w->arena, (t->n_source + 1) * sizeof(*aside));
    for (uint32_t i = 0; aside != NULL && i < t->n_source; i++) {
        const struct entity *done = t->source[i]->done_at;
        aside[i] = done != NULL && done != &c->e && !steps_lead(c, done->spec);
        any |= aside[i];
    }
    if (any) {
        c->aside = aside;
        c->served = (uint8_t)(t->n_served < REQUEST_SERVED_MAX ? 1u << t->n_served++ : 0);
    }
    return aside != NULL;
}

/* --- replays --- */

sim_time replay_due(const struct consumer *c, sim_time arrival)
{
    const struct consumer_replay *r = &c->replay;
    if (r->speed <= 0 || arrival >= r->to || arrival < r->from)
        return 0;
    double wait = (double)(arrival - r->from) / r->speed;
    return wait < 4e18 ? r->at + (sim_time)wait : SIM_NEVER;
}

static void on_replay(struct sim *s, struct sim_timer *t)
{
    struct consumer *c = CONTAINER_OF(t, struct consumer, replay.timer);
    c->replay.begun = true;
    kcl_rewind(c->kcl, sim_now(s));
    crew_settle(c);
}

void look_start(struct consumer *c)
{
    sim_timer_init(&c->look_timer, SIM_SAMPLE, on_look);
    sim_after(c->e.world->sim, &c->look_timer,
              (c->look_every + 1) / 2); /* turns of pollers are at whole times */
    sim_timer_init(&c->replay.timer, SIM_STATE, on_replay);
    if (c->replay.given)
        sim_at(c->e.world->sim, &c->replay.timer, c->replay.at);
}
