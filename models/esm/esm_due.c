/* esm_due.c - which lane is next: a heap of those that are due some time, by time and number. */
#include "esm_int.h"

static bool before(const struct esm *e, uint32_t a, uint32_t b)
{
    sim_time x = e->lane[a].due, y = e->lane[b].due;
    return x < y || (x == y && a < b);
}

static void put(struct esm *e, uint32_t at, uint32_t lane)
{
    e->heap[at] = lane;
    e->lane[lane].at = at;
}

static void up(struct esm *e, uint32_t at)
{
    uint32_t lane = e->heap[at];
    while (at > 0 && before(e, lane, e->heap[(at - 1) / 2])) {
        put(e, at, e->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(e, at, lane);
}

static void down(struct esm *e, uint32_t at)
{
    uint32_t lane = e->heap[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= e->n_due)
            break;
        if (child + 1 < e->n_due && before(e, e->heap[child + 1], e->heap[child]))
            child++;
        if (!before(e, e->heap[child], lane))
            break;
        put(e, at, e->heap[child]);
        at = child;
    }
    put(e, at, lane);
}

static void leave(struct esm *e, uint32_t at)
{
    e->lane[e->heap[at]].at = NOT_DUE;
    uint32_t last = e->heap[--e->n_due];
    if (at == e->n_due)
        return;
    put(e, at, last);
    up(e, at);
    down(e, e->lane[last].at);
}

void due_set(struct esm *e, uint32_t lane, sim_time due)
{
    struct lane *l = &e->lane[lane];
    l->due = due;
    if (due == SIM_NEVER) {
        if (l->at != NOT_DUE)
            leave(e, l->at);
        return;
    }
    if (l->at == NOT_DUE)
        put(e, e->n_due++, lane);
    up(e, l->at);
    down(e, l->at);
}

/* --- when a lane has something to do --- */

static sim_time expiry(const struct esm *e, const struct lane *l)
{
    if (l->n == 0)
        return SIM_NEVER;
    const struct esm_record *r = &lane_item(l, 0)->r;
    if (r->seq < e->shard[l->shard].horizon)
        return e->now;
    return e->config.retention == SIM_NEVER ? SIM_NEVER : r->arrival + e->config.retention;
}

static sim_time gathered(const struct esm *e, const struct lane *l)
{
    const struct item *first = lane_item(l, 0);
    bool over = e->config.tumbling > 0 && lane_window_over(e, l, first->r.arrival / e->config.tumbling);
    return l->cut || over ? e->now : first->added + e->config.window;
}

sim_time lane_due(const struct esm *e, const struct lane *l)
{
    sim_time due = e->now, end = expiry(e, l);
    if (l->state == LANE_FLYING)
        return SIM_NEVER;
    if (l->state == LANE_PAUSED)
        due = l->again;
    else if (l->n_piece == 0 && !lane_wants_final(e, l))
        due = l->n == 0 ? SIM_NEVER : gathered(e, l);
    due = due < end ? due : end;
    return due > e->now ? due : e->now;
}
