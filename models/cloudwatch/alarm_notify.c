/* alarm_notify.c - an alarm tells topics and functions of a change of state.
 *
 * The notification is a request of the alarm's own (CW-18), with a copy for each that is told; it is done where done_at says, and lost
 * when no copy is left. CloudWatch tries until a copy is taken, and forgets one that is refused. */
#include "alarm.h"

#include "hash.h"
#include "record.h"

#define NOTICE_SIZE 1024 /* bytes of a message: names, thresholds, the reason with its datapoints */
#define TRIES       1024 /* told apart by what is drawn for them */

struct notice { /* one copy on its way */
    struct caller caller;
    struct alarm *alarm;
    uint32_t number;
};

/* --- life --- */

static bool make_observers(struct alarm *a)
{
    obs_tally_init(&a->source.answer); /* nobody waits for one */
    return entity_counter(&a->e, AM_NOTIFICATIONS, &a->source.offered) && entity_counter(&a->e, AM_DONE, &a->source.done) &&
           entity_counter(&a->e, AM_RETRIES, &a->retries) && entity_counter(&a->e, AM_REFUSED, &a->refused) &&
           entity_tally(&a->e, AM_LATENCY, &a->source.latency);
}

bool alarm_notify_make(struct alarm *a)
{
    const struct value *deadline = spec_value(a->e.spec, ALARM_DEADLINE);
    slab_init(&a->notices, sizeof(struct notice));
    a->notifies = alarm_notifies(a->e.spec);
    if (a->notifies) {
        a->source.origin = (uint32_t)hash_text(a->e.spec->path);
        a->source.maker = &a->e;
        a->source.deadline = deadline->absent ? SIM_NEVER : deadline->i;
        a->source_number = request_source_add(a->e.world, &a->source);
    }
    return make_observers(a);
}

static struct caller_policy *policy_of(struct alarm *a, const struct entity *target)
{
    for (uint32_t i = 0; i < a->n_target; i++)
        if (a->target[i].target == target)
            return &a->target[i];
    return NULL;
}

/* CW-18: until it is taken. */
static bool open_target(struct alarm *a, struct entity *target)
{
    struct dist_error error;
    const struct value plain = {.type = VALUE_GROUP, .absent = true};
    struct caller_policy *p = &a->target[a->n_target++];
    const char *use = arena_format(&a->e.world->arena, "sends/%s", target->spec->path);
    if (use == NULL || !caller_policy_init(p, &a->e, &plain, target, use))
        return false;
    p->attempts = CALLER_UNLIMITED;
    p->radix = p->span = TRIES;
    p->backoff = backoff_parse(&a->e.world->arena, "exponential(base=1s, cap=1min)", &error);
    p->retries = &a->retries;
    return p->backoff != NULL;
}

bool alarm_notify_wire(struct alarm *a)
{
    struct world *w = a->e.world;
    const struct value *done_at = spec_value(a->e.spec, ALARM_DONE_AT);
    bool ok = true;
    for (enum cw_state s = CW_OK; a->notifies && s <= CW_ALARM; s++) {
        const struct value *actions = alarm_actions(a->e.spec, s);
        for (uint32_t i = 0; ok && i < actions->list.n; i++) {
            struct entity *target = world_entity(w, actions->list.item[i].ref);
            if (alarm_tells(target->spec) && policy_of(a, target) == NULL)
                ok = open_target(a, target);
        }
    }
    if (a->notifies)
        a->source.done_at = done_at->absent ? a->target[0].target : world_entity(w, done_at->ref);
    return ok;
}

void alarm_notify_close(struct alarm *a)
{
    slab_free(&a->notices);
}

/* --- a change of state --- */

static void on_told(struct caller *c, enum call_verdict verdict)
{
    struct notice *n = CONTAINER_OF(c, struct notice, caller);
    struct alarm *a = n->alarm;
    uint32_t request = c->job.request;
    obs_count(&a->refused, world_now(a->e.world), verdict != CALL_OK);
    slab_give(&a->notices, n->number);
    request_drop(a->e.world, request);
}

/* which: its place among those who are told, so that the copies of one request are not one work. */
static void tell(struct alarm *a, struct caller_policy *p, uint32_t request, uint32_t which)
{
    struct world *w = a->e.world;
    uint32_t number = slab_take(&a->notices);
    if (number == SLAB_NONE) {
        w->failed = true;
        return;
    }
    struct notice *n = slab_at(&a->notices, number);
    *n = (struct notice){.alarm = a, .number = number};
    const struct job job = {.request = request,
                            .size = NOTICE_SIZE,
                            .key = JOB_NO_KEY,
                            .attempt = (uint16_t)which,
                            .flags = record_flag(request_at(&w->requests, request))};
    request_hold(&w->requests, request);
    caller_start(&n->caller, p, &job, on_told);
}

void alarm_notify(struct alarm *a, enum cw_state s)
{
    struct world *w = a->e.world;
    const struct value *actions = alarm_actions(a->e.spec, s);
    uint32_t request = SLAB_NONE, told = 0;
    if (!a->notifies || world_now(w) >= w->spec->duration)
        return; /* the run only drains now */
    for (uint32_t i = 0; i < actions->list.n; i++) {
        struct caller_policy *p = policy_of(a, world_entity(w, actions->list.item[i].ref));
        if (p == NULL)
            continue;
        if (request == SLAB_NONE)
            request = request_open(w, a->source_number, a->n_notified++, NOTICE_SIZE, JOB_NO_KEY);
        if (request == SLAB_NONE)
            return;
        tell(a, p, request, told++);
    }
    if (request == SLAB_NONE)
        return;
    entity_trace(&a->e, ALARM_TRACE_TOLD, a->n_notified);
    request_drop(w, request);
}
