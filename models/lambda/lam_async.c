/* lam_async.c - asynchronous events by the time at which they are due: a heap of (due, order). */
#include "lam_async.h"

#include "mem.h"
#include "slab.h"

struct entry {
    uint64_t user;
    sim_time accepted, due;
    uint64_t order;
    uint32_t attempts, invokes, throttles; /* throttles: in a row */
    bool     under_way, live;
};
struct lam_async {
    struct lam_async_config config;
    struct slab entries;
    uint32_t   *heap;
    uint32_t    n_heap, cap_heap, under_way;
    uint64_t    order;
    struct lam_async_counts counts;
};

void lam_async_config_default(struct lam_async_config *c)
{
    *c = (struct lam_async_config){
        .retries = 2, .max_age = LAM_ASYNC_AGE, .latency = 20 * SIM_MS, .bytes = LAM_ASYNC_BYTES};
}

static enum lam_outcome config_good(const struct lam_async_config *c)
{
    if (c->retries > 2)
        return LAM_BAD_RETRIES;
    return c->max_age < 60 * SIM_S || c->max_age > LAM_ASYNC_AGE ? LAM_BAD_AGE : LAM_OK;
}

bool lam_async_open(struct lam_async **out, const struct lam_async_config *c, struct err *err)
{
    enum lam_outcome o = config_good(c);
    *out = NULL;
    if (o != LAM_OK)
        return err_set(err, ERR_CONFIG, "%s: %s", lam_outcome_row(o)->code, lam_outcome_row(o)->text);
    struct lam_async *a = mem_get_zero(1, sizeof(*a));
    if (a == NULL)
        return err_set(err, ERR_OS, "out of memory");
    a->config = *c;
    slab_init(&a->entries, sizeof(struct entry));
    *out = a;
    return true;
}

void lam_async_close(struct lam_async *a)
{
    if (a == NULL)
        return;
    slab_free(&a->entries);
    mem_release(a->heap);
    mem_release(a);
}

/* --- the heap --- */

static struct entry *at(const struct lam_async *a, uint32_t id)
{
    return slab_at(&a->entries, id);
}

static bool before(const struct lam_async *a, uint32_t x, uint32_t y)
{
    const struct entry *p = at(a, x), *q = at(a, y);
    return p->due != q->due ? p->due < q->due : p->order < q->order;
}

/* There is room: every entry has a place. */
static void push(struct lam_async *a, uint32_t id, sim_time due)
{
    uint32_t i = a->n_heap++;
    at(a, id)->due = due;
    at(a, id)->order = a->order++;
    for (; i > 0 && before(a, id, a->heap[(i - 1) / 2]); i = (i - 1) / 2)
        a->heap[i] = a->heap[(i - 1) / 2];
    a->heap[i] = id;
}

static uint32_t pop(struct lam_async *a)
{
    uint32_t top = a->heap[0], last = a->heap[--a->n_heap], i = 0;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= a->n_heap)
            break;
        if (child + 1 < a->n_heap && before(a, a->heap[child + 1], a->heap[child]))
            child++;
        if (!before(a, a->heap[child], last))
            break;
        a->heap[i] = a->heap[child];
        i = child;
    }
    a->heap[i] = last;
    return top;
}

static bool make_room(struct lam_async *a)
{
    if (a->entries.n_live < a->cap_heap)
        return true;
    uint32_t cap = a->cap_heap == 0 ? 64 : 2 * a->cap_heap;
    uint32_t *heap = mem_resize(a->heap, cap * sizeof(*heap));
    if (heap == NULL)
        return false;
    a->heap = heap;
    a->cap_heap = cap;
    return true;
}

/* --- events --- */

uint32_t lam_async_requests(uint32_t bytes)
{
    const uint32_t first = 256 * 1024, part = 64 * 1024;
    return bytes <= first ? 1 : 1 + (bytes - first + part - 1) / part;
}

sim_time lam_throttle_pause(uint32_t n)
{
    return n > 9 ? 300 * SIM_S : SIM_S << (n - 1);
}

enum lam_outcome lam_async_accept(struct lam_async *a, struct call *c, uint64_t user, uint32_t bytes)
{
    if (bytes > a->config.bytes) {
        a->counts.refused++;
        return LAM_TOO_LARGE;
    }
    uint32_t id = make_room(a) ? slab_take(&a->entries) : SLAB_NONE;
    if (id == SLAB_NONE)
        return LAM_NO_MEMORY;
    *at(a, id) = (struct entry){.user = user, .accepted = c->now, .live = true};
    push(a, id, c->now + a->config.latency);
    a->counts.received++;
    a->counts.requests += lam_async_requests(bytes);
    return LAM_OK;
}

sim_time lam_async_deadline(const struct lam_async *a)
{
    return a->n_heap == 0 ? SIM_NEVER : at(a, a->heap[0])->due;
}

static void tell(const struct lam_async *a, uint32_t id, struct lam_event *event)
{
    const struct entry *e = at(a, id);
    *event = (struct lam_event){.id = id,
                                .user = e->user,
                                .accepted = e->accepted,
                                .attempts = e->attempts,
                                .invokes = e->invokes};
}

static void discard(struct lam_async *a, uint32_t id, enum lam_discard why, struct lam_event *event)
{
    tell(a, id, event);
    event->why = why;
    a->counts.discarded[why]++;
    at(a, id)->live = false;
    slab_give(&a->entries, id);
}

enum lam_do lam_async_next(struct lam_async *a, struct call *c, struct lam_event *event)
{
    if (lam_async_deadline(a) > c->now)
        return LAM_DO_NONE;
    uint32_t id = pop(a);
    struct entry *e = at(a, id);
    if (c->now - e->accepted > a->config.max_age) {
        discard(a, id, LAM_AGE_EXCEEDED, event);
        return LAM_DO_DISCARD;
    }
    tell(a, id, event);
    a->counts.attempts++;
    a->counts.retries += e->attempts > 0;
    e->attempts++;
    e->under_way = true;
    a->under_way++;
    return LAM_DO_ATTEMPT;
}

/* A function error: one minute later, then two (LAM-25). */
static bool failed(struct lam_async *a, struct call *c, uint32_t id, struct lam_event *event)
{
    struct entry *e = at(a, id);
    e->invokes++;
    e->throttles = 0;
    if (e->invokes > a->config.retries) {
        discard(a, id, LAM_RETRIES_EXHAUSTED, event);
        return true;
    }
    push(a, id, c->now + e->invokes * SIM_MIN);
    return false;
}

bool lam_async_settle(struct lam_async *a, struct call *c, uint32_t id, enum lam_answer answer,
                      struct lam_event *event)
{
    struct entry *e = at(a, id);
    CHECK(e->under_way);
    e->under_way = false;
    a->under_way--;
    switch (answer) {
    case LAM_ANSWER_ERROR:
        return failed(a, c, id, event);
    case LAM_ANSWER_THROTTLE:
        a->counts.throttled++;
        push(a, id, c->now + lam_throttle_pause(++e->throttles));
        return false;
    case LAM_ANSWER_NEVER:
        discard(a, id, LAM_ZERO_RESERVED, event);
        return true;
    case LAM_ANSWER_OK:
        break;
    }
    e->invokes++;
    tell(a, id, event);
    a->counts.done++;
    e->live = false;
    slab_give(&a->entries, id);
    return true;
}

/* --- queries --- */

const struct lam_async_config *lam_async_config(const struct lam_async *a)
{
    return &a->config;
}
const struct lam_async_counts *lam_async_counts(const struct lam_async *a)
{
    return &a->counts;
}
uint32_t lam_async_waiting(const struct lam_async *a)
{
    return a->n_heap;
}
uint32_t lam_async_under_way(const struct lam_async *a)
{
    return a->under_way;
}

void lam_async_check(const struct lam_async *a, sim_time now)
{
    const struct lam_async_counts *n = &a->counts;
    uint64_t ended = n->done;
    for (unsigned i = 0; i <= LAM_ZERO_RESERVED; i++)
        ended += n->discarded[i];
    CHECK(n->received == ended + a->n_heap + a->under_way);
    CHECK(a->entries.n_live == a->n_heap + a->under_way && a->n_heap <= a->cap_heap);
    CHECK(n->retries <= n->attempts && n->throttled <= n->attempts);
    for (uint32_t i = 0; i < a->n_heap; i++) {
        const struct entry *e = at(a, a->heap[i]);
        CHECK(e->live && !e->under_way && e->accepted <= now);
        CHECK(e->invokes <= e->attempts && e->invokes <= a->config.retries);
        CHECK(i == 0 || before(a, a->heap[(i - 1) / 2], a->heap[i]));
    }
}
