/* topic_actor.c - the loop of a topic: what is due is attempted, what has ended is carried out,
 * until nothing is left at this instant.
 *
 * While the topic is down, publishes are refused and nothing is attempted; what it has taken is
 * durable and goes on afterwards. */
#include "topic_actor.h"

#include <inttypes.h>

#include "fault_state.h"
#include "mem.h"

/* --- the ledger of Little's law --- */

static void integrate(struct topic *t, sim_time now)
{
    t->area += (int128)t->inside * (now - t->area_until);
    t->area_until = now;
}

void topic_enters(struct topic *t, uint64_t copies)
{
    sim_time now = world_now(t->e.world);
    integrate(t, now);
    t->entered += (int128)now * (int64_t)copies;
    t->inside += (int64_t)copies;
}

/* Deliveries end one by one, told by the core's counts. */
static void note_ends(struct topic *t)
{
    const struct delivery_counts *d = sns_deliveries(t->core);
    int64_t inside = (int64_t)(d->waiting + d->under_way), gone = t->inside - inside;
    sim_time now = world_now(t->e.world);
    if (gone == 0)
        return;
    integrate(t, now);
    t->left += (int128)now * gone;
    t->inside = inside;
}

/* --- effects --- */

static bool room_for_end(struct topic *t)
{
    if (t->n_end < t->cap_end)
        return true;
    uint32_t cap = t->cap_end == 0 ? 64 : t->cap_end * 2;
    struct topic_end *more = mem_resize(t->end, cap * sizeof(*more));
    if (more == NULL) {
        t->e.world->failed = true;
        return false;
    }
    t->end = more;
    t->cap_end = cap;
    return true;
}

void topic_collect(struct topic *t)
{
    struct call *c = &t->call;
    for (uint32_t i = 0; i < c->n_fx && room_for_end(t); i++) {
        struct topic_end *end = &t->end[t->n_end++];
        end->fx = c->fx[i];
        if (end->fx.kind == SNS_FX_DEAD || end->fx.kind == SNS_FX_DROPPED)
            sns_message(t->core, (uint32_t)end->fx.b, &end->message);
    }
    c->n_fx = 0;
    note_ends(t);
}

static void gave_up(struct topic *t, const struct topic_end *end, bool dead)
{
    struct topic_sub *s = topic_sub_of(t, sns_subscription_user(t->core, end->fx.a));
    uint32_t request = (uint32_t)(end->message.user >> 32);
    bool closed = (end->fx.c & 0xff) == DELIVERY_LINE_CLOSED;
    entity_trace(&t->e, dead ? TOPIC_TRACE_DEAD : TOPIC_TRACE_DROPPED,
                 request_item(request_at(&t->e.world->requests, request)));
    if (!sns_is_http(s->kind) && !closed)
        topic_count(t, TM_FAILED, 1);
    sub_count(s, dead ? PM_DEAD : PM_DROPPED, 1);
    if (dead)
        topic_letter(t, end);
    else
        topic_count(t, TM_DROPPED, 1);
}

static void carry_out(struct topic *t, const struct topic_end *end)
{
    struct world *w = t->e.world;
    uint32_t request = (uint32_t)(end->fx.b >> 32);
    switch ((enum sns_fx)end->fx.kind) {
    case SNS_FX_DEAD:
        gave_up(t, end, true);
        break;
    case SNS_FX_DROPPED:
        gave_up(t, end, false);
        break;
    case SNS_FX_DONE:
        t->holds--;
        request_drop(w, request);
        break;
    case SNS_FX_ARCHIVED:
        request_hold(w, request);
        request_park(w, request);
        topic_count(t, TM_ARCHIVED, 1);
        break;
    case SNS_FX_FORGOTTEN:
        request_drop_parked(w, request);
        break;
    case SNS_FX_REPLAYED:
        t->holds++;
        request_hold(w, request);
        topic_count(t, TM_REPLAYED, 1);
        topic_count(t, TM_MATCHED, 1);
        entity_trace(&t->e, TOPIC_TRACE_REPLAYED, request_item(request_at(&w->requests, request)));
        break;
    case SNS_FX_REPLAY_OVER:
    case SNS_FX_KINDS:
        break;
    }
}

/* --- the loop --- */

static void show_levels(struct topic *t)
{
    const struct delivery_counts *d = sns_deliveries(t->core);
    sim_time now = world_now(t->e.world);
    if (t->waiting.value != (int64_t)d->waiting)
        obs_level_set(&t->waiting, now, (int64_t)d->waiting);
    if (t->under_way.value != (int64_t)d->under_way)
        obs_level_set(&t->under_way, now, (int64_t)d->under_way);
}

static void arm(struct topic *t)
{
    bool rests = t->fault.active & FAULT_DOWN || t->e.world->failed; /* else what is due now would come for ever */
    sim_time due = rests ? SIM_NEVER : sns_deadline(t->core);
    if (due == (sim_pending(&t->timer) ? t->timer.at : SIM_NEVER))
        return;
    if (due == SIM_NEVER)
        sim_cancel(t->e.world->sim, &t->timer);
    else
        sim_at(t->e.world->sim, &t->timer, due);
}

/* Archive and replays, then the next attempt. false: nothing more is due now. */
static bool step(struct topic *t)
{
    struct sns_attempt a;
    uint64_t replayed = sns_counts(t->core)->replayed;
    sns_advance(t->core, topic_begin_call(t));
    if (sns_counts(t->core)->replayed > replayed)
        topic_enters(t, sns_counts(t->core)->replayed - replayed);
    topic_collect(t);
    bool got = sns_next(t->core, topic_begin_call(t), &a);
    topic_collect(t);
    if (got)
        topic_attempt(t, &a);
    return got || t->first_end < t->n_end || sns_deadline(t->core) <= world_now(t->e.world);
}

void topic_pump(struct topic *t)
{
    if (t->pumping)
        return;
    t->pumping = true;
    for (bool more = true; more;) {
        if (t->first_end < t->n_end) {
            struct topic_end end = t->end[t->first_end++];
            carry_out(t, &end);
            continue;
        }
        t->first_end = t->n_end = 0;
        more = (t->fault.active & FAULT_DOWN) == 0 && !t->e.world->failed && step(t);
        t->e.world->failed |= sns_failed(t->core);
        more |= t->n_end > 0;
    }
    t->pumping = false;
    arm(t);
    show_levels(t);
}

void topic_fault(struct entity *e, const struct fault_state *f)
{
    struct topic *t = topic_of(e);
    t->fault = *f;
    topic_pump(t);
    topic_subs_leave(t);
}

/* --- what must hold --- */

static bool broken(struct err *err, const char *law, int64_t a, int64_t b)
{
    return err_set(err, ERR_INTERNAL, "%s: %" PRId64 " is not %" PRId64, law, a, b);
}

/* Copies begun = delivered + dead + dropped + waiting + under way; and Little's law over them, as
 * integers. */
bool topic_conserve(struct entity *e, sim_time now, struct err *err)
{
    struct topic *t = topic_of(e);
    const struct sns_counts *c = sns_counts(t->core);
    const struct delivery_counts *d = sns_deliveries(t->core);
    uint64_t ends = d->delivered + d->dead + d->dropped + d->waiting + d->under_way;
    if (c->matched != ends)
        return broken(err, "copies = delivered + dead + dropped + waiting + under way",
                      (int64_t)c->matched, (int64_t)ends);
    if (t->first_end == t->n_end && d->dead != c->redriven + c->not_redriven)
        return broken(err, "dead letters = redriven + not redriven", (int64_t)d->dead,
                      (int64_t)(c->redriven + c->not_redriven));
    if (t->inside != (int64_t)(d->waiting + d->under_way))
        return broken(err, "copies inside", t->inside, (int64_t)(d->waiting + d->under_way));
    int128 area = t->area + (int128)t->inside * (now - t->area_until);
    if (area != t->left - t->entered + (int128)now * t->inside)
        return err_set(
            err, ERR_INTERNAL,
            "Little's law: the integral of the copies inside is not the sum of their stays");
    return true;
}

void topic_finish(struct entity *e, sim_time now)
{
    struct topic *t = topic_of(e);
    show_levels(t);
    integrate(t, now);
    obs_tally_settle(&t->size);
    obs_tally_settle(&t->delay);
}
