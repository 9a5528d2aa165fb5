/* throttle.c - quotas in whole numbers. */
#include "throttle.h"

#include "station_keys.h"

void throttle_open(struct throttle *t, const struct value *group)
{
    const struct value *rate = value_field(group, THROTTLE_RATE), *burst = value_field(group, THROTTLE_BURST);
    *t = (struct throttle){.bucket = !rate->absent, .hint = value_field(group, THROTTLE_HINT)->i != 0};
    if (t->bucket) {
        t->per_ns = rate->rate.events;
        t->token = rate->rate.ns;
        t->full = t->level = (__int128)burst->i * t->token;
    } else {
        t->limit = value_field(group, THROTTLE_LIMIT)->i;
        t->window = value_field(group, THROTTLE_WINDOW)->i;
    }
}

static void fill(struct throttle *t, sim_time now)
{
    t->level += (__int128)t->per_ns * (now - t->since);
    if (t->level > t->full)
        t->level = t->full;
    t->since = now;
}

bool throttle_pass(struct throttle *t, sim_time now)
{
    if (!t->bucket) {
        if (now - t->start >= t->window) {
            t->start = now - now % t->window;
            t->used = 0;
        }
        return t->used < t->limit && ++t->used > 0;
    }
    fill(t, now);
    if (t->level < t->token)
        return false;
    t->level -= t->token;
    return true;
}

sim_time throttle_retry_at(const struct throttle *t, sim_time now)
{
    if (!t->hint)
        return SIM_NEVER;
    if (!t->bucket)
        return t->start + t->window;
    if (t->per_ns == 0)
        return SIM_NEVER;
    return now + (sim_time)((t->token - t->level + t->per_ns - 1) / t->per_ns);
}
