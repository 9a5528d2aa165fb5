/* script_firehose_pure.c - functions beside delivery streams: quotas of an account, limits, prices, names of objects. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fh_price.h"
#include "fh_text.h"
#include "script_firehose.h"

/* So many more streams are opened, and stay open. */
static bool run_account(struct script *s, const struct line *l, struct result *r)
{
    struct fh_quota *q = &s->deliveries->quota;
    q->open = (uint32_t)line_int(l, "open", q->open);
    q->max = (uint32_t)line_int(l, "max", q->max);
    result_text(r, "%u", q->open);
    return true;
}

static bool run_limits(struct script *s, const struct line *l, struct result *r)
{
    static const char *const name[FH_DESTINATIONS] = {"s3", "redshift", "opensearch", "http", "splunk", "snowflake", "iceberg"};
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    (void)s;
    for (unsigned d = 0; a != NULL && d < FH_DESTINATIONS; d++) {
        if (strcmp(name[d], a->value) != 0)
            continue;
        const struct fh_limits *x = fh_limits((enum fh_destination)d, line_int(l, "convert", 0) == 1);
        result_text(r, "%u-%u/%u", x->size_min, x->size_max, x->size);
        result_field(r, "interval", "0-%u/%u", x->interval_max, x->interval);
        result_field(r, "lambda", "%u/%u", x->lambda_kib, x->lambda_interval);
        result_field(r, "retry", "%d", x->retry);
        result_field(r, "invocations", "%u", x->invocations);
        return true;
    }
    return false;
}

static bool run_record_max(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    (void)s;
    if (a == NULL)
        return false;
    enum fh_source source = strcmp(a->value, "direct") == 0 ? FH_DIRECT_PUT : strcmp(a->value, "kafka") == 0 ? FH_KAFKA : FH_STREAM;
    result_text(r, "%u", fh_record_max(source, line_int(l, "transform", 0) == 1));
    return true;
}

static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    uint64_t records = (uint64_t)line_int(l, "records", 0), size = (uint64_t)line_int(l, "size", 0);
    struct fh_price_use u = {.steps = (uint64_t)line_int(l, "steps", 0) + records * fh_steps(size),
                             .kafka_bytes = (uint64_t)line_int(l, "kafka_bytes", 0),
                             .snowflake_bytes = (uint64_t)line_int(l, "snowflake_bytes", 0),
                             .converted_bytes = (uint64_t)line_int(l, "converted_bytes", 0),
                             .partitioned_bytes = (uint64_t)line_int(l, "partitioned_bytes", 0),
                             .partition_objects = (uint64_t)line_int(l, "partition_objects", 0),
                             .parsing_hours = (uint64_t)line_int(l, "parsing_hours", 0),
                             .zone_hours = (uint64_t)line_int(l, "zone_hours", 0),
                             .private_bytes = (uint64_t)line_int(l, "private_bytes", 0)};
    __int128 nano = fh_price_month(&u);
    int64_t tenths = (int64_t)((nano + 50000) / 100000); /* of a thousandth of a dollar, rounded half up */
    (void)s;
    result_text(r, "%" PRId64 ".%04d", tenths / 10000, (int)(tenths % 10000));
    result_field(r, "steps", "%" PRIu64, u.steps);
    return true;
}

static bool run_object(struct script *s, const struct line *l, struct result *r)
{
    char prefix[64], name[200];
    int64_t second = line_int(l, "second", 0);
    (void)s;
    fh_prefix(prefix, sizeof(prefix), second);
    fh_object(name, sizeof(name), "orders", 1, second, "uuid");
    result_text(r, "%s%s", prefix, name);
    return true;
}

const struct verb verbs_firehose_pure[] = {
    {"firehose_account", run_account, "firehose_account [open=N] [max=N]"},
    {"firehose_limits", run_limits, "firehose_limits DESTINATION [convert=1]"},
    {"firehose_record_max", run_record_max, "firehose_record_max direct|stream|kafka [transform=1]"},
    {"firehose_bill", run_bill, "firehose_bill [records=N size=N] [steps=N] [converted_bytes=N] …"},
    {"firehose_object", run_object, "firehose_object second=N"},
    {NULL, NULL, NULL},
};
