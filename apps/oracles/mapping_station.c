/* mapping_station.c - M/M/1, M/M/c, M/G/1 and loss systems.
 *
 * Waiting systems go the whole way: producer, SQS queue with zero latency, c workers that long-poll
 * one message at a time, a visibility timeout longer than any service. Rows that ask for the number
 * in the system, and loss systems, go to a service with c servers and K - c waiting places. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "oracle.h"

#define PASSAGE_MOST   1e6 /* requests of a first passage */
#define PASSAGE_LONGER 5   /* so that a pilot sees a few dozen passages */

struct station {
    double lambda, servers, capacity; /* capacity 0: unlimited */
    double mean;                      /* of the service time, s; 0: unknown */
    char law[160];
};

static bool station_of(const struct row *row, struct station *s)
{
    double mu;
    *s = (struct station){.servers = 1};
    param_number(row, "c", &s->servers);
    param_number(row, "K", &s->capacity);
    if (!param_number(row, "lambda", &s->lambda) && !param_number(row, "lambda2", &s->lambda))
        return false;
    if (param_number(row, "mu", &mu))
        s->mean = 1 / mu;
    else
        param_number(row, "service_mean", &s->mean);
    if (s->mean > 0) {
        snprintf(s->law, sizeof s->law, "exponential(%lldns)", (long long)llround(s->mean * 1e9));
        return true;
    }
    s->mean = 1;
    return param_law(row, "service", s->law, sizeof s->law);
}

static bool about_number(const struct row *row)
{
    return starts_with(row->metric, "var_number") || starts_with(row->metric, "P_n_in_system");
}

/* Ten times the relaxation time of M/M/c, 1 / (sqrt(c mu) - sqrt(lambda))^2 (Kleinrock; Odoni and
 * Roth 1983): what is left of the empty start is e^-10 of it. */
static double settle_s(const struct station *s)
{
    double load = fmin(s->lambda * s->mean / s->servers, 0.99);
    double gap = 1 - sqrt(load);
    double times = 10 + 10 / (s->servers * gap * gap);
    /* A bounded room forgets as soon as it has been filled and emptied a few times. */
    if (s->capacity > 0)
        times = fmin(times, 10 + 10 * s->capacity);
    return s->mean * times;
}

/* Longer where it is cheap beside the run, for laws that vary more than the exponential. */
static double warm_up_s(const struct station *s)
{
    return 5 * settle_s(s);
}

static void write_service(const struct station *s, FILE *out)
{
    fprintf(out, "service = { s = { servers = %.0f; time = \"%s\";", s->servers, s->law);
    if (s->capacity > 0)
        fprintf(out, " waiting = %.0f;", s->capacity - s->servers);
    fprintf(out, " }; };\n");
}

static void write_queue(const struct station *s, FILE *out)
{
    fprintf(out, "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; }; };\n");
    fprintf(out, "fleet = { f = { size = %.0f; source = \"queue.q\"; time = \"%s\"; }; };\n", s->servers, s->law);
}

/* --- first passages ---
 *
 * The first arrival that would make n in the system is the first that a room of n - 1 refuses. Then
 * a breaker keeps all calls away until the room is empty, and lets one through alone; when that is
 * done, the next passage begins. Arrivals per passage times the time between them is the time per
 * passage (Wald). */

/* "mean_first_passage_empty_to_20": n; 0: another metric. */
static double passage_to(const struct row *row)
{
    double n = 0;
    sscanf(row->metric, "mean_first_passage_empty_to_%lf", &n);
    return n;
}

/* The time in which n customers are surely gone. */
static double drained_s(const struct station *s, double n)
{
    return s->mean * (3 * n + 40);
}

static void write_passages(const struct row *row, const struct station *s, double customers, FILE *out)
{
    char a[32], b[32], c[32];
    double n = passage_to(row);
    customers *= PASSAGE_LONGER;
    fprintf(out, "run = { duration = \"%s\"; series = false; histograms = false; };\n",
            seconds_text(customers / s->lambda, a));
    fprintf(out,
            "producer = { p = { rate = \"%s\"; target = \"service.s\";"
            " call = { breaker = { last = 1; open = \"%s\"; }; }; }; };\n",
            rate_text(s->lambda, c), seconds_text(drained_s(s, n), b));
    fprintf(out, "service = { s = { servers = 1; waiting = %.0f; time = \"%s\"; }; };\n", n - 2, s->law);
}

/* Each refusal ends a passage; a call let through alone comes before each passage but the first.
 * The last is under way. */
static double sample_passages(const struct station *s, const struct view *v)
{
    double arrived = view_stat(v, "service.s", "arrived", "sum"), refused = view_stat(v, "service.s", "refused", "sum");
    return (arrived - refused) / s->lambda / (refused + 1);
}

/* --- steady state --- */

static bool write_steady(const struct row *row, double customers, FILE *out)
{
    struct station s;
    char a[32], b[32];
    if (!station_of(row, &s))
        return false;
    if (passage_to(row) > 0) {
        write_passages(row, &s, customers, out);
        return true;
    }
    bool service = about_number(row) || s.capacity > 0;
    double warm = warm_up_s(&s);
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; series = false; };\n",
            seconds_text(warm + customers / s.lambda, a), seconds_text(warm, b));
    fprintf(out, "producer = { p = { arrivals = \"poisson\"; rate = \"%s\"; target = \"%s\"; }; };\n",
            rate_text(s.lambda, a), service ? "service.s" : "queue.q");
    if (service)
        write_service(&s, out);
    else
        write_queue(&s, out);
    return true;
}

/* "…_quantile_0.95" -> "p95". */
static const char *quantile_stat(const char *metric, char out[32])
{
    double p = 0;
    sscanf(strstr(metric, "quantile_") + strlen("quantile_"), "%lf", &p);
    snprintf(out, 32, "p%.10g", 100 * p);
    return out;
}

static double share_above(const struct view *v, const char *entity, const char *name, double x)
{
    const struct metric_value *m = view_metric(v, entity, name);
    return m->hist == NULL || m->hist->n == 0 ? NAN : hist_share_above(m->hist, x);
}

/* A busy period begins with an arrival that does not wait: mean = busy time / number of those. One
 * server. */
static double busy_period(const struct view *v)
{
    const struct metric_value *wait = view_metric(v, "queue.q", "wait");
    double idle_arrivals = (double)wait->n * (1 - hist_share_above(wait->hist, 0));
    return view_stat(v, "fleet.f", "busy", "mean") * sim_seconds(v->result->observed) / idle_arrivals;
}

static double sample_time(const struct row *row, const struct view *v)
{
    const char *m = row->metric;
    char stat[32];
    if (starts_with(m, "Wq_quantile"))
        return view_stat(v, "queue.q", "wait", quantile_stat(m, stat)) / 1e9;
    if (starts_with(m, "W_quantile"))
        return view_stat(v, "", "latency", quantile_stat(m, stat)) / 1e9;
    if (strcmp(m, "Wq_mean_wait") == 0 || strcmp(m, "mean_of_average_wait_of_first_n") == 0)
        return view_stat(v, "queue.q", "wait", "mean") / 1e9;
    if (strcmp(m, "W_mean_sojourn") == 0)
        return view_stat(v, "", "latency", "mean") / 1e9;
    if (strcmp(m, "sd_wait_Wq") == 0)
        return view_stat(v, "queue.q", "wait", "sd") / 1e9;
    if (strcmp(m, "var_wait_Wq") == 0)
        return pow(view_stat(v, "queue.q", "wait", "sd") / 1e9, 2);
    if (strcmp(m, "sd_of_sojourn_time") == 0)
        return view_stat(v, "", "latency", "sd") / 1e9;
    if (strcmp(m, "busy_period_mean") == 0)
        return busy_period(v);
    if (strcmp(m, "service_scv") == 0)
        return pow(view_stat(v, "fleet.f", "hold", "sd") / view_stat(v, "fleet.f", "hold", "mean"), 2);
    return NAN;
}

static double sample_steady(const struct row *row, const struct view *v)
{
    const char *m = row->metric;
    struct station s;
    double x = 0;
    if (!station_of(row, &s))
        return NAN;
    if (passage_to(row) > 0)
        return sample_passages(&s, v);
    if (strcmp(m, "utilization") == 0)
        return view_stat(v, "fleet.f", "busy", "mean") / s.servers;
    if (strcmp(m, "L_mean_number_in_system") == 0)
        return view_stat(v, "queue.q", "depth", "mean") + view_stat(v, "queue.q", "in_flight", "mean");
    if (strcmp(m, "Lq_mean_queue_length") == 0)
        return view_stat(v, "queue.q", "depth", "mean");
    if (strcmp(m, "var_number_in_system") == 0)
        return pow(view_stat(v, "service.s", "in_system", "sd"), 2);
    if (sscanf(m, "P_n_in_system_ge_%lf", &x) == 1)
        return share_above(v, "service.s", "in_system", x - 1);
    if (strcmp(m, "P_wait_erlang_C") == 0)
        return share_above(v, "queue.q", "wait", 0);
    if (sscanf(m, "P_wait_gt_%lf", &x) == 1)
        return share_above(v, "queue.q", "wait", x * 1e9);
    return sample_time(row, v);
}

static double sample_loss(const struct row *row, const struct view *v)
{
    const char *m = row->metric;
    if (strcmp(m, "P_block") == 0)
        return view_stat(v, "service.s", "refused", "sum") / view_stat(v, "service.s", "arrived", "sum");
    if (strcmp(m, "L_mean_number_in_system") == 0)
        return view_stat(v, "service.s", "in_system", "mean");
    if (strcmp(m, "throughput") == 0)
        return view_stat(v, "service.s", "completed", "rate");
    if (strcmp(m, "W_mean_sojourn_of_accepted") == 0)
        return view_stat(v, "service.s", "sojourn", "mean") / 1e9;
    if (strcmp(m, "Wq_mean_wait_of_accepted") == 0)
        return view_stat(v, "service.s", "wait", "mean") / 1e9;
    return NAN;
}

static const char *refuse_steady(const struct row *row)
{
    struct station s;
    if (!station_of(row, &s))
        return "its parameters are not known";
    if ((starts_with(row->metric, "busy_period_mean") || passage_to(row) > 0) && s.servers != 1)
        return "a busy period or a passage of several servers is not observed";
    if (starts_with(row->metric, "busy_period_var"))
        return "a variance of busy periods: single busy periods are not recorded";
    if (starts_with(row->metric, "asymptotic_variance"))
        return "a variance of means over runs without end, neither a mean nor a quantile";
    if (passage_to(row) > 0 && row->value * s.lambda > PASSAGE_MOST)
        return "an event too rare for plain simulation: one passage takes millions of requests, "
               "and 40,000 passages are needed";
    return NULL;
}

/* --- Erlang's loss formula, solved for the load --- */

static bool write_inverse(const struct row *row, double customers, FILE *out)
{
    struct station s = {.lambda = row->value, .mean = 1, .law = "exponential(1s)"};
    char a[32], b[32];
    if (!param_number(row, "servers", &s.servers))
        return false;
    s.capacity = s.servers;
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; series = false; histograms = false; };\n",
            seconds_text(50 + customers / s.lambda, a), seconds_text(50, b));
    fprintf(out, "producer = { p = { rate = \"%s\"; target = \"service.s\"; }; };\n", rate_text(s.lambda, a));
    write_service(&s, out);
    return true;
}

/* The row's load is what is offered; by how far the loss misses the row's, over the slope of the
 * formula, the load is wrong: dB/da = B (c/a - 1 + B). */
static double sample_inverse(const struct row *row, const struct view *v)
{
    double b, c, a = row->value;
    if (!param_number(row, "P_block", &b) || !param_number(row, "servers", &c))
        return NAN;
    double loss = view_stat(v, "service.s", "refused", "sum") / view_stat(v, "service.s", "arrived", "sum");
    return a - (loss - b) / (b * (c / a - 1 + b));
}

/* Arrivals 1…n to an empty system. */
static bool write_first_n(const struct row *row, double customers, FILE *out)
{
    struct station s;
    double n;
    char a[32];
    (void)customers;
    if (!station_of(row, &s) || !param_number(row, "n", &n))
        return false;
    fprintf(out, "run = { duration = \"%s\"; series = false; histograms = false; };\n",
            seconds_text(s.mean * 40 * (n + 50) / s.servers + 10 * n / s.lambda, a));
    fprintf(out,
            "producer = { p = { arrivals = \"poisson\"; rate = \"%s\"; limit = %.0f; target = "
            "\"queue.q\"; }; };\n",
            rate_text(s.lambda, a), n);
    write_queue(&s, out);
    return true;
}

/* Number in system at time t, from n0 customers at time 0, or from steady state at another rate. */
static bool write_at_t(const struct row *row, double customers, FILE *out)
{
    struct station s;
    double t, n0 = 0, lambda1 = 0, settle = 0;
    char a[32], b[32], c[32], d[32];
    (void)customers;
    if (!station_of(row, &s) || !param_number(row, "t", &t))
        return false;
    param_number(row, "n0", &n0);
    if (param_number(row, "lambda1", &lambda1))
        settle = settle_s(&(struct station){.lambda = lambda1, .mean = s.mean, .servers = s.servers});
    fprintf(out, "run = { duration = \"%s\"; series = false; histograms = false; };\n", seconds_text(settle + t, a));
    fprintf(out, "producer = { p = { arrivals = \"poisson\"; target = \"service.s\"; rate = \"%s\";",
            rate_text(lambda1 > 0 ? lambda1 : s.lambda, a));
    if (lambda1 > 0)
        fprintf(out, " profile = ( { at = \"%s\"; for = \"%s\"; rate = \"%s\"; } );", seconds_text(settle, b),
                seconds_text(t, c), rate_text(s.lambda, d));
    fprintf(out, " };");
    if (n0 > 0)
        fprintf(out,
                " start = { arrivals = \"constant\"; rate = \"1000000000/s\"; limit = %.0f; target "
                "= \"service.s\"; };",
                n0);
    fprintf(out, " };\n");
    write_service(&s, out);
    return true;
}

static double sample_at_t(const struct row *row, const struct view *v)
{
    double last = view_stat(v, "service.s", "in_system", "last");
    return starts_with(row->metric, "P_empty") ? last == 0 : last;
}

static const char *refuse_none(const struct row *row)
{
    (void)row;
    return NULL;
}

static const char *refuse_loss(const struct row *row)
{
    struct station s;
    return station_of(row, &s) && s.capacity >= s.servers ? NULL : "its parameters are not known";
}

/* First match wins: longer texts before the shorter ones that they begin with. */
const struct mapping mappings_station[] = {
    {.model = "M/M/1 transient (first",
     .steady = false,
     .refuse = refuse_none,
     .scenario = write_first_n,
     .sample = sample_steady},
    {.model = "M/M/1 transient", .steady = false, .refuse = refuse_none, .scenario = write_at_t, .sample = sample_at_t},
    {.model = "M/M/c step load", .steady = false, .refuse = refuse_none, .scenario = write_at_t, .sample = sample_at_t},
    {.model = "M/M/c/", .steady = true, .refuse = refuse_loss, .scenario = write_steady, .sample = sample_loss},
    {.model = "M/M/1", .steady = true, .refuse = refuse_steady, .scenario = write_steady, .sample = sample_steady},
    {.model = "M/M/c", .steady = true, .refuse = refuse_steady, .scenario = write_steady, .sample = sample_steady},
    {.model = "M/G/1", .steady = true, .refuse = refuse_steady, .scenario = write_steady, .sample = sample_steady},
    {.model = "Erlang B inverse",
     .steady = true,
     .refuse = refuse_none,
     .scenario = write_inverse,
     .sample = sample_inverse},
    {0},
};
