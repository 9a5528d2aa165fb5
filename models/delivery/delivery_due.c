/* delivery_due.c - what happens later: a heap of times, each with its place in the order of their making. */
#include "delivery_int.h"
#include "mem.h"

bool due_room(struct delivery *d, size_t entries)
{
    if (entries <= d->cap_heap)
        return true;
    size_t cap = d->cap_heap < 8 ? 16 : d->cap_heap * 2;
    struct due *more = mem_resize(d->heap, cap * sizeof(*more));
    if (more == NULL)
        return false;
    d->heap = more;
    d->cap_heap = cap;
    return true;
}

static bool before(const struct due *a, const struct due *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void rise(struct delivery *d, size_t i, struct due x)
{
    for (size_t up; i > 0 && before(&x, &d->heap[up = (i - 1) / 2]); i = up)
        d->heap[i] = d->heap[up];
    d->heap[i] = x;
}

static void sink(struct delivery *d, size_t i, struct due x)
{
    for (size_t child; (child = 2 * i + 1) < d->n_heap; i = child) {
        if (child + 1 < d->n_heap && before(&d->heap[child + 1], &d->heap[child]))
            child++;
        if (!before(&d->heap[child], &x))
            break;
        d->heap[i] = d->heap[child];
    }
    d->heap[i] = x;
}

void due_push(struct delivery *d, sim_time at, uint64_t seq, uint32_t what)
{
    CHECK(d->n_heap < d->cap_heap);
    rise(d, d->n_heap++, (struct due){at, seq, what});
}

void due_pop(struct delivery *d)
{
    struct due last = d->heap[--d->n_heap];
    if (d->n_heap > 0)
        sink(d, 0, last);
}

/* --- a line closes --- */

/* Two lists, each in order of seq, become one. */
static uint32_t merge(const struct delivery *d, uint32_t a, uint32_t b)
{
    uint32_t first = NONE, *end = &first;
    while (a != NONE && b != NONE) {
        uint32_t *least = record_at(d, a)->seq < record_at(d, b)->seq ? &a : &b;
        *end = *least;
        end = &record_at(d, *least)->link;
        *least = *end;
    }
    *end = a != NONE ? a : b;
    return first;
}

static uint32_t sorted(const struct delivery *d, uint32_t list)
{
    uint32_t run[32]; /* run[i]: 2^i records, or none */
    unsigned n = 0;
    for (uint32_t next; list != NONE; list = next) {
        uint32_t one = list;
        next = record_at(d, list)->link;
        record_at(d, one)->link = NONE;
        unsigned i = 0;
        for (; i < n && run[i] != NONE; i++) {
            one = merge(d, run[i], one);
            run[i] = NONE;
        }
        if (i == n)
            n++;
        run[i] = one;
    }
    uint32_t all = NONE;
    for (unsigned i = 0; i < n; i++)
        all = merge(d, run[i], all);
    return all;
}

void due_drop_line(struct delivery *d, uint32_t line)
{
    uint32_t list = NONE;
    size_t kept = 0;
    for (size_t i = 0; i < d->n_heap; i++) {
        struct due x = d->heap[i];
        if (x.what < BUCKET_BIT && record_at(d, x.what)->line == line) {
            record_at(d, x.what)->link = list;
            list = x.what;
        } else {
            d->heap[kept++] = x;
        }
    }
    d->n_heap = kept;
    for (size_t i = kept / 2; i-- > 0;)
        sink(d, i, d->heap[i]);
    for (uint32_t next, id = sorted(d, list); id != NONE; id = next) {
        next = record_at(d, id)->link;
        due_ready(d, id);
    }
}
