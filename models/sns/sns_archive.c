/* sns_archive.c - what a FIFO topic keeps, and delivers once more to a subscription that asks for
 * it (SNS-77, 78): in order, at a rate, behind what waits for the same group. */
#include "sns_int.h"

static struct replay *replay_at(const struct sns *t, uint32_t i)
{
    return slab_at(&t->replays, i);
}

void archive_add(struct sns *t, struct call *call, uint32_t i)
{
    struct note *n = note_at(t, i);
    n->archived = true;
    n->next = NONE;
    *(t->last_archived == NONE ? &t->first_archived : &note_at(t, t->last_archived)->next) = i;
    t->last_archived = i;
    t->n_archived++;
    t->counts.archived++;
    call_effect(call, SNS_FX_ARCHIVED, i, n->user, 0);
}

static sim_time first_leaves(const struct sns *t)
{
    return t->first_archived == NONE ? SIM_NEVER
                                     : note_at(t, t->first_archived)->published + t->config.archive;
}

/* The oldest leaves; replays that stand at it go on to the next. */
static void forget_first(struct sns *t, struct call *call)
{
    uint32_t i = t->first_archived;
    struct note *n = note_at(t, i);
    for (uint32_t r = 0; r < t->replays.n_touched; r++)
        if (replay_at(t, r)->at == i)
            replay_at(t, r)->at = n->next;
    t->first_archived = n->next;
    if (n->next == NONE)
        t->last_archived = NONE;
    t->n_archived--;
    n->archived = false;
    call_effect(call, SNS_FX_FORGOTTEN, i, n->user, 0);
    note_free_if_unused(t, i);
}

/* --- replays --- */

static bool in_span(const struct replay *r, const struct note *n)
{
    return n->published >= r->from && n->published < r->to;
}

static void skip(const struct sns *t, struct replay *r)
{
    while (r->at != NONE && !in_span(r, note_at(t, r->at)))
        r->at = note_at(t, r->at)->next;
}

static void replay_over(struct sns *t, struct call *call, struct replay *r)
{
    (void)t;
    r->state = SNS_REPLAY_COMPLETED;
    r->next = SIM_NEVER;
    call_effect(call, SNS_FX_REPLAY_OVER, r->line, 0, 0);
}

/* One message more, as a copy with the old identity. */
static void replay_one(struct sns *t, struct call *call, struct replay *r)
{
    const struct note *old = note_at(t, r->at);
    r->at = old->next;
    if (!match_gets(t, r->line, old))
        return;
    struct note copy = *old;
    uint32_t i = slab_take(&t->notes);
    if (i == NONE) {
        t->failed = true;
        return;
    }
    copy.copies = 1;
    copy.archived = false;
    copy.replayed = true;
    copy.loose = false;
    copy.next = NONE;
    *note_at(t, i) = copy;
    struct delivery_message m = {i, copy.group};
    if (!delivery_fan(t->delivery, call, &m, &r->line, 1)) {
        slab_give(&t->notes, i);
        t->failed = true;
        return;
    }
    t->counts.replayed++;
    t->counts.matched++;
    call_effect(call, SNS_FX_REPLAYED, i, copy.user, 0);
    r->next = call->now + SIM_S / (int64_t)t->config.replay_rate;
}

static void replay_turn(struct sns *t, struct call *call, struct replay *r)
{
    sim_time due = r->next;
    r->state = SNS_REPLAYING;
    while (r->next == due) {
        skip(t, r);
        if (r->at == NONE) {
            replay_over(t, call, r);
            return;
        }
        replay_one(t, call, r);
    }
}

enum sns_outcome sns_replay(struct sns *t, struct call *call, uint32_t number, sim_time from,
                            sim_time to)
{
    topic_begin(t, call);
    if (t->config.archive == 0 || to < from)
        return SNS_BAD_REPLAY;
    struct subscription *s = sub_at(t, number);
    if (s->replay != NONE && replay_at(t, s->replay)->state != SNS_REPLAY_COMPLETED)
        return SNS_REPLAY_LIMIT;
    if (s->replay == NONE)
        s->replay = slab_take(&t->replays);
    if (s->replay == NONE)
        return SNS_NO_MEMORY;
    *replay_at(t, s->replay) =
        (struct replay){number,    t->first_archived, from, to < call->now ? to : call->now,
                        call->now, SNS_REPLAY_PENDING};
    return SNS_OK;
}

void sns_replay_close(struct sns *t, uint32_t line)
{
    uint32_t i = sub_at(t, line)->replay;
    if (i == NONE)
        return;
    replay_at(t, i)->state = SNS_REPLAY_COMPLETED;
    replay_at(t, i)->next = SIM_NEVER;
    replay_at(t, i)->at = NONE;
    replay_at(t, i)->line = NONE;
}

enum sns_replay_state sns_replay_state(const struct sns *t, uint32_t number)
{
    uint32_t i = sub_at(t, number)->replay;
    return i == NONE ? SNS_NO_REPLAY : replay_at(t, i)->state;
}

/* --- time --- */

sim_time archive_deadline(const struct sns *t)
{
    sim_time at = first_leaves(t);
    for (uint32_t r = 0; r < t->replays.n_touched; r++)
        at = replay_at(t, r)->next < at ? replay_at(t, r)->next : at;
    return at;
}

#define ADVANCE_FX 8 /* effects that a step may leave */

void sns_advance(struct sns *t, struct call *call)
{
    topic_begin(t, call);
    while (first_leaves(t) <= call->now && call->n_fx + ADVANCE_FX <= CALL_FX_MAX)
        forget_first(t, call);
    for (uint32_t r = 0; r < t->replays.n_touched; r++)
        if (replay_at(t, r)->next <= call->now && call->n_fx + ADVANCE_FX <= CALL_FX_MAX)
            replay_turn(t, call, replay_at(t, r));
}
