/* esm_stream.c - the mapping's life: records in, invocations out, and what becomes of a batch when its invocation ends. */
#include "esm_int.h"

#include <string.h>

#include "mem.h"

/* --- life --- */

bool esm_open(struct esm **out, const struct esm_config *config, struct err *err)
{
    struct esm *e = esm_config_check(config, err) ? mem_get_zero(1, sizeof(*e)) : NULL;
    if (e != NULL)
        e->config = *config;
    *out = e;
    return e != NULL || err_set(err, ERR_OS, "memory is short");
}

void esm_close(struct esm *e)
{
    if (e == NULL)
        return;
    for (uint32_t i = 0; i < e->n_shard * e->config.factor; i++) {
        mem_release(e->lane[i].ring);
        mem_release(e->lane[i].piece);
    }
    mem_release(e->lane);
    mem_release(e->shard);
    mem_release(e->heap);
    mem_release(e);
}

static bool resize(void **array, uint64_t n, size_t bytes)
{
    void *more = mem_resize(*array, n * bytes);
    *array = more == NULL ? *array : more;
    return more != NULL;
}

bool esm_shard(struct esm *e, uint32_t shard)
{
    uint32_t f = e->config.factor, n = shard + 1;
    if (shard < e->n_shard)
        return true;
    n = n < 2 * e->n_shard ? 2 * e->n_shard : n;
    if (!resize((void **)&e->shard, n, sizeof(*e->shard)) || !resize((void **)&e->lane, (uint64_t)n * f, sizeof(*e->lane)) ||
        !resize((void **)&e->heap, (uint64_t)n * f, sizeof(*e->heap)))
        return false;
    memset(e->shard + e->n_shard, 0, (n - e->n_shard) * sizeof(*e->shard));
    for (uint32_t i = e->n_shard * f; i < n * f; i++)
        e->lane[i] = (struct lane){.shard = i / f, .at = NOT_DUE, .due = SIM_NEVER, .window = -1};
    e->n_shard = n;
    return true;
}

/* --- what happens to a lane --- */

static void refresh(struct esm *e, uint32_t lane)
{
    due_set(e, lane, lane_due(e, &e->lane[lane]));
}

static void refresh_shard(struct esm *e, uint32_t shard)
{
    for (uint32_t k = 0; k < e->config.factor; k++)
        refresh(e, shard * e->config.factor + k);
}

static void finish_shard(struct esm *e, struct call *c, uint32_t shard)
{
    struct shard *s = &e->shard[shard];
    if (!s->ended || s->finished)
        return;
    for (uint32_t k = 0; k < e->config.factor; k++) {
        const struct lane *l = &e->lane[shard * e->config.factor + k];
        if (l->n > 0 || l->n_piece > 0 || l->window >= 0)
            return;
    }
    s->finished = true;
    call_effect(c, ESM_FX_FINISHED, shard, s->next, 0);
}

static void free_lane(struct esm *e, struct lane *l)
{
    e->n_flying -= l->state == LANE_FLYING;
    l->state = LANE_FREE;
}

/* The first k of the batch in hand, or all of it, are done with in this way. */
static void let_go(struct esm *e, struct call *c, uint32_t lane, enum esm_fx kind, uint32_t k, enum esm_condition why)
{
    struct lane *l = &e->lane[lane];
    uint64_t first = l->n > 0 ? lane_item(l, 0)->r.seq : e->shard[l->shard].next;
    uint32_t in_hand = l->n_piece;
    if (l->n > 0 || l->n_piece > 0)
        lane_leave(e, l, k);
    if (l->state == LANE_PAUSED && l->n_piece < in_hand)
        free_lane(e, l);
    call_effect(c, kind, lane, first, k | (uint64_t)why << 32);
}

static void pause(struct esm *e, struct lane *l)
{
    sim_time wait = l->errors < 6 ? SIM_S << l->errors : PAUSE_MAX;
    lane_errors(e, l, l->errors < 6 ? l->errors + 1 : 6);
    l->again = e->now + (wait < PAUSE_MAX ? wait : PAUSE_MAX);
    l->state = LANE_PAUSED;
}

/* A window whose last invocation has ended, one way or the other. */
static void close_window(struct lane *l, bool over)
{
    if (l->final && over)
        l->window = -1;
    l->final = false;
}

/* --- the end of an invocation --- */

/* The batch in hand has failed from its first record on. */
static void failed(struct esm *e, struct call *c, uint32_t lane)
{
    struct lane *l = &e->lane[lane];
    struct piece *p = lane_piece(l);
    bool final = l->final;
    close_window(l, false);
    p->tries++;
    if (e->config.bisect && p->n > 1) {
        e->failed |= !lane_split(l);
        call_effect(c, ESM_FX_SPLIT, lane, lane_item(l, 0)->r.seq, lane_piece(l)->n);
        pause(e, l);
        return;
    }
    p->failed++;
    if (e->config.retries == ESM_NEVER_ENDS || p->failed <= (uint64_t)e->config.retries) {
        pause(e, l);
        return;
    }
    l->final = final;
    let_go(e, c, lane, ESM_FX_DISCARD, p->n, ESM_RETRIES_EXHAUSTED);
    close_window(l, true);
}

/* What is before the first failed record is done; the rest is a batch that has failed. Where batches are bisected it was split
 * there, which uses up no retry (KIN-90, KIN-88). */
static void partly(struct esm *e, struct call *c, uint32_t lane, uint32_t good)
{
    struct lane *l = &e->lane[lane];
    lane_errors(e, l, 0);
    let_go(e, c, lane, ESM_FX_DONE, good, 0);
    if (!e->config.bisect) {
        failed(e, c, lane);
        return;
    }
    close_window(l, false);
    lane_piece(l)->tries++;
    call_effect(c, ESM_FX_SPLIT, lane, lane_item(l, 0)->r.seq, good);
    pause(e, l);
}

void esm_done(struct esm *e, struct call *c, uint32_t lane, enum esm_verdict verdict, uint32_t bad)
{
    struct lane *l = &e->lane[lane];
    CHECK(l->state == LANE_FLYING);
    uint32_t n = lane_piece(l)->n;
    e->now = c->now;
    l->gone = 0;
    free_lane(e, l);
    if (verdict == ESM_THROTTLED) {
        close_window(l, false);
        pause(e, l);
    } else if (verdict == ESM_OK && (!e->config.report || bad >= n)) {
        let_go(e, c, lane, ESM_FX_DONE, n, 0);
        lane_errors(e, l, 0);
        close_window(l, true);
    } else if (verdict == ESM_OK && bad > 0) {
        partly(e, c, lane, bad);
    } else {
        failed(e, c, lane);
    }
    refresh(e, lane);
    finish_shard(e, c, l->shard);
}

/* --- the next invocation --- */

static uint32_t too_old(const struct esm *e, const struct lane *l, uint32_t n)
{
    uint32_t k = 0;
    while (k < n && e->config.max_age != SIM_NEVER && e->now - lane_item(l, k)->r.arrival > e->config.max_age)
        k++;
    return k;
}

static bool is_final(const struct esm *e, const struct lane *l)
{
    uint32_t n = lane_piece(l)->n;
    if (l->window < 0)
        return false;
    if (n < l->n)
        return lane_item(l, n)->r.arrival / e->config.tumbling > l->window;
    return lane_window_over(e, l, l->window);
}

static void invoke(struct esm *e, struct call *c, uint32_t lane)
{
    struct lane *l = &e->lane[lane];
    uint32_t n = lane_piece(l)->n;
    if (e->config.tumbling > 0 && n > 0)
        l->window = lane_item(l, 0)->r.arrival / e->config.tumbling;
    l->final = is_final(e, l);
    l->state = LANE_FLYING;
    e->n_flying++;
    call_effect(c, ESM_FX_INVOKE, lane, n > 0 ? lane_item(l, 0)->r.seq : e->shard[l->shard].next, n);
}

/* What is too old or too large goes first (KIN-91, KIN-29); a batch of which nothing is left is none. */
static void try_batch(struct esm *e, struct call *c, uint32_t lane)
{
    struct lane *l = &e->lane[lane];
    if (l->n_piece == 0) {
        bool final = lane_wants_final(e, l);
        e->failed = !lane_reserve(l);
        if (e->failed)
            return;
        l->open = final ? 0 : l->open;
        lane_take(l);
    }
    uint32_t n = lane_piece(l)->n, old = too_old(e, l, n);
    if (old > 0)
        let_go(e, c, lane, ESM_FX_DISCARD, old, ESM_AGE_EXCEEDED);
    else if (n == 1 && lane_bytes(&lane_item(l, 0)->r) > e->config.payload)
        let_go(e, c, lane, ESM_FX_DISCARD, 1, ESM_TOO_LARGE);
    else
        invoke(e, c, lane);
}

void esm_advance(struct esm *e, struct call *c)
{
    if (esm_deadline(e) > c->now)
        return;
    uint32_t lane = e->heap[0];
    struct lane *l = &e->lane[lane];
    e->now = c->now;
    l->gone = 0;
    uint32_t expired = lane_expired(e, l);
    if (expired > 0) {
        let_go(e, c, lane, ESM_FX_EXPIRED, expired, 0);
    } else {
        free_lane(e, l); /* a pause is over */
        try_batch(e, c, lane);
    }
    refresh(e, lane);
    finish_shard(e, c, l->shard);
}

/* --- what comes in --- */

bool esm_add(struct esm *e, struct call *c, uint32_t shard, const struct esm_record *r)
{
    struct shard *s;
    uint32_t lane = esm_lane_of(&e->config, shard, r->hash);
    e->now = c->now;
    if (!esm_shard(e, shard))
        return false;
    s = &e->shard[shard];
    CHECK(!s->ended && r->seq >= s->next);
    if (!lane_add(e, &e->lane[lane], r, c->now))
        return false;
    s->next = r->seq + 1;
    refresh(e, lane);
    return true;
}

void esm_seen(struct esm *e, struct call *c, uint32_t shard, sim_time until)
{
    e->now = c->now;
    if (shard >= e->n_shard || until <= e->shard[shard].seen)
        return;
    e->shard[shard].seen = until;
    if (e->config.tumbling > 0)
        refresh_shard(e, shard);
}

void esm_trim(struct esm *e, struct call *c, uint32_t shard, uint64_t horizon)
{
    e->now = c->now;
    if (shard >= e->n_shard || horizon <= e->shard[shard].horizon)
        return;
    e->shard[shard].horizon = horizon;
    refresh_shard(e, shard);
}

void esm_end(struct esm *e, struct call *c, uint32_t shard)
{
    e->now = c->now;
    CHECK(shard < e->n_shard);
    e->shard[shard].ended = true;
    refresh_shard(e, shard);
    finish_shard(e, c, shard);
}
