/* budget.c - a part is the 10^9th of what a rate's time counts in, so that shares and rates are both exact. */
#include "budget.h"

#include "caller.h"

#define PPB INT64_C(1000000000)

void budget_open(struct budget *b, const struct value *group)
{
    const struct value *ratio = value_field(group, BUDGET_RATIO), *rate = value_field(group, BUDGET_RATE),
                       *start = value_field(group, BUDGET_START);
    int64_t ns = rate->absent ? 1 : rate->rate.ns, capacity = value_field(group, BUDGET_CAPACITY)->i;
    *b = (struct budget){
        .per_call = ratio->absent ? 0 : ratio->i,
        .per_ns = rate->absent ? 0 : rate->rate.events,
        .token = ns,
        .by_success = value_field(group, BUDGET_CREDIT)->i != 0,
        .full = (__int128)capacity * ns * PPB,
    };
    b->level = (__int128)(start->absent ? capacity : start->i) * ns * PPB;
}

static void gain(struct budget *b, __int128 parts)
{
    b->level += parts;
    if (b->level > b->full)
        b->level = b->full;
}

static void fill(struct budget *b, sim_time now)
{
    gain(b, (__int128)b->per_ns * PPB * (now - b->since));
    b->since = now;
}

void budget_call(struct budget *b, sim_time now)
{
    fill(b, now);
    if (!b->by_success)
        gain(b, (__int128)b->per_call * b->token);
}

void budget_success(struct budget *b, sim_time now)
{
    fill(b, now);
    if (b->by_success)
        gain(b, (__int128)b->per_call * b->token);
}

bool budget_retry(struct budget *b, sim_time now)
{
    fill(b, now);
    __int128 cost = (__int128)b->token * PPB;
    if (b->level < cost)
        return false;
    b->level -= cost;
    return true;
}
