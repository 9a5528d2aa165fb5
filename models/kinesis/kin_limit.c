/* kin_limit.c - what a shard takes (KIN-10): by whole seconds (KIN-21), or by two buckets of one
 * second's worth that fill continuously (KIN-22). Records above 1 MiB may also draw on a tank that
 * fills with what is left unused (KIN-28), so that the average stays at 1 MiB/s. */
#include "kin_int.h"

#define BILLION INT64_C(1000000000)

bool kin_window(sim_time *end, uint32_t *used, uint32_t n, sim_time now)
{
    if (now >= *end) {
        *end = (now / SIM_S + 1) * SIM_S;
        *used = 0;
    }
    if (*used >= n)
        return false;
    ++*used;
    return true;
}

static void fill(struct kin_shard *s, int64_t more)
{
    s->tank = s->tank_cap - s->tank < more ? s->tank_cap : s->tank + more;
}

/* The seconds since the one that was counted: what they left unused goes into the tank. */
static void next_window(struct kin_shard *s, sim_time now)
{
    sim_time idle = (now - s->window_end) / SIM_S;
    if (s->tank < s->tank_cap) {
        fill(s, (int64_t)(KIN_MIB - s->window_bytes) * BILLION);
        fill(s, (idle < 10 ? idle : 10) * KIN_MIB * BILLION);
    }
    s->window_end += (idle + 1) * SIM_S;
    s->window_records = s->window_bytes = 0;
}

static bool admit_window(struct kin_shard *s, sim_time now, uint32_t size)
{
    if (__builtin_expect(now >= s->window_end, 0))
        next_window(s, now);
    uint32_t left = KIN_MIB - s->window_bytes;
    if (s->window_records >= KIN_SHARD_RECORDS)
        return false;
    if (size > left) {
        int64_t rest = (int64_t)(size - left) * BILLION;
        if (size <= KIN_MIB || rest > s->tank)
            return false;
        s->tank -= rest;
        size = left;
    }
    s->window_records++;
    s->window_bytes += size;
    return true;
}

/* Ten seconds fill the largest tank and the bucket before it. */
static void refill(struct kin_shard *s, sim_time now)
{
    sim_time gap = now - s->level_at < 20 * SIM_S ? now - s->level_at : 20 * SIM_S;
    int64_t records = s->level_records + gap * KIN_SHARD_RECORDS;
    int64_t bytes = s->level_bytes + gap * KIN_MIB;
    int64_t most = KIN_MIB * BILLION;
    if (bytes > most)
        fill(s, bytes - most);
    s->level_records =
        records < KIN_SHARD_RECORDS * BILLION ? records : KIN_SHARD_RECORDS * BILLION;
    s->level_bytes = bytes < most ? bytes : most;
    s->level_at = now;
}

static bool admit_bucket(struct kin_shard *s, sim_time now, uint32_t size)
{
    refill(s, now);
    int64_t need = (int64_t)size * BILLION;
    if (s->level_records < BILLION)
        return false;
    if (need > s->level_bytes) {
        if (size <= KIN_MIB || need - s->level_bytes > s->tank)
            return false;
        s->tank -= need - s->level_bytes;
        need = s->level_bytes;
    }
    s->level_records -= BILLION;
    s->level_bytes -= need;
    return true;
}

bool kin_admit(struct kinesis *k, struct kin_shard *s, sim_time now, uint32_t size)
{
    return k->config.throttle == KIN_WINDOW ? admit_window(s, now, size)
                                            : admit_bucket(s, now, size);
}

void kin_limits_open(struct kinesis *k, struct kin_shard *s, sim_time now)
{
    s->window_end = (now / SIM_S + 1) * SIM_S;
    s->level_records = KIN_SHARD_RECORDS * BILLION;
    s->level_bytes = KIN_MIB * BILLION;
    s->level_at = now;
    s->tank = s->tank_cap = (int64_t)(k->config.max_record - KIN_MIB) * BILLION;
}

/* A tank that becomes larger is full by the difference: it "starts full". */
void kin_limits_resize(struct kinesis *k, struct kin_shard *s, sim_time now, uint32_t max_record)
{
    int64_t cap = (int64_t)(max_record - KIN_MIB) * BILLION;
    if (k->config.throttle == KIN_BUCKET)
        refill(s, now);
    else if (now >= s->window_end)
        next_window(s, now);
    s->tank = cap > s->tank_cap ? s->tank + cap - s->tank_cap : s->tank < cap ? s->tank : cap;
    s->tank_cap = cap;
}
