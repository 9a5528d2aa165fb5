/* line.h - calls by rank: a binary heap of those that wait or work, in which each knows its place. Ranks are three numbers
 * (a class or a time, and who came first), so that no two are alike. */
#ifndef LINE_H
#define LINE_H

#include "wire.h"

struct line {
    struct wire_call **item;
    uint32_t           n, cap;
    bool               reverse; /* the largest rank first */
    bool               loose;   /* in no order: line_at picks any */
};

bool line_add(struct line *, struct wire_call *); /* false: memory is short */
void line_remove(struct line *, struct wire_call *);
static inline struct wire_call *line_at(const struct line *l, uint32_t i) /* 0: the first; needs one */
{
    return l->item[i];
}
void line_free(struct line *);
/* Whether a's rank is before b's. */
bool line_before(const struct wire_call *a, const struct wire_call *b);

#endif
