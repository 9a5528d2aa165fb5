/* sqs_twice.c - at least once (SQS-65, 66): a server that holds a copy may have missed the receive
 * (an echo: the message stays available for one more receive) or the delete (a ghost: it comes back
 * some time later). */
#include "sqs_fair.h"

#include "mem.h"

void twice_flying(struct sqs *s, struct call *c, uint32_t m)
{
    if (!dice_chance(&c->dice[SQS_DICE_DUPLICATE], (uint64_t)s->config.dup_in_flight, PPB))
        return;
    if (s->n_echo == s->cap_echo) {
        uint32_t cap = s->cap_echo == 0 ? 8 : 2 * s->cap_echo;
        struct echo *wider = mem_resize(s->echo, cap * sizeof(*wider));
        if (wider == NULL) {
            s->failed = true; /* then it is received once only */
            return;
        }
        s->echo = wider;
        s->cap_echo = cap;
    }
    const struct message *x = msg(s, m);
    s->echo[s->n_echo++] = (struct echo){x->seq, m, x->count};
}

/* The oldest that still holds: nobody received, deleted or released the message meanwhile. */
uint32_t twice_next(struct sqs *s)
{
    uint32_t gone = 0, found = NONE;
    while (gone < s->n_echo && found == NONE) {
        struct echo e = s->echo[gone++];
        const struct message *x = msg(s, e.message);
        if (x->seq == e.seq && x->state == FLYING && x->count == e.count)
            found = e.message;
    }
    s->n_echo -= gone;
    for (uint32_t i = 0; i < s->n_echo; i++)
        s->echo[i] = s->echo[i + gone];
    return found;
}

/* The ghost is a message of its own; it counts as delayed until it comes. */
void twice_removed(struct sqs *s, struct call *c, uint32_t m)
{
    if (!dice_chance(&c->dice[SQS_DICE_DUPLICATE], (uint64_t)s->config.dup_after_delete, PPB))
        return;
    const struct message *x = msg(s, m);
    struct sqs_send copy = {.user = x->user, .size = x->size, .group = message_group(s, x)};
    struct shelf *f = shelf_of(s, x);
    if (!age_reserve(s) || !shelf_reserve(f)) {
        s->failed = true;
        return;
    }
    uint32_t g = message_new(s, &copy, x->sent), l = slab_take(&s->leases);
    if (g == NONE || l == NONE) {
        s->failed = true;
        if (g != NONE)
            message_free(s, g);
        if (l != NONE)
            slab_give(&s->leases, l);
        return;
    }
    struct message *y = msg(s, g);
    y->key = x->key;
    y->count = x->count;
    y->first_ms = x->first_ms;
    y->origin = x->origin;
    y->shard = x->shard;
    set_state(y, GHOST);
    y->flags = x->flags & POISON;
    y->next = l;
    lease_at(s, l)->due.spare = g;
    lease_at(s, l)->due.at = SIM_NEVER;
    age_add(s, g, y);
    if (is_tenants(s, x))
        fair_enter(s, y); /* the tenant is there: nothing is allocated */
    count_delayed(s, y, 1);
    f->n_out++;
    s->counts.ghosts++;
    call_effect(c, SQS_FX_GHOST, g, y->user, 0);
}

void sqs_ghost(struct sqs *s, struct call *c, uint32_t slot, sim_time after)
{
    CHECK(c->now >= s->now && msg(s, slot)->state == GHOST);
    struct message *x = msg(s, slot);
    if (!timeline_reserve(&s->flights, after, 1)) {
        s->failed = true; /* a ghost that never comes, until retention takes it */
        return;
    }
    lease_at(s, x->next)->start = s->now;
    timeline_add(&s->flights, x->next, s->now, after, x->seq);
}

void ghost_end(struct sqs *s, struct message *x)
{
    if (lease_at(s, x->next)->due.at != SIM_NEVER)
        timeline_remove(&s->flights, x->next);
    slab_give(&s->leases, x->next);
    count_delayed(s, x, -1);
    shelf_of(s, x)->n_out--;
}
