/* mapping_published.c - results that others published, with the errors of their own simulators (se)
 * or a tolerance (tol) in the parameters. Each model is described at its source; here it is said
 * with this program's settings. */
#include <math.h>
#include <string.h>

#include "formula.h"
#include "table.h"

/* --- conditional writes under contention: each client reads, writes, and begins again with the
 * read --- */

static const char *backoff_of(const char *algorithm)
{
    static const struct {
        const char *algorithm, *text;
    } known[] = {
        /* Pauses are e(n) = min(cap, base 2^n) with n = 1 at the first failure; here the first is
           drawn from base. */
        {"none", "none"},
        {"exponential", "exponential(base=10ms, cap=2000ms)"},
        {"equal", "equal_jitter(base=10ms, cap=2000ms)"},
        {"full", "full_jitter(base=10ms, cap=2000ms)"},
        {"decorrelated", "decorrelated(base=5ms, cap=2000ms)"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].algorithm, algorithm) == 0)
            return known[i].text;
    }
    return NULL;
}

static bool write_contention(const struct row *row, double customers, FILE *out)
{
    double clients;
    char algorithm[32];
    (void)customers;
    if (!param_number(row, "clients", &clients) || !param_text(row, "algorithm", algorithm, sizeof algorithm) ||
        backoff_of(algorithm) == NULL)
        return false;
    fprintf(out, "run = { duration = \"1s\"; drain = \"10min\"; series = false; };\n");
    fprintf(out,
            "producer = { p = { arrivals = \"constant\"; rate = \"1000000000/s\"; limit = %.0f; "
            "target = \"service.client\";\n",
            clients);
    fprintf(out, " call = { attempts = \"unlimited\"; backoff = \"%s\"; }; }; };\n", backoff_of(algorithm));
    fprintf(out, "service = { client = { servers = \"unlimited\"; calls = (\n"
                 " { target = \"database.d\"; operation = \"read\"; latency = \"normal(10ms, 2ms)\"; },\n"
                 " { target = \"database.d\"; operation = \"conditional_write\"; latency = \"normal(10ms, "
                 "2ms)\"; } ); }; };\n"
                 "database = { d = { connections = \"unlimited\"; write_time = \"0s\"; }; };\n");
    return true;
}

static double sample_contention(const struct row *row, const struct view *v)
{
    if (strcmp(row->metric, "completion_time") == 0)
        return view_stat(v, "producer.p", "answer", "max") / 1e9;
    return view_stat(v, "producer.p", "tries", "sum");
}

/* --- retry policies of many clients, each with a budget or breaker of its own --- */

static const char *policy_of(const char *policy)
{
    static const struct {
        const char *policy, *text;
    } known[] = {
        {"no_retries", ""},
        {"three_retries", "attempts = 4;"},
        {"adaptive_10pct", "attempts = \"unlimited\"; budget = { ratio = \"10%\"; capacity = 5; };"},
        {"breaker_10pct", "attempts = 4; breaker = { stops = \"retries\"; threshold = \"10%\"; };"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].policy, policy) == 0)
            return known[i].text;
    }
    return NULL;
}

static bool write_policies(const struct row *row, double customers, FILE *out)
{
    double clients, seconds, failure;
    char policy[32], a[32];
    (void)customers;
    if (!param_number(row, "clients", &clients) || !param_number(row, "seconds", &seconds) ||
        !param_number(row, "failure_rate", &failure) || !param_text(row, "policy", policy, sizeof policy) ||
        policy_of(policy) == NULL)
        return false;
    fprintf(out,
            "run = { duration = \"%s\"; drain = \"10s\"; series = false; histograms = false; "
            "};\nproducer = {\n",
            seconds_text(seconds, a));
    for (int i = 1; i <= (int)clients; i++)
        fprintf(out,
                " p%d = { rate = \"10/s\"; target = \"service.s\"; call = { latency = "
                "\"exponential(10ms)\"; %s }; };\n",
                i, policy_of(policy));
    fprintf(out, "};\nservice = { s = { servers = \"unlimited\"; }; };\n");
    fprintf(out,
            "fault = { f = { target = \"service.s\"; effect = \"fail\"; probability = \"%.9f%%\"; "
            "at = \"0s\"; }; };\n",
            100 * failure);
    return true;
}

static double of_all(const struct view *v, const char *name)
{
    double sum = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (strncmp(v->id[i].entity, "producer.", 9) == 0 && strcmp(v->id[i].name, name) == 0)
            sum += (double)v->result->metric[i].n;
    }
    return sum;
}

static double sample_policies(const struct row *row, const struct view *v)
{
    return of_all(v, strcmp(row->metric, "success_fraction") == 0 ? "told_ok" : "tries") / of_all(v, "offered");
}

/* --- a spike after which retries keep a system down --- */

static bool write_collapse(const struct row *row, double customers, FILE *out)
{
    char backoff[32];
    (void)customers;
    if (!param_text(row, "backoff", backoff, sizeof backoff))
        return false;
    bool jitter = strcmp(backoff, "jitter") == 0;
    fprintf(out,
            "run = { duration = \"80s\"; interval = \"1s\"; histograms = false; };\n"
            "producer = { p = { rate = \"40/s\"; profile = ( { at = \"20s\"; for = \"5s\"; rate = "
            "\"80/s\"; } ); target = \"service.s\";\n"
            " call = { timeout = \"3s\"; attempts = 3; backoff = \"%s\"; latency = "
            "\"exponential(100ms)\"; }; }; };\n",
            jitter ? "full_jitter(base=20s, cap=40s)" : "none");
    /* 1 s and 10 ms for each call in service, itself counted. */
    fprintf(out,
            "service = { s = { servers = \"unlimited\"; time = \"constant(1010ms)\"; slowdown = { "
            "contention = %.12f; }; }; };\n",
            0.01 / 1.01);
    return true;
}

/* Points of a series: requests born, retries; "ok": answers that were good. */
static double in_points(const struct view *v, const char *name, uint32_t from, uint32_t to)
{
    bool ok = strcmp(name, "ok") == 0;
    const struct series *x = view_metric(v, "producer.p", ok ? "answer" : name)->series,
                        *no = view_metric(v, "producer.p", "told_no")->series;
    double sum = x == NULL || no == NULL ? NAN : 0;
    for (uint32_t i = from; x != NULL && no != NULL && i <= to && i < x->n; i++)
        sum += ok ? (double)x->count[i] - (double)no->sum[i] : (double)x->sum[i];
    return sum;
}

static double sample_collapse(const struct row *row, const struct view *v)
{
    double t = 0, share = in_points(v, "ok", 60, 79) / in_points(v, "offered", 60, 79);
    param_number(row, "t", &t);
    if (strcmp(row->metric, "P_collapsed") == 0)
        return share < 0.1;
    if (strcmp(row->metric, "P_neither") == 0) /* "either collapsed or recovered, nothing in between" */
        return share >= 0.1 && share < 0.9;
    if (strcmp(row->metric, "answered_of_requested") == 0)
        return in_points(v, "ok", 0, 79) / in_points(v, "offered", 0, 79);
    return in_points(v, starts_with(row->metric, "retries") ? "retries" : "ok", (uint32_t)t, (uint32_t)t);
}

/* --- a request to many leaves --- */

static const char leaves[] =
    "run = { duration = \"400s\"; drain = \"10min\"; series = false; };\n"
    "producer = { p = { rate = \"100/s\"; target = \"service.root\"; }; };\n"
    "service = { root = { servers = \"unlimited\"; calls = ( { target = \"service.leaf\"; parallel "
    "= <int fanout>;\n"
    "?hedge_after  hedge = { after = \"<dur hedge_after>\"; };\n"
    "  } ); };\n"
    " leaf = { servers = \"unlimited\"; time = \"mixture(98%: uniform(0s, 10ms), 2%: pareto(1.464, "
    "min=10ms))\"; }; };\n";
static const struct measure answers[] = {
    {"latency_quantile_*", "quantile(producer.p.answer, *)", NULL, NULL},
    {"extra_calls", "service.root.hedges / (producer.p.offered * fanout)", NULL, NULL},
    {0},
};

/* --- customers of a poisoned shard: its two servers are down, a customer tries both of its own ---
 */

static bool write_shards(const struct row *row, double customers, FILE *out)
{
    double workers, size;
    char kind[16], assign[16];
    (void)customers;
    if (!param_number(row, "workers", &workers) || !param_number(row, "shard_size", &size) ||
        !param_text(row, "kind", kind, sizeof kind) || !param_text(row, "assign", assign, sizeof assign))
        return false;
    /* 28 000 customers: a multiple of the number of shards of either kind. */
    fprintf(out, "run = { duration = \"1s\"; series = false; histograms = false; };\n"
                 "producer = { p = { arrivals = \"constant\"; rate = \"1000000/s\"; limit = 28000; "
                 "key = \"round_robin(28000)\";"
                 " target = \"service.front\"; }; };\n"
                 "service = { front = { servers = \"unlimited\"; calls = ( { targets = [");
    for (int i = 1; i <= (int)workers; i++)
        fprintf(out, "%s \"service.s%d\"", i > 1 ? "," : "", i);
    fprintf(out,
            " ]; balance = \"random\"; attempts = %.0f; shard = { size = %.0f; kind = \"%s\"; "
            "assign = \"%s\"; }; } ); };\n",
            size, size, kind, assign);
    for (int i = 1; i <= (int)workers; i++)
        fprintf(out, " s%d = { servers = \"unlimited\"; };\n", i);
    fprintf(out, "};\nfault = {\n");
    for (int i = 1; i <= (int)size; i++)
        fprintf(out, " f%d = { target = \"service.s%d\"; effect = \"down\"; at = \"0s\"; };\n", i, i);
    fprintf(out, "};\n");
    return true;
}

static double sample_shards(const struct row *row, const struct view *v)
{
    (void)row;
    return view_stat(v, "producer.p", "told_no", "sum") / view_stat(v, "producer.p", "offered", "sum");
}

/* --- a database that is down for ten seconds, and clients that try again --- */

static bool write_outage(const struct row *row, double customers, FILE *out)
{
    double rate;
    char retry[16], a[32];
    (void)customers;
    if (!param_number(row, "rate", &rate) || !param_text(row, "retry", retry, sizeof retry))
        return false;
    const char *more = strcmp(retry, "budget") == 0   ? "budget = { ratio = \"10%\"; capacity = 10; start = 0; };"
                       : strcmp(retry, "cancel") == 0 ? "cancel = true;"
                                                      : "";
    fprintf(out,
            "run = { duration = \"900s\"; interval = \"100ms\"; histograms = false; };\n"
            "producer = { p = { arrivals = \"constant\"; rate = \"%s\"; target = \"service.s\"; "
            "call = { timeout = \"1s\"; attempts = 2; %s }; }; };\n"
            "service = { s = { time = \"constant(3333333ns)\"; cancellable = \"waiting\"; }; };\n"
            "fault = { f = { target = \"service.s\"; effect = \"stop\"; at = \"60s\"; for = "
            "\"10s\"; }; };\n",
            rate_text(rate, a), more);
    return true;
}

#define TICK 0.1 /* s; the run is 900 s long, the outage ends at 70 s */

static double sample_outage(const struct row *row, const struct view *v)
{
    uint32_t i = (uint32_t)(70 / TICK), n = (uint32_t)(900 / TICK);
    if (strcmp(row->metric, "answers_per_second_at_end") == 0)
        return in_points(v, "ok", (uint32_t)(600 / TICK), n) / 300;
    if (strcmp(row->metric, "recovery_time") != 0)
        return in_points(v, "ok", i, n);
    while (i < n && in_points(v, "ok", i, i) == 0)
        i++;
    return i < n ? i * TICK - 70 : NAN;
}

/* --- what SQS's guide says of calls and quotas --- */

static const char threads[] =
    "run = { duration = \"110010ms\"; warmup = \"10010ms\"; series = false; };\n"
    "producer = { p = { arrivals = \"closed\"; users = <int threads>; think = \"constant(0s)\"; "
    "target = \"queue.q\"; }; };\n"
    "queue = { q = { api_latency = \"constant(<dur latency>)\"; }; };\nfleet = { f = { source = "
    "\"queue.q\"; }; };\n";
static const struct measure sending[] = {
    {"calls_per_second", "queue.q.calls_send.rate", NULL, NULL},
    {0},
};
/* A thread that is always sending begins its next call when the last has been answered. */
static const char batches[] = "run = { duration = \"110010ms\"; warmup = \"10010ms\"; series = false; };\n"
                              "producer = { p = { arrivals = \"closed\"; users = 1; think = "
                              "\"constant(0s)\"; batch_size = \"<int batch>\"; send_batch = true;"
                              " target = \"queue.q\"; }; };\n"
                              "queue = { q = { api_latency = \"constant(<dur latency>)\"; }; "
                              "};\nfleet = { f = { source = \"queue.q\"; }; };\n";
static const struct measure sent[] = {
    {"messages_per_second", "queue.q.sent.rate", NULL, NULL},
    {0},
};
static const char over_quota[] =
    "run = { duration = \"110s\"; warmup = \"10s\"; series = false; };\n"
    "producer = { p = { arrivals = \"constant\"; rate = \"<rate rate>\"; key = \"round_robin(<int "
    "groups>)\"; target = \"queue.q\"; }; };\n"
    "queue = { q = { type = \"fifo\"; throughput = \"<word mode>\"; }; };\nfleet = { f = { source "
    "= \"queue.q\"; }; };\n";
static const struct measure quota[] = {
    {"accepted_per_second", "queue.q.sent.rate", NULL, "value / 1000"},
    {"throttled_per_second", "producer.p.told_no.rate", NULL, "value / 1000"},
    {0},
};
/* Seen between the polls; the first, at the very start, is not counted. */
static const char idle[] = "run = { duration = \"3600500ms\"; warmup = \"500ms\"; series = false; };\n"
                           "producer = { p = { rate = \"1/s\"; limit = 0; target = \"queue.q\"; }; };\n"
                           "queue = { q = { wait_time = \"<dur wait_time_s>\"; }; };\n"
                           "!interval fleet = { f = { source = \"queue.q\"; }; };\n"
                           "?interval fleet = { f = { source = \"queue.q\"; poll = \"short\"; poll_interval = \"<dur "
                           "interval>\"; }; };\n";
static const struct measure polls[] = {
    {"calls_per_hour", "queue.q.calls_receive", NULL, NULL},
    {0},
};

static const char *refuse_none(const struct row *row)
{
    (void)row;
    return NULL;
}

static const char *refuse_collapse(const struct row *row)
{
    char backoff[32];
    bool jitter = param_text(row, "backoff", backoff, sizeof backoff) && strcmp(backoff, "jitter") == 0;
    return jitter && starts_with(row->metric, "retries")
               ? "the author's program counts a retry when it is decided, not when it is made; time-outs have no series"
               : NULL;
}

/* Retry and new request come at the same instant at these rates: with the retry first 250/s settles at 50 and 280/s at 20,
 * with the new request first both recover. */
static const char *refuse_outage(const struct row *row)
{
    char retry[16];
    return param_text(row, "retry", retry, sizeof retry) && strcmp(retry, "cancel") == 0
               ? "it hangs on which of a retry and a new request is first at one instant, which is not published"
               : NULL;
}

#define PUBLISHED(name, n, of)                                                                                         \
    {                                                                                                                  \
        .model = name, .runs = n, .refuse = refuse_none, .scenario = write_##of, .sample = sample_##of                 \
    }

const struct mapping mappings_published[] = {
    PUBLISHED("conditional writes under contention", 500, contention),
    PUBLISHED("retry policies of many clients", 12, policies),
    {.model = "collapse after a spike",
     .runs = 400,
     .refuse = refuse_collapse,
     .scenario = write_collapse,
     .sample = sample_collapse},
    {.model = "request to many leaves", .runs = 30, .text = leaves, .measures = answers},
    PUBLISHED("customers of a poisoned shard", 50, shards),
    {.model = "retries after an outage",
     .runs = 2,
     .refuse = refuse_outage,
     .scenario = write_outage,
     .sample = sample_outage},
    {.model = "threads that send", .runs = 2, .text = threads, .measures = sending},
    {.model = "thread that sends batches", .runs = 2, .text = batches, .measures = sent},
    {.model = "FIFO queue over its quota", .runs = 2, .text = over_quota, .measures = quota},
    {.model = "long polls of an empty queue", .runs = 2, .text = idle, .measures = polls},
    {0},
};
