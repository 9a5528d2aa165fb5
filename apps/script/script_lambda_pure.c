/* script_lambda_pure.c - metrics of functions, and functions without state: prices, laws, sizes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lam_law.h"
#include "lam_price.h"
#include "script_lambda.h"

static bool count_of(const struct function_note *f, const char *name, uint64_t *n)
{
    const struct lam_counts *c = lam_counts(f->core);
    const struct lam_async_counts *a = lam_async_counts(f->async);
    const struct {
        const char *name;
        uint64_t n;
    } rows[] = {
        {"Invocations", c->invocations},
        {"Errors", c->errors},
        {"Throttles", lam_throttled(f->core)},
        {"ConcurrentExecutions", lam_busy(f->core)},
        {"ProvisionedConcurrentExecutions", lam_busy_provisioned(f->core)},
        {"ProvisionedConcurrencyInvocations", c->provisioned},
        {"ProvisionedConcurrencySpilloverInvocations", c->spilled},
        {"AsyncEventsReceived", a->received},
        {"AsyncEventsDropped",
         a->discarded[LAM_RETRIES_EXHAUSTED] + a->discarded[LAM_AGE_EXCEEDED] +
             a->discarded[LAM_ZERO_RESERVED]},
        {"cold", c->cold},
        {"again", c->again},
        {"timeouts", c->timeouts},
        {"billed_ms", c->ms},
        {"made", c->made},
        {"removed", c->removed},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].name, name) == 0) {
            *n = rows[i].n;
            return true;
        }
    return false;
}

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    uint64_t n;
    lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    const struct arg *name = line_word(l, &i);
    if (f == NULL || name == NULL || !count_of(f, name->value, &n))
        return false;
    result_text(r, "%" PRIu64, n);
    return true;
}

static bool run_environments(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct call *c = lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    if (f == NULL)
        return false;
    result_text(r, "%u", lam_environments(f->core, c->now));
    return true;
}

/* Dollars, to six decimals, rounded half up. */
static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    const struct arg *arch = line_key(l, "arch");
    uint64_t memory = (uint64_t)line_int(l, "memory", 1024);
    uint64_t calls = (uint64_t)line_int(l, "calls", 0);
    struct lam_use use = {
        .arch = arch != NULL && strcmp(arch->value, "arm") == 0 ? LAM_ARM : LAM_X86,
        .requests = calls,
        .mb_ms = calls * (uint64_t)line_int(l, "ms", 0) * memory,
        .provisioned_mb_ms = (uint64_t)line_int(l, "provisioned_ms", 0) * memory,
        .configured_mb_ms = (uint64_t)line_int(l, "configured_s", 0) * 1000 * memory,
        .free_tier = line_int(l, "free_tier", 0) != 0,
    };
    int64_t parts = (int64_t)((lam_price(&use) + 500) / 1000);
    (void)s;
    result_text(r, "%" PRId64 ".%06d", parts / 1000000, (int)(parts % 1000000));
    return true;
}

static bool run_time(struct script *s, const struct line *l, struct result *r)
{
    char out[32];
    sim_time work = lambda_time(l, "work", 0);
    int64_t cpu = lambda_time(l, "cpu", SIM_S); /* a share, in the same digits */
    (void)s;
    sim_time t = lam_time(work, cpu, (uint32_t)line_int(l, "memory", 128));
    lambda_seconds(out, (t + 5 * SIM_MS) / (10 * SIM_MS) * (10 * SIM_MS));
    result_text(r, "%s", out);
    return true;
}

static bool run_cold(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[LAM_RUNTIMES] = {"python", "nodejs", "go",  "rust",
                                                   "dotnet", "java",   "java+snapstart"};
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    (void)s;
    for (unsigned k = 0; a != NULL && k < LAM_RUNTIMES; k++)
        if (strcmp(name[k], a->value) == 0) {
            sim_time t = lam_cold_start((enum lam_runtime)k, line_int(l, "image", 0) != 0);
            result_text(r, "%" PRId64, t / SIM_MS);
            result_field(r, "init", "%" PRId64, lam_init_of(t) / SIM_MS);
            return true;
        }
    return false;
}

/* Datapoints in percent. */
static bool run_track(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[] = {"none", "out", "in"};
    struct lam_track t = {.target = line_int(l, "target", 70) * 10000000};
    enum lam_alarm alarm = LAM_ALARM_NONE;
    uint32_t i = 0;
    (void)s;
    for (const struct arg *a; (a = line_word(l, &i)) != NULL;)
        alarm = lam_track(&t, strtoll(a->value, NULL, 10) * 10000000);
    result_text(r, "%s", name[alarm]);
    return true;
}

static bool run_concurrency(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    result_text(r, "%" PRIu64,
                lam_concurrency((uint64_t)line_int(l, "rate", 0), lambda_time(l, "for", 0)));
    return true;
}

static bool run_pollers(struct script *s, const struct line *l, struct result *r)
{
    uint64_t rate = esmq_poller_rate((uint64_t)line_int(l, "bytes", 1024), lambda_time(l, "for", 0),
                                     (uint32_t)line_int(l, "batch", 10));
    (void)s;
    result_text(r, "%" PRIu64, esmq_pollers_for((uint64_t)line_int(l, "rate", 0), rate));
    result_field(r, "each", "%" PRIu64, rate);
    return true;
}

const struct verb verbs_lambda_pure[] = {
    {"function_metric", run_metric, "function_metric FUNCTION NAME"},
    {"environments", run_environments, "environments FUNCTION"},
    {"lambda_bill", run_bill, "lambda_bill [calls=N ms=N] [memory=MB] [arch=arm] [configured_s=N] …"},
    {"handler_time", run_time, "handler_time work=S memory=MB [cpu=SHARE]"},
    {"cold_start", run_cold, "cold_start RUNTIME [image=1]"},
    {"track", run_track, "track PERCENT… [target=PERCENT]"},
    {"concurrency", run_concurrency, "concurrency rate=N for=S"},
    {"pollers_for", run_pollers, "pollers_for rate=N bytes=N for=S batch=N"},
    {NULL, NULL, NULL},
};
