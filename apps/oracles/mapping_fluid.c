/* mapping_fluid.c - backlogs that grow and drain as arithmetic says: evenly spaced messages, one
 * worker of constant speed. No chance is in it. The published acceptance is one message or one
 * service time; sums are within one message all the time.
 *
 * A drain is read off the time in which messages wait, and that begins and ends otherwise than the
 * fluid's, by amounts that follow from the spacings alone. Let a be the rate that fills, b the one
 * at which it drains, m the capacity.
 * - At the start each message adds 1/m - 1/a to the delay. Until the delay is longer than 1/a, after
 *   m / (a - m) messages, the line is empty in between: at most those intervals and the one before
 *   them are missing, (1 + m / (a - m)) / a. When nothing is served (m = 0) the first is in the
 *   worker's hand and the second begins the line: two intervals at most.
 * - At the end each message takes 1/b - 1/m off the delay. Once it is shorter than 1/b, for
 *   m / (m - b) messages, the line is empty for half of the time: (m / 2b) / (m - b) is missing.
 * - One message more or less in the backlog is 1 / (m - b) of the drain. */
#include <stddef.h>

#include "table.h"

#define WORKER                                                                                                         \
    "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; }; };\n"                                       \
    "fleet = { f = { source = \"queue.q\"; time = \"constant(<dur 1 / capacity>)\"; }; };\n"

/* A minute before it, and time enough to drain. In runs of an hour or more the age of the oldest
 * message is read at each full minute: it is known at the end of a burst of whole minutes. */
#define DRAIN "(burst_s * (burst_rate - capacity) / (capacity - base_rate))"
#define BURST "max(3600, 120 + burst_s + 1.2 * " DRAIN ")"
#define BURST_NEAR                                                                                                     \
    "(1 + capacity / (burst_rate - capacity)) / burst_rate + (capacity / 2 / base_rate + 1) / (capacity - base_rate)"

static const char burst[] = "run = { duration = \"<dur " BURST ">\"; interval = \"60s\"; };\n"
                            "producer = { p = { arrivals = \"constant\"; rate = \"<rate "
                            "base_rate>\"; target = \"queue.q\";\n"
                            " profile = ( { at = \"60s\"; for = \"<dur burst_s>\"; rate = \"<rate "
                            "burst_rate>\"; } ); }; };\n" WORKER;

/* Time with a backlog is the burst and its draining. */
static const struct measure bursts[] = {
    {"peak_backlog", "queue.q.depth.max", NULL, "1"},
    {"drain_time_after_burst", "share(queue.q.depth, 0) * " BURST " - burst_s", NULL, BURST_NEAR},
    {"max_wait", "queue.q.wait.max", NULL, "1 / capacity"},
    {"total_backlog_area", "queue.q.depth * " BURST, NULL, "burst_s + " DRAIN},
    {"messages_delayed", "share(queue.q.wait, 0) * queue.q.wait.count", NULL,
     "2"}, /* the first of the burst and the last before the end are at the edge */
    {"mean_wait_of_delayed", "queue.q.wait / share(queue.q.wait, 0)", NULL, "1 / capacity"},
    {"age_of_oldest_at_burst_end", "at(queue.q.age, 60 + burst_s)", NULL, "1 / base_rate + 1 / capacity"},
    {0},
};

#define OUTAGE "(20 + outage_s + 1.2 * outage_s * rate / (capacity - rate))"

static const char outage[] = "run = { duration = \"<dur " OUTAGE ">\"; series = false; };\n"
                             "producer = { p = { arrivals = \"constant\"; rate = \"<rate rate>\"; "
                             "target = \"queue.q\"; }; };\n"
                             "fault = { f = { target = \"fleet.f\"; effect = \"hang\"; at = "
                             "\"10s\"; for = \"<dur outage_s>\"; }; };\n" WORKER;

static const struct measure outages[] = {
    {"peak_backlog", "queue.q.depth.max", NULL, "1"},
    {"drain_time", "share(queue.q.depth, 0) * " OUTAGE " - outage_s", NULL,
     "2 / rate + (capacity / 2 / rate + 1) / (capacity - rate)"},
    /* The first comes up to an interval into the outage, and may be behind one in the worker's hand. */
    {"max_wait", "queue.q.wait.max", NULL, "1 / rate + 1 / capacity"},
    {"mean_wait_of_delayed", "queue.q.wait / share(queue.q.wait, 0)", NULL, "1 / capacity"},
    {0},
};

#define RAMP "(ramp_s + 100 + pow(rate0 + slope * ramp_s - capacity, 2) / slope / (capacity - rate_after))"

/* As fine as a series may be. */
#define GRAIN RAMP " / 9000"

static const char ramp[] = "run = { duration = \"<dur " RAMP ">\"; interval = \"<dur " GRAIN ">\"; };\n"
                           "producer = { p = { arrivals = \"constant\"; rate = \"<rate rate_after>\"; target = "
                           "\"queue.q\";\n"
                           " profile = ( { at = \"0s\"; for = \"<dur ramp_s>\"; rate = \"<rate rate0>\"; ramp_to = "
                           "\"<rate rate0 + slope * ramp_s>\"; } ); }; };\n" WORKER;

static const struct measure ramps[] = {
    {"backlog_at_ramp_end", "queue.q.depth.max", NULL, "1"},
    {"max_wait", "queue.q.wait.max", NULL, "1 / capacity"},
    /* Somebody waits: from the first message that comes before its forerunner is done to the last one. */
    {"overload_start", "first(queue.q.wait, 0)", NULL, GRAIN " + 1 / capacity"},
    {"drain_time_after_ramp", "last(queue.q.wait, 0) - ramp_s", NULL, GRAIN " + 1 / rate_after"},
    {0},
};

/* Capacity grows by a step each period, whatever comes. Ten periods are enough. */
#define AT(k) "{ at = \"<dur " #k " * period_s>\"; desired = <int min(servers0 + " #k " * step, max_servers)>; }"

static const char steps[] =
    "run = { duration = \"<dur 10 * period_s>\"; interval = \"<dur period_s>\"; };\n"
    "producer = { p = { arrivals = \"constant\"; rate = \"<rate rate>\"; target = \"queue.q\"; };\n"
    " first = { arrivals = \"constant\"; rate = \"<rate 1000 * initial_backlog>\"; limit = <int initial_backlog>; target = \"queue.q\"; }; };\n"
    "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; in_flight_limit = 1000000; }; };\n"
    "fleet = { f = { source = \"queue.q\"; size = <int servers0>; time = \"constant(<dur 1 / per_server_rate>)\"; }; };\n"
    "scaling = { s = { target = \"fleet.f\"; min = 0; max = <int max_servers>; policy = \"scheduled\"; times = (\n" AT(1) ", " AT(2) ", " AT(
        3) ",\n" AT(4) ", " AT(5) ", " AT(6) ",\n" AT(7) ", " AT(8) ", " AT(9) " ); }; };\n";

/* Workers of one speed that began together finish together, so that a backlog is known to the time that each of them takes.
 * The number of workers changes with the periods, which are the points of its series.
 *
 * What is in the workers' hands is no backlog here: at the peak as many as keep up with the rate, and a step; when it ends,
 * as many as there are then, for the time that those take from a backlog that drains so fast. */
#define LAST "(servers0 + 7 * step)"
static const struct measure scaling[] = {
    {"peak_backlog", "queue.q.depth.max", NULL, "rate / per_server_rate + step"},
    {"time_to_empty", "share(queue.q.depth, 0) * 10 * period_s", NULL, "2 * " LAST " / (" LAST " * per_server_rate - rate)"},
    {"time_of_peak", "queue.q.depth.max_at", NULL, "1 / per_server_rate"},
    {"servers_when_empty", "at(fleet.f.size, share(queue.q.depth, 0) * 10 * period_s)", NULL, "0"},
    {0},
};

/* Workers that never end, so that the backlog stays. */
static const char target[] =
    "run = { duration = \"5min\"; series = false; };\n"
    "producer = { p = { arrivals = \"constant\"; rate = \"100000/s\"; limit = <int visible_messages + instances>; target = \"queue.q\"; }; };\n"
    "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; }; };\n"
    "fleet = { f = { source = \"queue.q\"; time = \"10h\"; }; };\n"
    "group = { g = { target = \"fleet.f\"; min = 1; desired = <int instances>; max = 100; }; };\n"
    "scaling = { s = { target = \"group.g\"; policy = \"target_tracking\"; value = <num target_backlog_per_instance>;\n"
    " metric = \"queue.q.ApproximateNumberOfMessagesVisible / group.g.GroupInServiceInstances\"; }; };\n";

static const struct measure targets[] = {
    {"desired_instances", "group.g.desired.max", NULL, "0.01"},
    {0},
};

const struct mapping mappings_fluid[] = {
    {.model = "burst overload", .runs = 2, .text = burst, .measures = bursts},
    {.model = "consumer outage", .runs = 2, .text = outage, .measures = outages},
    {.model = "linear ramp overload", .runs = 2, .text = ramp, .measures = ramps},
    {.model = "stepwise scale-out", .runs = 2, .text = steps, .measures = scaling},
    {.model = "backlog-per-instance target tracking", .runs = 2, .text = target, .measures = targets},
    {0},
};
