/* sim_row.h - private to sim_set: a few timers in a row, the first one last. Taking it is one step back; another one is put in
 * from that end, past those that are due before it. With so few that is less work than a heap's way down, and nobody needs to
 * know its place: who leaves from the middle is looked for. */
#ifndef SIM_ROW_H
#define SIM_ROW_H

#include "sim_heap.h"

#ifndef ROW_MAX
#define ROW_MAX 48 /* docs/decisions.md */
#endif
#define ROW_STEP 8 /* so many are looked at, and moved, at once */

/* Who is first stands twice. The place in the row is counted, and moved into; whoever asked there who is next would have to wait
 * until all that is done. The copy depends on one comparison. */
struct row {
    struct sim_entry first; /* never due when the row is empty */
    struct sim_entry *end;  /* behind the first one */
    struct sim_entry *last; /* as far as the end may go: none are in while the heap has them all */
    struct sim_entry margin[ROW_STEP]; /* never due, so that a step finds an end below the row */
    struct sim_entry e[ROW_MAX + ROW_STEP];
};

ALWAYS_INLINE struct sim_entry row_earlier(struct sim_entry a, struct sim_entry b)
{
    bool is_a = a.at < b.at;
    sim_time at = is_a ? a.at : b.at;
    struct sim_timer *timer = is_a ? a.timer : b.timer;
    __asm__("" : "+r"(at), "+r"(timer)); /* chosen without a branch, which nobody could foretell */
    return (struct sim_entry){at, timer};
}

/* n timers are in. */
ALWAYS_INLINE void row_set(struct row *r, uint32_t n)
{
    r->end = r->e + n;
    r->first = r->end[-1];
}

static inline void row_open(struct row *r)
{
    for (int i = 0; i < ROW_STEP; i++)
        r->margin[i] = (struct sim_entry){SIM_NEVER, NULL};
    row_set(r, 0);
    r->last = r->e + ROW_MAX;
}

static inline uint32_t row_n(const struct row *r)
{
    return (uint32_t)(r->end - r->e);
}

static inline bool row_is_empty(const struct row *r)
{
    return r->end == r->e;
}

static inline bool row_is_full(const struct row *r)
{
    return r->end >= r->last;
}

/* How many of the ROW_STEP before `end` are due before `at`. */
ALWAYS_INLINE size_t row_count(const struct sim_entry *end, sim_time at)
{
    size_t n = 0;
    for (int i = 1; i <= ROW_STEP; i++)
        n += (uint64_t)end[-i].at < (uint64_t)at;
    return n;
}

/* How many of ROW_STEP are due after `at`. */
ALWAYS_INLINE uint32_t row_count_after(const struct sim_entry *e, sim_time at)
{
    uint32_t n = 0;
    for (int i = 0; i < ROW_STEP; i++)
        n += (uint64_t)at < (uint64_t)e[i].at;
    return n;
}

/* An entry in one piece: written in two, it could not be read in one soon after. */
typedef long long row_piece __attribute__((vector_size(16), aligned(8), may_alias));

/* All from p to before `end` move up by one, and so do some of what is not in use behind the end. */
ALWAYS_INLINE void row_shift(struct sim_entry *p, const struct sim_entry *end)
{
    row_piece *e = (row_piece *)p, first = e[0];
    do {
        row_piece b = e[1], c = e[2], d = e[3], f = e[4], g = e[5], h = e[6], i = e[7], next = e[8];
        e[1] = first, e[2] = b, e[3] = c, e[4] = d, e[5] = f, e[6] = g, e[7] = h, e[8] = i;
        first = next;
        e += ROW_STEP;
    } while (__builtin_expect((const struct sim_entry *)e < end, 0));
}

/* There must be room. */
ALWAYS_INLINE void row_add(struct row *r, struct sim_entry x)
{
    struct sim_entry *end = r->end++, *p = end;
    r->first = row_earlier(x, r->first);
    while (__builtin_expect(p[-ROW_STEP].at < x.at, 0))
        p -= ROW_STEP;
    p -= row_count(p, x.at);
    if (__builtin_expect(p[-1].at == x.at, 0)) {
        while (p[-1].at == x.at && p[-1].timer->order < x.timer->order)
            p--;
        r->first = p == end ? x : r->first;
    }
    row_shift(p, end);
    *p = x;
    x.timer->place = SIM_ROW_PLACE;
}

ALWAYS_INLINE void row_pop(struct row *r)
{
    r->first = (--r->end)[-1];
}

/* It must be there. */
static inline void row_remove(struct row *r, struct sim_timer *t)
{
    struct sim_entry *e = --r->end, x = *e;
    while (x.timer != t) { /* those before it move up, one each */
        struct sim_entry y = *--e;
        *e = x;
        x = y;
    }
    r->first = r->end[-1];
    t->place = SIM_NO_PLACE;
}

#endif
