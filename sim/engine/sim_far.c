/* sim_far.c - see sim_far.h. Chunks come in blocks and go to a list of spare ones, last in, first
 * out, so that those in use stay in the cache; memory follows the largest number of timers that
 * were pending at once. */
#include "sim_far.h"

#define BLOCK_CHUNKS 64

#define BLOCK_BYTES (sizeof(struct far_block) + FAR_LINE + BLOCK_CHUNKS * sizeof(struct far_chunk))

/* The chunks follow, from the next whole line on. */
struct far_block {
    struct far_block *before;
};

struct far *far_open(void)
{
    return mem_get_zero(1, sizeof(struct far));
}

void far_close(struct far *f)
{
    if (f == NULL)
        return;
    for (struct far_block *b = f->block, *before; b != NULL; b = before) {
        before = b->before;
        mem_release(b);
    }
    mem_release(f);
}

static bool add_block(struct far *f)
{
    struct far_block *b = mem_get(BLOCK_BYTES);
    if (b == NULL)
        return false;
    b->before = f->block;
    f->block = b;
    uintptr_t first = ((uintptr_t)(b + 1) + FAR_LINE - 1) / FAR_LINE * FAR_LINE;
    for (int i = BLOCK_CHUNKS - 1; i >= 0; i--)
        far_give(f, (struct far_chunk *)first + i);
    return true;
}

bool far_grow(struct far *f, struct far_bucket *b)
{
    if (f->spare == NULL && !add_block(f))
        return false;
    struct far_chunk *c = f->spare, *last = b->last != NULL ? b->last : c;
    f->spare = c->after;
    c->before = last;
    c->after = last == c ? c : last->after;
    c->after->before = c;
    last->after = c;
    b->last = c;
    b->room = FAR_CHUNK;
    return true;
}

static void drop_last(struct far *f, struct far_bucket *b)
{
    struct far_chunk *c = b->last;
    c->before->after = c->after;
    c->after->before = c->before;
    b->last = c->before == c ? NULL : c->before;
    b->room = 0;
    far_give(f, c);
}

/* The last entry takes the place of the one that goes. */
void far_remove(struct far *f, struct sim_timer *t)
{
    struct far_spot spot = far_spot(f, t->at);
    struct far_bucket *b = &f->bucket[spot.level][spot.digit];
    struct sim_entry *last = &b->last->e[b->room++];
    *t->entry = *last;
    last->timer->entry = t->entry;
    t->place = SIM_NO_PLACE;
    f->n--;
    if (--b->n == 0)
        f->occupied[spot.level] &= ~(UINT64_C(1) << spot.digit);
    if (b->room == FAR_CHUNK)
        drop_last(f, b);
}

struct far_spot far_first(const struct far *f)
{
    unsigned level = 0;
    while (f->occupied[level] == 0)
        level++;
    return (struct far_spot){level, (unsigned)__builtin_ctzll(f->occupied[level])};
}

sim_time far_start(const struct far *f, struct far_spot spot)
{
    unsigned shift = spot.level * FAR_BITS, above = shift + FAR_BITS;
    sim_time prefix = above < 63 ? f->base >> above << above : 0;
    return prefix | (sim_time)spot.digit << shift;
}

sim_time far_end(const struct far *f, struct far_spot spot)
{
    sim_time end, width = (sim_time)1 << spot.level * FAR_BITS;
    return __builtin_add_overflow(far_start(f, spot), width, &end) ? SIM_NEVER : end;
}

/* The start of the smallest bucket that holds all of this one. One look at two timers tells, as a
 * rule, that this is the bucket itself; but many timers of one instant would go down level by
 * level. */
static sim_time common_start(const struct far *f, struct far_spot spot)
{
    struct far_bucket b = f->bucket[spot.level][spot.digit];
    uint64_t differs = 1, at = (uint64_t)b.last->e[b.room].at;
    uint64_t many = UINT64_C(1) << (spot.level - 1) * FAR_BITS;
    const struct far_chunk *c = b.last;
    do {
        for (uint32_t i = c == b.last ? b.room : 0; i < FAR_CHUNK && differs < many; i++)
            differs |= (uint64_t)c->e[i].at ^ at;
        c = c->after;
    } while (c != b.last && differs < many);
    unsigned level = (63 - (unsigned)__builtin_clzll(differs)) / FAR_BITS + 1;
    return (sim_time)(at >> level * FAR_BITS << level * FAR_BITS);
}

static inline void put(void *f, struct sim_entry x)
{
    far_add(f, x);
}

void far_split(struct far *f, struct far_spot spot, sim_time end)
{
    sim_time start = common_start(f, spot);
    f->base = start <= end ? start : far_start(f, spot);
    far_drain(f, spot, put, f);
}
