/* esm_lane.c - a lane's line of records, and the pieces that are batches. */
#include "esm_int.h"
#include "mem.h"

/* A record's data is sent as base64. */
uint64_t lane_bytes(const struct esm_record *r)
{
    return ((uint64_t)r->size + 2) / 3 * 4;
}

static bool grow(struct lane *l)
{
    uint32_t cap = l->cap == 0 ? 64 : l->cap * 2;
    struct item *ring = mem_get(cap * sizeof(*ring));
    if (ring == NULL)
        return false;
    for (uint32_t i = 0; i < l->n; i++)
        ring[i] = *lane_item(l, i);
    mem_release(l->ring);
    l->ring = ring;
    l->cap = cap;
    l->head = 0;
    return true;
}

bool lane_add(const struct esm *e, struct lane *l, const struct esm_record *r, sim_time now)
{
    if (l->n == l->cap && !grow(l))
        return false;
    l->gone = 0;
    l->n++;
    *lane_item(l, l->n - 1) = (struct item){*r, now};
    if (l->n_piece == 0)
        lane_gather(e, l);
    return true;
}

static bool fits(const struct esm *e, const struct lane *l, const struct esm_record *r)
{
    sim_time t = e->config.tumbling;
    if (l->open == 0)
        return true;
    return l->open_bytes + lane_bytes(r) <= e->config.payload && (t == 0 || r->arrival / t == lane_item(l, 0)->r.arrival / t);
}

void lane_gather(const struct esm *e, struct lane *l)
{
    while (!l->cut && l->open < l->n) {
        const struct esm_record *r = &lane_item(l, l->open)->r;
        if (fits(e, l, r)) {
            l->open++;
            l->open_bytes += lane_bytes(r);
            l->cut = l->open == e->config.batch || l->open_bytes >= e->config.payload;
        } else {
            l->cut = true;
        }
    }
}

static void gather_anew(const struct esm *e, struct lane *l)
{
    l->open = 0;
    l->open_bytes = 0;
    l->cut = false;
    lane_gather(e, l);
}

void lane_errors(struct esm *e, struct lane *l, uint32_t n)
{
    e->n_blocked += (n > 0) - (l->errors > 0);
    l->errors = n;
}

/* Pieces lose what leaves; a new one begins without a history. */
void lane_leave(struct esm *e, struct lane *l, uint32_t k)
{
    l->head += k;
    l->n -= k;
    l->gone += k;
    while (l->n_piece > 0 && k >= lane_piece(l)->n) {
        k -= lane_piece(l)->n;
        l->n_piece--;
        lane_errors(e, l, 0);
    }
    if (l->n_piece > 0)
        lane_piece(l)->n -= k;
    else
        gather_anew(e, l);
}

bool lane_reserve(struct lane *l)
{
    if (l->n_piece < l->cap_piece)
        return true;
    uint32_t cap = l->cap_piece == 0 ? 4 : l->cap_piece * 2;
    struct piece *more = mem_resize(l->piece, cap * sizeof(*more));
    if (more == NULL)
        return false;
    l->piece = more;
    l->cap_piece = cap;
    return true;
}

void lane_take(struct lane *l)
{
    CHECK(l->n_piece == 0 && l->cap_piece > 0);
    l->piece[l->n_piece++] = (struct piece){.n = l->open};
    l->open = 0;
    l->open_bytes = 0;
    l->cut = false;
}

/* The first part of an odd batch is the larger (KIN-91). */
bool lane_split(struct lane *l)
{
    if (!lane_reserve(l))
        return false;
    struct piece *p = lane_piece(l), first = *p;
    first.n = (p->n + 1) / 2;
    p->n -= first.n;
    l->piece[l->n_piece++] = first;
    return true;
}

uint32_t lane_expired(const struct esm *e, const struct lane *l)
{
    uint32_t k = 0;
    uint64_t horizon = e->shard[l->shard].horizon;
    sim_time retention = e->config.retention;
    for (; k < l->n; k++) {
        const struct esm_record *r = &lane_item(l, k)->r;
        if (r->seq >= horizon && (retention == SIM_NEVER || e->now - r->arrival < retention))
            break;
    }
    return k;
}

/* --- tumbling windows --- */

bool lane_window_over(const struct esm *e, const struct lane *l, int64_t window)
{
    const struct shard *s = &e->shard[l->shard];
    return s->ended || s->seen >= (window + 1) * e->config.tumbling;
}

bool lane_wants_final(const struct esm *e, const struct lane *l)
{
    if (l->window < 0)
        return false;
    if (l->n > 0)
        return lane_item(l, 0)->r.arrival / e->config.tumbling > l->window;
    return lane_window_over(e, l, l->window);
}
