/* station_keys.c - the settings of what a station does beyond serving in order of arrival, and which of them go together. */
#include "station_keys.h"

#include "check_codes.h"
#include "room.h"

const struct key slowdown_keys[N_SLOWDOWN_KEYS] = {
    [SLOWDOWN_CONTENTION] = {.name = "contention",
                             .type = VALUE_NUMBER,
                             .fallback = "0",
                             .low = "0",
                             .high = "1000",
                             .doc = "n calls in service: work that begins takes 1 + contention (n - 1) + coherency n (n - 1) "
                                    "times as long, itself counted (Universal Scalability Law)."},
    [SLOWDOWN_COHERENCY] = {.name = "coherency",
                            .type = VALUE_NUMBER,
                            .fallback = "0",
                            .low = "0",
                            .high = "1000",
                            .doc = "The part that grows with the pairs of calls."},
};

const struct key batch_keys[N_BATCH_KEYS] = {
    [BATCH_MAX] = {.name = "max",
                   .type = VALUE_COUNT,
                   .flags = KEY_REQUIRED,
                   .low = "1",
                   .high = "1000000",
                   .doc = "Calls that a server takes at most."},
    [BATCH_MIN] = {.name = "min",
                   .type = VALUE_COUNT,
                   .low = "1",
                   .high = "1000000",
                   .doc = "It begins when so many wait. Default: one; with a window, `max`."},
    [BATCH_WINDOW] = {.name = "window",
                      .type = VALUE_DURATION,
                      .low = "1ns",
                      .doc = "It begins with fewer when the first has waited so long. Default: it does not."},
};

const struct key setup_keys[N_SETUP_KEYS] = {
    [SETUP_TIME] = {.name = "time",
                    .type = VALUE_DIST,
                    .unit = DIST_DURATION,
                    .flags = KEY_REQUIRED,
                    .doc = "Time to set up a cold server, before it serves the call that it has taken."},
    [SETUP_KEEP] = {.name = "keep",
                    .type = VALUE_DURATION,
                    .fallback = "0s",
                    .doc = "A server that has been idle for longer than this is cold."},
};

const struct key breakdown_keys[N_BREAKDOWN_KEYS] = {
    [BREAKDOWN_UP] = {.name = "up",
                      .type = VALUE_DIST,
                      .unit = DIST_DURATION,
                      .flags = KEY_REQUIRED,
                      .low = "1ns", /* one that is always broken, and repaired in no time, would never get on */
                      .doc = "Time until a server breaks down."},
    [BREAKDOWN_DOWN] = {.name = "down",
                        .type = VALUE_DIST,
                        .unit = DIST_DURATION,
                        .flags = KEY_REQUIRED,
                        .doc = "Time until it is repaired."},
    [BREAKDOWN_WHEN] = {.name = "when",
                        .type = VALUE_CHOICE,
                        .choices = "always|serving",
                        .fallback = "always",
                        .doc = "Whether a server also breaks down while it is idle, or wears out by serving only."},
    [BREAKDOWN_THEN] = {.name = "then",
                        .type = VALUE_CHOICE,
                        .choices = "resume|repeat|fail",
                        .fallback = "resume",
                        .doc = "What becomes of its call: after the repair its work goes on, or begins again; or it is lost."},
};

const struct key throttle_keys[N_THROTTLE_KEYS] = {
    [THROTTLE_RATE] = {.name = "rate", .type = VALUE_RATE, .doc = "Token bucket: tokens that it gains."},
    [THROTTLE_BURST] = {.name = "burst",
                        .type = VALUE_COUNT,
                        .low = "1",
                        .high = "1000000000",
                        .doc = "Token bucket: tokens that it holds, and has at the start. A call takes one."},
    [THROTTLE_LIMIT] = {.name = "limit",
                        .type = VALUE_COUNT,
                        .low = "0",
                        .high = "1000000000000",
                        .doc = "Fixed windows: calls that one window lets in."},
    [THROTTLE_WINDOW] = {.name = "window",
                         .type = VALUE_DURATION,
                         .low = "1ns",
                         .high = "3650d",
                         .doc = "Fixed windows: their length; the first begins with the run."},
    [THROTTLE_HINT] = {.name = "hint",
                       .type = VALUE_FLAG,
                       .fallback = "false",
                       .doc = "Tell the client when to come back (Retry-After); it does not come before."},
};

/* --- which go together --- */

struct checked {
    const struct spec_entity *e;
    unsigned                  first;
    struct problems          *p;
};

static const struct value *key_of(const struct checked *c, enum station_key key)
{
    return spec_value(c->e, c->first + key);
}

static bool is_set(const struct value *v)
{
    switch (v->type) {
    case VALUE_GROUP:
        return v->list.n > 0;
    case VALUE_DIST:
        return !v->absent;
    default:
        return !v->absent && v->i != 0;
    }
}

static const char *name_of(const struct checked *c, enum station_key key)
{
    return c->e->room->key[c->first + key].name;
}

static void useless(const struct checked *c, enum station_key key, const char *why)
{
    if (is_set(key_of(c, key)))
        problem_add(c->p, SEVERITY_ERROR, CHECK_USELESS, &key_of(c, key)->place, "%s: '%s' %s", c->e->path,
                    name_of(c, key), why);
}

static void check_preemptive(const struct checked *c, bool holds)
{
    int64_t order = key_of(c, STATION_ORDER)->i;
    if (!is_set(key_of(c, STATION_PREEMPTIVE)))
        return;
    if (order != ORDER_LCFS && order != ORDER_PRIORITY)
        useless(c, STATION_PREEMPTIVE, "needs the order lcfs or priority");
    if (holds)
        useless(c, STATION_PREEMPTIVE, "and steps do not go together: a call that waits for another one cannot be interrupted");
    useless(c, STATION_BATCH, "and 'preemptive' do not go together");
    useless(c, STATION_SETUP, "and 'preemptive' do not go together");
    useless(c, STATION_BREAKDOWN, "and 'preemptive' do not go together");
}

static void check_sharing(const struct checked *c)
{
    static const enum station_key no[] = {STATION_SLOWDOWN, STATION_PATIENCE, STATION_DROP_ABANDONED,
                                          STATION_BATCH,    STATION_SETUP,    STATION_BREAKDOWN};
    if (key_of(c, STATION_ORDER)->i != ORDER_SHARING)
        return;
    for (unsigned i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        useless(c, no[i], "has no meaning where all are served at once (order = \"sharing\")");
}

static void check_batch(const struct checked *c, bool holds)
{
    const struct value *batch = key_of(c, STATION_BATCH);
    if (!is_set(batch))
        return;
    const struct value *min = value_field(batch, BATCH_MIN), *max = value_field(batch, BATCH_MAX);
    if (holds)
        useless(c, STATION_BATCH, "and steps do not go together");
    useless(c, STATION_SETUP, "and 'batch' do not go together");
    useless(c, STATION_BREAKDOWN, "and 'batch' do not go together");
    useless(c, STATION_SLOWDOWN, "and 'batch' do not go together");
    if (!min->absent && !max->absent && min->i > max->i)
        problem_add(c->p, SEVERITY_ERROR, CHECK_USELESS, &min->place, "%s: a batch of at least %lld and at most %lld",
                    c->e->path, (long long)min->i, (long long)max->i);
    if (!min->absent && min->i == 1 && value_field(batch, BATCH_WINDOW)->given)
        problem_add(c->p, SEVERITY_ERROR, CHECK_USELESS, &value_field(batch, BATCH_WINDOW)->place,
                    "%s: a batch that begins with one call has no window", c->e->path);
}

static void check_breakdown(const struct checked *c, bool holds, bool unlimited)
{
    const struct value *breakdown = key_of(c, STATION_BREAKDOWN);
    if (!is_set(breakdown))
        return;
    if (holds)
        useless(c, STATION_BREAKDOWN, "and steps do not go together: what a call does elsewhere goes on");
    if (unlimited && value_field(breakdown, BREAKDOWN_WHEN)->i == BREAKS_ALWAYS)
        useless(c, STATION_BREAKDOWN, "of unlimited servers needs when = \"serving\"");
    useless(c, STATION_SETUP, "and 'breakdown' do not go together");
    useless(c, STATION_SLOWDOWN, "and 'breakdown' do not go together");
}

static void check_unlimited(const struct checked *c)
{
    static const enum station_key no[] = {STATION_ORDER, STATION_PREEMPTIVE, STATION_PATIENCE, STATION_DROP_ABANDONED};
    const struct value *batch = key_of(c, STATION_BATCH);
    for (unsigned i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
        if (i == 0 || !is_set(batch))
            useless(c, no[i], "has no meaning with unlimited servers: nobody waits");
    }
}

static void check_throttle(const struct checked *c)
{
    const struct value *t = key_of(c, STATION_THROTTLE);
    if (!is_set(t))
        return;
    bool rate = value_field(t, THROTTLE_RATE)->given, burst = value_field(t, THROTTLE_BURST)->given,
         limit = value_field(t, THROTTLE_LIMIT)->given, window = value_field(t, THROTTLE_WINDOW)->given;
    if (rate != burst || limit != window || rate == limit)
        problem_add(c->p, SEVERITY_ERROR, CHECK_NEEDS, &t->place,
                    "%s: a throttle is either a token bucket (rate and burst) or fixed windows (limit and window)",
                    c->e->path);
}

void station_keys_check(const struct spec_entity *e, unsigned first, const struct value *servers, const struct value *places,
                        bool holds, struct problems *p)
{
    struct checked c = {e, first, p};
    bool unlimited = servers->i == INT64_MAX;
    check_preemptive(&c, holds);
    check_sharing(&c);
    check_batch(&c, holds);
    check_breakdown(&c, holds, unlimited);
    check_throttle(&c);
    if (!unlimited)
        return;
    check_unlimited(&c);
    if (places->given && !is_set(key_of(&c, STATION_BATCH)))
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &places->place,
                    "%s: 'waiting' has no meaning with unlimited servers: nobody waits", e->path);
}

bool station_keys_given(const struct spec_entity *e, unsigned first)
{
    struct checked c = {e, first, NULL};
    for (unsigned key = 0; key < N_STATION_KEYS; key++) {
        if (is_set(key_of(&c, key)))
            return true;
    }
    return false;
}
