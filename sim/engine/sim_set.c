/* sim_set.c - what the row, the heap and the buckets exchange. The numbers were chosen by measurement
 * (docs/decisions.md); tests want smaller ones. */
#include "sim_set.h"

#ifndef HEAP_MAX
#define HEAP_MAX 64 /* more in the heap, and buckets are faster: from seventy on, by measurement */
#endif
#ifndef POUR_MAX
#define POUR_MAX 32 /* a bucket with more is split before it is poured */
#endif
#ifndef FEW
#define FEW 32 /* when no more are left in all buckets they all come near */
#endif

static void set_room(struct set *s)
{
    s->room = s->heap.cap < s->limit ? s->heap.cap : s->limit;
}

bool set_open(struct set *s)
{
    *s = (struct set){.horizon = SIM_NEVER, .limit = HEAP_MAX};
    row_open(&s->row);
    if (!heap_widen(&s->heap))
        return false;
    set_room(s);
    return true;
}

void set_close(struct set *s)
{
    mem_release(s->heap.e);
    far_close(s->far);
}

bool set_failed(const struct set *s)
{
    return s->failed || (s->far != NULL && s->far->failed);
}

/* What cannot leave the heap (many timers of one instant) must double before the next attempt. */
static void set_limit(struct set *s)
{
    s->limit = s->heap.n < HEAP_MAX / 2 ? HEAP_MAX : 2 * s->heap.n;
    set_room(s);
}

static void to_heap(struct set *s)
{
    s->row.room = 0;
    while (s->row.n > 0)
        heap_add(&s->heap, s->row.e[--s->row.n]); /* the heap has room for that many from the beginning */
}

static void to_row(struct set *s)
{
    s->row.room = ROW_MAX;
    while (s->heap.n > 0)
        row_add(&s->row, s->heap.e[--s->heap.n]);
}

static void put_near(void *context, struct sim_entry x)
{
    struct set *s = context;
    if (s->row.n < s->row.room) {
        row_add(&s->row, x);
        return;
    }
    if (s->row.n > 0)
        to_heap(s);
    if (__builtin_expect(s->heap.n == s->heap.cap, 0) && !heap_widen(&s->heap)) {
        x.timer->place = SIM_NO_PLACE;
        s->failed = true;
        return;
    }
    heap_add(&s->heap, x);
}

static void put_far(struct set *s, struct sim_entry x)
{
    x.timer->place = SIM_FAR_PLACE;
    far_add(s->far, x);
}

/* All but the first instant goes to the buckets. The base never goes back, although after a peek
 * it may be later than that instant. */
static void spill(struct set *s)
{
    struct heap *h = &s->heap;
    if (s->far->n == 0 || s->far->base < h->e[0].at)
        s->far->base = h->e[0].at;
    s->horizon = s->far->base + 1;
    uint32_t n = h->n;
    h->n = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct sim_entry x = h->e[i];
        if (x.at < s->horizon)
            heap_add(h, x);
        else
            put_far(s, x);
    }
    set_limit(s);
}

/* False: memory is short. */
static bool make_room(struct set *s)
{
    if (s->heap.n == s->limit) {
        if (s->far == NULL)
            s->far = far_open();
        if (s->far == NULL)
            return false;
        spill(s);
    }
    bool good = s->heap.n < s->heap.cap || heap_widen(&s->heap);
    set_room(s);
    return good;
}

void set_put_elsewhere(struct set *s, struct sim_timer *t)
{
    struct sim_entry x = {t->at, t};
    if (x.at >= s->horizon) {
        put_far(s, x);
        return;
    }
    if (s->heap.hole) {
        heap_fill(&s->heap, x);
        return;
    }
    if (s->row.n > 0)
        to_heap(s);
    if (s->heap.n == s->room && !make_room(s)) {
        t->place = SIM_NO_PLACE;
        s->failed = true;
    } else if (x.at < s->horizon) { /* which room may have been made by */
        heap_add(&s->heap, x);
    } else {
        put_far(s, x);
    }
}

static void pour(struct set *s, struct far_spot spot)
{
    if (s->row.n + s->far->bucket[spot.level][spot.digit].n > ROW_MAX)
        to_heap(s);
    far_drain(s->far, spot, put_near, s);
    set_limit(s);
}

static void pour_all(struct set *s)
{
    while (s->far->n > 0)
        pour(s, far_first(s->far));
    s->horizon = SIM_NEVER;
}

/* A bucket that starts after `end` stays closed: timers that are yet to come may be due before it.
 */
static void pour_first(struct set *s, sim_time end)
{
    struct far *f = s->far;
    struct far_spot first = far_first(f);
    while (first.level > 0 && f->bucket[first.level][first.digit].n > POUR_MAX &&
           far_start(f, first) <= end) {
        far_split(f, first, end);
        first = far_first(f);
    }
    if (far_start(f, first) > end)
        return;
    s->horizon = far_end(f, first);
    f->base = far_start(f, first);
    pour(s, first);
}

bool set_refill(struct set *s, sim_time end)
{
    to_row(s);
    if (s->row.n > 0)
        return true;
    if (s->far == NULL || s->far->n == 0)
        return false;
    if (s->far->n <= FEW)
        pour_all(s);
    else
        pour_first(s, end);
    return s->row.n > 0 || s->heap.n > 0;
}
