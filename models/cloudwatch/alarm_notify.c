/* alarm_notify.c - an alarm tells topics, functions and a bus of a change of state.
 *
 * The notification is a request of the alarm's own (CW-18), with a copy for each that is told; it is done where done_at says, and lost
 * when no copy is left. CloudWatch tries until a copy is taken, and forgets one that is refused. */
#include "alarm.h"

#include "event.h"
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

static bool add_target(struct alarm *a, const struct value *v)
{
    struct entity *target = v->absent ? NULL : world_entity(a->e.world, v->ref);
    if (target == NULL || target->room->trigger != NULL || policy_of(a, target) != NULL)
        return true;
    return open_target(a, target);
}

static void read_events(struct alarm *a)
{
    const struct value *events = spec_value(a->e.spec, ALARM_EVENTS);
    for (uint32_t s = 0; s < events->list.n; s++)
        if (!events->list.item[s].absent)
            a->event[s] = event_number(a->e.world->spec, events->list.item[s].ref);
}

bool alarm_notify_wire(struct alarm *a)
{
    const struct value *done_at = spec_value(a->e.spec, ALARM_DONE_AT);
    bool ok = !a->notifies || add_target(a, spec_value(a->e.spec, ALARM_BUS));
    for (enum cw_state s = CW_OK; a->notifies && s <= CW_ALARM; s++) {
        const struct value *actions = alarm_actions(a->e.spec, s);
        for (uint32_t i = 0; ok && i < actions->list.n; i++)
            ok = add_target(a, &actions->list.item[i]);
    }
    if (!a->notifies || !ok)
        return ok;
    read_events(a);
    a->source.done_at = done_at->absent ? a->target[0].target : world_entity(a->e.world, done_at->ref);
    return true;
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

struct news {
    uint32_t request, event, size;
    uint32_t told; /* copies, so that those of one request are not one work */
};

static void tell(struct alarm *a, struct news *news, struct caller_policy *p)
{
    struct world *w = a->e.world;
    uint32_t number = slab_take(&a->notices);
    if (number == SLAB_NONE) {
        w->failed = true;
        return;
    }
    struct notice *n = slab_at(&a->notices, number);
    *n = (struct notice){.alarm = a, .number = number};
    struct job job = {.request = news->request,
                      .size = news->size,
                      .key = JOB_NO_KEY,
                      .attempt = (uint16_t)news->told++,
                      .flags = record_flag(request_at(&w->requests, news->request))};
    job_set_event(&job, news->event);
    request_hold(w, news->request);
    caller_start(&n->caller, p, &job, on_told);
}

/* Whether anybody among the actions, or the bus, hears of it. */
static bool anybody(const struct alarm *a, const struct value *actions)
{
    bool any = !spec_value(a->e.spec, ALARM_BUS)->absent;
    for (uint32_t i = 0; i < actions->list.n; i++)
        any |= alarm_tells(actions->list.item[i].ref);
    return any;
}

void alarm_notify(struct alarm *a, enum cw_state s, bool enabled)
{
    static const struct value none = {.type = VALUE_LIST, .absent = true};
    struct world *w = a->e.world;
    const struct value *actions = enabled ? alarm_actions(a->e.spec, s) : &none, *bus = spec_value(a->e.spec, ALARM_BUS);
    if (!a->notifies || world_now(w) >= w->spec->duration || !anybody(a, actions))
        return; /* the run only drains now, or nobody wants to know */
    int64_t size = event_views(w, a->event[s])->size;
    struct news news = {.event = a->event[s], .size = a->event[s] == EVENT_NONE || size < 0 ? NOTICE_SIZE : (uint32_t)size};
    news.request = request_open(w, a->source_number, a->n_notified++, news.size, JOB_NO_KEY);
    if (news.request == SLAB_NONE)
        return;
    entity_trace(&a->e, ALARM_TRACE_TOLD, a->n_notified);
    if (!bus->absent)
        tell(a, &news, policy_of(a, world_entity(w, bus->ref)));
    for (uint32_t i = 0; i < actions->list.n; i++)
        if (alarm_tells(actions->list.item[i].ref))
            tell(a, &news, policy_of(a, world_entity(w, actions->list.item[i].ref)));
    request_drop(w, news.request);
}
