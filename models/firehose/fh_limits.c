/* fh_limits.c - what AWS says of each destination (FH-12, 19, 24, 28 … 30), and what a stream is like when nothing else is asked
 * for. */
#include "fh_int.h"

static const struct fh_limits limits[FH_DESTINATIONS] = {
    [FH_S3] = {1, 128, 5, 900, 300, 1024, 60, -1, 0, 5},
    [FH_REDSHIFT] = {1, 128, 5, 900, 300, 1024, 60, 3600, 0, 5},
    [FH_OPENSEARCH] = {1, 100, 5, 900, 300, 1024, 60, 300, 0, 5},
    [FH_HTTP] = {1, 64, 5, 900, 300, 1024, 60, 300, 180, 5},
    [FH_SPLUNK] = {1, 5, 5, 60, 60, 256, 60, 3600, 300, 10},
    [FH_SNOWFLAKE] = {1, 128, 128, 900, 0, 256, 30, 60, 0, 5},
    [FH_ICEBERG] = {1, 128, 5, 900, 300, 1024, 60, 300, 0, 5},
};
static const struct fh_limits converted = {64, 128, 128, 900, 300, 1024, 60, -1, 0, 5};

const struct fh_limits *fh_limits(enum fh_destination d, bool convert)
{
    CHECK(d < FH_DESTINATIONS);
    return d == FH_S3 && convert ? &converted : &limits[d];
}

uint32_t fh_record_max(enum fh_source source, bool transform)
{
    return source == FH_DIRECT_PUT ? FH_RECORD_BYTES : transform ? FH_INVOKE_BYTES : 10 * FH_MIB;
}

void fh_config_default(struct fh_config *c, enum fh_destination d, bool convert)
{
    const struct fh_limits *l = fh_limits(d, convert);
    *c = (struct fh_config){
        .destination = d,
        .records_per_s = 500000,
        .requests_per_s = 2000,
        .bytes_per_s = 5 * FH_MIB,
        .size = (uint64_t)l->size * FH_MIB,
        .interval = l->interval * SIM_S,
        .zero_latency = 5 * SIM_S,
        .backup_size = 5 * FH_MIB,
        .backup_interval = 300 * SIM_S,
        .convert = convert,
        .lambda_size = (uint64_t)l->lambda_kib * 1024,
        .lambda_interval = l->lambda_interval * SIM_S,
        .lambda_retries = 3,
        .parallel = 4,
        .merge = (uint64_t)l->size_max * FH_MIB,
        .retry = l->retry < 0 ? SIM_NEVER : l->retry * SIM_S,
        .keep = 24 * SIM_H,
        .jitter = true,
    };
}

static enum fh_outcome judge_partitions(const struct fh_config *c)
{
    bool good = c->destination == FH_S3 && c->partitions <= FH_PARTITIONS_MAX && c->interval > 0 &&
                c->size >= 64 * (uint64_t)FH_MIB && c->parse_time >= 0;
    return c->partitions == 0 || good ? FH_OK : FH_BAD_PARTITIONS;
}

enum fh_outcome fh_config_judge(const struct fh_config *c)
{
    const struct fh_limits *l = fh_limits(c->destination, false);
    sim_time longest = l->interval_max * SIM_S;
    if (c->convert && (c->destination != FH_S3 || c->size < converted.size_min * (uint64_t)FH_MIB))
        return FH_BAD_CONVERSION;
    if (c->size < l->size_min * (uint64_t)FH_MIB || c->size > l->size_max * (uint64_t)FH_MIB || c->backup_size < FH_MIB ||
        c->backup_size > 128 * (uint64_t)FH_MIB)
        return FH_BAD_SIZE;
    if (c->interval < 0 || c->interval > longest || c->backup_interval < 0 || c->backup_interval > 900 * SIM_S)
        return FH_BAD_INTERVAL;
    if (c->transform && (c->lambda_size * 10 < 2 * (uint64_t)FH_MIB || c->lambda_size > 3 * (uint64_t)FH_MIB ||
                         c->lambda_interval < 0 || c->lambda_interval > 900 * SIM_S || c->lambda_retries > 300))
        return FH_BAD_LAMBDA;
    if (c->retry != SIM_NEVER && (c->retry < 0 || c->retry > 7200 * SIM_S || l->retry < 0))
        return FH_BAD_RETRY;
    return judge_partitions(c);
}
