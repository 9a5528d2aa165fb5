/* script_sns_pure.c - functions beside the topics: retry laws, prices, errors. */
#include "script_sns.h"

#include <inttypes.h>
#include <string.h>

#include "sns_price.h"

static bool curve_of(const struct line *l, enum retry_curve *c)
{
    static const char *const name[] = {"linear", "arithmetic", "geometric", "exponential"};
    const struct arg *a = line_key(l, "function");
    *c = RETRY_LINEAR;
    for (unsigned i = 0; a != NULL && i < 4; i++)
        if (strcmp(a->value, name[i]) == 0) {
            *c = (enum retry_curve)i;
            return true;
        }
    return a == NULL;
}

static void append(struct result *r, sim_time t, bool first)
{
    char text[32];
    size_t at = strlen(r->text);
    print_seconds(text, t);
    snprintf(r->text + at, sizeof(r->text) - at, "%s%s", first ? "" : ",", text);
}

static bool law_of(const struct line *l, struct retry_law *law, struct err *err)
{
    enum retry_curve c;
    if (!curve_of(l, &c))
        return err_set(err, ERR_DATA, "the backoff function is unknown");
    return retry_law_policy(law, line_int(l, "min", 20), line_int(l, "max", 20),
                            line_int(l, "retries", 3), line_int(l, "no_delay", 0),
                            line_int(l, "min_delay", 0), line_int(l, "max_delay", 0), c, err);
}

/* Judges a delivery policy: InvalidParameter, or ok with the sum of its delays. */
static bool run_policy(struct script *s, const struct line *l, struct result *r)
{
    struct retry_law law;
    struct err err = {.class = ERR_NONE};
    (void)s;
    if (!law_of(l, &law, &err)) {
        result_text(r, "InvalidParameter");
        result_field(r, "reason", "%.400s", err.text);
        return true;
    }
    append(r, retry_total(&law), true);
    result_field(r, "sum", "%s", r->text);
    result_field(r, "backoff", "%u", law.backoff);
    result_text(r, "ok");
    return true;
}

/* The delays of a policy, or of the fixed laws. */
static bool run_delays(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *of = line_word(l, &i);
    struct retry_law law = retry_law_http();
    struct err err = {.class = ERR_NONE};
    (void)s;
    if (of != NULL && strcmp(of->value, "aws") == 0)
        law = retry_law_aws();
    else if (of != NULL && strcmp(of->value, "customer") == 0)
        law = retry_law_customer();
    else if (of != NULL)
        return false;
    else if (!law_of(l, &law, &err))
        return false;
    uint32_t n = retry_count(&law);
    result_text(r, "%s", "");
    for (uint32_t k = 1; k <= n && k <= 60; k++)
        append(r, retry_delay(&law, k), k == 1);
    result_field(r, "n", "%u", n);
    result_field(r, "total", "%" PRId64, retry_total(&law) / SIM_MS);
    return true;
}

static bool run_requests(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    int64_t bytes;
    (void)s;
    if (a == NULL || !text_integer(text_of(a->value), &bytes))
        return false;
    result_text(r, "%" PRIu64, sns_price_requests((uint64_t)bytes));
    return true;
}

/* Dollars, in cents rounded half up. */
static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    struct sns_price_use use = {
        .requests = (uint64_t)line_int(l, "requests", 0),
        .http = (uint64_t)line_int(l, "http", 0),
        .email = (uint64_t)line_int(l, "email", 0),
        .push = (uint64_t)line_int(l, "push", 0),
        .firehose = (uint64_t)line_int(l, "firehose", 0),
        .fifo = (uint64_t)line_int(l, "fifo", 0),
        .fifo_bytes = (uint64_t)line_int(l, "fifo_bytes", 0),
        .fifo_delivered = (uint64_t)line_int(l, "fifo_delivered", 0),
        .fifo_delivered_bytes = (uint64_t)line_int(l, "fifo_delivered_bytes", 0),
        .scanned_bytes = (uint64_t)line_int(l, "scanned_bytes", 0),
        .free_tier = (int)line_int(l, "free_tier", 1),
    };
    int64_t cents = (int64_t)((sns_price_month(&use) + 5000000) / 10000000);
    result_text(r, "%" PRId64 ".%02d", cents / 100, (int)(cents % 100));
    return true;
}

/* Every code of the table with its status: "InvalidParameter:400 …", each once. */
static bool run_errors(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    (void)s;
    result_text(r, "absent");
    for (enum sns_outcome o = SNS_OK; a != NULL && o < SNS_OUTCOMES; o++) {
        const struct sns_outcome_row *row = sns_outcome_row(o);
        if (row->code != NULL && strcmp(row->code, a->value) == 0)
            result_text(r, "%d", row->http);
    }
    return a != NULL;
}

const struct verb verbs_sns_pure[] = {
    {"delivery_policy", run_policy,
     "delivery_policy [min=S] [max=S] [retries=N] [no_delay=N] [min_delay=N] [max_delay=N] "
     "[function=F]"},
    {"delays", run_delays, "delays [aws|customer] [min=S] [max=S] [retries=N] …"},
    {"sns_requests", run_requests, "sns_requests BYTES"},
    {"sns_bill", run_bill, "sns_bill [requests=N] [http=N] [email=N] [fifo=N] [fifo_bytes=N] …"},
    {"sns_error", run_errors, "sns_error CODE"},
    {NULL, NULL, NULL},
};
