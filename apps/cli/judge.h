/* judge.h - whether a scenario's `expect` lines hold, judged on all replications.
 *
 * A comparison that holds in every replication holds, one that fails in every replication fails. Where replications
 * disagree, the mean decides: it holds or fails when the 95 % interval of (left - right) lies on one side of zero, else
 * the comparison is undecided. An exact demand (== or !=) that any replication breaks has failed. A comparison with a side
 * that has no value (the latency of no request) is not met. */
#ifndef JUDGE_H
#define JUDGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "result.h"
#include "scenario.h"

enum judgement { JUDGE_HOLDS, JUDGE_FAILS, JUDGE_UNDECIDED };

struct judge {
    const struct scenario *scenario;
    struct judge_line     *line; /* one a comparison */
    size_t                 n_line;
    uint32_t               replications, n;
};

/* False: memory is short. */
bool judge_open(struct judge *, const struct scenario *, uint32_t replications);
void judge_close(struct judge *);
void judge_add(struct judge *, const struct result *);

/* A line per comparison on stdout. */
void judge_print(const struct judge *);
/* A list of {"expect":…,"verdict":…,"left":…,"right":…}. */
json_t *judge_json(const struct judge *);
/* 0 all hold (or there are none), 1 one failed, 2 one is undecided and none failed. */
int judge_exit_code(const struct judge *);

#endif
