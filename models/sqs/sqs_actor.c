/* sqs_actor.c - turns of a queue. Every operation is: settle what is due, operate, carry out the
 * effects, answer the polls that can be answered, arm the timer anew.
 *
 * Answering a poll runs the consumer, who may come back with the next call before the answer
 * returns. The core is between two operations then, so that is allowed; but only the outermost
 * frame answers polls (BAR_SERVING), so a thousand answers make a loop and not a thousand frames. */
#include "sqs_actor.h"

#include <inttypes.h>

#include "fault_state.h"
#include "sqs_turn.h"

/* --- effects --- */

/* The copy's hold goes with the letter. Polls at the other end are answered when this queue's
 * effects are done. */
RARE static void send_letter(struct queue *q, const struct sqs_letter *l)
{
    struct queue *to = q->dead_letter;
    struct world *w = q->e.world;
    struct sqs_letter letter = *l;
    queue_leaves(q, world_now(w));
    if (user_recorded(l->user)) {
        struct life_event *e = life_message(q, l->user, LIFE_DEAD);
        e->other = to->e.index;
        e->receives = l->receives;
    }
    queue_count(q, QM_MOVED_OUT, 1);
    entity_trace(&q->e, TRACE_DEAD, request_item(request_at(&w->requests, job_request(l->user))));
    if (to->parks && !job_parked(l->user)) {
        request_park(w, job_request(l->user));
        letter.user |= JOB_PARKED;
    }
    if (sqs_accept(to->core, queue_begin(to), &letter) != SQS_OK) {
        w->failed = true; /* memory: the trial is void */
        return;
    }
    queue_enters(to, world_now(w));
    queue_numbered(to, letter.user);
    if (user_recorded(letter.user)) {
        struct life_event *e = life_message(to, letter.user, LIFE_MOVED_IN);
        e->other = q->e.index;
        e->message = (uint32_t)to->n_message;
    }
    queue_count(to, QM_MOVED_IN, 1);
    entity_trace(&to->e, TRACE_MOVED_IN,
                 request_item(request_at(&w->requests, job_request(l->user))));
    q->letters_sent = true;
}

RARE static void carry_out_other(struct queue *q, const struct effect *fx)
{
    sim_time now = world_now(q->e.world);
    switch ((enum sqs_fx)fx->kind) {
    case SQS_FX_EXPIRED:
        queue_count(q, QM_EXPIRED, 1);
        turn_gone(q, now, TRACE_EXPIRED, fx->b);
        break;
    case SQS_FX_PURGED:
        turn_gone(q, now, TRACE_PURGED, fx->b);
        break;
    case SQS_FX_DEAD:
        send_letter(q, sqs_letter(q->core, fx->a));
        break;
    case SQS_FX_GHOST:
        queue_ghost(q, fx->a, fx->b);
        break;
    case SQS_FX_REMOVED:
    case SQS_FX_SHOWN:
    case SQS_FX_UNSEEN:
    case SQS_FX_GROUP:
    case SQS_FX_KINDS:
        break;
    }
}

static inline void carry_out(struct queue *q, const struct effect *fx)
{
    if (user_recorded(fx->b) || __builtin_expect(fx->kind == SQS_FX_GROUP, 0))
        life_effect(q, fx);
    if (__builtin_expect(fx->kind != SQS_FX_REMOVED, 0)) {
        carry_out_other(q, fx);
        return;
    }
    turn_removed(q, world_now(q->e.world), fx->b, (uint32_t)fx->c);
}

void queue_effects(struct queue *q)
{
    for (uint32_t i = 0; i < q->call.n_fx; i++)
        carry_out(q, &q->call.fx[i]);
    q->call.n_fx = 0;
}

void queue_advance(struct queue *q)
{
    sim_time now = world_now(q->e.world);
    do {
        call_begin(&q->call, now, q->dice);
        sqs_advance(q->core, &q->call);
        queue_effects(q);
    } while ((q->deadline = sqs_deadline(q->core)) <= now);
}

void queue_settle(struct queue *q)
{
    turn_settle(q, world_now(q->e.world));
}

struct call *queue_begin(struct queue *q)
{
    return turn_begin(q, world_now(q->e.world));
}

/* --- the end of a turn --- */

/* Nothing is due when it begins, nor when it ends. */
HOT void queue_serve(struct queue *q)
{
    sim_time now = world_now(q->e.world);
    q->barred |= BAR_SERVING;
    struct sqs_batch batch;
    do {
        bool answered = sqs_serve(q->core, turn_begin(q, now), &batch);
        turn_effects(q);
        if (answered)
            queue_answer(q, &batch);
        turn_effects(q);
        turn_settle(q, now);
        if (!answered)
            break;
        turn_fetch_next(q);
    } while (sqs_may_serve(q->core));
    q->barred &= ~(uint32_t)BAR_SERVING;
}

void queue_end_letters(struct queue *q)
{
    q->letters_sent = false;
    queue_end(q->dead_letter);
}

void queue_end(struct queue *q)
{
    turn_end(q, world_now(q->e.world));
}

static void on_due(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct queue *q = CONTAINER_OF(t, struct queue, timer);
    q->armed = SIM_NEVER;
    queue_settle(q);
    queue_end(q);
}

/* --- life --- */

#define ROLL(n)                                                                                    \
    static uint64_t roll_##n(struct dice *d, uint64_t sides)                                       \
    {                                                                                              \
        return rng_below(&CONTAINER_OF(d, struct queue, dice[n])->chance[n], sides);               \
    }
ROLL(0)
ROLL(1)
ROLL(2)
ROLL(3)

static void make_dice(struct queue *q)
{
    static uint64_t (*const roll[SQS_DICE_KINDS])(struct dice *, uint64_t) = {roll_0, roll_1,
                                                                              roll_2, roll_3};
    static const char *const name[SQS_DICE_KINDS] = {"shard", "duplicate", "order", "wake"};
    for (int i = 0; i < SQS_DICE_KINDS; i++) {
        struct rng_stream stream = entity_stream(&q->e, name[i]);
        q->chance[i] = rng_at(&stream, 0, 0, 0);
        q->dice[i].roll = roll[i];
    }
    q->latency_stream = entity_stream(&q->e, "latency");
    q->pull_latency_stream = entity_stream(&q->e, "latency/pull");
    q->fail_stream = entity_stream(&q->e, "fault");
}

static bool make_observers(struct queue *q)
{
    struct obs_level *const level[] = {&q->depth,  &q->in_flight, &q->delayed,
                                       &q->groups, &q->polls,     &q->age};
    struct obs_tally *const tally[] = {&q->size, &q->wait, &q->receives};
    bool ok = true;
    for (unsigned i = QM_DEPTH; ok && i <= QM_AGE; i++)
        ok = entity_level(&q->e, i, level[i], 0);
    for (unsigned i = 0; ok && i < QUEUE_FAIR_LEVELS; i++)
        ok = entity_level(&q->e, QM_NOISY_GROUPS + i, &q->fair[i], 0);
    for (unsigned i = QM_SENT; ok && i <= QM_BILLED_FAIR; i++)
        ok = entity_counter(&q->e, i, &q->count[i - QM_SENT]);
    for (unsigned i = QM_SIZE; ok && i <= QM_RECEIVES; i++)
        ok = entity_tally(&q->e, i, tally[i - QM_SIZE]);
    return ok;
}

/* Only where messages have groups (SQS-79). */
static void read_fair(struct queue *q, const struct sqs_gauges *g, sim_time now)
{
    const int64_t value[QUEUE_FAIR_LEVELS] = {
        g->noisy_groups, (int64_t)g->visible - g->noisy_visible,
        (int64_t)g->in_flight - g->noisy_in_flight, (int64_t)g->delayed - g->noisy_delayed,
        sqs_quiet_age(q->core, now)};
    for (unsigned i = 0; i < QUEUE_FAIR_LEVELS; i++)
        obs_level_set(&q->fair[i], now, value[i]);
}

static void read_age(struct sim *sim, struct sim_timer *t)
{
    struct queue *q = CONTAINER_OF(t, struct queue, age_timer);
    struct sqs_gauges g;
    sim_time now = sim_now(sim), next = world_next_look(q->e.world, now);
    sqs_gauges(q->core, now, &g);
    obs_level_set(&q->age, now, g.age);
    if (g.tenants)
        read_fair(q, &g, now);
    if (next <= q->e.world->end)
        sim_at(sim, t, next);
}

bool queue_init(struct queue *q, const struct sqs_config *config)
{
    struct err err = {0};
    q->deadline = q->armed = SIM_NEVER;
    sim_timer_init(&q->timer, SIM_STATE, on_due);
    sim_lane_init(&q->due, 0);
    sim_timer_init(&q->age_timer, SIM_SAMPLE, read_age);
    make_dice(q);
    return sqs_open(&q->core, config, &err) && make_observers(q);
}

void queue_start(struct entity *e)
{
    sim_at(e->world->sim, &queue_of(e)->age_timer, world_now(e->world));
    queue_admin_start(queue_of(e));
}

void queue_close(struct entity *e)
{
    life_close(queue_of(e));
    sqs_close(queue_of(e)->core);
}

/* --- what must hold --- */

static bool broken(struct err *err, const char *law, uint64_t a, uint64_t b)
{
    return err_set(err, ERR_INTERNAL, "%s: %" PRId64 " is not %" PRId64, law, (int64_t)a,
                   (int64_t)b);
}

static uint64_t integral(const struct obs_level *l, sim_time now)
{
    return (uint64_t)obs_level_integral(l, now);
}

/* Conservation, from counters of its own; and Little's law in integers: the integral of the number inside, as the levels
 * tell it, is the sum of the times that messages have spent inside. (Modulo 2^64: an error of exactly that many would be
 * missed.) */
bool queue_conserve(struct entity *e, sim_time now, struct err *err)
{
    struct queue *q = queue_of(e);
    const struct sqs_counts *k = sqs_counts(q->core);
    struct sqs_gauges g;
    sqs_gauges(q->core, now, &g);
    uint64_t inside = (uint64_t)g.visible + g.delayed + g.in_flight;
    uint64_t in = k->sent + k->moved_in + k->ghosts,
             out = k->removed + k->expired + k->moved_out + k->purged;
    if (in != out + inside)
        return broken(err, "messages that came = left + visible + delayed + in flight", in,
                      out + inside);
    if (sqs_deadline(q->core) <= now)
        return true; /* in the middle of an instant */
    if (q->n_in != in || q->n_out != out)
        return broken(err, "messages counted by the queue and by its core", q->n_in - q->n_out,
                      inside);
    uint64_t area = integral(&q->depth, now) + integral(&q->delayed, now) + integral(&q->in_flight, now);
    uint64_t spent = q->left - q->entered + inside * (uint64_t)now;
    return area == spent || broken(err, "Little's law", area, spent);
}

void queue_finish(struct entity *e, sim_time now)
{
    e->world->failed |= sqs_failed(queue_of(e)->core);
    turn_gauges(queue_of(e), now);
    life_finish(queue_of(e));
}
