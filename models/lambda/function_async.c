/* function_async.c - events: accepted, tried, given up, and told to destinations (LAM-24 … LAM-31). */
#include "function_actor.h"
#include "record.h"

#define DIGITS 4 /* attempts of an event, and what a destination is sent */

static struct event *event_at(struct function *f, uint32_t number)
{
    return slab_at(&f->events, number);
}

static uint64_t item_of(const struct function *f, const struct job *j)
{
    return request_item(request_at(&f->e.world->requests, j->request));
}

static void look(struct function *f)
{
    obs_level_set(&f->waiting, world_now(f->e.world), lam_async_waiting(f->async));
}

void function_arm(struct function *f)
{
    sim_time due = lam_async_deadline(f->async);
    look(f);
    if (!f->pumping)
        sim_at(f->e.world->sim, &f->timer, due);
}

/* --- acceptance --- */

static struct push_answer accept(struct function *f, const struct job *j)
{
    uint32_t number = slab_take(&f->events);
    if (number == SLAB_NONE) {
        f->e.world->failed = true;
        return (struct push_answer){PUSH_DOWN, "ServiceException", SIM_NEVER};
    }
    enum lam_outcome o = lam_async_accept(f->async, function_call(f), number, j->size);
    if (o != LAM_OK) {
        slab_give(&f->events, number);
        f->e.world->failed |= o == LAM_NO_MEMORY;
        return (struct push_answer){PUSH_REFUSED, lam_outcome_row(o)->code, SIM_NEVER};
    }
    *event_at(f, number) = (struct event){.job = *j, .number = number};
    request_hold(f->e.world, j->request);
    function_count(f, FX_EVENTS, 1);
    entity_trace(&f->e, FUNCTION_TRACE_EVENT, item_of(f, j));
    return (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
}

void function_offer(struct entity *e, const struct job *job, uint32_t n, struct push_answer *answers)
{
    struct function *f = function_of(e);
    for (uint32_t i = 0; i < n; i++) {
        if (f->fault.active & FAULT_DOWN) {
            function_count(f, FX_DOWN, 1);
            answers[i] = (struct push_answer){PUSH_DOWN, "ServiceException", SIM_NEVER};
        } else {
            answers[i] = accept(f, &job[i]);
        }
    }
    function_arm(f);
}

/* --- destinations (LAM-27, LAM-29) --- */

static void send_to(struct function *f, struct entity *to, const struct job *event, bool letter, enum function_metric taken,
                    enum function_metric lost)
{
    struct push_answer answer = {.retry_at = SIM_NEVER};
    struct job j = *event;
    if (to == NULL)
        return;
    j.attempt = attempt_code(j.attempt, DIGITS, DIGITS - 1);
    j.key = JOB_NO_KEY;
    if (letter) {
        j.flags |= JOB_LETTER;
        if (job_recorded(&j))
            record_job(f->e.world, &j, LIFE_DEAD, &f->e)->other = to->index;
    }
    to->room->push->offer(to, &j, 1, &answer);
    function_count(f, answer.verdict == PUSH_ACCEPTED ? taken : lost, 1);
}

static void let_go(struct function *f, uint32_t number)
{
    uint32_t request = event_at(f, number)->job.request;
    slab_give(&f->events, number);
    request_drop(f->e.world, request);
}

static void given_up(struct function *f, const struct lam_event *e)
{
    struct job j = event_at(f, (uint32_t)e->user)->job;
    function_count(f, FX_EVENTS_DROPPED, 1);
    entity_trace(&f->e, FUNCTION_TRACE_DROPPED + 10 * (uint32_t)e->why, item_of(f, &j));
    send_to(f, f->on_failure, &j, true, FX_TO_DESTINATION, FX_NOT_TO_DESTINATION);
    send_to(f, f->dead_letter, &j, true, FX_TO_DLQ, FX_NOT_TO_DLQ);
    let_go(f, (uint32_t)e->user);
}

/* --- attempts --- */

static void settle(struct function *f, uint32_t id, enum lam_answer answer)
{
    struct lam_event over;
    if (!lam_async_settle(f->async, function_call(f), id, answer, &over))
        return;
    if (answer != LAM_ANSWER_OK) {
        given_up(f, &over);
        return;
    }
    struct job j = event_at(f, (uint32_t)over.user)->job;
    send_to(f, f->on_success, &j, false, FX_TO_DESTINATION, FX_NOT_TO_DESTINATION);
    let_go(f, (uint32_t)over.user);
}

void function_event_over(struct function *f, uint32_t id, enum lam_answer answer)
{
    settle(f, id, answer);
    function_arm(f);
}

static void attempt(struct function *f, const struct lam_event *e)
{
    struct run what = {.kind = RUN_EVENT, .event = e->id, .own = event_at(f, (uint32_t)e->user)->job, .n = 1};
    sim_time now = world_now(f->e.world);
    what.own.attempt = attempt_code(what.own.attempt, DIGITS, e->invokes);
    what.job = &what.own;
    obs_tally_add(&f->age_seen, now, now - e->accepted);
    function_count(f, FX_EVENT_RETRIES, e->attempts > 0);
    bool down = (f->fault.active & FAULT_DOWN) != 0;
    function_count(f, FX_DOWN, down);
    if (!down && function_begin(f, &what) == LAM_OK)
        return;
    bool never = !down && lam_config(f->core)->reserved == 0;
    settle(f, e->id, never ? LAM_ANSWER_NEVER : LAM_ANSWER_THROTTLE);
}

/* Events that are due at the instant at which they were accepted may make others without end. */
static bool never_ends(struct function *f)
{
    return lam_async_config(f->async)->latency == 0 && world_spins(&f->e, &f->spin);
}

void function_on_timer(struct sim *s, struct sim_timer *t)
{
    struct function *f = CONTAINER_OF(t, struct function, timer);
    struct lam_event e;
    enum lam_do what;
    (void)s;
    f->pumping = true;
    while (!never_ends(f) && (what = lam_async_next(f->async, function_call(f), &e)) != LAM_DO_NONE) {
        if (what == LAM_DO_DISCARD)
            given_up(f, &e);
        else
            attempt(f, &e);
    }
    f->pumping = false;
    function_arm(f);
}
