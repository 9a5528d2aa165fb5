/* caller_keys.c - the settings of a call. */
#include "caller_more.h"

static const struct key shard_keys[N_SHARD_KEYS] = {
    [SHARD_SIZE] = {.name = "size",
                    .type = VALUE_COUNT,
                    .flags = KEY_REQUIRED,
                    .low = "1",
                    .high = "16",
                    .doc = "Targets that one customer (the request's key) may use."},
    [SHARD_KIND] = {.name = "kind",
                    .type = VALUE_CHOICE,
                    .choices = "shuffle|fixed",
                    .fallback = "shuffle",
                    .doc = "shuffle: any set of so many targets is a shard; fixed: the list is cut into shards."},
    [SHARD_ASSIGN] = {.name = "assign",
                      .type = VALUE_CHOICE,
                      .choices = "random|in_turn",
                      .fallback = "random",
                      .doc = "random: a customer's shard is drawn once; in_turn: customer k has the k-th, so that every "
                             "shard is used alike."},
};

static const struct key hedge_keys[N_HEDGE_KEYS] = {
    [HEDGE_AFTER] = {.name = "after",
                     .type = VALUE_DURATION,
                     .doc = "A second call is made when the first has not been answered for so long."},
    [HEDGE_QUANTILE] = {.name = "quantile",
                        .type = VALUE_SHARE,
                        .doc = "The same by experience: when it takes longer than this share of the answers so far (from "
                               "the hundredth on)."},
    [HEDGE_MAX] = {.name = "max",
                   .type = VALUE_COUNT,
                   .fallback = "1",
                   .low = "1",
                   .high = "15",
                   .doc = "Further calls of one attempt, each after another such time."},
};

static const struct key budget_keys[N_BUDGET_KEYS] = {
    [BUDGET_RATIO] = {.name = "ratio", .type = VALUE_SHARE, .doc = "Part of a token gained with each call."},
    [BUDGET_CREDIT] = {.name = "credit",
                       .type = VALUE_CHOICE,
                       .choices = "call|success",
                       .fallback = "call",
                       .doc = "What `ratio` is gained with: every call when it begins, or those that succeed."},
    [BUDGET_RATE] = {.name = "rate", .type = VALUE_RATE, .doc = "Tokens gained over time."},
    [BUDGET_CAPACITY] = {.name = "capacity",
                         .type = VALUE_COUNT,
                         .flags = KEY_REQUIRED,
                         .low = "1",
                         .high = "1000000000",
                         .doc = "Tokens held at most. A retry costs one; without one the call ends."},
    [BUDGET_START] = {.name = "start",
                      .type = VALUE_COUNT,
                      .low = "0",
                      .high = "1000000000",
                      .doc = "Tokens at the start. Default: full."},
};

static const struct key breaker_keys[N_BREAKER_KEYS] = {
    [BREAKER_STOPS] = {.name = "stops",
                       .type = VALUE_CHOICE,
                       .choices = "calls|retries",
                       .fallback = "calls",
                       .doc = "calls: when it is open nobody is called; retries: calls are always made, but tried again "
                              "only while failed attempts are few among the calls."},
    [BREAKER_THRESHOLD] = {.name = "threshold",
                           .type = VALUE_SHARE,
                           .fallback = "50%",
                           .doc = "Share of failures from which it opens; retries: above which there are none."},
    [BREAKER_MIN_CALLS] = {.name = "min_calls",
                           .type = VALUE_COUNT,
                           .fallback = "1",
                           .low = "1",
                           .high = "1000000000",
                           .doc = "It does not judge before it has seen so many."},
    [BREAKER_LAST] = {.name = "last",
                      .type = VALUE_COUNT,
                      .low = "1",
                      .high = "1000000",
                      .doc = "It looks at so many outcomes. Default: at all since it was closed, or those of `window`."},
    [BREAKER_WINDOW] = {.name = "window",
                        .type = VALUE_DURATION,
                        .low = "1us",
                        .doc = "It looks at so much time (in ten parts)."},
    [BREAKER_OPEN] = {.name = "open",
                      .type = VALUE_DURATION,
                      .low = "1ns",
                      .doc = "How long it stays open before it lets probes through."},
    [BREAKER_PROBES] = {.name = "probes",
                        .type = VALUE_COUNT,
                        .fallback = "1",
                        .low = "1",
                        .high = "1000",
                        .doc = "Calls let through when half open: all must succeed to close it."},
};

#define CALLER_KEYS(kinds, what)                                                                   \
    [CALLER_TARGET] = {.name = "target", .type = VALUE_REF, .refs = kinds, .doc = what},           \
    [CALLER_TARGETS] = {.name = "targets",                                                         \
                        .type = VALUE_LIST,                                                        \
                        .element = VALUE_REF,                                                      \
                        .refs = kinds,                                                             \
                        .doc = "Several instead: all at once, or one of them by `balance`."},      \
    [CALLER_BALANCE] = {.name = "balance",                                                         \
                        .type = VALUE_CHOICE,                                                      \
                        .choices = "none|random|round_robin|least_outstanding|shortest",           \
                        .fallback = "none",                                                        \
                        .doc = "One of the targets: any; in turn; with the fewest calls of this client under way; with " \
                               "the fewest calls inside."},                                        \
    [CALLER_CHOICES] = {.name = "choices",                                                         \
                        .type = VALUE_COUNT,                                                       \
                        .low = "1",                                                                \
                        .high = "16",                                                              \
                        .doc = "least_outstanding, shortest: only so many are looked at, chosen at random. Default: all."}, \
    [CALLER_SHARD] = {.name = "shard",                                                             \
                      .type = VALUE_GROUP,                                                         \
                      .sub = shard_keys,                                                           \
                      .n_sub = N_SHARD_KEYS,                                                       \
                      .doc = "Each customer has only some of the targets."},                       \
    [CALLER_PARALLEL] = {.name = "parallel",                                                       \
                         .type = VALUE_COUNT,                                                      \
                         .low = "1",                                                               \
                         .high = "100000",                                                         \
                         .doc = "Calls made at once. Default: one; one for each target where nothing chooses among them."}, \
    [CALLER_NEED] = {.name = "need",                                                               \
                     .type = VALUE_COUNT,                                                          \
                     .low = "1",                                                                   \
                     .high = "100000",                                                             \
                     .doc = "How many of the parallel calls must succeed. Default: all. The others are given up then."}, \
    [CALLER_CHANCE] = {.name = "chance",                                                           \
                       .type = VALUE_SHARE,                                                        \
                       .fallback = "100%",                                                         \
                       .doc = "How likely it is that this is done at all."},                       \
    [CALLER_EVENT] = {.name = "event",                                                             \
                      .type = VALUE_REF,                                                           \
                      .refs = "event",                                                             \
                      .doc = "What is published: a template, with its size. Default: what came in."}, \
    [CALLER_OPERATION] = {.name = "operation",                                                     \
                          .type = VALUE_CHOICE,                                                    \
                          .choices = "write|read|conditional_write",                               \
                          .fallback = "write",                                                     \
                          .doc = "Of a database: a read brings the version of the record, a conditional write succeeds when " \
                                 "that is still its version."},                                    \
    [CALLER_TIMEOUT] = {.name = "timeout",                                                         \
                        .type = VALUE_DURATION,                                                    \
                        .low = "1ns",                                                              \
                        .doc = "How long one attempt waits for its answer; default: as long as it takes."}, \
    [CALLER_ATTEMPTS] = {.name = "attempts",                                                       \
                         .type = VALUE_COUNT,                                                      \
                         .flags = KEY_UNLIMITED,                                                   \
                         .fallback = "1",                                                          \
                         .low = "1",                                                               \
                         .high = "1000",                                                           \
                         .doc = "How often it is tried in all."},                                  \
    [CALLER_BACKOFF] = {.name = "backoff",                                                         \
                        .type = VALUE_BACKOFF,                                                     \
                        .fallback = "none",                                                        \
                        .doc = "Pause before the next attempt: none, constant(…), exponential(…), equal_jitter(…), " \
                               "full_jitter(…), decorrelated(…), random(law)."},                   \
    [CALLER_LATE_ANSWER] = {.name = "late_answer",                                                 \
                            .type = VALUE_CHOICE,                                                  \
                            .choices = "ignore|accept",                                            \
                            .fallback = "ignore",                                                  \
                            .doc = "Whether a good answer to an attempt that timed out still counts."}, \
    [CALLER_CANCEL] = {.name = "cancel",                                                           \
                       .type = VALUE_FLAG,                                                         \
                       .fallback = "false",                                                        \
                       .doc = "Tell the server to stop when giving up on an attempt, or when another answer was first."}, \
    [CALLER_LATENCY] = {.name = "latency",                                                         \
                        .type = VALUE_DIST,                                                        \
                        .unit = DIST_DURATION,                                                     \
                        .doc = "Time on the network, there and back: each way takes its own sample. Default: none."}, \
    [CALLER_REPLY_LATENCY] = {.name = "reply_latency",                                             \
                              .type = VALUE_DIST,                                                  \
                              .unit = DIST_DURATION,                                               \
                              .doc = "The way back, when it differs."},                            \
    [CALLER_HEDGE] = {.name = "hedge",                                                             \
                      .type = VALUE_GROUP,                                                         \
                      .sub = hedge_keys,                                                           \
                      .n_sub = N_HEDGE_KEYS,                                                       \
                      .doc = "A second call when the first takes long; the first good answer counts."}, \
    [CALLER_BUDGET] = {.name = "budget",                                                           \
                       .type = VALUE_GROUP,                                                        \
                       .sub = budget_keys,                                                         \
                       .n_sub = N_BUDGET_KEYS,                                                     \
                       .doc = "Retries are paid for with tokens that all calls of this client share."}, \
    [CALLER_BREAKER] = {.name = "breaker",                                                         \
                        .type = VALUE_GROUP,                                                       \
                        .sub = breaker_keys,                                                       \
                        .n_sub = N_BREAKER_KEYS,                                                   \
                        .doc = "A circuit breaker that all calls of this client share."},

const struct key caller_keys[N_CALLER_KEYS] = {
    CALLER_KEYS("service|database|endpoint|function|pool|proxy", "Who is called; the caller waits for the answer.")};
const struct key caller_send_keys[N_CALLER_KEYS] = {
    CALLER_KEYS("queue|topic|bus|stream|firehose|function|kpl", "Where the message goes; the sender waits until it is accepted.")};

const struct value *caller_field(const struct value *group, enum caller_key key)
{
    uint32_t skipped = N_CALLER_KEYS - group->list.n;
    return key < skipped ? NULL : value_field(group, key - skipped);
}

bool caller_given(const struct value *v)
{
    if (v == NULL)
        return false;
    return v->type == VALUE_GROUP || v->type == VALUE_LIST ? v->list.n > 0 : v->given;
}

uint32_t caller_parallel(const struct value *group)
{
    const struct value *parallel = caller_field(group, CALLER_PARALLEL), *targets = caller_field(group, CALLER_TARGETS),
                       *shard = caller_field(group, CALLER_SHARD);
    if (parallel == NULL)
        return 1;
    if (!parallel->absent)
        return (uint32_t)parallel->i;
    if (targets->list.n == 0 || caller_field(group, CALLER_BALANCE)->i != BALANCE_NONE)
        return 1;
    return caller_given(shard) ? (uint32_t)value_field(shard, SHARD_SIZE)->i : targets->list.n;
}
