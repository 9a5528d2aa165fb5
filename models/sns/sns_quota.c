/* sns_quota.c - token buckets and the regions' rates. */
#include "sns_quota.h"

#include <stddef.h>
#include <string.h>

#define TOKEN INT64_C(1000000000)

static int64_t used_now(const struct sns_bucket *b, uint32_t rate, sim_time now)
{
    sim_time gap = now - b->at;
    if (gap >= SIM_S || b->used <= gap * rate)
        return 0;
    return b->used - gap * rate;
}

bool sns_bucket_has(const struct sns_bucket *b, uint32_t rate, sim_time now, uint64_t n)
{
    if (rate == 0)
        return true;
    return n <= rate && used_now(b, rate, now) + (int64_t)n * TOKEN <= rate * TOKEN;
}

void sns_bucket_take(struct sns_bucket *b, uint32_t rate, sim_time now, uint64_t n)
{
    if (rate == 0)
        return;
    b->used = used_now(b, rate, now) + (int64_t)n * TOKEN;
    b->at = now;
}

void sns_region_rates(struct sns_region *r, const char *region)
{
    static const struct {
        const char *name;
        uint32_t standard, fifo;
    } row[] = {{"us-east-1", 30000, 30000},    {"us-west-2", 9000, 9000},
               {"eu-west-1", 9000, 9000},      {"us-east-2", 1500, 3000},
               {"us-west-1", 1500, 3000},      {"ap-south-1", 1500, 3000},
               {"ap-northeast-1", 1500, 3000}, {"ap-northeast-2", 1500, 3000},
               {"ap-southeast-1", 1500, 3000}, {"ap-southeast-2", 1500, 3000},
               {"eu-central-1", 1500, 3000},   {NULL, 300, 3000}};
    size_t i = 0;
    while (row[i].name != NULL && strcmp(row[i].name, region) != 0)
        i++;
    r->standard_rate = row[i].standard;
    r->fifo_rate = row[i].fifo;
}
