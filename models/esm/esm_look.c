/* esm_look.c - settings with their ranges, what can be asked of a mapping, and what must hold at any time. */
#include "esm_int.h"

#include <inttypes.h>

void esm_config_init(struct esm_config *c)
{
    *c = (struct esm_config){
        .batch = 100,
        .factor = 1,
        .payload = ESM_PAYLOAD,
        .retries = ESM_NEVER_ENDS,
        .max_age = SIM_NEVER,
        .retention = SIM_NEVER,
    };
}

static bool in_range(const char *what, int64_t value, int64_t low, int64_t high, struct err *err)
{
    return (value >= low && value <= high) || err_set(err, ERR_DATA, "%s is %" PRId64 ", it goes from %" PRId64 " to %" PRId64 " (KIN-82)",
                                                      what, value, low, high);
}

/* The service knows whole seconds of these. */
bool esm_config_check(const struct esm_config *c, struct err *err)
{
    return in_range("the batch size", c->batch, 1, 10000, err) &&
           in_range("the batching window in seconds", c->window / SIM_S, 0, 300, err) &&
           in_range("the parallelization factor", c->factor, 1, ESM_FACTOR_MAX, err) &&
           in_range("the number of retries", c->retries, -1, 10000, err) &&
           in_range("the tumbling window in seconds", c->tumbling / SIM_S, 0, 900, err) &&
           (c->max_age == SIM_NEVER || in_range("the record age in seconds", c->max_age / SIM_S, 60, 604800, err));
}

const char *esm_condition_name(enum esm_condition c)
{
    static const char *const name[ESM_CONDITIONS] = {"RetryAttemptsExhausted", "RecordAgeExceeded", "RecordTooLarge"};
    return name[c];
}

sim_time esm_deadline(const struct esm *e)
{
    return e->n_due == 0 || e->failed ? SIM_NEVER : e->lane[e->heap[0]].due;
}

uint32_t esm_next(const struct esm *e)
{
    CHECK(e->n_due > 0);
    return e->lane[e->heap[0]].shard;
}

bool esm_failed(const struct esm *e)
{
    return e->failed;
}

void esm_batch(const struct esm *e, uint32_t lane, struct esm_batch *b)
{
    const struct lane *l = &e->lane[lane];
    CHECK(l->state == LANE_FLYING);
    *b = (struct esm_batch){
        .shard = l->shard,
        .n = lane_piece(l)->n,
        .tries = lane_piece(l)->tries,
        .window = l->window >= 0,
        .final = l->final,
        .from = l->window < 0 ? 0 : l->window * e->config.tumbling,
        .to = l->window < 0 ? 0 : (l->window + 1) * e->config.tumbling,
    };
}

const struct esm_record *esm_at(const struct esm *e, uint32_t lane, uint32_t i)
{
    return &lane_item(&e->lane[lane], i)->r;
}

/* A call may let go twice: what was done, then the rest. */
const struct esm_record *esm_gone(const struct esm *e, const struct effect *fx, uint32_t i)
{
    const struct lane *l = &e->lane[fx->a];
    uint32_t at = l->head - l->gone;
    while (l->ring[at & (l->cap - 1)].r.seq != fx->b)
        CHECK(++at != l->head);
    CHECK(i < l->head - at);
    return &l->ring[(at + i) & (l->cap - 1)].r;
}

bool esm_wants(const struct esm *e, uint32_t shard)
{
    for (uint32_t k = 0; shard < e->n_shard && k < e->config.factor; k++)
        if (e->lane[shard * e->config.factor + k].n < e->config.batch)
            return true;
    return shard >= e->n_shard;
}

uint64_t esm_checkpoint(const struct esm *e, uint32_t shard)
{
    uint64_t seq = shard < e->n_shard ? e->shard[shard].next : 0;
    for (uint32_t k = 0; shard < e->n_shard && k < e->config.factor; k++) {
        const struct lane *l = &e->lane[shard * e->config.factor + k];
        if (l->n > 0 && lane_item(l, 0)->r.seq < seq)
            seq = lane_item(l, 0)->r.seq;
    }
    return seq;
}

uint64_t esm_pending(const struct esm *e, uint32_t shard)
{
    uint64_t n = 0;
    for (uint32_t k = 0; shard < e->n_shard && k < e->config.factor; k++)
        n += e->lane[shard * e->config.factor + k].n;
    return n;
}

uint32_t esm_flying(const struct esm *e)
{
    return e->n_flying;
}

uint32_t esm_blocked(const struct esm *e)
{
    return e->n_blocked;
}

uint32_t esm_blocked_in(const struct esm *e, uint32_t shard)
{
    uint32_t n = 0;
    for (uint32_t k = 0; shard < e->n_shard && k < e->config.factor; k++)
        n += e->lane[shard * e->config.factor + k].errors > 0;
    return n;
}

static void check_lane(const struct esm *e, uint32_t lane, sim_time now)
{
    const struct lane *l = &e->lane[lane];
    uint64_t in_pieces = 0;
    for (uint32_t i = 0; i < l->n_piece; i++) {
        CHECK(l->piece[i].n <= e->config.batch);
        in_pieces += l->piece[i].n;
    }
    CHECK(in_pieces <= l->n);
    CHECK(l->n_piece == 0 || (l->open == 0 && !l->cut));
    CHECK(l->n_piece > 0 || l->open <= l->n);
    CHECK(l->state == LANE_FREE || l->n_piece > 0);
    for (uint32_t i = 0; i < l->n; i++) {
        const struct esm_record *r = &lane_item(l, i)->r;
        CHECK(esm_lane_of(&e->config, l->shard, r->hash) == lane);
        CHECK(i == 0 || r->seq > lane_item(l, i - 1)->r.seq);
        CHECK(r->seq < e->shard[l->shard].next);
        CHECK(r->arrival <= now);
    }
    CHECK((l->at == NOT_DUE) == (l->due == SIM_NEVER));
    CHECK(l->at == NOT_DUE || (l->at < e->n_due && e->heap[l->at] == lane));
    CHECK(l->at == NOT_DUE || l->at == 0 || e->lane[e->heap[(l->at - 1) / 2]].due <= l->due);
}

void esm_check(const struct esm *e, sim_time now)
{
    uint32_t flying = 0, blocked = 0, due = 0;
    for (uint32_t i = 0; i < e->n_shard * e->config.factor; i++) {
        check_lane(e, i, now);
        flying += e->lane[i].state == LANE_FLYING;
        blocked += e->lane[i].errors > 0;
        due += e->lane[i].at != NOT_DUE;
    }
    CHECK(flying == e->n_flying && blocked == e->n_blocked && due == e->n_due);
    for (uint32_t i = 0; i < e->n_shard; i++)
        CHECK(!e->shard[i].finished || esm_pending(e, i) == 0);
}
