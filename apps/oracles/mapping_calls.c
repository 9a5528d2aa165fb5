/* mapping_calls.c - clients: retrials, time-outs, breakers, hedges, fan-out; and quotas. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "table.h"

#define RUN(rate, warm)                                                                                                \
    "run = { duration = \"<dur customers / (" rate ") + " warm ">\"; warmup = \"<dur " warm ">\"; series = false; "    \
    "};\n"

/* --- retrials --- */

static const char retrial[] =
    RUN("lambda", "500 * (1 / mu + 1 / retry_rate)") "producer = { p = { rate = \"<rate lambda>\"; target = "
                                                     "\"service.s\";\n"
                                                     " call = { attempts = \"unlimited\"; backoff = "
                                                     "\"random(exponential(<dur 1 / retry_rate>))\"; }; }; };\n"
                                                     "?c service = { s = { servers = <int c>; waiting = 0; time "
                                                     "= \"exponential(<dur 1 / mu>)\"; }; };\n"
                                                     "!c service = { s = { servers = 1; waiting = 0; time = "
                                                     "\"exponential(<dur 1 / mu>)\"; }; };\n";

/* The orbit's number by Little's law from its time. */
static const struct measure orbit[] = {
    {"mean_in_orbit", "producer.p.offered.rate * (producer.p.answer - 1 / mu)", NULL, NULL},
    {"mean_time_in_orbit", "producer.p.answer - 1 / mu", NULL, NULL},
    {"P_first_try_blocked", "share(producer.p.attempts, 1)", NULL, NULL},
    {"P_first_try_throttled", "share(producer.p.attempts, 1)", NULL, NULL},
    {"mean_attempts", "producer.p.attempts", NULL, NULL},
    {0},
};

/* --- quotas --- */

static const char bucket[] =
    RUN("lambda", "20 * bucket / refill_rate") "producer = { p = { rate = \"<rate lambda>\"; target = "
                                               "\"service.s\"; }; };\n"
                                               "service = { s = { servers = \"unlimited\"; throttle = { rate "
                                               "= \"<rate refill_rate>\"; burst = <int bucket>; }; }; };\n";
static const char windows[] =
    "run = { duration = \"<dur window_s * (5 + floor(customers / lambda / window_s))>\"; warmup = "
    "\"<dur 5 * window_s>\"; series = false; };\n"
    "producer = { p = { rate = \"<rate lambda>\"; target = \"service.s\"; }; };\n"
    "service = { s = { servers = \"unlimited\"; throttle = { limit = <int limit_per_window>; "
    "window = \"<dur window_s>\"; }; }; };\n";
static const char even_bucket[] = "run = { duration = \"<dur duration_s>\"; series = false; };\n"
                                  "producer = { p = { arrivals = \"constant\"; rate = \"<rate "
                                  "arrival_rate>\"; target = \"service.s\"; }; };\n"
                                  "service = { s = { servers = \"unlimited\"; throttle = { rate = "
                                  "\"<rate refill_rate>\"; burst = <int bucket>; }; }; };\n";

static const struct measure quota[] = {
    {"P_throttled", "service.s.throttled / service.s.arrived", NULL, NULL},
    {"admitted_rate", "service.s.accepted.rate", NULL, NULL},
    {"offered", "service.s.arrived", NULL, NULL},
    {"admitted", "service.s.accepted", NULL, NULL},
    {"first_throttle_time", "service.s.throttled_at.min", NULL, NULL},
    {0},
};

/* --- time-outs --- */

/* An attempt that is given up is taken back: what counts is what the client sees. */
static const char retries[] = RUN(
    "10 / mean(service)", "100 * (mean(service) + timeout)") "producer = { p = { rate = \"<rate 10 / "
                                                             "mean(service)>\"; target = \"service.s\";\n"
                                                             " call = { timeout = \"<dur timeout>\"; attempts = <int "
                                                             "max_attempts>; backoff = \"constant(<dur backoff>)\"; "
                                                             "cancel = true; }; }; };\n"
                                                             "service = { s = { servers = \"unlimited\"; time = "
                                                             "\"<law service>\"; }; };\n";

static const struct measure timeouts[] = {
    {"P_attempt_timeout", "producer.p.timeouts / producer.p.tries", NULL, NULL},
    {"P_request_fails", "producer.p.told_no / producer.p.offered", NULL, NULL},
    {"mean_attempts", "producer.p.attempts", NULL, NULL},
    {"mean_latency_given_success", "producer.p.latency", NULL, NULL},
    {"latency_quantile_*_all", "quantile(producer.p.answer, *)", NULL, NULL},
    {0},
};

static const char failing[] =
    RUN("100", "1") "producer = { p = { rate = \"100/s\"; target = \"service.s\"; call = { "
                    "attempts = <int attempts>; }; }; };\n"
                    "service = { s = { servers = \"unlimited\"; }; };\n"
                    "fault = { f = { target = \"service.s\"; effect = \"fail\"; probability = "
                    "\"<pct p_fail>\"; at = \"0s\"; }; };\n";
static const struct measure tries[] = {
    {"mean_attempts", "producer.p.attempts", NULL, NULL},
    {0},
};

static const char gives_up[] =
    RUN("lambda", "50 / mu / pow(1 - lambda / mu, 2)") "producer = { p = { rate = \"<rate lambda>\"; "
                                                       "target = \"service.s\"; call = { timeout = "
                                                       "\"<dur client_timeout>\"; }; }; };\n"
                                                       "service = { s = { time = \"exponential(<dur 1 "
                                                       "/ mu>)\"; }; };\n";
static const struct measure given_up[] = {
    {"P_client_timeout", "producer.p.timeouts / producer.p.tries", NULL, NULL},
    {"goodput", "producer.p.told_ok.rate", NULL, NULL},
    {0},
};

/* Two thousand rounds of the breaker or more. They are all but even (the wait for the probe is short beside the time that it
 * is open), so that the ends of the run fall alike in every replication: one round more or less, and chance does not tell. */
static const char dead[] =
    RUN("25 / (open_s + 1 / lambda)",
        "10 * open_s") "producer = { p = { rate = \"<rate lambda>\"; target = \"service.s\"; call "
                       "= { breaker = { last = 1; open = \"<dur open_s>\"; }; }; }; };\n"
                       "service = { s = { }; };\n"
                       "fault = { f = { target = \"service.s\"; effect = \"down\"; at = \"0s\"; }; "
                       "};\n";
static const struct measure breaker[] = {
    {"calls_reaching_backend_per_s", "service.s.arrived.rate", NULL, "value / 2000"},
    {"fraction_short_circuited", "producer.p.short_circuited / producer.p.offered", NULL, "(1 - value) / 2000"},
    {0},
};

/* Callers one behind the other, the last tier down: one request. */
static bool write_layers(const struct row *row, double customers, FILE *out)
{
    double layers, attempts;
    (void)customers;
    if (!param_number(row, "layers", &layers) || !param_number(row, "attempts_per_layer", &attempts))
        return false;
    fprintf(out, "run = { duration = \"1s\"; series = false; };\n");
    fprintf(out,
            "producer = { p = { arrivals = \"constant\"; rate = \"1/s\"; limit = 1; target = "
            "\"service.s1\";"
            " call = { attempts = %.0f; }; }; };\nservice = {\n",
            attempts);
    for (int i = 1; i < (int)layers; i++)
        fprintf(out, " s%d = { calls = ( { target = \"service.s%d\"; attempts = %.0f; } ); };\n", i, i + 1, attempts);
    fprintf(out, " s%d = { };\n};\n", (int)layers);
    fprintf(out, "fault = { f = { target = \"service.s%d\"; effect = \"down\"; at = \"0s\"; }; };\n", (int)layers);
    return true;
}

static const char *refuse_layers(const struct row *row)
{
    double layers;
    return param_number(row, "layers", &layers) && layers >= 1 && layers <= 20 ? NULL : "its parameters are not known";
}

static double sample_layers(const struct row *row, const struct view *v)
{
    char entity[32];
    double layers = 1;
    param_number(row, "layers", &layers);
    snprintf(entity, sizeof entity, "service.s%d", (int)layers);
    return view_stat(v, entity, "arrived", "sum");
}

/* --- many calls at once --- */

#define FAN(leaf, drain)                                                                                               \
    "run = { duration = \"<dur customers / fanout / 10>\"; drain = \"" drain "\"; series = false; };\n"                \
    "producer = { p = { rate = \"100/s\"; target = \"service.root\"; }; };\n"                                          \
    "service = { root = { servers = \"unlimited\"; calls = ( { target = \"service.leaf\"; "                            \
    "parallel = <int fanout>; } ); };\n"                                                                               \
    " leaf = { servers = \"unlimited\"; time = \"" leaf "\"; }; };\n"

static const char fan_slow[] = FAN("mixture(<pct p_slow>: constant(2s), <pct 1 - p_slow>: constant(1ms))", "3s"),
                  fan_max[] = FAN("exponential(<dur mean>)", "<dur 50 * mean>");
static const struct measure fan[] = {
    {"P_any_slow", "share(producer.p.answer, 1)", NULL, NULL},
    {"mean", "producer.p.answer", NULL, NULL},
    {"quantile_*", "quantile(producer.p.answer, *)", NULL, NULL},
    {0},
};

static const char hedged[] = RUN(
    "10 / mean(service)", "1000 * mean(service)") "producer = { p = { rate = \"<rate 10 / mean(service)>\"; target = "
                                                  "\"service.s\"; call = { hedge = { after = \"<dur hedge_delay>\"; "
                                                  "}; }; }; };\n"
                                                  "service = { s = { servers = \"unlimited\"; time = \"<law "
                                                  "service>\"; }; };\n";
static const struct measure hedges[] = {
    {"mean_latency", "producer.p.answer", NULL, NULL},
    {"extra_load_fraction", "producer.p.hedges / producer.p.offered", NULL, NULL},
    {"latency_quantile_*", "quantile(producer.p.answer, *)", NULL, NULL},
    {"unhedged_quantile_*", "quantile(service.s.sojourn, *)", NULL, NULL},
    {0},
};

/* --- servers that hinder each other --- */

static const char scalability[] =
    "run = { duration = \"<dur 20000 * N / gamma>\"; warmup = \"<dur 1000 * N / gamma>\"; series = "
    "false; };\n"
    "producer = { p = { arrivals = \"closed\"; users = <int N>; think = \"constant(0s)\"; target = "
    "\"service.s\"; }; };\n"
    "service = { s = { servers = \"unlimited\"; time = \"constant(<dur 1 / gamma>)\";\n"
    " slowdown = { contention = <num alpha>; coherency = <num beta>; }; }; };\n";
static const struct measure scaled[] = {
    {"throughput", "producer.p.told_ok.rate", NULL, "value / 1000"},
    {"N_at_peak", NULL, "asks for the load that is best: a search over scenarios, not a metric of one", NULL},
    {0},
};

static const struct measure shards[] = {
    {"*", NULL, "a property of the ways to choose a shard, not of what is simulated with them", NULL},
    {0},
};
/* --- the shortest of d queues: a limit of many servers, so many servers --- */

#define MANY 1000

static bool write_choices(const struct row *row, double customers, FILE *out)
{
    double load, d;
    char a[32], b[32];
    (void)customers;
    if (!param_number(row, "rho", &load) || !param_number(row, "d", &d))
        return false;
    double warm = 20 + (d > 1 ? 5 : 20 / (1 - load)) / (1 - load);
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; series = false; };\n", seconds_text(warm + 1000, a),
            seconds_text(warm, b));
    fprintf(out, "producer = { p = { rate = \"%s\"; target = \"service.front\"; }; };\nservice = {\n",
            rate_text(load * MANY, a));
    fprintf(out, " front = { servers = \"unlimited\"; calls = ( { balance = \"shortest\"; choices = %.0f; targets = [",
            d);
    for (int i = 0; i < MANY; i++)
        fprintf(out, "%s \"service.s%d\"", i > 0 ? "," : "", i);
    fprintf(out, " ]; } ); };\n");
    for (int i = 0; i < MANY; i++)
        fprintf(out, " s%d = { time = \"exponential(1s)\"; };\n", i);
    fprintf(out, "};\n");
    return true;
}

/* Over all servers: a stat of the number inside, or the share of time with more than `above`. */
static double of_servers(const struct view *v, double above)
{
    double sum = 0;
    for (size_t i = 0; i < v->n; i++) {
        const struct metric_value *m = &v->result->metric[i];
        if (starts_with(v->id[i].entity, "service.s") && strcmp(v->id[i].name, "in_system") == 0)
            sum += above < 0 ? m->mean : hist_share_above(m->hist, above);
    }
    return sum;
}

static double sample_choices(const struct row *row, const struct view *v)
{
    double n = 0;
    if (strcmp(row->metric, "W_mean_sojourn") == 0) /* by Little's law: nothing is cut at the end */
        return of_servers(v, -1) / view_stat(v, "producer.p", "offered", "rate");
    return sscanf(row->metric, "P_server_has_ge_%lf", &n) == 1 ? of_servers(v, n - 1) / MANY : NAN;
}

static const char *refuse_choices(const struct row *row)
{
    double load, d;
    return param_number(row, "rho", &load) && param_number(row, "d", &d) && load < 1 ? NULL
                                                                                     : "its parameters are not known";
}

#define STEADY(name, of, with)                                                                                         \
    {                                                                                                                  \
        .model = name, .steady = true, .text = of, .measures = with                                                    \
    }

const struct mapping mappings_calls[] = {
    STEADY("M/M/1 retrial", retrial, orbit),
    STEADY("M/M/c retrial", retrial, orbit),
    STEADY("token bucket policer", bucket, quota),
    STEADY("fixed-window quota", windows, quota),
    {.model = "token bucket, constant arrivals", .text = even_bucket, .measures = quota},
    STEADY("client timeout and retry", retries, timeouts),
    STEADY("retries, independent failure", failing, tries),
    {.model = "retries at every layer", .refuse = refuse_layers, .scenario = write_layers, .sample = sample_layers},
    STEADY("M/M/1 server, client gives up", gives_up, given_up),
    STEADY("circuit breaker against a dead backend", dead, breaker),
    STEADY("fan-out tail", fan_slow, fan),
    STEADY("max of n exponentials", fan_max, fan),
    STEADY("hedged request", hedged, hedges),
    {.model = "Universal Scalability Law", .text = scalability, .measures = scaled},
    {.model = "shuffle sharding", .text = "", .measures = shards},
    {.model = "power of d choices",
     .runs = 10,
     .refuse = refuse_choices,
     .scenario = write_choices,
     .sample = sample_choices},
    {0},
};
