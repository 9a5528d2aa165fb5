/* mapping_service.c - one station: who is served next, servers that break down or start cold,
 * callers that lose patience, calls served in batches. Classes with service times of their own
 * bring them as their size: a microsecond a byte. */
#include <stddef.h>

#include "table.h"

#define RUN(customers_per_second, warm)                                                                                \
    "run = { duration = \"<dur customers / (" customers_per_second ") + " warm ">\"; warmup = \"<dur " warm ">\";"     \
    " series = false; };\n"

/* --- order of service --- */

#define CLASS(n, lead)                                                                                                 \
    lead "p" n " = { rate = \"<rate lambda#" n ">\"; size = \"<size service#" n ">\"; priority = " n                   \
         "; target = \"service.s\"; };\n"
#define CLASSES                                                                                                        \
    RUN("total(lambda)", "2000 * mean(service#1)")                                                                     \
    "producer = {\n" CLASS("1", "") CLASS("2", "?lambda#2 ") CLASS("3", "?lambda#3 ") CLASS("4", "?lambda#4 ") "};\n"

static const char priority[] = CLASSES "service = { s = { order = \"priority\"; time_per_byte = \"1us\"; }; };\n";
static const char preemptive[] =
    CLASSES "service = { s = { order = \"priority\"; preemptive = true; time_per_byte = \"1us\"; }; };\n";

#define CLASS_OF_MANY(n, lead)                                                                                         \
    lead "p" n " = { rate = \"<rate lambda#" n ">\"; priority = " n "; target = \"service.s\"; "                       \
         "};\n"
static const char priority_of_many[] = RUN("total(lambda)", "2000 / mu") "producer = {\n" CLASS_OF_MANY("1", "")
    CLASS_OF_MANY("2", "?lambda#2 ") CLASS_OF_MANY("3", "?lambda#3 ")
        CLASS_OF_MANY("4", "?lambda#4 ") "};\n"
                                         "service = { s = { servers = <int c>; order = \"priority\"; time = "
                                         "\"exponential(<dur 1 / mu>)\"; }; };\n";

static const struct measure classes[] = {
    {"Wq_class_*", "producer.p*.latency - mean(service#*)", NULL, NULL},
    {"W_class_*", "producer.p*.latency", NULL, NULL},
    {0},
};
static const struct measure classes_of_many[] = {
    {"Wq_class_*", "producer.p*.latency - 1 / mu", NULL, NULL},
    {0},
};

#define ORDER(order)                                                                                                   \
    RUN("lambda", "50 / mu / pow(1 - lambda / mu, 2)")                                                                 \
    "producer = { p = { rate = \"<rate lambda>\"; target = \"service.s\"; }; };\n"                                     \
    "service = { s = { order = \"" order "\"; time = \"exponential(<dur 1 / mu>)\"; }; };\n"

static const char fcfs[] = ORDER("fcfs"), any[] = ORDER("random"), lcfs[] = ORDER("lcfs"), sharing[] = ORDER("sharing");

static const struct measure moments[] = {
    {"second_moment_wait", "pow(service.s.wait.sd, 2) + pow(service.s.wait, 2)", NULL, NULL},
    {"sd_wait", "service.s.wait.sd", NULL, NULL},
    {"var_sojourn", "pow(service.s.sojourn.sd, 2)", NULL, NULL},
    {0},
};

/* A fifth of the load is calls of size x; the law of the rest does not matter. */
static const char sharing_size[] =
    RUN("lambda", "50 / mu / pow(1 - lambda / mu, 2)") "producer = { rest = { rate = \"<rate 0.8 * lambda>\"; "
                                                       "size = \"exponential(<int 1000000 / mu>B)\"; target = "
                                                       "\"service.s\"; };\n"
                                                       " x = { rate = \"<rate 0.2 * lambda / mu / x>\"; size = "
                                                       "\"<int 1000000 * x>B\"; target = \"service.s\"; }; };\n"
                                                       "service = { s = { order = \"sharing\"; time_per_byte = "
                                                       "\"1us\"; }; };\n";

static const struct measure of_size[] = {
    {"mean_sojourn_given_size_x", "producer.x.latency", NULL, NULL},
    {0},
};

/* --- servers that fail, or start cold --- */

static const char up_and_down[] =
    RUN("lambda", "1000 * (1 / mu + 1 / fail_rate + 1 / repair_rate)") "producer = { p = { rate = \"<rate "
                                                                       "lambda>\"; target = \"service.s\"; }; "
                                                                       "};\n"
                                                                       "service = { s = { time = "
                                                                       "\"exponential(<dur 1 / mu>)\"; breakdown "
                                                                       "= { up = \"exponential(<dur 1 / "
                                                                       "fail_rate>)\";\n"
                                                                       "  down = \"exponential(<dur 1 / "
                                                                       "repair_rate>)\"; }; }; };\n";

static const char worn_out[] =
    RUN("lambda", "1000 * (mean(service) + mean(repair))") "producer = { p = { rate = \"<rate lambda>\"; "
                                                           "target = \"service.s\"; }; };\n"
                                                           "service = { s = { time = \"<law service>\"; "
                                                           "breakdown = { up = \"exponential(<dur 1 / "
                                                           "fail_rate>)\"; down = \"<law repair>\";\n"
                                                           "  when = \"serving\"; }; }; };\n";

static const char cold[] =
    RUN("lambda", "1000 * (mean(service) + mean(setup))") "producer = { p = { rate = \"<rate lambda>\"; "
                                                          "target = \"service.s\"; }; };\n"
                                                          "service = { s = { time = \"<law service>\"; setup "
                                                          "= { time = \"<law setup>\"; }; }; };\n";

static const struct measure failing[] = {
    {"availability", "1 - service.s.repairing", NULL, NULL},
    {"L_mean_number_in_system", "service.s.in_system", NULL, NULL},
    {"W_mean_sojourn", "service.s.sojourn", NULL, NULL},
    {"Wq_mean_wait", "service.s.wait", NULL, NULL},
    {"mean_completion_time", "service.s.sojourn - service.s.wait", NULL, NULL},
    {0},
};
static const struct measure setting_up[] = {
    {"Wq_mean_wait", "service.s.sojourn - mean(service)", NULL, NULL},
    {"P_server_off", "1 - service.s.busy", NULL, NULL},
    {0},
};

static const char kept_warm[] =
    RUN("lambda", "100 * keep_alive_s") "producer = { p = { rate = \"<rate lambda>\"; target = "
                                        "\"service.s\"; }; };\n"
                                        "service = { s = { setup = { time = \"constant(1ns)\"; "
                                        "keep = \"<dur keep_alive_s>\"; }; }; };\n";

static const struct measure cold_starts[] = {
    {"P_cold_start", "service.s.cold_starts / service.s.arrived", NULL, NULL},
    {0},
};

/* --- patience --- */

#define IMPATIENT(law)                                                                                                 \
    RUN("lambda", "200 / mu")                                                                                          \
    "producer = { p = { rate = \"<rate lambda>\"; target = \"service.s\"; }; };\n"                                     \
    "service = { s = { servers = <int c>; time = \"exponential(<dur 1 / mu>)\"; patience = \"" law "\"; }; };\n"

static const char impatient[] = IMPATIENT("exponential(<dur 1 / patience_rate>)"),
                  timed[] = IMPATIENT("constant(<dur tau>)");

/* Who leaves has waited too. */
#define WAITED "(share(service.s.wait, 0) * service.s.wait.count + service.s.expired) / service.s.arrived"

static const struct measure patience[] = {
    {"P_abandon", "service.s.expired / service.s.arrived", NULL, NULL},
    {"P_timeout", "service.s.expired / service.s.arrived", NULL, NULL},
    {"P_wait", WAITED, NULL, NULL},
    {"P_no_wait", "1 - " WAITED, NULL, NULL},
    {"mean_queue_length", "service.s.waiting", NULL, NULL},
    {"mean_time_in_queue_all", "service.s.waiting / service.s.arrived.rate", NULL, NULL},
    {"mean_wait_of_served", "service.s.wait", NULL, NULL},
    {0},
};

/* --- batches --- */

static const char bulk[] = RUN("lambda", "1000 / mu_batch") "producer = { p = { rate = \"<rate lambda>\"; target = "
                                                            "\"service.s\"; }; };\n"
                                                            "service = { s = { time = \"exponential(<dur 1 / "
                                                            "mu_batch>)\"; batch = { max = <int K>; }; }; };\n";

static const struct measure in_bulk[] = {
    {"Lq_mean_queue_length", "service.s.waiting", NULL, NULL},
    {"Wq_mean_wait", "service.s.wait", NULL, NULL},
    {"P_idle", "1 - service.s.busy", NULL, NULL},
    {"mean_batch_size", "service.s.batch_size", NULL, NULL},
    {0},
};

static const char window[] =
    RUN("lambda", "10 * window") "producer = { p = { rate = \"<rate lambda>\"; target = \"service.s\"; }; };\n"
                                 "service = { s = { batch = { max = <int max_batch>; window = \"<dur window>\"; "
                                 "}; }; };\n";

/* From one flush to the next: an interval between arrivals, then the window. */
static const struct measure flushes[] = {
    {"mean_batch_size", "service.s.batch_size", NULL, NULL},
    {"mean_time_to_flush", "1 / service.s.batches.rate - 1 / lambda", NULL, NULL},
    {"mean_wait_per_message", "service.s.wait", NULL, NULL},
    {"flushes_per_second", "service.s.batches.rate", NULL, NULL},
    {"P_flush_full", "share(service.s.batch_size, max_batch - 1)", NULL, NULL},
    {0},
};

#define STEADY(name, of, with)                                                                                         \
    {                                                                                                                  \
        .model = name, .steady = true, .text = of, .measures = with                                                    \
    }

const struct mapping mappings_service[] = {
    STEADY("M/G/1 nonpreemptive priority", priority, classes),
    STEADY("M/G/1 preemptive-resume priority", preemptive, classes),
    STEADY("M/M/c nonpreemptive priority", priority_of_many, classes_of_many),
    STEADY("M/M/1 FCFS", fcfs, moments),
    STEADY("M/M/1 random order", any, moments),
    STEADY("M/M/1 LCFS nonpreemptive", lcfs, moments),
    STEADY("M/M/1 processor sharing", sharing, moments),
    STEADY("M/G/1 processor sharing", sharing_size, of_size),
    STEADY("M/M/1 with server up/down", up_and_down, failing),
    STEADY("M/G/1 with failures only while serving", worn_out, failing),
    STEADY("M/G/1 with setup", cold, setting_up),
    STEADY("single warm instance", kept_warm, cold_starts),
    STEADY("M/M/c+M", impatient, patience),
    STEADY("M/M/c+D", timed, patience),
    STEADY("bulk service", bulk, in_bulk),
    STEADY("batch window", window, flushes),
    {0},
};
