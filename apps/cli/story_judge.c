/* story_judge.c - the verdict: what the events of a life come to. Each time that a message came again there is a receive
 * before it whose time ended somehow; how it ended is the reason. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "story.h"

enum ending { /* of one receive, before the next one */
    END_WORKING,
    END_HUNG,
    END_IN_HAND,
    END_CRASHED,
    END_DIED_DONE,
    END_FAILED,
    END_RETURNED,
    END_COLLECTED,
    END_NOT_DELETED,
    END_ECHO,
    END_UNSEEN,
    END_GHOST,
    END_REDRIVEN,
    ENDINGS
};

struct again { /* a message came again */
    enum ending ending;
    size_t      before, at; /* the receives: of the ending, and of coming again */
    size_t      cause;      /* the event that tells most of it */
};

struct judge_state {
    const struct story *s;
    struct story_verdict     *out;
    size_t              n;
};

static struct story_verdict *add(struct judge_state *j, const char *about, const char *rule)
{
    struct story_verdict *v = &j->out[j->n < VERDICTS_MAX ? j->n++ : VERDICTS_MAX - 1];
    v->about = about;
    v->rule = rule;
    return v;
}
#define SAY(v, ...) snprintf((v)->text, sizeof(v)->text, __VA_ARGS__)

static const struct life_event *event(const struct story *s, size_t i)
{
    return &s->life.event[i];
}

static size_t count(const struct story *s, enum life_what what)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n; i++)
        n += event(s, i)->what == what;
    return n;
}

/* SIZE_MAX: none. */
static size_t last(const struct story *s, enum life_what what)
{
    size_t i = s->life.n;
    while (i-- > 0)
        if (event(s, i)->what == what)
            return i;
    return SIZE_MAX;
}

static const char *name(const struct story *s, uint32_t entity)
{
    return entity < s->n_path ? s->path[entity] : "?";
}

/* --- how a receive ended --- */

static bool same_copy(const struct life_event *a, const struct life_event *b)
{
    return a->attempt == b->attempt;
}

static bool of_receive(const struct life_event *x, const struct life_event *receive)
{
    return same_copy(x, receive) && x->worker == receive->worker && x->receives == receive->receives;
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
        if (x->what == LIFE_UNSEEN && same_copy(x, first))
            now = END_UNSEEN;
        if (x->what == LIFE_GHOST && same_copy(x, first))
            now = END_GHOST;
        if (x->what == LIFE_REDRIVEN && same_copy(x, first))
            now = END_REDRIVEN;
        if (now != a->ending)
            a->cause = i;
        a->ending = now;
        if (same_copy(x, first) && x->what == LIFE_SHOWN) {
            shown = true;
            break; /* what the worker does later does not matter */
        }
    }
    bool by_itself = a->ending == END_RETURNED || a->ending == END_UNSEEN || a->ending == END_GHOST || a->ending == END_REDRIVEN;
    if (!shown && !by_itself)
        a->ending = END_ECHO;
}

#define AGAIN_MAX 64

static size_t find_again(const struct story *s, struct again *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n && n < AGAIN_MAX; i++) {
        const struct life_event *x = event(s, i);
        if (x->what != LIFE_RECEIVED)
            continue;
        size_t before = i;
        while (before-- > 0)
            if (event(s, before)->what == LIFE_RECEIVED && same_copy(event(s, before), x))
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
        if (event(s, i)->what == LIFE_SHOWN && same_copy(event(s, i), event(s, a->before)))
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

/* "fleet.f[0] had died over it", and the rule. */
static const char *reason(const struct story *s, const struct again *a, char *text, size_t size)
{
    char                     who[120], hidden[40];
    const struct life_event *cause = event(s, a->cause);
    story_who(s, event(s, a->before), who);
    story_length(hidden_for(s, a), hidden);
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

/* --- verdicts --- */

static const char *times(size_t n)
{
    static const char *const word[] = {"never", "once", "twice", "three times", "four times", "five times"};
    return n < sizeof word / sizeof *word ? word[n] : "many times";
}

static void judge_effect(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              n = count(s, LIFE_EFFECT);
    char                length[40];
    if (n == 0) {
        SAY(add(j, "effect", NULL), "it never took effect");
        return;
    }
    const struct life_event *born = event(s, 0), *first = born;
    for (size_t i = s->life.n; i-- > 0;)
        if (event(s, i)->what == LIFE_EFFECT)
            first = event(s, i);
    const char *late = born->until == SIM_NEVER ? "" : first->at <= born->until ? ", in time" : ", too late";
    story_length(first->at - born->at, length);
    if (n == 1)
        SAY(add(j, "effect", NULL), "it took effect once, %s after it was made%s", length, late);
    else
        SAY(add(j, "effect", NULL), "it took effect %s, the first time %s after it was made%s", times(n), length, late);
}

/* Two messages for one request: the client sent again. */
static void judge_copies(struct judge_state *j, bool done_again)
{
    const struct story *s = j->s;
    size_t              sent = 0;
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_SENT) {
            bool anew = i > 0 && event(s, i - 1)->what == LIFE_REDRIVEN;
            sent += !anew;
        }
    if (sent < 2)
        return;
    size_t why = last(s, LIFE_TIMEOUT);
    SAY(add(j, done_again ? "processed again" : "sent again", "SQS-99"),
        "because it was sent %s: %s and tried again, and the queue has taken each for a message of its own", times(sent),
        why != SIZE_MAX ? "the client had no answer in time" : "the client was told that it had failed");
}

static void judge_again(struct judge_state *j)
{
    const struct story *s = j->s;
    struct again        again[AGAIN_MAX];
    size_t              n = find_again(s, again), per[ENDINGS] = {0}, done = count(s, LIFE_DONE) + count(s, LIFE_RECOGNISED);
    const char         *about = done > 1 ? "processed again" : "received again";
    for (size_t i = 0; i < n; i++)
        per[again[i].ending]++;
    for (size_t i = 0; i < n; i++) {
        char   why[400];
        size_t same = per[again[i].ending];
        if (same == 0)
            continue; /* told already */
        const char *rule = reason(s, &again[i], why, sizeof why);
        if (same == 1)
            SAY(add(j, about, rule), "because %s", why);
        else
            SAY(add(j, about, rule), "%s for the same reason, first because %s", times(same), why);
        per[again[i].ending] = 0;
    }
    judge_copies(j, done > 1);
    if (done > 1 && count(s, LIFE_EFFECT) == 1)
        SAY(add(j, "effect", NULL), "the consumer recognised it, so what came again had no second effect");
}

static size_t worker_failures(const struct story *s, const char **why)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_FAILED) {
            *why = event(s, i)->why;
            n++;
        }
    return n;
}

static void judge_dead(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              at = last(s, LIFE_DEAD);
    const char         *why = "";
    if (at == SIZE_MAX)
        return;
    size_t          failed = worker_failures(s, &why);
    struct story_verdict *v = add(j, "dead letter", "SQS-110");
    int n = SAY(v, "because it was received %s without being deleted, which is all that %s allows", times(event(s, at)->receives),
                name(s, event(s, at)->entity));
    if (failed > 0)
        snprintf(v->text + n, sizeof v->text - (size_t)n, "; the consumer failed over it %s (%s)", times(failed), why);
    else if (count(s, LIFE_DONE) > 0)
        snprintf(v->text + n, sizeof v->text - (size_t)n,
                 "; nothing was wrong with it: the work was done, but each time the message was visible again before its delete");
}

static void judge_wait(struct judge_state *j)
{
    const struct story *s = j->s;
    for (size_t i = 0; i < s->life.n; i++) {
        const struct life_event *e = event(s, i);
        char                     length[40];
        if (e->what != LIFE_BEHIND || e->cause_producer == LIFE_NONE)
            continue;
        SAY(add(j, "group stands still", "SQS-82"),
            "because of the messages before it in group %" PRIu32 ": %" PRId64 " went first, and for up to %s nothing of the "
            "group could be received, while %s#%" PRIu64 " was in flight",
            e->group, e->value, story_length(e->until, length), name(s, e->cause_producer), e->cause + 1);
    }
}

static void judge_refused(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              at = last(s, LIFE_REFUSED), told = last(s, LIFE_TOLD_NO);
    if (at != SIZE_MAX && count(s, LIFE_SENT) == 0)
        SAY(add(j, "not accepted", "SQS-130"), "because %s refused it %s: %s", name(s, event(s, at)->entity),
            times(count(s, LIFE_REFUSED)), event(s, at)->why);
    if (told != SIZE_MAX && count(s, LIFE_EFFECT) > 0)
        SAY(add(j, "wrong answer", NULL), "the client was told no, and yet it was done");
    if (count(s, LIFE_DEDUPLICATED) > 0)
        SAY(add(j, "recognised by the queue", "SQS-92"), "it was sent again within five minutes, and the queue added nothing");
}

static void judge_end(struct judge_state *j)
{
    const struct story      *s = j->s;
    size_t                   retired = last(s, LIFE_RETIRED), purged = last(s, LIFE_PURGED);
    const struct life_event *end = event(s, s->life.n - 1);
    char                     t[40];
    if (retired != SIZE_MAX)
        SAY(add(j, "expired", "SQS-106"), "because its retention period of %s was over before it was done",
            story_length(event(s, retired)->value, t));
    if (purged != SIZE_MAX)
        SAY(add(j, "purged", "SQS-12"), "because %s was purged while it was there", name(s, event(s, purged)->entity));
    if (end->what == LIFE_RECEIVED || end->what == LIFE_BEGUN || end->what == LIFE_EXTENDED)
        SAY(add(j, "unfinished", NULL), "when the run ended it was still in flight");
    if (end->what == LIFE_SHOWN || end->what == LIFE_BEHIND || (end->what == LIFE_TOLD_OK && count(s, LIFE_RECEIVED) == 0))
        SAY(add(j, "unfinished", NULL), "when the run ended it still waited for a consumer");
}

size_t story_judge(const struct story *s, struct story_verdict out[VERDICTS_MAX])
{
    struct judge_state j = {s, out, 0};
    judge_effect(&j);
    judge_again(&j);
    judge_dead(&j);
    judge_wait(&j);
    judge_refused(&j);
    judge_end(&j);
    return j.n;
}
