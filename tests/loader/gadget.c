/* gadget.c - a registry of one kind with a setting of every type, in place of the real one: what
 * the loader does must not depend on which kinds there are. The program links this instead of
 * rooms.c. */
#include <string.h>

#include "gadget.h"
#include "room.h"

static const struct key part_keys[] = {
    {.name = "at", .type = VALUE_DURATION, .flags = KEY_REQUIRED, .doc = "When."},
    {.name = "weight", .type = VALUE_NUMBER, .fallback = "1.5", .doc = "How much."},
};

static const struct key keys[N_GADGET_KEYS] = {
    [GADGET_TIME] = {.name = "time",
                     .type = VALUE_DURATION,
                     .fallback = "250ms",
                     .low = "1ms",
                     .high = "1h",
                     .doc = "t"},
    [GADGET_WHOLE] = {.name = "whole",
                      .type = VALUE_DURATION,
                      .flags = KEY_WHOLE_SECONDS,
                      .rule = "X-1",
                      .doc = "t"},
    [GADGET_SIZE] = {.name = "size",
                     .type = VALUE_SIZE,
                     .fallback = "2KiB",
                     .quota = "sqs.message_size",
                     .doc = "t"},
    [GADGET_COUNT] = {.name = "count", .type = VALUE_COUNT, .low = "-5", .doc = "t"},
    [GADGET_SHARE] = {.name = "share", .type = VALUE_SHARE, .doc = "t"},
    [GADGET_FLAG] = {.name = "flag", .type = VALUE_FLAG, .fallback = "true", .doc = "t"},
    [GADGET_CHOICE] = {.name = "choice",
                       .type = VALUE_CHOICE,
                       .choices = "red|green|blue",
                       .fallback = "green",
                       .doc = "t"},
    [GADGET_RATE] =
        {.name = "rate", .type = VALUE_RATE, .low = "1/h", .high = "1000/s", .doc = "t"},
    [GADGET_NUMBER] =
        {.name = "number", .type = VALUE_NUMBER, .low = "0", .high = "1e6", .doc = "t"},
    [GADGET_TEXT] = {.name = "text", .type = VALUE_TEXT, .doc = "t"},
    [GADGET_REF] = {.name = "ref", .type = VALUE_REF, .refs = "gadget", .doc = "t"},
    [GADGET_LAW] =
        {.name = "law", .type = VALUE_DIST, .unit = DIST_DURATION, .high = "10s", .doc = "t"},
    [GADGET_NUMBERS] = {.name = "numbers", .type = VALUE_DIST, .unit = DIST_COUNT, .doc = "t"},
    [GADGET_BACKOFF] = {.name = "backoff", .type = VALUE_BACKOFF, .doc = "t"},
    [GADGET_GROUP] =
        {.name = "group", .type = VALUE_GROUP, .sub = part_keys, .n_sub = 2, .doc = "t"},
    [GADGET_PARTS] = {.name = "parts",
                      .type = VALUE_LIST,
                      .element = VALUE_GROUP,
                      .sub = part_keys,
                      .n_sub = 2,
                      .doc = "t"},
    [GADGET_TIMES] = {.name = "times",
                      .type = VALUE_LIST,
                      .element = VALUE_DURATION,
                      .high = "1min",
                      .doc = "t"},
};

static const struct metric_def metrics[] = {
    {"depth", "ApproximateNumberOfGadgets", OBS_LEVEL, UNIT_ONE, 0, "m"},
    {"wait", NULL, OBS_TALLY, UNIT_NS, 0, "m"},
    {"made", NULL, OBS_COUNTER, UNIT_ONE, 0, "m"},
    {"bytes", NULL, OBS_TALLY, UNIT_BYTES, 0, "m"},
    {"load", NULL, OBS_LEVEL, UNIT_SHARE, 0, "m"},
};

static const struct room gadget = {
    .kind = "gadget",
    .title = "A gadget",
    .doc = "For tests.",
    .key = keys,
    .n_key = N_GADGET_KEYS,
    .metric = metrics,
    .n_metric = sizeof(metrics) / sizeof(metrics[0]),
};

const struct room *const rooms[] = {&gadget, NULL};

const struct room *room_find(const char *kind)
{
    return strcmp(kind, "gadget") == 0 ? &gadget : NULL;
}
