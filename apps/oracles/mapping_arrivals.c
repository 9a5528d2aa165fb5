/* mapping_arrivals.c - systems told apart by how customers come: GI/M/1 and GI/G/c (renewal),
 * MMPP/M/1 (bursts), M^[X]/M/1 (batches), M/G/inf (functions) and M(t)/M/inf (a rate like a sine).
 *
 * Single-queue systems go producer, SQS queue with zero latency, c workers; batches are sent with
 * SendMessageBatch. Rows about the number in the system, and servers without limit, go to a
 * service. */
#include <math.h>
#include <string.h>

#include "check.h"
#include "oracle.h"

#define UNLIMITED       1000000 /* servers */
#define BUCKETS         9000    /* of a series */
#define PER_PERIOD      20
#define TURN            6.283185307179586
#define QUANTILE_LONGER 30

struct system {
    char arrivals[4000];  /* settings of the producer */
    char law[160];        /* of the service */
    double rate;          /* customers a second */
    double mean, servers; /* of the service, s */
    double memory;        /* s after which counts of arrivals know nothing of each other */
    double period;        /* of the rate; 0: none */
};

/* --- laws --- */

static bool service_of(const struct row *row, struct system *s)
{
    char text[160];
    double mu;
    if (param_number(row, "mu", &mu) || (param_number(row, "D", &mu) && (mu = 1 / mu) > 0)) {
        bool constant = param_number(row, "D", &s->mean);
        s->mean = 1 / mu;
        snprintf(s->law, sizeof s->law, "%s(%lldns)", constant ? "constant" : "exponential",
                 (long long)llround(1e9 / mu));
        return true;
    }
    if (!param_text(row, "service", text, sizeof text) || !param_law(row, "service", s->law, sizeof s->law))
        return false;
    s->mean = param_law_mean(text);
    return s->mean > 0;
}

/* Geometric from 1 on, as far as a chance of 10^-12. */
static bool batch_law(const char *text, char *out, size_t size, double *mean)
{
    if (sscanf(text, "fixed(%lf)", mean) == 1)
        return snprintf(out, size, "%.0f", *mean) > 0;
    if (sscanf(text, "geom(%lf)", mean) != 1 || *mean <= 1)
        return false;
    size_t n = (size_t)snprintf(out, size, "histogram(");
    double chance = 1;
    for (int k = 1; chance > 1e-12 && n + 40 < size; k++, chance *= 1 - 1 / *mean)
        n += (size_t)snprintf(out + n, size - n, "%s%d: %.15f", k > 1 ? ", " : "", k, chance);
    return snprintf(out + n, size - n, ")") > 0 && chance <= 1e-12;
}

/* --- arrivals --- */

static bool renewal_of(const struct row *row, struct system *s)
{
    char text[160], law[160];
    if (!param_text(row, "interarrival", text, sizeof text) || !param_law(row, "interarrival", law, sizeof law))
        return false;
    double mean = param_law_mean(text);
    snprintf(s->arrivals, sizeof s->arrivals, "arrivals = \"renewal\"; interval = \"%s\";", law);
    s->rate = 1 / mean;
    s->memory = 50 * mean;
    return mean > 0;
}

static bool bursts_of(const struct row *row, struct system *s)
{
    double l1, l2, q12, q21;
    char a[32], b[32], c[32], d[32];
    if (!param_number(row, "lambda1", &l1) || !param_number(row, "lambda2", &l2) || !param_number(row, "q12", &q12) ||
        !param_number(row, "q21", &q21))
        return false;
    snprintf(s->arrivals, sizeof s->arrivals,
             "arrivals = \"mmpp\"; states = ( { rate = \"%s\"; duration = \"exponential(%s)\"; }, "
             "{ rate = \"%s\"; duration = \"exponential(%s)\"; } );",
             rate_text(l1, c), seconds_text(1 / q12, a), rate_text(l2, d), seconds_text(1 / q21, b));
    s->rate = (l1 * q21 + l2 * q12) / (q12 + q21);
    s->memory = 20 / (q12 + q21);
    return true;
}

static bool batches_of(const struct row *row, struct system *s)
{
    char text[64], law[3500], a[32];
    double rate, mean;
    if (!param_number(row, "batch_rate", &rate) || !param_text(row, "batch", text, sizeof text) ||
        !batch_law(text, law, sizeof law, &mean))
        return false;
    snprintf(s->arrivals, sizeof s->arrivals, "rate = \"%s\"; batch_size = \"%s\"; send_batch = true;",
             rate_text(rate, a), law);
    s->rate = rate * mean;
    s->memory = 1 / rate;
    return true;
}

static bool sine_of(const struct row *row, struct system *s)
{
    double beta;
    char a[32], b[32], c[32];
    if (!param_number(row, "lambda0", &s->rate) || !param_number(row, "beta", &beta) ||
        !param_number(row, "period", &s->period))
        return false;
    snprintf(s->arrivals, sizeof s->arrivals,
             "rate = \"%s\"; sine = { period = \"%s\"; amplitude = %.9f; peak = \"%s\"; };", rate_text(s->rate, c),
             seconds_text(s->period, a), beta, seconds_text(s->period / 4, b));
    return true;
}

static bool system_of(const struct row *row, struct system *s)
{
    char a[32];
    *s = (struct system){.servers = 1};
    param_number(row, "c", &s->servers);
    if (!service_of(row, s))
        return false;
    if (strstr(row->model, "/inf") != NULL)
        s->servers = UNLIMITED;
    if (renewal_of(row, s) || bursts_of(row, s) || batches_of(row, s) || sine_of(row, s))
        return true;
    if (!param_number(row, "lambda", &s->rate))
        return false;
    snprintf(s->arrivals, sizeof s->arrivals, "rate = \"%s\";", rate_text(s->rate, a));
    s->memory = 20 * s->mean;
    return true;
}

/* --- scenarios --- */

static bool to_service(const struct row *row)
{
    return starts_with(row->model, "MMPP") || strstr(row->model, "/inf") != NULL;
}

/* Heavy traffic settles in 1 / (1 - load)^2 of the time in which arrivals and services forget
 * (Kingman). */
static double warm_up_s(const struct system *s)
{
    if (s->period > 0)
        return s->period * ceil(30 * s->mean / s->period);
    if (s->servers >= UNLIMITED)
        return 200 * s->mean;
    double gap = 1 - fmin(s->rate * s->mean / s->servers, 0.99);
    return 20 * (s->mean + s->memory / 10) / (gap * gap);
}

static double length_s(const struct system *s, double customers)
{
    double length = customers / s->rate;
    return s->period > 0 ? s->period * ceil(length / s->period) : length;
}

/* Windows of counts must outlast the memory; those of a sine divide its period. Few enough for a
 * series. */
static double window_s(const struct system *s, double length)
{
    if (s->period > 0)
        return s->period / PER_PERIOD;
    return fmax(s->memory, length / BUCKETS);
}

/* Functions stand for servers without limit: an account that is large enough, no cold starts. */
static bool to_function(const struct row *row)
{
    return starts_with(row->model, "M/G/inf");
}

static const char *target_of(const struct row *row)
{
    return to_function(row) ? "function.s" : to_service(row) ? "service.s" : "queue.q";
}

static void write_target(const struct row *row, const struct system *s, FILE *out)
{
    if (to_function(row)) {
        fprintf(out, "function = { s = { duration = \"%s\"; cold_start = \"0s\"; timeout = \"900s\"; }; };\n", s->law);
        return;
    }
    if (to_service(row)) {
        fprintf(out, "service = { s = { servers = %.0f; time = \"%s\"; }; };\n", s->servers, s->law);
        return;
    }
    fprintf(out, "queue = { q = { visibility_timeout = \"12h\"; wait_time = \"20s\"; }; };\n");
    fprintf(out, "fleet = { f = { size = %.0f; source = \"queue.q\"; time = \"%s\"; }; };\n", s->servers, s->law);
}

static bool write_steady(const struct row *row, double customers, FILE *out)
{
    struct system s;
    char a[32], b[32], c[32];
    if (!system_of(row, &s))
        return false;
    /* A quantile of whole numbers jumps by one where the distribution comes near it: a replication
     * must be long enough to tell the two sides apart. */
    if (s.servers >= UNLIMITED && strstr(row->metric, "quantile_") != NULL)
        customers *= QUANTILE_LONGER;
    double warm = warm_up_s(&s), length = length_s(&s, customers);
    if (s.period > 0) /* whole periods, as many as a series has room for */
        length = fmin(length, s.period * (BUCKETS / PER_PERIOD) - warm);
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; interval = \"%s\"; lambda_concurrency = 1000000; };\n", seconds_text(warm + length, a),
            seconds_text(warm, b), seconds_text(window_s(&s, warm + length), c));
    fprintf(out, "producer = { p = { %s target = \"%s\"; }; };\n", s.arrivals, target_of(row));
    write_target(row, &s, out);
    return true;
}

/* Servers without limit, from empty until t. */
static bool write_until(const struct row *row, double customers, FILE *out)
{
    struct system s;
    double t;
    char a[32];
    (void)customers;
    if (!system_of(row, &s) || !param_number(row, "t", &t))
        return false;
    fprintf(out, "run = { duration = \"%s\"; series = false; lambda_concurrency = 1000000; };\n", seconds_text(t, a));
    fprintf(out, "producer = { p = { %s target = \"%s\"; }; };\n", s.arrivals, target_of(row));
    write_target(row, &s, out);
    return true;
}

/* --- samples --- */

static double share_above(const struct view *v, const char *entity, const char *name, double x)
{
    const struct metric_value *m = view_metric(v, entity, name);
    return m->hist == NULL || m->hist->n == 0 ? NAN : hist_share_above(m->hist, x);
}

/* "…quantile_0.99" -> "p99". */
static double quantile(const struct view *v, const char *entity, const char *name, const char *metric)
{
    char stat[32];
    double p = 0;
    sscanf(strstr(metric, "quantile_") + strlen("quantile_"), "%lf", &p);
    snprintf(stat, sizeof stat, "p%.10g", 100 * p);
    return view_stat(v, entity, name, stat);
}

/* The limit of variance over mean of counts: that of two windows together less that of one, over
 * one's mean, which leaves out what windows share at their edges. For a renewal stream it is the
 * intervals' squared variation. */
static double dispersion(const struct system *s, const struct view *v)
{
    const struct series *x = view_metric(v, "producer.p", "offered")->series;
    if (x == NULL)
        return NAN;
    double width = (double)x->width / 1e9, mean = s->rate * width, one = 0, two = 0;
    uint32_t first = (uint32_t)ceil(warm_up_s(s) / width), n = 0;
    for (uint32_t i = first; i + 2 < x->n; i++, n++) { /* the last bucket may be short */
        double a = (double)x->sum[i] - mean, b = (double)x->sum[i + 1] - mean;
        one += a * a;
        two += (a + b) * (a + b);
    }
    return n == 0 ? NAN : (two - one) / n / mean;
}

struct swing {
    double mean, a, b; /* mean + a cos + b sin */
};

/* The mean number in system over a period. A bucket's mean flattens a sine by sin(x)/x. */
static bool swing_of(const struct system *s, const struct view *v, struct swing *w)
{
    const struct series *x = view_metric(v, "service.s", "busy")->series;
    uint32_t first = (uint32_t)llround(warm_up_s(s) / s->period) * PER_PERIOD, n = 0;
    double half = TURN / 2 / PER_PERIOD, flat = sin(half) / half;
    *w = (struct swing){0, 0, 0};
    for (uint32_t i = first; x != NULL && i < x->n; i++, n++) {
        double value = (double)x->sum[i] / (double)x->width, angle = TURN * (i % PER_PERIOD + 0.5) / PER_PERIOD;
        w->mean += value;
        w->a += 2 * value * cos(angle) / flat;
        w->b += 2 * value * sin(angle) / flat;
    }
    w->mean /= n;
    w->a /= n;
    w->b /= n;
    return n > 0 && n % PER_PERIOD == 0;
}

static double sample_sine(const struct row *row, const struct view *v)
{
    struct system s;
    struct swing w;
    double t = 0;
    if (!system_of(row, &s) || !param_number(row, "t", &t) || !swing_of(&s, v, &w))
        return NAN;
    if (strcmp(row->metric, "mean_concurrency_at_t") == 0)
        return w.mean + w.a * cos(TURN * t / s.period) + w.b * sin(TURN * t / s.period);
    if (strcmp(row->metric, "peak_mean_concurrency") == 0)
        return w.mean + hypot(w.a, w.b);
    double lag = atan2(w.b, w.a) / TURN - 0.25;
    return s.period * (lag - floor(lag));
}

static double sample_unlimited(const struct row *row, const struct view *v)
{
    if (strcmp(row->metric, "mean_concurrency") == 0)
        return view_stat(v, "function.s", "concurrent", "mean");
    if (strcmp(row->metric, "var_concurrency") == 0)
        return pow(view_stat(v, "function.s", "concurrent", "sd"), 2);
    if (strstr(row->metric, "quantile_") != NULL)
        return quantile(v, "function.s", "concurrent", row->metric);
    return NAN;
}

static double sample_last(const struct row *row, const struct view *v)
{
    (void)row;
    return view_stat(v, "function.s", "concurrent", "last");
}

static double sample_bursts(const struct row *row, const struct view *v)
{
    const char *m = row->metric;
    struct system s;
    double x;
    if (!system_of(row, &s))
        return NAN;
    if (strcmp(m, "mean_arrival_rate") == 0)
        return view_stat(v, "producer.p", "offered", "rate");
    if (strcmp(m, "L_mean_number_in_system") == 0)
        return view_stat(v, "service.s", "in_system", "mean");
    if (strcmp(m, "W_mean_sojourn") == 0)
        return view_stat(v, "service.s", "sojourn", "mean") / 1e9;
    if (sscanf(m, "P_system_ge_%lf", &x) == 1)
        return share_above(v, "service.s", "in_system", x - 1);
    return strcmp(m, "IDC_infinity") == 0 ? dispersion(&s, v) : NAN;
}

static double sample_queue(const struct row *row, const struct view *v)
{
    const char *m = row->metric;
    struct system s;
    if (!system_of(row, &s))
        return NAN;
    if (strcmp(m, "utilization") == 0)
        return view_stat(v, "fleet.f", "busy", "mean") / s.servers;
    if (strcmp(m, "P_system_empty") == 0) /* of one server: it is busy unless the system is empty */
        return 1 - view_stat(v, "fleet.f", "busy", "mean");
    if (strcmp(m, "L_mean_number_in_system") == 0)
        return view_stat(v, "queue.q", "depth", "mean") + view_stat(v, "queue.q", "in_flight", "mean");
    if (strcmp(m, "W_mean_sojourn") == 0)
        return view_stat(v, "", "latency", "mean") / 1e9;
    if (strcmp(m, "Wq_mean_wait") == 0)
        return view_stat(v, "queue.q", "wait", "mean") / 1e9;
    if (strcmp(m, "P_wait") == 0 || strcmp(m, "sigma") == 0) /* the root is the chance that an arrival waits */
        return share_above(v, "queue.q", "wait", 0);
    if (starts_with(m, "Wq_quantile"))
        return quantile(v, "queue.q", "wait", m) / 1e9;
    if (starts_with(m, "W_quantile"))
        return quantile(v, "", "latency", m) / 1e9;
    if (strcmp(m, "ca2_interarrival_scv") == 0)
        return dispersion(&s, v);
    if (strcmp(m, "cs2_service_scv") == 0)
        return pow(view_stat(v, "fleet.f", "hold", "sd") / view_stat(v, "fleet.f", "hold", "mean"), 2);
    return NAN;
}

/* --- what cannot be said --- */

static const char *refuse(const struct row *row)
{
    struct system s;
    if (!system_of(row, &s))
        return "its parameters are not known";
    if (strcmp(row->metric, "Wq_first_in_batch") == 0 || strcmp(row->metric, "Wq_last_in_batch") == 0)
        return "no observer tells requests by their place in a batch";
    return NULL;
}

const struct mapping mappings_arrivals[] = {
    {.model = "MMPP2/M/1", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_bursts},
    {.model = "M^[X]/M/1", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_queue},
    {.model = "M^[k]/D/1", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_queue},
    {.model = "GI/M/1", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_queue},
    {.model = "GI/G/c", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_queue},
    {.model = "M/PH/c", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_queue},
    {.model = "M/G/inf transient", .steady = false, .refuse = refuse, .scenario = write_until, .sample = sample_last},
    {.model = "M/G/inf", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_unlimited},
    {.model = "M(t)/M/inf", .steady = true, .refuse = refuse, .scenario = write_steady, .sample = sample_sine},
    {0},
};
