/* budget.h - a retry budget: a bucket of tokens of which each retry costs one. It gains a share of a token with each call (or
 * with each success), or tokens over time. In whole numbers: parts of a token so small that both gains are whole. */
#ifndef BUDGET_H
#define BUDGET_H

#include "spec.h"

struct budget {
    int64_t  per_call, per_ns, token; /* in parts */
    bool     by_success;
    __int128 level, full;
    sim_time since;
};

void budget_open(struct budget *, const struct value *group);
void budget_call(struct budget *, sim_time now);    /* a call begins */
void budget_success(struct budget *, sim_time now); /* a call succeeded */
bool budget_retry(struct budget *, sim_time now);   /* takes a token; false: there is none */

#endif
