/* story_tell.c - events in words, each with the rule that stands behind it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "story.h"

/* --- times --- */

/* To the millisecond: the order of the lines tells the rest. */
const char *story_time(sim_time t, char out[40])
{
    int64_t s = t / SIM_S;
    int     ms = (int)(t / SIM_MS % 1000);
    if (s >= 3600)
        snprintf(out, 40, "%" PRId64 ":%02d:%02d.%03d", s / 3600, (int)(s / 60 % 60), (int)(s % 60), ms);
    else
        snprintf(out, 40, "%d:%02d.%03d", (int)(s / 60), (int)(s % 60), ms);
    return out;
}

/* A unit in which it is readable, three digits. */
const char *story_length(sim_time t, char out[40])
{
    static const struct {
        sim_time    from, unit;
        const char *name;
    } scale[] = {{2 * SIM_DAY, SIM_DAY, "days"}, {2 * SIM_H, SIM_H, "h"}, {2 * SIM_MIN, SIM_MIN, "min"},
                 {SIM_S, SIM_S, "s"},            {SIM_MS, SIM_MS, "ms"}};
    for (size_t i = 0; i < sizeof scale / sizeof *scale; i++) {
        if (t < scale[i].from)
            continue;
        sim_time tenths = (t + scale[i].unit / 20) / (scale[i].unit / 10);
        if (tenths % 10 == 0)
            snprintf(out, 40, "%" PRId64 " %s", tenths / 10, scale[i].name);
        else
            snprintf(out, 40, "%" PRId64 ".%d %s", tenths / 10, (int)(tenths % 10), scale[i].name);
        return out;
    }
    snprintf(out, 40, "%" PRId64 " ns", t);
    return out;
}

const char *story_ordinal(uint32_t n, char out[16])
{
    const char *ending = n % 100 / 10 == 1 ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
    snprintf(out, 16, "%" PRIu32 "%s", n, ending);
    return out;
}

/* --- who and what --- */

static const char *name(const struct story *s, uint32_t entity)
{
    return entity < s->n_path ? s->path[entity] : "?";
}

const char *story_who(const struct story *s, const struct life_event *e, char out[120])
{
    uint32_t fleet = e->other != LIFE_NONE ? e->other : e->entity;
    if (e->worker == LIFE_NONE)
        snprintf(out, 120, "%.100s", name(s, fleet));
    else if (strncmp(name(s, fleet), "consumer.", 9) == 0) /* its parts are shards */
        snprintf(out, 120, "worker %" PRIu32 " of %.90s", e->worker + 1, name(s, fleet));
    else
        snprintf(out, 120, "%.100s[%" PRIu32 "]", name(s, fleet), e->worker);
    return out;
}

/* The latest receive of this copy before the event. */
static uint32_t latest_receive(const struct story *s, size_t event)
{
    const struct life_event *e = &s->life.event[event];
    uint32_t                 latest = 0;
    for (size_t i = 0; i < event; i++) {
        const struct life_event *x = &s->life.event[i];
        if (x->what == LIFE_RECEIVED && x->entity == e->entity && x->attempt == e->attempt)
            latest = x->receives;
    }
    return latest;
}

static bool deleted_before(const struct story *s, size_t event)
{
    const struct life_event *e = &s->life.event[event];
    for (size_t i = 0; i < event; i++) {
        const struct life_event *x = &s->life.event[i];
        if (x->what == LIFE_DELETED && x->entity == e->entity && x->attempt == e->attempt)
            return true;
    }
    return false;
}

#define SAY(...) snprintf(text, STORY_TEXT, __VA_ARGS__)

static const char *tell_client(const struct story *s, const struct life_event *e, char *text)
{
    char        length[40];
    const char *me = name(s, e->entity), *it = name(s, e->other);
    switch ((enum life_what)e->what) {
    case LIFE_BORN:
        if (e->until == SIM_NEVER)
            SAY("%s makes it: %" PRId64 " bytes", me, e->value);
        else
            SAY("%s makes it: %" PRId64 " bytes, to be done within %s", me, e->value, story_length(e->until - e->at, length));
        return NULL;
    case LIFE_TOLD_OK:
        SAY("the client of %s is told that all is well", me);
        return NULL;
    case LIFE_TOLD_NO:
        SAY("the client of %s is told no", me);
        return NULL;
    case LIFE_TIMEOUT:
        SAY("%s has no answer from %s and gives attempt %" PRId64 " up; it may succeed all the same", me, it, e->value);
        return NULL;
    case LIFE_RETRY:
        SAY("%s tries %s again: attempt %" PRId64, me, it, e->value);
        return NULL;
    case LIFE_REJECTED:
        SAY("%s answers %s: %s (attempt %" PRId64 ")", it, me, e->why, e->value);
        return NULL;
    default:
        SAY("no copy of it is left, and it had no effect: lost");
        return NULL;
    }
}

static const char *tell_sent(const struct story *s, const struct life_event *e, char *text)
{
    char until[40], group[40] = "";
    if (e->group != LIFE_NONE)
        snprintf(group, sizeof group, ", group %" PRIu32, e->group);
    if (e->until == SIM_NEVER)
        SAY("%s takes it: message %" PRIu32 "%s, visible at once", name(s, e->entity), e->message, group);
    else
        SAY("%s takes it: message %" PRIu32 "%s, delayed until %s", name(s, e->entity), e->message, group,
            story_time(e->until, until));
    return e->until == SIM_NEVER ? "SQS-31" : "SQS-35";
}

/* What queues do not share with streams. */
static const char *tell_stream(const struct story *s, const struct life_event *e, char *text)
{
    char        t[40];
    const char *me = name(s, e->entity);
    if (e->what == LIFE_SENT) {
        SAY("%s takes it: record %" PRIu32 ", in shard %" PRId64, me, e->message, e->value);
        return "KIN-2";
    }
    if (e->what == LIFE_RETIRED) {
        SAY("%s keeps it no longer: it is %s old", me, story_length(e->value, t));
        return "KIN-47";
    }
    bool throttled = strcmp(e->why, "ProvisionedThroughputExceededException") == 0;
    bool fault = strcmp(e->why, "ServiceUnavailable") == 0 || strcmp(e->why, "InternalFailure") == 0;
    SAY("%s does not take it: %s", me, e->why);
    return throttled ? "KIN-10" : fault ? NULL : "KIN-17";
}

static const char *tell_behind(const struct story *s, const struct life_event *e, char *text)
{
    char length[40];
    int  n = SAY("%" PRId64 " message%s of its group went before it", e->value, e->value == 1 ? "" : "s");
    if (e->cause_producer != LIFE_NONE)
        snprintf(text + n, STORY_TEXT - (size_t)n, "; the group stood still for up to %s, while %s#%" PRIu64 " was in flight",
                 story_length(e->until, length), name(s, e->cause_producer), e->cause + 1);
    return "SQS-82";
}

static const char *tell_delete(const struct story *s, size_t event, char *text)
{
    const struct life_event *e = &s->life.event[event];
    char                     who[120];
    story_who(s, e, who);
    if (e->what == LIFE_DELETED && e->receives < latest_receive(s, event)) {
        SAY("%s deletes it, with the handle of receive %" PRIu32 ", which is not the latest", who, e->receives);
        return "SQS-62";
    }
    if (e->what == LIFE_DELETED && e->why[0] != 0) {
        SAY("%s deletes it: %s", who, e->why);
        return strncmp(who, "pipe.", 5) == 0 ? "EB-50" : "LAM-55";
    }
    if (e->what == LIFE_DELETED) {
        SAY("%s deletes it", who);
        return "SQS-59";
    }
    if (strcmp(e->why, "lost") == 0) {
        SAY("the handle that %s had kept for a batch is lost", who);
        return "SQS-122";
    }
    if (strcmp(e->why, "stale") == 0 && deleted_before(s, event)) {
        SAY("%s deletes it too: it is gone already", who);
        return "SQS-60";
    }
    if (strcmp(e->why, "stale") == 0) {
        SAY("%s deletes it too late: the receive's time was over", who);
        return "SQS-63";
    }
    SAY("the delete of %s does not succeed: %s", who, e->why);
    return strcmp(e->why, "throttled") == 0 ? "SQS-104" : "SQS-130";
}

static const char *tell_queue(const struct story *s, const struct life_event *e, char *text)
{
    char        length[40];
    const char *me = name(s, e->entity), *it = name(s, e->other);
    switch ((enum life_what)e->what) {
    case LIFE_DEDUPLICATED:
        SAY("%s has taken this id within five minutes: nothing is added", me);
        return "SQS-92";
    case LIFE_REFUSED:
        SAY("%s does not take it: %s", me, e->why);
        return strcmp(e->why, "RequestThrottled") == 0 ? "SQS-104" : "SQS-130";
    case LIFE_SHOWN:
        if (e->receives == 0)
            SAY("its delay is over: it is visible");
        else
            SAY("its visibility timeout is over: it is visible again");
        return e->receives == 0 ? "SQS-35" : "SQS-50";
    case LIFE_UNSEEN:
        SAY("it is received and counted, but the answer is lost on its way");
        return "SQS-39";
    case LIFE_DEAD:
        if (e->receives == 0) { /* a queue's letters have been received */
            SAY("%s gives it up: it goes to %s", me, it);
            return strncmp(me, "bus.", 4) == 0 ? "EB-40" : strncmp(me, "mapping.", 8) == 0 ? "KIN-89" : "SNS-54";
        }
        SAY("it has been received %" PRIu32 " time%s: instead of once more it is moved to %s", e->receives,
            e->receives == 1 ? "" : "s", it);
        return "SQS-110";
    case LIFE_MOVED_IN:
        SAY("%s has it, as message %" PRIu32, me, e->message);
        return "SQS-112";
    case LIFE_RETIRED:
        SAY("it is %s old, the retention period: %s drops it", story_length(e->value, length), me);
        return "SQS-106";
    case LIFE_PURGED:
        SAY("%s is purged", me);
        return "SQS-12";
    case LIFE_REDRIVEN:
        SAY("it is moved from %s to %s, as a new message", me, it);
        return "SQS-121";
    default:
        SAY("it is deleted, but a server still has a copy, which comes back after %s", story_length(e->value, length));
        return "SQS-65";
    }
}

static const char *tell_visibility(const struct story *s, const struct life_event *e, char *text)
{
    char who[120], until[40] = "", count[16];
    story_who(s, e, who);
    if (e->until != SIM_NEVER)
        story_time(e->until, until);
    switch ((enum life_what)e->what) {
    case LIFE_RECEIVED:
        if (story_is_record(s, e)) {
            SAY("it reaches %s (%s time)", who, story_ordinal(e->receives, count));
            return "KIN-71";
        }
        SAY("%s receives it (%s time); it is hidden until %s", who, story_ordinal(e->receives, count), until);
        return "SQS-50";
    case LIFE_EXTENDED:
        SAY("%s extends its visibility timeout: hidden until %s", who, until);
        return "SQS-51";
    case LIFE_EXTENDED_LATE:
        SAY("%s wants to hide it longer, without effect: %s", who, e->why);
        return "SQS-56";
    default:
        if (e->until == SIM_NEVER)
            SAY("%s gives it back: it is visible at once", who);
        else
            SAY("%s gives it back, hidden until %s", who, until);
        return e->until == SIM_NEVER ? "SQS-52" : "SQS-51";
    }
}

static const char *tell_worker(const struct story *s, const struct life_event *e, char *text)
{
    char who[120], t[40];
    story_who(s, e, who);
    switch ((enum life_what)e->what) {
    case LIFE_BEGUN:
        SAY("%s begins to work on it", who);
        return NULL;
    case LIFE_HUNG:
        SAY("%s hangs over it, until %s", who, story_time(e->until, t));
        return NULL;
    case LIFE_RECOGNISED:
        SAY("%s knows it: done before, so it is not done again", who);
        return NULL;
    case LIFE_DONE:
        SAY("%s has done it, in %s", who, story_length(e->value, t));
        return NULL;
    case LIFE_FAILED:
        SAY("%s fails over it: %s", who, e->why);
        return NULL;
    case LIFE_CRASHED:
        SAY("%s dies with it in hand", who);
        return NULL;
    case LIFE_GIVEN_UP:
        SAY("%s gives it up after %" PRId64 " failure%s, and goes on with the next of its shard", who, e->value, e->value == 1 ? "" : "s");
        return NULL;
    case LIFE_COLLECTED:
        SAY("%s keeps its handle, to delete several at once", who);
        return "SQS-122";
    default:
        SAY("it takes effect%s, at %s", e->value > 1 ? " AGAIN" : "", name(s, e->entity));
        return NULL;
    }
}

static const char *tell_firehose(const struct story *s, const struct life_event *e, char *text)
{
    char        length[40];
    const char *me = name(s, e->entity), *it = name(s, e->other);
    switch ((enum life_what)e->what) {
    case LIFE_GATHERED:
        SAY("%s takes it", me);
        return "FH-15";
    case LIFE_STORED:
        SAY("%s has delivered it to %s, %" PRId64 " record%s at once", me, it, e->value, e->value == 1 ? "" : "s");
        return "FH-12";
    case LIFE_DROPPED:
        SAY("the function of %s drops it", me);
        return "FH-21";
    case LIFE_BACKED_UP:
        SAY("%s gives it up and has stored it in %s: %s", me, it, e->why);
        return "FH-34";
    default:
        SAY("%s could not deliver it for %s: it is dropped", me, story_length(e->value, length));
        return "FH-9";
    }
}

const char *story_tell(const struct story *s, size_t event, char text[STORY_TEXT])
{
    const struct life_event *e = &s->life.event[event];
    if (story_is_record(s, e) && (e->what == LIFE_SENT || e->what == LIFE_REFUSED || e->what == LIFE_RETIRED))
        return tell_stream(s, e, text);
    switch ((enum life_what)e->what) {
    case LIFE_BORN:
    case LIFE_TOLD_OK:
    case LIFE_TOLD_NO:
    case LIFE_TIMEOUT:
    case LIFE_REJECTED:
    case LIFE_RETRY:
    case LIFE_LOST:
        return tell_client(s, e, text);
    case LIFE_SENT:
        return tell_sent(s, e, text);
    case LIFE_BEHIND:
        return tell_behind(s, e, text);
    case LIFE_RECEIVED:
    case LIFE_EXTENDED:
    case LIFE_EXTENDED_LATE:
    case LIFE_RETURNED:
        return tell_visibility(s, e, text);
    case LIFE_DELETED:
    case LIFE_DELETED_LATE:
        return tell_delete(s, event, text);
    case LIFE_BEGUN:
    case LIFE_HUNG:
    case LIFE_RECOGNISED:
    case LIFE_DONE:
    case LIFE_FAILED:
    case LIFE_CRASHED:
    case LIFE_GIVEN_UP:
    case LIFE_COLLECTED:
    case LIFE_EFFECT:
        return tell_worker(s, e, text);
    case LIFE_GATHERED:
    case LIFE_STORED:
    case LIFE_DROPPED:
    case LIFE_BACKED_UP:
    case LIFE_EXPIRED:
        return tell_firehose(s, e, text);
    default:
        return tell_queue(s, e, text);
    }
}

/* A worker that begins as soon as it has received. */
bool story_is_told(const struct story *s, size_t event)
{
    const struct life_event *e = &s->life.event[event];
    if (e->what != LIFE_BEGUN)
        return true;
    for (size_t i = event; i-- > 0 && s->life.event[i].at == e->at;) {
        const struct life_event *x = &s->life.event[i];
        if (x->what == LIFE_RECEIVED && x->other == e->entity && x->worker == e->worker)
            return false;
    }
    return true;
}
