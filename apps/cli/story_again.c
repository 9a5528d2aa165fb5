/* story_again.c - each time that a message came again there is a receive before it whose time ended somehow; how it ended
 * is the reason. */
#include <stdio.h>

#include "story_again.h"

static bool same_copy(const struct life_event *a, const struct life_event *b)
{
    return a->attempt == b->attempt;
}

/* By who received it, or at the queue for them: a copy may be in several queues, a record reaches several applications. Who works
 * in batches names no worker. */
static bool of_receive(const struct life_event *x, const struct life_event *receive)
{
    return (x->entity == receive->other || x->other == receive->other) && same_copy(x, receive) &&
           (x->worker == receive->worker || x->worker == LIFE_NONE) && x->receives == receive->receives;
}

static bool at_same_queue(const struct life_event *a, const struct life_event *b)
{
    return same_copy(a, b) && a->entity == b->entity;
}

/* By the last thing that was heard of it. */
static enum ending ending_by(enum life_what what, enum ending so_far)
{
    switch (what) {
    case LIFE_BEGUN:
        return END_WORKING;
    case LIFE_HUNG:
        return END_HUNG;
    case LIFE_CRASHED:
        return so_far == END_NOT_DELETED ? END_DIED_DONE : END_CRASHED;
    case LIFE_FAILED:
        return END_FAILED;
    case LIFE_RETURNED:
        return END_RETURNED;
    case LIFE_DONE:
    case LIFE_RECOGNISED:
        return END_NOT_DELETED;
    case LIFE_COLLECTED:
        return END_COLLECTED;
    default:
        return so_far;
    }
}

static void find_ending(const struct story *s, struct again *a)
{
    const struct life_event *first = event(s, a->before);
    bool                     shown = false;
    a->ending = END_IN_HAND;
    a->cause = a->before;
    for (size_t i = a->before + 1; i < a->at; i++) {
        const struct life_event *x = event(s, i);
        enum ending              now = of_receive(x, first) ? ending_by((enum life_what)x->what, a->ending) : a->ending;
        if (x->what == LIFE_UNSEEN && at_same_queue(x, first))
            now = END_UNSEEN;
        if (x->what == LIFE_GHOST && at_same_queue(x, first))
            now = END_GHOST;
        if (x->what == LIFE_REDRIVEN && same_copy(x, first))
            now = END_REDRIVEN;
        if (now != a->ending)
            a->cause = i;
        a->ending = now;
        if (at_same_queue(x, first) && x->what == LIFE_SHOWN) {
            shown = true;
            break; /* what the worker does later does not matter */
        }
    }
    if (story_is_record(s, first))
        return;
    bool by_itself = a->ending == END_RETURNED || a->ending == END_UNSEEN || a->ending == END_GHOST || a->ending == END_REDRIVEN;
    if (!shown && !by_itself)
        a->ending = END_ECHO;
}

/* Copies that a topic or a bus made are in queues of their own; one that was moved is in another queue, too. */
static bool same_message(const struct story *s, const struct life_event *a, const struct life_event *b)
{
    if (!same_copy(a, b) || a->entity == b->entity)
        return same_copy(a, b) && (!story_is_record(s, a) || a->other == b->other);
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_MOVED_IN || event(s, i)->what == LIFE_REDRIVEN)
            return true;
    return false;
}

size_t again_find(const struct story *s, struct again out[AGAIN_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n && n < AGAIN_MAX; i++) {
        const struct life_event *x = event(s, i);
        if (x->what != LIFE_RECEIVED)
            continue;
        size_t before = i;
        while (before-- > 0)
            if (event(s, before)->what == LIFE_RECEIVED && same_message(s, event(s, before), x))
                break;
        if (before == SIZE_MAX)
            continue;
        out[n].before = before;
        out[n].at = i;
        find_ending(s, &out[n++]);
    }
    return n;
}

/* --- in words --- */

/* How long this receive's work took in the end, if it ended. */
static sim_time work_of(const struct story *s, const struct life_event *receive)
{
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_DONE && of_receive(event(s, i), receive))
            return event(s, i)->value;
    return -1;
}

static sim_time hidden_for(const struct story *s, const struct again *a)
{
    for (size_t i = a->before; i < a->at; i++)
        if (event(s, i)->what == LIFE_SHOWN && at_same_queue(event(s, i), event(s, a->before)))
            return event(s, i)->at - event(s, a->before)->at;
    return event(s, a->at)->at - event(s, a->before)->at;
}

static const char *still_working(const struct story *s, const struct again *a, const char *who, char *text, size_t size)
{
    const struct life_event *receive = event(s, a->before);
    char                     hidden[40], work[40];
    sim_time                 t = work_of(s, receive);
    story_length(hidden_for(s, a), hidden);
    if (t >= 0)
        snprintf(text, size, "%s needed %s for it, and it was hidden for %s only", who, story_length(t, work), hidden);
    else
        snprintf(text, size, "%s was still at work on it when the %s for which it was hidden were over", who, hidden);
    return "SQS-50";
}

/* Who goes on with a shard begins after the last checkpoint. */
static const char *read_again(const struct story *s, const struct again *a, char *text, size_t size)
{
    char who[120];
    story_who(s, event(s, a->before), who);
    switch (a->ending) {
    case END_CRASHED:
        snprintf(text, size, "%s died with it in hand, before a checkpoint", who);
        break;
    case END_NOT_DELETED:
    case END_DIED_DONE:
        snprintf(text, size, "%s had done it, but lost its shard before the next checkpoint, or the application went back in time", who);
        break;
    case END_FAILED:
        snprintf(text, size, "%s had failed over it, but lost its shard before the next checkpoint, or the application went back in time", who);
        break;
    default:
        snprintf(text, size, "%s lost its shard before it was done with it", who);
        break;
    }
    return "KIN-73";
}

const char *again_reason(const struct story *s, const struct again *a, char *text, size_t size)
{
    char                     who[120], hidden[40];
    const struct life_event *cause = event(s, a->cause);
    story_who(s, event(s, a->before), who);
    story_length(hidden_for(s, a), hidden);
    if (story_is_record(s, event(s, a->before)))
        return read_again(s, a, text, size);
    switch (a->ending) {
    case END_WORKING:
        return still_working(s, a, who, text, size);
    case END_HUNG:
        snprintf(text, size, "%s hung over it for longer than the %s for which it was hidden", who, hidden);
        return "SQS-50";
    case END_IN_HAND:
        snprintf(text, size, "it waited in the hand of %s, behind others of the batch, until the %s for which it was hidden were over",
                 who, hidden);
        return "SQS-50";
    case END_CRASHED:
        snprintf(text, size, "%s died with it in hand, and what is not deleted comes back", who);
        return "SQS-37";
    case END_DIED_DONE:
        snprintf(text, size, "%s had done it and died before the delete", who);
        return "SQS-37";
    case END_FAILED:
        snprintf(text, size, "%s failed over it (%s), and what is not deleted comes back", who, cause->why);
        return "SQS-37";
    case END_RETURNED:
        snprintf(text, size, "%s failed over it and gave it back", who);
        return "SQS-52";
    case END_COLLECTED:
        snprintf(text, size, "%s had done it, but its handle still waited for a delete in a batch", who);
        return "SQS-122";
    case END_NOT_DELETED:
        snprintf(text, size, "%s had done it, but the delete did not come in time", who);
        return "SQS-37";
    case END_ECHO:
        snprintf(text, size, "a second server offered it while %s had it: at least once, not exactly once", who);
        return "SQS-66";
    case END_UNSEEN:
        snprintf(text, size, "the answer of a receive was lost on its way, and counts all the same");
        return "SQS-39";
    case END_GHOST:
        snprintf(text, size, "a server had missed its delete");
        return "SQS-65";
    default:
        snprintf(text, size, "it was moved back from the dead-letter queue");
        return "SQS-121";
    }
}
