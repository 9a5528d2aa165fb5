/* breaker.c - outcomes are counted since the beginning, over the last so many, or over a window of time in ten parts, of
 * which the oldest is forgotten as a whole. */
#include "breaker.h"

#include <string.h>

#include "caller.h"

#define PPB INT64_C(1000000000)

bool breaker_open(struct breaker *b, struct arena *arena, const struct value *group)
{
    const struct value *last = value_field(group, BREAKER_LAST), *window = value_field(group, BREAKER_WINDOW),
                       *open = value_field(group, BREAKER_OPEN), *min = value_field(group, BREAKER_MIN_CALLS);
    *b = (struct breaker){
        .retries_only = value_field(group, BREAKER_STOPS)->i != 0,
        .threshold = value_field(group, BREAKER_THRESHOLD)->i,
        .min_calls = (uint64_t)min->i,
        .part = window->absent ? SIM_NEVER : (window->i + BREAKER_PARTS - 1) / BREAKER_PARTS,
        .open = open->absent ? SIM_NEVER : open->i,
        .probes = (uint32_t)value_field(group, BREAKER_PROBES)->i,
    };
    if (last->absent)
        return true;
    b->n_last = (uint32_t)last->i;
    b->last = arena_get(arena, b->n_last);
    if (b->last != NULL)
        memset(b->last, 2, b->n_last); /* no outcome yet */
    return b->last != NULL;
}

/* --- counting --- */

static void forget_part(struct breaker *b, int64_t part)
{
    struct breaker_counts *c = &b->at[part % BREAKER_PARTS];
    b->sum.n -= c->n;
    b->sum.failed -= c->failed;
    *c = (struct breaker_counts){0};
}

static void move_window(struct breaker *b, sim_time now)
{
    if (b->part == SIM_NEVER)
        return;
    int64_t part = now / b->part, gone = part - b->now_part;
    for (int64_t i = 1; i <= gone && i <= BREAKER_PARTS; i++)
        forget_part(b, b->now_part + i);
    b->now_part = part;
}

static void count(struct breaker *b, sim_time now, uint64_t n, uint64_t failed)
{
    move_window(b, now);
    struct breaker_counts *c = &b->at[b->now_part % BREAKER_PARTS];
    c->n += n;
    c->failed += failed;
    b->sum.n += n;
    b->sum.failed += failed;
}

static void count_last(struct breaker *b, bool failed)
{
    uint8_t *at = &b->last[b->next_last];
    b->next_last = (b->next_last + 1) % b->n_last;
    b->sum.n -= *at < 2;
    b->sum.failed -= *at == 1;
    *at = failed;
    b->sum.n++;
    b->sum.failed += failed;
}

static void reset(struct breaker *b)
{
    b->sum = (struct breaker_counts){0};
    memset(b->at, 0, sizeof(b->at));
    if (b->last != NULL)
        memset(b->last, 2, b->n_last);
}

/* --- states --- */

static void change(struct breaker *b, enum breaker_state state, sim_time now)
{
    b->state = state;
    b->era++;
    b->n_probing = b->n_passed = 0;
    b->until = b->open == SIM_NEVER ? SIM_NEVER : now + b->open;
    reset(b);
}

bool breaker_allows(struct breaker *b, sim_time now, uint32_t *era)
{
    if (b->state == BREAKER_IS_OPEN && now >= b->until)
        change(b, BREAKER_HALF_OPEN, now);
    *era = b->era;
    if (b->state != BREAKER_HALF_OPEN)
        return b->state == BREAKER_CLOSED;
    return b->n_probing < b->probes && ++b->n_probing > 0;
}

bool breaker_allows_retry(struct breaker *b, sim_time now)
{
    if (!b->retries_only)
        return true;
    move_window(b, now);
    return b->sum.n < b->min_calls || (__int128)b->sum.failed * PPB <= (__int128)b->threshold * b->sum.n;
}

void breaker_call(struct breaker *b, sim_time now)
{
    if (b->retries_only)
        count(b, now, 1, 0);
}

static void judge(struct breaker *b, sim_time now)
{
    if (b->sum.n >= b->min_calls && (__int128)b->sum.failed * PPB >= (__int128)b->threshold * b->sum.n)
        change(b, BREAKER_IS_OPEN, now);
}

void breaker_outcome(struct breaker *b, sim_time now, uint32_t era, bool failed)
{
    if (b->retries_only) {
        count(b, now, 0, failed);
        return;
    }
    if (era != b->era)
        return;
    if (b->state == BREAKER_HALF_OPEN) {
        if (failed)
            change(b, BREAKER_IS_OPEN, now);
        else if (++b->n_passed == b->probes)
            change(b, BREAKER_CLOSED, now);
        return;
    }
    if (b->last != NULL)
        count_last(b, failed);
    else
        count(b, now, 1, failed);
    if (failed)
        judge(b, now);
}

void breaker_forget(struct breaker *b, uint32_t era)
{
    if (b->state == BREAKER_HALF_OPEN && era == b->era && b->n_probing > b->n_passed)
        b->n_probing--;
}
