/* flow_place.c - how thick a flow's ribbons are and where they run: the largest scale at which every stage of every part
 * finds room between top and bottom, labels included. */
#include <math.h>

#include "flow_order.h"

#define GAP  7.0
#define HAIR 0.8
#define BAND 16.0 /* between requests and messages */

double flow_thick(const struct flow_view *v, size_t link)
{
    return fmax((double)v->d->link[link].count * v->scale, HAIR);
}

bool flow_labelled_above(const struct flow_view *v, const struct flow_slot *t)
{
    return t->node != FLOW_NONE && t->stage > 0 && t->stage + 1 < v->g.n_stage;
}

/* What a slot needs from top to bottom. */
static double room_of(const struct flow_view *v, const struct flow_slot *t)
{
    if (t->node == FLOW_NONE)
        return t->height + GAP;
    return GAP + (flow_labelled_above(v, t) ? FLOW_ROW + t->height : fmax(FLOW_ROW, t->height));
}

static void set_heights(struct flow_view *v, double scale)
{
    v->scale = scale;
    for (size_t i = 0; i < v->g.n_slot; i++)
        v->g.slot[i].in_y = v->g.slot[i].out_y = 0;
    for (size_t i = 0; i < v->g.n_hop; i++) {
        v->g.slot[v->g.hop[i].from].out_y += flow_thick(v, v->g.hop[i].link);
        v->g.slot[v->g.hop[i].to].in_y += flow_thick(v, v->g.hop[i].link);
    }
    for (size_t i = 0; i < v->g.n_slot; i++)
        v->g.slot[i].height = fmax(v->g.slot[i].in_y, v->g.slot[i].out_y);
}

static double stage_height(const struct flow_view *v, size_t part, size_t stage)
{
    double sum = 0;
    for (size_t i = 0; i < v->g.n_slot; i++)
        if (v->g.slot[i].part == part && v->g.slot[i].stage == stage)
            sum += room_of(v, &v->g.slot[i]);
    return sum;
}

static double band_height(const struct flow_view *v, size_t part)
{
    double most = 0;
    for (size_t k = 0; k < v->g.n_stage; k++)
        most = fmax(most, stage_height(v, part, k));
    return most;
}

double flow_whole_height(struct flow_view *v, double scale)
{
    double sum = -BAND;
    set_heights(v, scale);
    for (size_t p = 0; p < v->d->n_unit; p++)
        sum += v->b.whole[p] > 0 ? band_height(v, p) + BAND : 0;
    return sum;
}

/* The largest scale that fits, by halving. */
static void fit_scale(struct flow_view *v, double height)
{
    double low = 0, high = 1e-300;
    while (flow_whole_height(v, high) < height && high < 1e6)
        high *= 2;
    for (size_t i = 0; i < 80; i++) {
        double middle = (low + high) / 2;
        if (flow_whole_height(v, middle) <= height)
            low = middle;
        else
            high = middle;
    }
    flow_whole_height(v, low);
}

static void place_band(struct flow_view *v, size_t part, double top, double height)
{
    for (size_t k = 0; k < v->g.n_stage; k++) {
        double y = top + (height - stage_height(v, part, k)) / 2;
        for (size_t i = 0; i < v->g.n_slot; i++) {
            struct flow_slot *t = &v->g.slot[v->g.sorted[i]];
            if (t->part != part || t->stage != k)
                continue;
            double room = room_of(v, t);
            t->y = flow_labelled_above(v, t) ? y + FLOW_ROW + GAP / 2 : y + (room - t->height) / 2;
            t->in_y = t->out_y = t->y;
            y += room;
        }
    }
}

/* Ribbons leave a bar in the order of where they go, and reach it in the order of where they come from. */
static void place_ribbons(struct flow_view *v)
{
    struct flow_graph *g = &v->g;
    for (size_t k = 0; k < g->n_slot; k++)
        for (size_t i = 0; i < g->n_hop; i++) {
            struct flow_hop *h = &g->hop[i];
            if (h->to == g->sorted[k]) {
                v->out_at[i] = g->slot[h->from].out_y;
                g->slot[h->from].out_y += flow_thick(v, h->link);
            }
            if (h->from == g->sorted[k]) {
                v->in_at[i] = g->slot[h->to].in_y;
                g->slot[h->to].in_y += flow_thick(v, h->link);
            }
        }
}

void flow_place(struct flow_view *v)
{
    double y = v->top;
    fit_scale(v, v->bottom - v->top);
    for (size_t p = 0; p < v->d->n_unit; p++) {
        if (v->b.whole[p] == 0)
            continue;
        double height = band_height(v, p);
        place_band(v, p, y, height);
        y += height + BAND;
    }
    place_ribbons(v);
    for (size_t k = 0; k < v->g.n_stage; k++)
        v->x[k] = v->left + (v->right - FLOW_BAR - v->left) * (double)k / (double)(v->g.n_stage - 1);
}
