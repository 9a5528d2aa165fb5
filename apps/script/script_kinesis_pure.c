/* script_kinesis_pure.c - functions beside the streams: routing, sizing, prices, errors. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "kin_price.h"
#include "script_kinesis.h"

/* The shard of a key for each of several counts: "0/0/1". */
static bool run_route(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *key = line_word(l, &i), *counts = line_key(l, "shards");
    char hex[33];
    uint8_t md5[16];
    (void)s;
    if (counts == NULL)
        return false;
    digest_md5(key->value, strlen(key->value), hex);
    digest_md5_raw(key->value, strlen(key->value), md5);
    result_field(r, "md5", "%s", hex);
    result_field(r, "chars", "%u", kin_chars(key->value, strlen(key->value)));
    r->text[0] = '\0';
    for (char *at = counts->value; *at != '\0'; at += *at == ',') {
        struct kinesis *k;
        struct kin_config c;
        size_t n = strlen(r->text);
        kin_config_default(&c);
        c.shards = (uint32_t)strtoul(at, &at, 10);
        if (!kin_open(&k, &c, NULL))
            return false;
        snprintf(r->text + n, sizeof(r->text) - n, "%s%u", n == 0 ? "" : "/",
                 kin_route(k, kin_hash_of(md5)));
        kin_close(k);
    }
    return true;
}

static bool run_sizing(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    result_text(r, "%u",
                kin_shards_for((uint64_t)line_int(l, "records", 0),
                               (uint64_t)line_int(l, "bytes", 0),
                               (uint32_t)line_int(l, "consumers", 1)));
    return true;
}

static bool run_units(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, bytes;
    (void)s;
    if (!number_word(l, &i, &bytes))
        return false;
    result_text(r, "%" PRIu64, kin_put_units(bytes));
    return true;
}

/* Dollars, to four decimals, rounded half up. */
static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *plan = line_word(l, &i);
    (void)s;
    if (plan == NULL)
        return false;
    struct kin_price_use use = {
        .plan = strcmp(plan->value, "provisioned") == 0 ? KIN_PLAN_PROVISIONED
                : strcmp(plan->value, "on-demand") == 0 ? KIN_PLAN_ON_DEMAND
                                                        : KIN_PLAN_ADVANTAGE,
        .hours = (uint64_t)line_int(l, "hours", 0),
        .shard_hours = (uint64_t)line_int(l, "shard_hours", 0),
        .put_units = (uint64_t)line_int(l, "put_units", 0),
        .extended_hours = (uint64_t)line_int(l, "extended_hours", 0),
        .fan_out_hours = (uint64_t)line_int(l, "fan_out_hours", 0),
        .fan_out_kib = (uint64_t)line_int(l, "fan_out_kib", 0),
        .stream_hours = (uint64_t)line_int(l, "stream_hours", 0),
        .in_kib = (uint64_t)line_int(l, "in_kib", 0),
        .out_kib = (uint64_t)line_int(l, "out_kib", 0),
        .extended_kib_months = (uint64_t)line_int(l, "extended_kib_months", 0),
        .long_kib_months = (uint64_t)line_int(l, "long_kib_months", 0),
        .long_out_kib = (uint64_t)line_int(l, "long_out_kib", 0),
    };
    int64_t parts = (int64_t)((kin_price(&use) + 50000) / 100000);
    result_text(r, "%" PRId64 ".%04d", parts / 10000, (int)(parts % 10000));
    return true;
}

/* An error's status; of a code that several outcomes share, the first. */
static bool run_error(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    (void)s;
    result_text(r, "absent");
    for (enum kin_outcome o = KIN_OUTCOMES; a != NULL && o-- > KIN_OK;) {
        const struct kin_outcome_row *row = kin_outcome_row(o);
        if (row->code != NULL && strcmp(row->code, a->value) == 0)
            result_text(r, "%d", row->http);
    }
    return a != NULL;
}

const struct verb verbs_stream_pure[] = {
    {"route_key", run_route, "route_key KEY shards=N,…"},
    {"shards_for", run_sizing, "shards_for records=N bytes=N [consumers=N]"},
    {"put_units", run_units, "put_units BYTES"},
    {"stream_bill", run_bill, "stream_bill provisioned|on-demand|advantage [key=N…]"},
    {"stream_error", run_error, "stream_error CODE"},
    {NULL, NULL, NULL},
};
