/* line.c - a binary heap. What is taken out at the end of it leaves a hole that the last one fills, moved up or down. */
#include "line.h"

#include "mem.h"

bool line_before(const struct wire_call *a, const struct wire_call *b)
{
    for (int i = 0; i < 3; i++) {
        if (a->rank[i] != b->rank[i])
            return a->rank[i] < b->rank[i];
    }
    return false;
}

static bool before(const struct line *l, const struct wire_call *a, const struct wire_call *b)
{
    return l->reverse ? line_before(b, a) : line_before(a, b);
}

static void put(struct line *l, uint32_t at, struct wire_call *c)
{
    l->item[at] = c;
    c->place = at;
}

static void rise(struct line *l, uint32_t at, struct wire_call *c)
{
    while (at > 0 && before(l, c, l->item[(at - 1) / 2])) {
        put(l, at, l->item[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(l, at, c);
}

static void sink(struct line *l, uint32_t at, struct wire_call *c)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= l->n)
            break;
        if (child + 1 < l->n && before(l, l->item[child + 1], l->item[child]))
            child++;
        if (!before(l, l->item[child], c))
            break;
        put(l, at, l->item[child]);
        at = child;
    }
    put(l, at, c);
}

static bool widen(struct line *l)
{
    uint32_t cap = l->cap == 0 ? 64 : l->cap * 2;
    struct wire_call **item = mem_resize(l->item, cap * sizeof(struct wire_call *));
    if (item == NULL)
        return false;
    l->item = item;
    l->cap = cap;
    return true;
}

bool line_add(struct line *l, struct wire_call *c)
{
    if (l->n == l->cap && !widen(l))
        return false;
    l->n++;
    if (l->loose)
        put(l, l->n - 1, c);
    else
        rise(l, l->n - 1, c);
    return true;
}

void line_remove(struct line *l, struct wire_call *c)
{
    uint32_t at = c->place;
    CHECK(at < l->n && l->item[at] == c);
    struct wire_call *last = l->item[--l->n];
    if (last == c)
        return;
    if (l->loose)
        put(l, at, last);
    else if (at > 0 && before(l, last, l->item[(at - 1) / 2]))
        rise(l, at, last);
    else
        sink(l, at, last);
}

void line_free(struct line *l)
{
    mem_release(l->item);
    l->item = NULL;
    l->n = l->cap = 0;
}
