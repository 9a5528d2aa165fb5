/* flow_order.h - private to the chart of flows: the order of its nodes from top to bottom in each stage, with as few
 * crossings as a few sweeps find, and the places of nodes and ribbons. */
#ifndef FLOW_ORDER_H
#define FLOW_ORDER_H

#include "layouts_fanout.h"

#define FLOW_NONE SIZE_MAX

/* A place in a stage: a node, or where a link passes that spans several stages. */
struct flow_slot {
    size_t   node;        /* FLOW_NONE: a link passes */
    size_t   stage, part;
    size_t   rank;        /* from the top of its stage */
    uint64_t in, out;
    double   y, height;   /* set by the drawing: of its bar or ribbon */
    double   in_y, out_y; /* … where the next ribbon ends or begins */
};
struct flow_hop { /* a link's way between neighbouring stages */
    size_t from, to, link; /* from, to: slots */
};
struct flow_graph {
    struct flow_slot *slot; /* first the nodes, in their order */
    struct flow_hop  *hop;  /* link by link, from left to right */
    size_t            n_slot, n_hop, n_stage;
    size_t           *sorted; /* slots by stage, then rank */
};
struct flow_balance {
    uint64_t *in, *out; /* of each node */
    uint64_t *whole;    /* what enters each part */
};
struct flow_view {
    const struct flow_data *d;
    struct flow_balance     b;
    struct flow_graph       g;
    double                 *x;              /* left edge of each stage's bars */
    double                 *out_at, *in_at; /* of each hop: the upper edge of its ribbon */
    double                  scale;          /* points a count */
    double                  left, right, top, bottom;
};
#define FLOW_BAR 9.0
#define FLOW_ROW 28.0 /* a label of two lines */

bool flow_order(struct sheet *, const struct flow_data *, struct flow_graph *);
/* Places all slots and ribbons between the view's edges; flow_place.c. */
void   flow_place(struct flow_view *);
double flow_thick(const struct flow_view *, size_t link);
bool   flow_labelled_above(const struct flow_view *, const struct flow_slot *);
double flow_whole_height(struct flow_view *, double scale);

#endif
