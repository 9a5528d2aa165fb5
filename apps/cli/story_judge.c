/* story_judge.c - the verdict: what the events of a life come to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "story_again.h"

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

static size_t count(const struct story *s, enum life_what what)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n; i++)
        n += event(s, i)->what == what;
    return n;
}

/* Where it happened most often; a copy in another queue, of a topic or a bus, is another matter. */
static size_t count_at_one(const struct story *s, enum life_what a, enum life_what b)
{
    size_t most = 0;
    for (size_t i = 0; i < s->life.n; i++) {
        if (event(s, i)->what != a && event(s, i)->what != b)
            continue; /* a life may have a hundred thousand attempts */
        size_t n = 0;
        for (size_t k = 0; k < s->life.n; k++)
            n += event(s, k)->entity == event(s, i)->entity && (event(s, k)->what == a || event(s, k)->what == b);
        most = n > most ? n : most;
    }
    return most;
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

/* --- verdicts --- */

static const char *times(size_t n)
{
    static const char *const word[] = {"never", "once", "twice", "three times", "four times", "five times",
                                       "six times", "seven times", "eight times", "nine times", "ten times"};
    return n < sizeof word / sizeof *word ? word[n] : "more than ten times";
}

/* SIZE_MAX: none. */
static size_t earliest(const struct story *s, enum life_what what)
{
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == what)
            return i;
    return SIZE_MAX;
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
    const struct life_event *born = event(s, 0), *first = event(s, earliest(s, LIFE_EFFECT));
    const char *late = born->until == SIM_NEVER ? "" : first->at <= born->until ? ", in time" : ", too late";
    story_length(first->at - born->at, length);
    if (n == 1)
        SAY(add(j, "effect", NULL), "it took effect once, %s after it was made%s", length, late);
    else
        SAY(add(j, "effect", NULL), "it took effect %s, the first time %s after it was made%s", times(n), length, late);
}

/* Messages for the request that a queue has taken, but for those that were moved back there. */
static size_t sent_to(const struct story *s, uint32_t entity)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_SENT && event(s, i)->entity == entity)
            n += i == 0 || event(s, i - 1)->what != LIFE_REDRIVEN;
    return n;
}

/* Two messages for one request: the client sent again, or who sends it on does so twice. */
static void judge_copies(struct judge_state *j, bool done_again)
{
    const struct story *s = j->s;
    const char         *about = done_again ? "processed again" : "sent again";
    size_t              sent = 0, at = 0;
    for (size_t i = 0; i < s->life.n; i++) {
        size_t here = event(s, i)->what == LIFE_SENT ? sent_to(s, event(s, i)->entity) : 0;
        at = here > sent ? i : at;
        sent = here > sent ? here : sent;
    }
    if (sent < 2)
        return;
    if (last(s, LIFE_RETRY) == SIZE_MAX)
        SAY(add(j, about, NULL),
            "because %s was sent it %s, and nobody tried again: more than one step, rule or subscription leads there, or who sends "
            "it on has done so more than once", name(s, event(s, at)->entity), times(sent));
    else
        SAY(add(j, about, "SQS-99"),
            "because it was sent %s: %s and tried again, and the queue has taken each for a message of its own", times(sent),
            last(s, LIFE_TIMEOUT) != SIZE_MAX ? "the client had no answer in time" : "the client was told that it had failed");
}

static void judge_again(struct judge_state *j)
{
    const struct story *s = j->s;
    struct again        again[AGAIN_MAX];
    size_t              n = again_find(s, again), per[ENDINGS] = {0}, done = count_at_one(s, LIFE_DONE, LIFE_RECOGNISED);
    const char         *about = done > 1 ? "processed again" : "received again";
    for (size_t i = 0; i < n; i++)
        per[again[i].ending]++;
    for (size_t i = 0; i < n; i++) {
        char   why[400];
        size_t same = per[again[i].ending];
        if (same == 0)
            continue; /* told already */
        const char *rule = again_reason(s, &again[i], why, sizeof why);
        if (same == 1)
            SAY(add(j, about, rule), "because %s", why);
        else
            SAY(add(j, about, rule), "%s for the same reason, first because %s", times(same), why);
        per[again[i].ending] = 0;
    }
    judge_copies(j, done > 1);
    if (done > 1 && count(s, LIFE_EFFECT) == 1 && count(s, LIFE_RECOGNISED) > 0)
        SAY(add(j, "effect", NULL), "the consumer recognised it, so what came again had no second effect");
}

static bool reads(const struct story *s, uint32_t consumer, uint32_t queue)
{
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == LIFE_RECEIVED && event(s, i)->entity == queue && event(s, i)->other == consumer)
            return true;
    return false;
}

/* How often the queue's own consumers did that: not whom they call, nor those of other queues that have a copy. */
static size_t by_consumers(const struct story *s, uint32_t queue, enum life_what what, const char **why)
{
    size_t n = 0;
    for (size_t i = 0; i < s->life.n; i++)
        if (event(s, i)->what == what && reads(s, event(s, i)->entity, queue)) {
            *why = event(s, i)->why;
            n++;
        }
    return n;
}

/* A topic or bus gave it up: at once after the last attempt, or because of its age. Attempts for other subscriptions are in the same
 * life, so it is the last one that tells how many there were. */
static void judge_letter(struct judge_state *j, const struct life_event *dead)
{
    const struct story      *s = j->s;
    const struct life_event *why = NULL;
    for (size_t i = 0; i < s->life.n && event(s, i) != dead; i++)
        if (event(s, i)->entity == dead->entity && (event(s, i)->what == LIFE_REJECTED || event(s, i)->what == LIFE_TIMEOUT || event(s, i)->what == LIFE_FAILED))
            why = event(s, i);
    const char           *by = name(s, dead->entity);
    bool                  said = why != NULL && why->what == LIFE_REJECTED;
    struct story_verdict *v = add(j, "dead letter", strncmp(by, "bus.", 4) == 0 ? "EB-40" : strncmp(by, "mapping.", 8) == 0 ? "KIN-89" : "SNS-54");
    if (why != NULL && why->what == LIFE_FAILED)
        SAY(v, "because %s gave it up: %s", by, why->why);
    else if (why == NULL || why->at != dead->at)
        SAY(v, "because %s could not deliver it in time", by);
    else
        SAY(v, "because %s could not deliver it, in %" PRId64 " attempt%s%s%s", by, why->value, why->value == 1 ? "" : "s",
            said ? "; the last answer was: " : "", said ? why->why : "");
}

static void judge_dead(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              at = last(s, LIFE_DEAD);
    const char         *why = "";
    if (at == SIZE_MAX)
        return;
    if (event(s, at)->receives == 0) {
        judge_letter(j, event(s, at));
        return;
    }
    size_t          done = by_consumers(s, event(s, at)->entity, LIFE_DONE, &why);
    size_t          failed = by_consumers(s, event(s, at)->entity, LIFE_FAILED, &why);
    struct story_verdict *v = add(j, "dead letter", "SQS-110");
    int n = SAY(v, "because it was received %s without being deleted, which is all that %s allows", times(event(s, at)->receives),
                name(s, event(s, at)->entity));
    if (failed > 0)
        snprintf(v->text + n, sizeof v->text - (size_t)n, "; the consumer failed over it %s (%s)", times(failed), why);
    else if (done > 0)
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

/* Who reads a queue shares what is in it; each who reads a stream sees all of it. */
static bool same_reader(const struct story *s, const struct life_event *a, const struct life_event *b)
{
    return a->what == b->what && a->entity == b->entity && (!story_is_record(s, a) || a->other == b->other);
}

static bool first_receive(const struct story *s, size_t i)
{
    if (event(s, i)->what != LIFE_RECEIVED)
        return false;
    for (size_t k = i; k-- > 0;)
        if (same_reader(s, event(s, k), event(s, i)))
            return false;
    return true;
}

/* Since when that copy could be received there; SIZE_MAX: not known, or it stood behind others of its group. */
static size_t shown_before(const struct story *s, size_t got)
{
    for (size_t i = got; i-- > 0;) {
        const struct life_event *e = event(s, i);
        if (e->entity != event(s, got)->entity)
            continue;
        if (e->what == LIFE_BEHIND)
            return SIZE_MAX;
        if (e->attempt == event(s, got)->attempt && (e->what == LIFE_SENT || e->what == LIFE_SHOWN || e->what == LIFE_MOVED_IN))
            return i;
    }
    return SIZE_MAX;
}

/* What is received after the copy that had the effect was sent belongs to another copy: another subscriber's wait made nothing late.
 * SIZE_MAX: who had the effect reads nothing itself, so that it is not known whose receive led there. */
static size_t effect_sent(const struct story *s, size_t effect, size_t *got)
{
    for (*got = 0; *got < effect; ++*got)
        if (first_receive(s, *got) && event(s, *got)->other == event(s, effect)->entity)
            return shown_before(s, *got);
    return SIZE_MAX;
}

static void tell_unasked(struct judge_state *j, size_t got, sim_time waited, bool named)
{
    const struct life_event *e = event(j->s, got);
    const char              *here = name(j->s, e->entity);
    char                     length[40];
    story_length(waited, length);
    if (!story_is_record(j->s, e))
        SAY(add(j, "waited", NULL), "for %s it was visible%s%s and not received: others went first, no consumer asked, or the queue was at its limit in flight",
            length, named ? " in " : "", named ? here : "");
    else if (waited > SIM_S)
        SAY(add(j, "waited", NULL), "for %s it lay in %s and was not read%s%s: nobody had its shard, or who had it was behind or seldom polls",
            length, named ? here : "the stream", named ? " by " : "", named ? name(j->s, e->other) : "");
}

/* It could be received, and nobody came: told of each place, when that made it late, or took most of the time. */
static void judge_unasked(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              effect = earliest(s, LIFE_EFFECT), places = 0, last_got;
    if (effect == SIZE_MAX)
        return;
    size_t   sent = effect_sent(s, effect, &last_got);
    sim_time born = event(s, 0)->at, end = event(s, effect)->at;
    bool     late = end > event(s, 0)->until;
    for (size_t i = 0; i < s->life.n; i++)
        places += first_receive(s, i);
    for (size_t i = 0; i < effect; i++) {
        if (!first_receive(s, i) || (sent != SIZE_MAX && i > sent && i != last_got))
            continue;
        size_t   shown = shown_before(s, i);
        sim_time waited = shown == SIZE_MAX ? 0 : event(s, i)->at - event(s, shown)->at;
        if (waited > 0 && (late || 2 * waited > end - born))
            tell_unasked(j, i, waited, places > 1);
    }
}

/* NULL: a stream's fault, of which its rules say nothing. */
static const char *refusal_rule(const struct story *s, const struct life_event *e)
{
    if (strncmp(name(s, e->entity), "stream.", 7) != 0)
        return "SQS-130";
    return strcmp(e->why, "ProvisionedThroughputExceededException") == 0 ? "KIN-15" : NULL;
}

static void judge_refused(struct judge_state *j)
{
    const struct story *s = j->s;
    size_t              at = last(s, LIFE_REFUSED), told = last(s, LIFE_TOLD_NO);
    if (at != SIZE_MAX && count(s, LIFE_SENT) == 0)
        SAY(add(j, "not accepted", refusal_rule(s, event(s, at))), "because %s refused it %s: %s", name(s, event(s, at)->entity),
            times(count(s, LIFE_REFUSED)), event(s, at)->why);
    if (told != SIZE_MAX && count(s, LIFE_EFFECT) > 0)
        SAY(add(j, "wrong answer", NULL), "the client was told no, and yet it was done");
    if (count(s, LIFE_DEDUPLICATED) > 0 && count(s, LIFE_SENT) > 0)
        SAY(add(j, "recognised by the queue", "SQS-92"), "it was sent again within five minutes, and the queue added nothing");
    else if (count(s, LIFE_DEDUPLICATED) > 0)
        SAY(add(j, "taken for another", "SQS-97"),
            "its deduplication id had been sent within five minutes, by another request: the queue added nothing");
}

/* It was moved before it expired, and its clock ran on. */
static bool kept_its_age(const struct story *s, const struct life_event *retired)
{
    size_t moved = last(s, LIFE_DEAD), sent = last(s, LIFE_SENT);
    return moved != SIZE_MAX && sent != SIZE_MAX && sent < moved && event(s, sent)->at == retired->at - retired->value;
}

/* A stream keeps what was done with, too. */
static bool kept_by_stream(const struct story *s, const struct life_event *retired)
{
    return story_is_record(s, retired) && count(s, LIFE_EFFECT) > 0;
}

static void judge_end(struct judge_state *j)
{
    const struct story      *s = j->s;
    size_t                   retired = last(s, LIFE_RETIRED), purged = last(s, LIFE_PURGED);
    const struct life_event *end = event(s, s->life.n - 1);
    char                     t[40];
    if (retired != SIZE_MAX && kept_its_age(s, event(s, retired)))
        SAY(add(j, "expired", "SQS-107"),
            "because the retention period of %s was over, which counts from its first sending, not from the move to %s",
            story_length(event(s, retired)->value, t), name(s, event(s, retired)->entity));
    else if (retired != SIZE_MAX && !kept_by_stream(s, event(s, retired)))
        SAY(add(j, "expired", story_is_record(s, event(s, retired)) ? "KIN-47" : "SQS-106"), "because its retention period of %s was over before it was done",
            story_length(event(s, retired)->value, t));
    if (purged != SIZE_MAX)
        SAY(add(j, "purged", "SQS-12"), "because %s was purged while it was there", name(s, event(s, purged)->entity));
    if (end->what == LIFE_RECEIVED || end->what == LIFE_BEGUN || end->what == LIFE_EXTENDED)
        SAY(add(j, "unfinished", NULL), "when the run ended it was still in flight");
    if (end->what == LIFE_SHOWN || end->what == LIFE_BEHIND ||
        (end->what == LIFE_TOLD_OK && count(s, LIFE_RECEIVED) == 0 && count(s, LIFE_EFFECT) == 0))
        SAY(add(j, "unfinished", NULL), "when the run ended it still waited for a consumer");
}

size_t story_judge(const struct story *s, struct story_verdict out[VERDICTS_MAX])
{
    struct judge_state j = {s, out, 0};
    judge_effect(&j);
    judge_again(&j);
    judge_dead(&j);
    judge_wait(&j);
    judge_unasked(&j);
    judge_refused(&j);
    judge_end(&j);
    return j.n;
}
