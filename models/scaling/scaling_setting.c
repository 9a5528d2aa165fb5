/* scaling_setting.c - a target without a group: a setting of an entity that the policy changes at once, within limits of its own,
 * as Application Auto Scaling does it (ASG-29). The policy stands in for the group that is not there. */
#include <string.h>

#include "scaling_room.h"

#define SIMPLE_COOLDOWN (300 * SIM_S)

enum { TRACE_SET = 20 };

bool scaling_setting_key(const struct spec_entity *e, unsigned *key)
{
    static const char *const name[][2] = {
        {"fleet", "size"}, {"service", "servers"}, {"stream", "shards"}, {"function", "provisioned"}, {"consumer", "workers"}};
    for (unsigned i = 0; i < ARRAY_LEN(name); i++)
        for (*key = 0; strcmp(name[i][0], e->kind) == 0 && *key < e->room->n_key; ++*key)
            if (strcmp(name[i][1], e->room->key[*key].name) == 0)
                return true;
    return false;
}

/* Where the target says how things stand, that counts: a change may have been refused, at once or on the way. */
static void view(struct entity *e, struct scale_view *v)
{
    struct scaling_setting *x = &((struct scaling *)e)->setting;
    if (x->entity->room->setting != NULL)
        x->now = x->entity->room->setting(x->entity, x->key);
    *v = (struct scale_view){.desired = x->now, .min = x->min, .max = x->max, .warm = x->now, .in_service = x->now};
}

static void resize(struct entity *e, int64_t desired)
{
    struct scaling_setting *x = &((struct scaling *)e)->setting;
    struct scale_view v;
    view(e, &v);
    desired = scale_clamp(&v, desired);
    if (desired == x->now)
        return;
    struct value value = *spec_value(x->entity->spec, x->key);
    value.i = x->now = desired;
    entity_trace(e, TRACE_SET, (uint64_t)desired);
    world_set(e->world, x->entity, x->key, &value);
    view(e, &v);
    x->refused = x->now != desired;
    obs_count(&((struct scaling *)e)->refused, world_now(e->world), x->refused);
}

void scaling_setting_settle(struct scaling *s, const struct scale_cooldown *before)
{
    if (s->setting.entity != NULL && s->setting.refused)
        s->cooldown = *before;
    s->setting.refused = false;
}

static void simple(struct entity *e, int64_t desired)
{
    struct scaling_setting *x = &((struct scaling *)e)->setting;
    struct scale_view v;
    sim_time now = world_now(e->world);
    if (now < x->simple_until)
        return;
    view(e, &v);
    int64_t before = x->now;
    resize(e, desired);
    if (x->now != before)
        x->simple_until = now + SIMPLE_COOLDOWN;
}

static void limits(struct entity *e, int64_t min, int64_t max)
{
    struct scaling_setting *x = &((struct scaling *)e)->setting;
    x->min = min;
    x->max = max;
    resize(e, x->now);
}

/* Nobody else has a wish. */
static void hear(struct sim *s, struct sim_timer *t)
{
    struct scaling *policy = CONTAINER_OF(t, struct scaling, setting.timer);
    struct scale_member *m = &policy->member;
    struct scale_cooldown before = policy->cooldown;
    struct scale_view v;
    view(&policy->e, &v);
    m->last = m->ask(m, &v);
    if (sim_now(s) + m->every <= policy->e.world->end)
        sim_after(s, t, m->every);
    resize(&policy->e, scale_choose(&v, &m->last, 1));
    scaling_setting_settle(policy, &before);
}

static void join(struct entity *e, struct scale_member *m)
{
    (void)e;
    m->next = NULL;
}

const struct scale_ops scaling_setting_ops = {view, resize, simple, limits, join};

void scaling_setting_wire(struct scaling *s, struct entity *target)
{
    struct scaling_setting *x = &s->setting;
    const struct value *min = spec_value(s->e.spec, SCALING_MIN), *max = spec_value(s->e.spec, SCALING_MAX);
    CHECK(scaling_setting_key(target->spec, &x->key));
    x->entity = target;
    x->min = min->absent ? 1 : min->i;
    x->max = max->absent ? 10 : max->i;
    x->now = spec_int(target->spec, x->key);
    sim_timer_init(&x->timer, SIM_CONTROL, hear);
}

/* What is there at first may lie outside the limits: it is brought within them. */
void scaling_setting_start(struct scaling *s)
{
    if (s->setting.entity == NULL)
        return;
    resize(&s->e, s->setting.now);
    if (s->member.ask != NULL && s->member.every <= s->e.world->end)
        sim_at(s->e.world->sim, &s->setting.timer, s->member.every);
}
