/* roster.c - servers one by one: a list of the free, the longest free first, and what befalls an instance's servers together.
 * One that hangs takes calls and never answers them; when it is well again those are forgotten, as after a restart. */
#include "roster.h"

#include <inttypes.h>

#include "station_more.h"

#define PPB 1000000000

static struct berth *berth_at(const struct roster *r, uint32_t i)
{
    return slab_at(&r->slab, i);
}

/* --- the free --- */

static void set_free(struct roster *r, uint32_t i)
{
    struct berth *b = berth_at(r, i);
    b->next = SLAB_NONE;
    b->prev = r->last;
    *(r->last != SLAB_NONE ? &berth_at(r, r->last)->next : &r->first) = i;
    r->last = i;
    r->n_free++;
}

static void unset_free(struct roster *r, uint32_t i)
{
    struct berth *b = berth_at(r, i);
    *(b->prev != SLAB_NONE ? &berth_at(r, b->prev)->next : &r->first) = b->next;
    *(b->next != SLAB_NONE ? &berth_at(r, b->next)->prev : &r->last) = b->prev;
    r->n_free--;
}

void roster_take(struct station *s, struct wire_call *c, sim_time now)
{
    struct roster *r = s->roster;
    CHECK(r->n_free > 0);
    struct berth *b = berth_at(r, r->first);
    unset_free(r, r->first);
    b->call = c;
    b->since = now;
    c->seat = b;
}

void roster_left(struct station *s, struct wire_call *c)
{
    struct berth *b = c->seat;
    b->call = NULL;
    c->seat = NULL;
    if (b->open)
        set_free(s->roster, b->number);
}

/* --- instances come and go --- */

bool roster_begin(struct station *s)
{
    struct roster *r;
    if (s->more != NULL && (s->more->way != &way_servers || s->more->preemptive))
        return true;
    r = s->roster = arena_get(&s->e.world->arena, sizeof(*r));
    if (r == NULL)
        return false;
    *r = (struct roster){.first = SLAB_NONE, .last = SLAB_NONE};
    station_judge(s);
    slab_init(&r->slab, sizeof(struct berth));
    return true;
}

void roster_close(struct station *s)
{
    if (s->roster != NULL)
        slab_free(&s->roster->slab);
}

static bool reserve(struct roster *r, uint32_t n)
{
    while (r->slab.n_touched < n) {
        uint32_t i = slab_take(&r->slab);
        if (i == SLAB_NONE)
            return false;
        *berth_at(r, i) = (struct berth){.number = i, .ill = {.factor = 1}};
    }
    return true;
}

bool roster_open(struct station *s, uint32_t first, uint32_t n)
{
    struct roster *r = s->roster;
    if (!reserve(r, first + n))
        return false;
    for (uint32_t i = first; i < first + n; i++) {
        struct berth *b = berth_at(r, i);
        b->open = true;
        if (b->call == NULL)
            set_free(r, i);
    }
    return true;
}

void roster_drain(struct station *s, uint32_t first, uint32_t n)
{
    struct roster *r = s->roster;
    for (uint32_t i = first; i < first + n; i++) {
        struct berth *b = berth_at(r, i);
        b->open = false;
        if (b->call == NULL)
            unset_free(r, i);
    }
}

/* A call that is with nobody any more; answered that the connection broke, or never. */
static void lose(struct station *s, struct wire_call *c, bool answer)
{
    sim_time now = world_now(s->e.world);
    obs_count(&s->count[STATION_BROKEN], now, 1);
    s->n_broken++;
    station_drop(s, c, now, answer, CALL_DOWN);
}

static bool is_stopped(const struct station *s, const struct berth *b)
{
    return ((s->fault.active | b->ill.active) & FAULT_HANG) != 0;
}

void roster_kill(struct station *s, uint32_t first, uint32_t n)
{
    for (uint32_t i = first; i < first + n && i < s->roster->slab.n_touched; i++) {
        struct berth *b = berth_at(s->roster, i);
        if (b->call == NULL)
            continue;
        if (!is_stopped(s, b))
            station_stop(s, b->call);
        lose(s, b->call, true);
    }
    station_dispatch(s);
}

uint32_t roster_busy(const struct station *s, uint32_t first, uint32_t n)
{
    uint32_t busy = 0;
    for (uint32_t i = first; i < first + n && i < s->roster->slab.n_touched; i++)
        busy += berth_at(s->roster, i)->call != NULL;
    return busy;
}

/* --- ill health --- */

static void ail(struct station *s, struct berth *b, const struct fault_state *state)
{
    bool stopped = is_stopped(s, b), hung = (b->ill.active & FAULT_HANG) != 0, hangs = (state->active & FAULT_HANG) != 0;
    b->ill = *state;
    if (b->call == NULL)
        return;
    if (hangs && !stopped)
        station_stop(s, b->call);
    if (hangs)
        b->call->left = -1; /* nothing to go on with */
    else if (hung)
        lose(s, b->call, false);
}

void roster_ail(struct station *s, uint32_t first, uint32_t n, const struct fault_state *state)
{
    s->e.world->failed |= !reserve(s->roster, first + n);
    for (uint32_t i = first; i < first + n && i < s->roster->slab.n_touched; i++)
        ail(s, berth_at(s->roster, i), state);
    station_dispatch(s);
}

/* A check waits as a call that came with it: until everybody has begun who waited then. One that the balancer sends nothing
 * else has the server to itself. */
static bool could_answer(const struct station *s, const struct berth *b, sim_time since)
{
    if (b->call != NULL && b->since < since)
        return false;
    return !b->open || s->waiting.n == 0 || s->waiting.head->arrived >= since;
}

void roster_look(const struct station *s, uint32_t first, uint32_t n, sim_time since, struct crew_look *l)
{
    static const struct fault_state well = {.factor = 1};
    bool known = first + n <= s->roster->slab.n_touched; /* else they have never been open */
    const struct fault_state *own = known ? &berth_at(s->roster, first)->ill : &well, *all = &s->fault;
    *l = (struct crew_look){.factor = own->factor * (all->factor > 0 ? all->factor : 1)};
    l->failing = all->active & FAULT_FAIL ? all->probability : 0;
    l->failing += own->probability - own->probability * l->failing / PPB;
    l->silent = ((own->active | all->active) & (FAULT_HANG | FAULT_DOWN | FAULT_STOP)) != 0;
    l->free = !known;
    for (uint32_t i = first; known && i < first + n; i++)
        l->free |= could_answer(s, berth_at(s->roster, i), since);
    l->full = !l->free && s->waiting.n >= s->places;
}

bool roster_check(const struct station *s, struct err *err)
{
    int64_t taken = 0, open = 0, free = 0;
    if (s->roster == NULL || s->e.world->failed)
        return true;
    for (uint32_t i = 0; i < s->roster->slab.n_touched; i++) {
        const struct berth *b = berth_at(s->roster, i);
        taken += b->call != NULL;
        open += b->open;
        free += b->open && b->call == NULL;
    }
    if (taken == s->running.n && open == s->servers && free == s->roster->n_free)
        return true;
    return err_set(err, ERR_INTERNAL,
                   "%" PRId64 " calls run, %" PRId64 " are with a server; of %" PRId64 " servers %" PRId64 " are open; %u are free, not %" PRId64,
                   s->running.n, taken, s->servers, open, s->roster->n_free, free);
}
