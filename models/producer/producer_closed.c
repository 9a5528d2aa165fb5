/* producer_closed.c - a closed group: users who think, ask, wait for the answer, and think again.
 *
 * A user's r-th request is item r * users + user. It thinks before the first one too, so that a group does not storm the
 * target at the start; with ramp_up the users come one after the other. A user who sends batches makes several requests after
 * each thought, as many a call as the target takes, and goes on when all of them have been answered. */
#include "producer_life.h"

static uint64_t user_item(const struct activity *a)
{
    return a->round * (uint64_t)a->producer->users + a->number;
}

/* The next call of the batch. */
static void send_some(struct activity *a)
{
    struct producer *p = a->producer;
    uint32_t n = a->left < p->parcel_max ? a->left : p->parcel_max;
    uint64_t first = user_item(a);
    a->left -= n;
    a->round += n;
    producer_send(p, a, first, (uint64_t)p->users, n);
}

static void send_batch(struct activity *a)
{
    struct producer *p = a->producer;
    struct rng cell = rng_at(&p->batch_stream, 0, user_item(a), 0);
    uint64_t n = (uint64_t)dist_sample(p->batch, &cell), left = p->limit - p->item;
    a->left = (uint32_t)(n < left ? n : left);
    p->item += a->left;
    send_some(a);
}

void producer_sent(struct activity *a)
{
    if (a->left > 0)
        sim_after(producer_world(a->producer)->sim, &a->think, 0);
    else
        producer_think(a);
}

ALWAYS_INLINE void answered(struct caller *c, enum call_verdict verdict)
{
    struct activity *a = CONTAINER_OF(c, struct activity, caller);
    uint32_t request = c->job.request;
    struct request *r = c->request;
    producer_think(a);
    producer_tell(a->producer, request, r, verdict);
}

static void replied(struct wire_call *call, enum call_verdict verdict)
{
    caller_replied(call, verdict, answered);
}

static void on_thought(struct sim *s, struct sim_timer *t)
{
    struct activity *a = CONTAINER_OF(t, struct activity, think);
    struct producer *p = a->producer;
    if (sim_now(s) >= producer_world(p)->spec->duration)
        return; /* nobody asks any more, in the middle of a batch neither */
    if (a->left > 0) {
        send_some(a);
        return;
    }
    if (p->item >= p->limit || world_spins(&p->e, &a->spin))
        return;
    uint64_t item = user_item(a);
    if (p->down) { /* comes again after another thought */
        entity_trace(&p->e, TRACE_SKIPPED, item);
        a->round++;
        producer_think(a);
        return;
    }
    if (p->send_batch) {
        send_batch(a);
        return;
    }
    p->item++;
    a->round++;
    producer_bear(p, a, sim_now(s), item, (struct job){.size = producer_size_of(p, item), .key = producer_key_of(p, item)},
                  false, answered, replied);
}

static sim_time thought(const struct activity *a)
{
    const struct producer *p = a->producer;
    struct rng cell = rng_at(&p->think_stream, 0, user_item(a), 0);
    return dist_sample(p->think, &cell);
}

void producer_think(struct activity *a)
{
    sim_after(producer_world(a->producer)->sim, &a->think, thought(a));
}

bool producer_users(struct producer *p)
{
    p->user = arena_get(&producer_world(p)->arena, (size_t)p->users * sizeof(struct activity));
    return p->user != NULL;
}

/* User i of n comes after i / n of the ramp. */
static sim_time comes_at(const struct producer *p, int64_t i)
{
    sim_time ramp = spec_int(p->e.spec, PRODUCER_RAMP_UP);
    return spec_int(p->e.spec, PRODUCER_START) + (sim_time)((int128)ramp * i / p->users);
}

void producer_closed_start(struct producer *p)
{
    for (int64_t i = 0; i < p->users; i++) {
        struct activity *a = &p->user[i];
        a->producer = p;
        a->number = (uint32_t)i;
        sim_timer_init(&a->think, SIM_MESSAGE, on_thought);
        sim_at(producer_world(p)->sim, &a->think, comes_at(p, i) + thought(a));
    }
}
