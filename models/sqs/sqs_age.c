/* sqs_age.c - retention and the age of the oldest message, without sorting: lists in the order of
 * arrival.
 *
 * A message that was sent later than all before it in its list is in order. One that was not
 * (another queue moved it here) is a stray and stands in a heap as well. Whatever is in order
 * behind a stray is younger than it, so the next to expire is the head of a list or the top of the
 * heap. */
#include "sqs_parts.h"

static void list_init(struct age_list *l)
{
    *l = (struct age_list){NONE, NONE, INT64_MIN};
}

void age_init(struct age *a)
{
    list_init(&a->list[0]);
    list_init(&a->list[1]);
    order_init(&a->strays, NULL, 0);
    a->n_stale = 0;
    a->oldest = SIM_NEVER;
}

void age_free(struct age *a)
{
    order_free(&a->strays);
}

/* Any live message may become a stray when it turns to poison, but few messages are: room is made
 * for as many as are received often. */
bool age_reserve(struct sqs *s)
{
    return order_reserve(&s->age.strays, s->age.strays.n + 1);
}

static struct age_list *list_of(struct sqs *s, const struct message *x)
{
    return &s->age.list[(x->flags & POISON) != 0];
}

static void link_in(struct sqs *s, uint32_t m, struct message *x)
{
    struct age_list *l = list_of(s, x);
    x->younger = NONE;
    x->older = l->tail;
    if (l->tail == NONE)
        l->head = m;
    else
        msg(s, l->tail)->younger = m;
    l->tail = m;
    if (x->sent >= l->latest)
        l->latest = x->sent;
    else if (!(x->flags & STRAY)) {
        x->flags |= STRAY;
        order_push(&s->age.strays, (uint64_t)x->sent, x->seq, m);
    }
}

static void link_out(struct sqs *s, struct message *x)
{
    struct age_list *l = list_of(s, x);
    if (x->older == NONE)
        l->head = x->younger;
    else
        msg(s, x->older)->younger = x->younger;
    if (x->younger == NONE)
        l->tail = x->older;
    else
        msg(s, x->younger)->older = x->older;
    if (l->head == NONE)
        l->latest = INT64_MIN;
}

static bool is_stale(const struct sqs *s, const struct order_entry *e)
{
    const struct message *x = msg(s, e->slot);
    return x->seq != e->seq || !(x->flags & STRAY);
}

static void drop_stale(struct sqs *s)
{
    struct order *o = &s->age.strays;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < o->n; i++)
        if (!is_stale(s, &o->entry[i]))
            o->entry[kept++] = o->entry[i];
    o->n = kept;
    order_rebuild(o);
    s->age.n_stale = 0;
}

APART uint32_t age_oldest(const struct sqs *s)
{
    const struct age *a = &s->age;
    uint32_t best = a->list[0].head, other[2] = {a->list[1].head, NONE};
    if (a->strays.n > 0)
        other[1] = a->strays.entry[0].slot;
    for (int i = 0; i < 2; i++)
        if (other[i] != NONE && (best == NONE || msg(s, other[i])->sent < msg(s, best)->sent))
            best = other[i];
    return best;
}

void age_find_oldest(struct sqs *s)
{
    const struct age *a = &s->age;
    bool one_list = a->list[1].head == NONE && a->strays.n == 0;
    uint32_t m = one_list ? a->list[0].head : age_oldest(s);
    s->age.oldest = m == NONE ? SIM_NEVER : msg(s, m)->sent;
}

void age_add(struct sqs *s, uint32_t m, struct message *x)
{
    link_in(s, m, x);
    if (x->sent < s->age.oldest)
        s->age.oldest = x->sent;
}

RARE static void forget_stray(struct sqs *s, struct message *x)
{
    struct age *a = &s->age;
    x->flags &= ~(unsigned)STRAY;
    a->n_stale++;
    while (a->strays.n > 0 && is_stale(s, &a->strays.entry[0])) {
        order_remove(&a->strays, 0);
        a->n_stale--;
    }
    if (a->n_stale > 64 && a->n_stale > a->strays.n / 2)
        drop_stale(s);
}

void age_remove(struct sqs *s, struct message *x)
{
    link_out(s, x);
    if (x->flags & STRAY)
        forget_stray(s, x);
    if (x->sent == s->age.oldest)
        age_find_oldest(s);
}

void age_poison(struct sqs *s, uint32_t m, struct message *x)
{
    link_out(s, x);
    x->flags |= POISON;
    link_in(s, m, x);
}

void age_expire(struct sqs *s, struct call *c)
{
    uint32_t m = age_oldest(s);
    struct message *x = msg(s, m);
    call_effect(c, SQS_FX_EXPIRED, x->size, x->user, (uint64_t)(c->now - x->sent));
    message_remove(s, m, x);
    s->counts.expired++;
    message_free(s, m);
}
