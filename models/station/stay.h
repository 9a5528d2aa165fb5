/* stay.h - private to models/station and to rooms whose calls end on the way of every request: a call's stay in a station, from
 * the ledger's entry to the last look at it, inline. What goes beyond a plain station is called (station_more.c). */
#ifndef STAY_H
#define STAY_H

#include "calls.h"
#include "fault_state.h"
#include "obs_usual.h"
#include "requests.h"
#include "station_more.h"

enum { TRACE_END = 1, TRACE_REFUSED, TRACE_LEFT, TRACE_FAULT };

ALWAYS_INLINE void stay_trace(struct station *s, sim_time now, uint32_t what, uint16_t attempt, const struct request *r,
                              uint32_t detail)
{
    entity_trace_at(&s->e, now, what, request_item(r) << 16 ^ (uint64_t)attempt ^ (uint64_t)detail << 60);
}

ALWAYS_INLINE void stay_count(struct station *s, enum station_metric m, sim_time now)
{
    obs_count(&s->count[m], now, 1);
}

/* --- lists --- */

ALWAYS_INLINE void stay_list_add(struct station_list *l, struct wire_call *c)
{
    struct wire_call **at = l->tail;
    c->next = NULL;
    c->at = at;
    *at = c;
    l->tail = &c->next;
    l->n++;
}

ALWAYS_INLINE void stay_list_remove(struct station_list *l, struct wire_call *c)
{
    struct wire_call *next = c->next, **at = c->at;
    *at = next;
    *(next != NULL ? &next->at : &l->tail) = at;
    l->n--;
}

/* --- who is inside: the ledger of Little's law --- */

ALWAYS_INLINE void stay_enter(struct station *s, sim_time now)
{
    s->stays -= (uint64_t)now;
    stay_count(s, STATION_ACCEPTED, now);
    obs_level_add(&s->in_system, now, 1);
}

/* It is in no list any more. */
ALWAYS_INLINE void stay_out(struct station *s, struct wire_call *c, sim_time now)
{
    c->state = STATE_GONE;
    s->stays += (uint64_t)now;
    obs_level_add(&s->in_system, now, -1);
    if (c->client_done)
        stay_count(s, STATION_ABANDONED, now);
    if (__builtin_expect(c->on == CALL_ON_OWN, 0))
        s->ops->hung_up(s, now);
}

/* --- service --- */

/* Of a plain station. */
ALWAYS_INLINE sim_time stay_time(struct station *s, const struct wire_call *c)
{
    sim_time t = s->time_constant;
    return t >= 0 ? t : job_sample_of(s->e.world, &s->times, &c->job, c->request);
}

/* A call has a server, where there is no `more`; since: it has been waiting. false: its work takes no time (station_at_once). */
ALWAYS_INLINE bool stay_serve(struct station *s, struct wire_call *c, sim_time now, sim_time since)
{
    c->state = STATE_RUNNING;
    stay_list_add(&s->running, c);
    if (now == since)
        obs_tally_usual(&s->wait, now);
    else
        obs_tally_add(&s->wait, now, now - since);
    if (__builtin_expect(!s->plain, 0))
        return station_serve_odd(s, c, now);
    sim_time time = stay_time(s, c);
    if (time > 0)
        sim_begin_after(s->e.world->sim, &c->timer, SIM_MESSAGE, s->fire, time);
    return time > 0;
}

/* --- the end --- */

/* Whether, in a plain station, the first of those that wait takes the server of a call that leaves. */
ALWAYS_INLINE bool stay_passes_on(const struct station *s)
{
    return s->waiting.n > 0 && !s->dispatching && s->running.n <= s->open;
}

/* As many are busy afterwards as were before; for no time it was one less. */
ALWAYS_INLINE void stay_pass_on(struct station *s, struct wire_call *c, sim_time now)
{
    struct wire_call *next = s->waiting.head;
    stay_list_remove(&s->running, c);
    obs_level_touch(&s->busy, now, s->busy.value - 1);
    stay_out(s, c, now);
    stay_list_remove(&s->waiting, next);
    obs_level_set(&s->queue, now, s->waiting.n);
    if (!stay_serve(s, next, now, next->arrived))
        station_loop(s, next);
}

/* Its server is free. */
ALWAYS_INLINE void stay_go(struct station *s, struct wire_call *c, sim_time now)
{
    stay_list_remove(&s->running, c);
    obs_level_set(&s->busy, now, s->running.n);
    stay_out(s, c, now);
    if (s->waiting.n > 0)
        station_dispatch(s);
}

/* station_depart */
ALWAYS_INLINE enum call_verdict stay_depart(struct station *s, struct wire_call *c, sim_time now, enum call_verdict verdict)
{
    __builtin_prefetch(c->client, 1); /* who soon gets the answer */
    CHECK(c->state == STATE_RUNNING);
    if (__builtin_expect(!s->plain, 0) && verdict == CALL_OK && station_fails(s, c))
        verdict = CALL_FAILED;
    if (__builtin_expect(verdict == CALL_OK, 1))
        stay_count(s, STATION_COMPLETED, now);
    else
        stay_count(s, STATION_FAILED, now);
    obs_tally_add(&s->sojourn, now, now - c->arrived);
    stay_trace(s, now, TRACE_END, c->job.attempt, c->request, verdict);
    if (verdict == CALL_OK && (c->job.flags & JOB_READ) == 0)
        requests_effect(s->e.world, now, c->job.request, c->request, &s->e);
    if (__builtin_expect(!s->plain, 0))
        station_go_odd(s, c, now);
    else if (stay_passes_on(s))
        stay_pass_on(s, c, now);
    else
        stay_go(s, c, now);
    return verdict;
}

/* station_end */
ALWAYS_INLINE void stay_end(struct station *s, struct wire_call *c, sim_time now, enum call_verdict verdict)
{
    verdict = stay_depart(s, c, now, verdict);
    call_reply(c, verdict);
}

#endif
