/* sqs_check.c - all that must hold of a queue at any instant, for tests: each structure is walked
 * and compared with the states of its messages and with the counts. */
#include "sqs_fair.h"
#include "sqs_fifo.h"

struct census {
    uint32_t visible, delayed, flying, in_lists;
};

static void count_message(const struct sqs *s, uint32_t m, struct census *n)
{
    const struct message *x = msg(s, m);
    CHECK(x->seq > 0 && x->seq <= s->seq);
    n->in_lists++;
    switch (x->state) {
    case DELAYED:
        n->delayed++;
        CHECK(x->count == 0);
        break;
    case GHOST:
        n->delayed++;
        CHECK(lease_at(s, x->next)->due.spare == m);
        break;
    case FLYING:
        n->flying++;
        CHECK(lease_at(s, x->next)->due.spare == m);
        CHECK(lease_at(s, x->next)->due.at <=
              lease_at(s, x->next)->start + s->config.visibility_max);
        CHECK(x->count > 0);
        break;
    default:
        CHECK(is_available(x));
        CHECK((x->state == WAITING_GROUP) == (s->fifo != NULL));
        n->visible++;
    }
}

/* Each live message is in exactly one of the two lists; what is out of order in its list is in the
 * heap. */
static void check_ages(const struct sqs *s, sim_time now, struct census *n)
{
    uint32_t strays = 0;
    for (int i = 0; i < 2; i++) {
        sim_time latest = INT64_MIN;
        for (uint32_t m = s->age.list[i].head; m != NONE; m = msg(s, m)->younger) {
            const struct message *x = msg(s, m);
            count_message(s, m, n);
            CHECK((x->flags & POISON) == (i == 1 ? POISON : 0));
            CHECK(x->sent + s->config.retention > now);
            CHECK(x->sent >= latest || x->flags & STRAY);
            latest = x->sent > latest ? x->sent : latest;
            strays += (x->flags & STRAY) != 0;
        }
    }
    CHECK(strays == s->age.strays.n - s->age.n_stale);
}

static uint32_t check_shelf(const struct sqs *s, const struct shelf *f)
{
    uint32_t n = f->heap.n;
    for (int i = 0; i < 2; i++)
        for (uint32_t m = f->head[i]; m != NONE; m = msg(s, m)->next, n++) {
            const struct message *x = msg(s, m);
            CHECK(x->state == (i == 0 ? WAITING_FRONT : WAITING_BACK));
            if (x->next != NONE) {
                const struct message *y = msg(s, x->next);
                CHECK(order_before((uint64_t)x->key, x->seq, (uint64_t)y->key, y->seq));
            }
        }
    for (uint32_t i = 0; i < f->heap.n; i++)
        CHECK(msg(s, f->heap.entry[i].slot)->state == WAITING_HEAP &&
              msg(s, f->heap.entry[i].slot)->next == i);
    return n;
}

static void check_group(const struct sqs *s, const struct group *g, struct census *n)
{
    uint32_t flying = 0;
    uint64_t seq = 0;
    for (uint32_t m = g->head; m != NONE; m = msg(s, m)->after) {
        const struct message *x = msg(s, m);
        CHECK(x->seq > seq);
        seq = x->seq;
        flying += x->state == FLYING;
        n->in_lists++;
    }
    CHECK(flying == g->flying);
    n->flying += flying > 0;
}

/* Every group is met at its first message. */
static void check_fifo(const struct sqs *s)
{
    struct census n = {0};
    uint32_t ready = 0, place = 0;
    for (uint32_t m = s->age.list[0].head; m != NONE; m = msg(s, m)->younger, place++) {
        const struct message *x = msg(s, m);
        const struct group *g = group_at(s->fifo, x->group);
        CHECK((s->fifo->edge == m) == (place == s->config.scan_window));
        if (g->head != m)
            continue;
        check_group(s, g, &n);
        bool can = x->state == WAITING_GROUP && place < s->config.scan_window;
        CHECK(can == (g->ready != CLOSED));
        CHECK(!can || (g->event == x->event && g->seq == x->seq));
        ready += can;
    }
    CHECK(n.in_lists == s->visible + s->delayed + s->flying);
    CHECK(n.flying == s->fifo->groups_flying);
    CHECK(ready == s->fifo->ready.n);
}

static uint32_t check_tenant(const struct sqs *s, const struct tenant *t)
{
    if (t->id == SQS_NO_GROUP)
        return 0;
    uint32_t available = 0;
    for (uint32_t i = 0; i < s->config.shards; i++) {
        uint32_t n = check_shelf(s, &t->shelf[i].shelf);
        CHECK((t->shelf[i].place != NONE) == (n > 0 && !t->noisy));
        available += n;
    }
    CHECK(available == t->visible);
    CHECK(t->live == t->visible + t->flying + t->delayed);
    CHECK((t->place != NONE) == (t->flying > 0));
    return available;
}

void sqs_check(const struct sqs *s, sim_time now)
{
    const struct sqs_counts *k = &s->counts;
    struct census n = {0};
    CHECK(sqs_deadline(s) > now || s->leaving_head != NONE);
    check_ages(s, now, &n);
    CHECK(n.visible == s->visible && n.delayed == s->delayed && n.flying == s->flying);
    CHECK(n.flying <= s->leases.n_live);
    CHECK(k->sent + k->moved_in + k->ghosts ==
          k->removed + k->expired + k->moved_out + k->purged + s->visible + s->delayed + s->flying);
    if (s->fifo != NULL) {
        check_fifo(s);
        return;
    }
    uint32_t available = 0;
    for (uint32_t i = 0; i < s->config.shards; i++)
        available += check_shelf(s, &s->shelf[i]);
    for (uint32_t i = 0; s->fair != NULL && i < s->fair->tenants.n_touched; i++)
        available += check_tenant(s, tenant_at(s->fair, i));
    CHECK(available == s->visible);
}
