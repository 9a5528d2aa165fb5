/* mapping_function.c - how a mapping on a queue comes to its slots, as published: five at first, so many more each minute while
 * messages wait, up to a limit (LAM-34, LAM-36). The published ramp is continuous, that of a run goes in steps of a minute: it is
 * one of them behind at most. A backlog that the steps work off is over within a service time of the fluid's. */
#include <stddef.h>

#include "table.h"

/* An account that is large enough, no cold starts: the mapping alone is what limits. */
#define FUNCTION(time)                                                                                                 \
    "queue = { q = { visibility_timeout = \"12h\"; }; };\n"                                                            \
    "function = { f = { timeout = \"900s\"; cold_start = \"0s\"; duration = \"" time "\"; }; };\n"                     \
    "mapping = { m = { source = \"queue.q\"; target = \"function.f\"; batch = 1; growth = <int growth>;\n"             \
    "?max_concurrency max_concurrency = <int max_concurrency>;\n"                                                      \
    "}; };\n"

/* --- the ramp: more messages than there can be invocations all the time --- */

static const char ramp[] = "run = { duration = \"25min\"; series = false; lambda_concurrency = 10000; };\n"
                           "producer = { p = { arrivals = \"constant\"; rate = \"1000000/s\"; limit = 120000; target = \"queue.q\"; }; };\n"
                           FUNCTION("15s");

/* The time in which fewer were under way: it does not fall back. */
static const struct measure reached[] = {
    {"time_to_concurrency", "(1 - share(function.f.concurrent, concurrency - 1)) * 1500", NULL, NULL},
    {0},
};

/* --- a backlog --- */

static const char backlog[] =
    "run = { duration = \"10min\"; series = false; lambda_concurrency = 10000; };\n"
    "producer = { p = { arrivals = \"constant\"; rate = \"<rate rate>\"; target = \"queue.q\"; };\n"
    " first = { arrivals = \"constant\"; rate = \"<rate 1000 * initial_backlog>\"; limit = <int initial_backlog>; target = \"queue.q\"; }; };\n"
    FUNCTION("<dur 1 / per_slot_rate>");

/* What is in the slots' hands is no backlog here: when it ends, after seven steps, as many as there are then. With nothing that
 * comes meanwhile that is one service time. */
#define LAST "(5 + 7 * growth)"
static const struct measure drained[] = {
    {"time_to_empty", "share(queue.q.depth, 0) * 600", NULL, LAST " / (" LAST " * per_slot_rate - rate)"},
    {"peak_backlog", "queue.q.depth.max", NULL, "rate / per_slot_rate + growth"},
    {0},
};

const struct mapping mappings_function[] = {
    {.model = "ramp of a mapping on a queue", .runs = 2, .text = ramp, .measures = reached},
    {.model = "backlog of a mapping on a queue", .runs = 2, .text = backlog, .measures = drained},
    {0},
};
