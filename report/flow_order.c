/* flow_order.c - Sugiyama's way: links that span stages get slots on their way, then each stage in turn is sorted by where
 * its neighbours stand, forth and back; the best order met is kept, and neighbours swapped where that helps. Parts stay apart. All ties go to the given order. */
#include "flow_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SWEEPS 8

struct key {
    size_t slot, stage, part;
    double at;
};

static int by_key(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->stage != y->stage)
        return x->stage < y->stage ? -1 : 1;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static bool make_slots(struct sheet *s, const struct flow_data *d, struct flow_graph *g)
{
    size_t n = d->n_node;
    for (size_t i = 0; i < d->n_link; i++)
        n += d->node[d->link[i].to].stage - d->node[d->link[i].from].stage;
    g->slot = sheet_get(s, n + 1, sizeof(*g->slot));
    g->hop = sheet_get(s, n + 1, sizeof(*g->hop));
    g->sorted = sheet_get(s, n + 1, sizeof(*g->sorted));
    for (size_t i = 0; !s->failed && i < d->n_node; i++) {
        g->slot[i] = (struct flow_slot){.node = i, .stage = d->node[i].stage, .part = d->node[i].part};
        g->n_stage = g->n_stage > d->node[i].stage + 1 ? g->n_stage : d->node[i].stage + 1;
    }
    g->n_slot = d->n_node;
    return !s->failed;
}

static void add_hop(struct flow_graph *g, size_t from, size_t to, size_t link, uint64_t count)
{
    g->hop[g->n_hop++] = (struct flow_hop){from, to, link};
    g->slot[from].out += count;
    g->slot[to].in += count;
}

static void add_hops(const struct flow_data *d, struct flow_graph *g, size_t link)
{
    const struct flow_link *l = &d->link[link];
    size_t at = l->from;
    for (size_t stage = d->node[l->from].stage + 1; stage < d->node[l->to].stage; stage++) {
        g->slot[g->n_slot] = (struct flow_slot){.node = FLOW_NONE, .stage = stage, .part = d->node[l->from].part};
        add_hop(g, at, g->n_slot, link, l->count);
        at = g->n_slot++;
    }
    add_hop(g, at, l->to, link, l->count);
}

static size_t crossings(const struct flow_graph *g)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n_hop; i++)
        for (size_t k = i + 1; k < g->n_hop; k++) {
            const struct flow_slot *a = &g->slot[g->hop[i].from], *b = &g->slot[g->hop[i].to];
            const struct flow_slot *c = &g->slot[g->hop[k].from], *e = &g->slot[g->hop[k].to];
            n += a->stage == c->stage && ((a->rank < c->rank && b->rank > e->rank) || (a->rank > c->rank && b->rank < e->rank));
        }
    return n;
}

static void rank_all(struct flow_graph *g, struct key *key)
{
    size_t rank = 0;
    qsort(key, g->n_slot, sizeof(*key), by_key);
    for (size_t i = 0; i < g->n_slot; i++) {
        rank = i > 0 && key[i].stage != key[i - 1].stage ? 0 : rank;
        g->slot[key[i].slot].rank = rank++;
    }
}

/* Where the neighbours of a slot stand: before it (forth) or after it, by their count. */
static double neighbours(const struct flow_graph *g, const struct flow_data *d, size_t slot, bool forth)
{
    double sum = 0, weight = 0;
    for (size_t i = 0; i < g->n_hop; i++) {
        const struct flow_hop *h = &g->hop[i];
        if ((forth ? h->to : h->from) != slot)
            continue;
        double w = (double)d->link[h->link].count + 1;
        sum += w * (double)g->slot[forth ? h->from : h->to].rank;
        weight += w;
    }
    return weight > 0 ? sum / weight : (double)g->slot[slot].rank;
}

static void sweep(struct flow_graph *g, const struct flow_data *d, struct key *key, bool forth)
{
    for (size_t k = 0; k < g->n_stage; k++) {
        size_t stage = forth ? k : g->n_stage - 1 - k;
        for (size_t i = 0; i < g->n_slot; i++) {
            const struct flow_slot *t = &g->slot[i];
            key[i] = (struct key){i, t->stage, t->part, t->stage == stage ? neighbours(g, d, i, forth) : (double)t->rank};
        }
        rank_all(g, key);
    }
}

static void keep(const struct flow_graph *g, size_t *best)
{
    for (size_t i = 0; i < g->n_slot; i++)
        best[i] = g->slot[i].rank;
}

static void swap_ranks(struct flow_graph *g, size_t a, size_t b)
{
    size_t rank = g->slot[a].rank;
    g->slot[a].rank = g->slot[b].rank;
    g->slot[b].rank = rank;
}

/* Neighbours change places wherever that undoes a crossing; in `sorted` as it is. Returns how many are left. */
static size_t swap_neighbours(struct flow_graph *g, size_t left)
{
    for (size_t i = 0; i + 1 < g->n_slot && left > 0; i++) {
        size_t a = g->sorted[i], b = g->sorted[i + 1];
        if (g->slot[a].stage != g->slot[b].stage || g->slot[a].part != g->slot[b].part)
            continue;
        swap_ranks(g, a, b);
        size_t n = crossings(g);
        if (n >= left) {
            swap_ranks(g, a, b);
            continue;
        }
        left = n;
        g->sorted[i] = b;
        g->sorted[i + 1] = a;
    }
    return left;
}

static bool sort_slots(struct sheet *s, const struct flow_data *d, struct flow_graph *g)
{
    struct key *key = sheet_get(s, g->n_slot + 1, sizeof(*key));
    size_t *best = sheet_get(s, g->n_slot + 1, sizeof(*best));
    if (s->failed)
        return false;
    for (size_t i = 0; i < g->n_slot; i++)
        key[i] = (struct key){i, g->slot[i].stage, g->slot[i].part, (double)i};
    rank_all(g, key);
    keep(g, best);
    size_t fewest = crossings(g);
    for (size_t k = 0; k < SWEEPS && fewest > 0; k++) {
        sweep(g, d, key, k % 2 == 0);
        size_t n = crossings(g);
        if (n < fewest) {
            fewest = n;
            keep(g, best);
        }
    }
    for (size_t i = 0; i < g->n_slot; i++) {
        g->slot[i].rank = best[i];
        key[i] = (struct key){i, g->slot[i].stage, 0, (double)best[i]};
    }
    qsort(key, g->n_slot, sizeof(*key), by_key);
    for (size_t i = 0; i < g->n_slot; i++)
        g->sorted[i] = key[i].slot;
    for (size_t k = 0, left = fewest; k < SWEEPS && left > 0; k++) {
        fewest = swap_neighbours(g, left);
        if (fewest == left)
            break;
        left = fewest;
    }
    return true;
}

bool flow_order(struct sheet *s, const struct flow_data *d, struct flow_graph *g)
{
    *g = (struct flow_graph){0};
    if (!make_slots(s, d, g))
        return false;
    for (size_t i = 0; i < d->n_link; i++)
        add_hops(d, g, i);
    return sort_slots(s, d, g);
}
