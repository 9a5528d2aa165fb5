/* sim_set.c - what the row, the heap, the pool and the buckets exchange. The numbers were chosen by measurement
 * (docs/decisions.md); tests want smaller ones. */
#include "sim_set.h"

#include <assert.h>
#include <string.h>

#ifndef HEAP_MAX
#define HEAP_MAX 64 /* more in the heap, and buckets are faster: from seventy on, by measurement */
#endif
#ifndef POUR_MAX
#define POUR_MAX 32 /* a bucket with more is split before it is poured */
#endif
#ifndef FEW
#define FEW (POOL_MAX / 2) /* when no more are left in all buckets they go into the pool */
#endif
#define TAKE_MIN (ROW_MAX / 4) /* so many, about, come out of the pool at once */
#define TAKE_MAX (ROW_MAX * 3 / 4)
static_assert(ROW_MAX <= HEAP_LEAST && POUR_MAX <= ROW_MAX && FEW <= POOL_MAX, "who takes in has room");

static void set_room(struct set *s)
{
    s->room = s->heap.cap < s->limit ? s->heap.cap : s->limit;
}

bool set_open(struct set *s)
{
    *s = (struct set){.pace_at = PACE_NEVER, .horizon = SIM_NEVER, .stride = SIM_MS, .pooled = true, .limit = HEAP_MAX};
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
    s->row.last = s->row.e;
    for (; !row_is_empty(&s->row); row_pop(&s->row))
        heap_add(&s->heap, s->row.first); /* the heap has room for that many from the beginning */
    set_limit(s);
}

static void to_row(struct set *s)
{
    s->row.last = s->row.e + ROW_MAX;
    while (s->heap.n > 0)
        row_add(&s->row, s->heap.e[--s->heap.n]);
}

static void put_near(void *context, struct sim_entry x)
{
    struct set *s = context;
    if (!row_is_full(&s->row)) {
        row_add(&s->row, x);
        return;
    }
    if (!row_is_empty(&s->row))
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

/* The pool goes to the buckets, whose base precedes it already. */
static void drain_pool(struct set *s)
{
    for (uint32_t i = 0; i < s->pool.n; i++)
        put_far(s, s->pool.e[i]);
    s->pool.n = 0;
    s->pooled = false;
}

/* All but the first instant goes to the buckets. Their base stays where it is while there is one, although it may be later than
 * that instant. */
static void spill(struct set *s)
{
    struct heap *h = &s->heap;
    if (s->far->n == 0)
        s->far->base = h->e[0].at;
    s->horizon = (s->far->base > h->e[0].at ? s->far->base : h->e[0].at) + 1;
    drain_pool(s);
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

static bool need_far(struct set *s)
{
    if (s->far == NULL)
        s->far = far_open();
    return s->far != NULL;
}

/* False: memory is short. */
static bool make_room(struct set *s)
{
    if (s->heap.n == s->limit) {
        if (!need_far(s))
            return false;
        spill(s);
    }
    bool good = s->heap.n < s->heap.cap || heap_widen(&s->heap);
    set_room(s);
    return good;
}

/* The later half of a full row goes into the pool. False: they are due at one instant, or the pool has no room. */
static bool cut_row(struct set *s)
{
    struct row *r = &s->row;
    uint32_t all = row_n(r), n = all / 2;
    while (n < all && r->e[n - 1].at == r->e[n].at)
        n++;
    if (!s->pooled || n == all || s->pool.n + n > POOL_MAX)
        return false;
    s->horizon = r->e[n - 1].at;
    for (uint32_t i = 0; i < n; i++)
        pool_add(&s->pool, r->e[i]);
    memmove(r->e, r->e + n, (all - n) * sizeof(r->e[0]));
    row_set(r, all - n);
    return true;
}

static void put_failed(struct set *s, struct sim_timer *t)
{
    t->place = SIM_NO_PLACE;
    s->failed = true;
}

static __attribute__((noinline)) void overflow_pool(struct set *s, struct sim_entry x)
{
    if (!need_far(s)) {
        put_failed(s, x.timer);
        return;
    }
    s->far->base = 0; /* some that are near now may have to follow */
    drain_pool(s);
    put_far(s, x);
}

/* Before the horizon, but the row is full or there is none. */
static __attribute__((noinline)) void put_before(struct set *s, struct sim_entry x)
{
    if (!row_is_empty(&s->row) && cut_row(s)) {
        set_put(s, x.timer, x.at, x.timer->order);
        return;
    }
    if (s->heap.hole) {
        heap_fill(&s->heap, x);
        return;
    }
    if (!row_is_empty(&s->row))
        to_heap(s);
    if (s->heap.n == s->room && !make_room(s))
        put_failed(s, x.timer);
    else if (x.at < s->horizon) /* which room may have been made by */
        heap_add(&s->heap, x);
    else
        put_far(s, x);
}

void set_put_elsewhere(struct set *s, struct sim_timer *t)
{
    struct sim_entry x = {t->at, t};
    if (x.at < s->horizon)
        put_before(s, x);
    else if (!s->pooled)
        put_far(s, x);
    else if (s->pool.n < POOL_MAX)
        pool_add(&s->pool, x);
    else
        overflow_pool(s, x);
}

/* Sorts n entries into an empty row. e has room for ROW_STEP more. */
static __attribute__((noinline)) void fill_row(struct row *r, struct sim_entry *e, uint32_t n)
{
    uint32_t places = 0;
    for (struct sim_entry *end = e + n, *i = end; i < end + ROW_STEP; i++)
        i->at = 0; /* not due after anybody */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = 0;
        for (uint32_t k = 0; k < n; k += ROW_STEP)
            place += row_count_after(e + k, e[i].at);
        r->e[place] = e[i];
        e[i].timer->place = SIM_ROW_PLACE;
        places += place;
    }
    row_set(r, n);
    if (__builtin_expect(places == n * (n - 1) / 2, 1))
        return;
    row_set(r, 0); /* two are due at one instant, and had one place */
    for (uint32_t i = 0; i < n; i++)
        row_add(r, e[i]);
}

static void put_next(void *next, struct sim_entry x)
{
    *(*(struct sim_entry **)next)++ = x;
}

/* Row and heap are empty. */
static void pour(struct set *s, struct far_spot spot)
{
    uint32_t n = s->far->bucket[spot.level][spot.digit].n;
    if (n <= POUR_MAX) {
        struct sim_entry e[POUR_MAX + ROW_STEP], *next = e;
        far_drain(s->far, spot, put_next, &next);
        fill_row(&s->row, e, n);
    } else {
        far_drain(s->far, spot, put_near, s);
        set_limit(s);
    }
}

static sim_time sum(sim_time a, sim_time b)
{
    sim_time sum;
    return __builtin_add_overflow(a, b, &sum) ? SIM_NEVER : sum;
}

static uint32_t find_before(struct set *s, sim_time horizon, uint32_t found[POOL_MAX])
{
    s->horizon = horizon;
    return pool_find(&s->pool, horizon, found);
}

/* Moves the horizon so that a good many in the pool are before it, and finds them: more than TAKE_MAX only when they are a crowd
 * of one instant. */
static uint32_t move_horizon(struct set *s, uint32_t found[POOL_MAX])
{
    sim_time start = s->horizon, stride = s->stride;
    uint32_t n = find_before(s, sum(start, stride), found);
    if (n == 0) {
        start = pool_least(&s->pool);
        n = find_before(s, sum(start, stride), found);
    }
    if (n > TAKE_MAX) {
        start = pool_least(&s->pool);
        n = find_before(s, start + 1, found);
        if (n > TAKE_MAX)
            return n;
        do {
            stride /= 2;
            n = find_before(s, sum(start, stride), found);
        } while (n > TAKE_MAX);
    }
    s->stride = n < TAKE_MIN ? sum(stride, stride) : stride;
    return n;
}

/* The row is empty, the pool is not. */
static void take_from_pool(struct set *s)
{
    struct pool *p = &s->pool;
    struct sim_entry e[TAKE_MAX + ROW_STEP];
    uint32_t found[POOL_MAX], n = move_horizon(s, found);
    if (n <= TAKE_MAX) {
        for (uint32_t i = n; i-- > 0; pool_take(p, found[i]))
            e[i] = p->e[found[i]];
        fill_row(&s->row, e, n);
    } else {
        for (uint32_t i = n; i-- > 0;) {
            struct sim_entry x = p->e[found[i]];
            pool_take(p, found[i]);
            put_near(s, x);
        }
        set_limit(s);
    }
    if (p->n == 0)
        s->horizon = SIM_NEVER;
}

static void pool_put(void *pool, struct sim_entry x)
{
    pool_add(pool, x);
}

/* All buckets go into the pool. */
static void to_pool(struct set *s)
{
    while (s->far->n > 0)
        far_drain(s->far, far_first(s->far), pool_put, &s->pool);
    s->pooled = true;
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

/* The row is empty, and the heap nearly so. False: nothing is due by `end`. */
static bool refill(struct set *s, sim_time end)
{
    to_row(s);
    if (!row_is_empty(&s->row))
        return true;
    if (!s->pooled && s->far->n <= FEW)
        to_pool(s);
    if (!s->pooled)
        pour_first(s, end);
    else if (s->pool.n > 0)
        take_from_pool(s);
    else
        s->horizon = SIM_NEVER;
    return !row_is_empty(&s->row) || s->heap.n > 0;
}

bool set_first_elsewhere(struct set *s, sim_time end, struct sim_timer **first)
{
    heap_close(&s->heap);
    if (s->heap.n <= HEAP_MIN && !refill(s, end))
        return false;
    const struct sim_entry *e = row_is_empty(&s->row) ? &s->heap.e[0] : &s->row.first;
    *first = e->timer;
    return e->at <= end;
}

void set_drop_pace(struct set *s)
{
    struct sim_timer *t = set_pop_pace(s);
    set_put(s, t, t->at, t->order);
}

/* Buckets that start after the pace stay closed, as those after `end`: what it starts may be due before them. */
__attribute__((noinline)) bool set_pace_is_first_elsewhere(struct set *s, sim_time end)
{
    struct sim_timer *pace = s->pace, *first = s->row.first.timer;
    if (row_is_empty(&s->row)) {
        bool others = s->heap.n > 0 || pace->at >= s->horizon;
        if (!others || !set_first_elsewhere(s, end < pace->at ? end : pace->at, &first))
            return true;
    }
    return pace->at < first->at || (pace->at == first->at && pace->order < first->order);
}
