/* sqs.c - a queue's life, its clock, and the states of its messages. */
#include "sqs_fair.h"

#include <stddef.h>

#include "mem.h"

void sqs_config_default(struct sqs_config *config, bool fifo)
{
    *config = (struct sqs_config){
        .queue = 1,
        .fifo = fifo,
        .retention = 4 * SIM_DAY,
        .visibility = 30 * SIM_S,
        .max_message = 1048576,
        .in_flight_limit = 120000,
        .delay_max = 900 * SIM_S,
        .visibility_max = 43200 * SIM_S,
        .wait_max = 20 * SIM_S,
        .shards = 1,
        .sampled = 1,
        .reorder_window = 1,
        .change_late_error = fifo,
        .fair = !fifo,
        .fair_window = 60 * SIM_S,
        .scan_window = 120000,
        .call_rate = fifo ? 300 : 0,
    };
}

static bool open_parts(struct sqs *s)
{
    if (s->config.fifo)
        return fifo_open(s);
    s->shelf = mem_get_zero(s->config.shards, sizeof(*s->shelf));
    if (s->shelf == NULL)
        return false;
    for (uint32_t i = 0; i < s->config.shards; i++)
        shelf_init(&s->shelf[i], &s->messages);
    return true;
}

static uint64_t seq_of_message(const struct timeline *t, uint32_t m)
{
    return msg(CONTAINER_OF(t, const struct sqs, delays), m)->seq;
}

static uint64_t seq_of_lease(const struct timeline *t, uint32_t l)
{
    const struct sqs *s = CONTAINER_OF(t, const struct sqs, flights);
    return msg(s, lease_at(s, l)->due.spare)->seq;
}

static void init(struct sqs *s, const struct sqs_config *config)
{
    s->config = *config;
    s->tick = -1;
    slab_init(&s->messages, sizeof(struct message));
    slab_init(&s->leases, sizeof(struct lease));
    timeline_init(&s->delays, &s->messages, offsetof(struct message, due), seq_of_message);
    timeline_init(&s->flights, &s->leases, offsetof(struct lease, due), seq_of_lease);
    age_init(&s->age);
    polls_init(&s->polls);
    for (int i = 0; i < SQS_ACTIONS; i++)
        s->bucket[i].at = -SIM_S; /* full at the start */
    s->gather = SIM_NEVER;
    s->gathered = -1;
    s->leaving_head = s->leaving_tail = NONE;
    s->plain = plain_is(s);
    s->direct = direct_is(s);
}

bool sqs_open(struct sqs **out, const struct sqs_config *config, struct err *err)
{
    CHECK(config->queue > 0 && config->queue < 1u << 24);
    CHECK(config->shards >= 1 && config->shards <= SQS_SHARDS_MAX);
    CHECK(config->sampled >= 1 && config->sampled <= config->shards);
    struct sqs *s = mem_get_zero(1, sizeof(*s));
    if (s != NULL) {
        init(s, config);
        s->origin = mem_get_zero(4, sizeof(*s->origin));
        s->n_origin = 1;
        s->cap_origin = 4;
    }
    if (s == NULL || s->origin == NULL || !open_parts(s)) {
        sqs_close(s);
        return err_set(err, ERR_OS, "out of memory for a queue");
    }
    *out = s;
    return true;
}

void sqs_close(struct sqs *s)
{
    if (s == NULL)
        return;
    for (uint32_t i = 0; s->shelf != NULL && i < s->config.shards; i++)
        order_free(&s->shelf[i].heap);
    mem_release(s->shelf);
    fair_close(s);
    fifo_close(s);
    polls_free(&s->polls);
    age_free(&s->age);
    timeline_free(&s->flights);
    timeline_free(&s->delays);
    slab_free(&s->leases);
    slab_free(&s->messages);
    mem_release(s->origin);
    mem_release(s->echo);
    mem_release(s);
}

/* --- messages --- */

uint64_t next_event(struct sqs *s)
{
    CHECK(s->seq < UINT64_C(1) << 40);
    return ++s->seq;
}

static uint32_t message_take(struct sqs *s)
{
    uint32_t m = s->messages.free_head;
    if (m == NONE)
        return slab_take(&s->messages);
    s->messages.free_head = *(const uint32_t *)msg(s, m);
    s->messages.n_live++;
    return m;
}

uint32_t message_new(struct sqs *s, const struct sqs_send *send, sim_time sent)
{
    uint32_t m = message_take(s);
    if (m == NONE)
        return NONE;
    struct message *x = msg(s, m);
    x->sent = sent;
    x->user = send->user;
    x->group = send->group;
    x->count = 0;
    x->life = next_event(s); /* and the state is FREE, the origin 0 */
    x->traits = send->size;  /* and the shard is 0, no flag set */
    return m;
}

void message_free(struct sqs *s, uint32_t m)
{
    message_free_at(s, m, msg(s, m));
}

uint32_t message_group(const struct sqs *s, const struct message *x)
{
    if (is_fifo(s))
        return fifo_group_id(s, x->group);
    return is_tenants(s, x) ? tenant_at(s->fair, x->group)->id : x->group;
}

void count_visible(struct sqs *s, const struct message *x, int by)
{
    s->visible += (uint32_t)by;
    if (is_tenants(s, x))
        fair_visible(s, x, by);
}

void count_delayed(struct sqs *s, const struct message *x, int by)
{
    s->delayed += (uint32_t)by;
    if (is_tenants(s, x))
        fair_delayed(s, x, by);
}

void message_available(struct sqs *s, uint32_t m, struct message *x)
{
    count_visible(s, x, 1);
    if (is_fifo(s)) {
        set_state(x, WAITING_GROUP);
        x->event = s->seq;
        fifo_changed(s, m, x);
    } else {
        shelf_put(s, m, x);
    }
}

static void undelay(struct sqs *s, uint32_t m, const struct message *x)
{
    if (is_fifo(s))
        fifo_undelay(s, m);
    else
        timeline_remove(&s->delays, m);
    count_delayed(s, x, -1);
}

void message_remove(struct sqs *s, uint32_t m, struct message *x)
{
    if (x->state == DELAYED) {
        undelay(s, m, x);
    } else if (x->state == FLYING) {
        lease_end(s, x);
    } else if (x->state == GHOST) {
        ghost_end(s, x);
    } else {
        CHECK(is_available(x));
        count_visible(s, x, -1);
        if (!is_fifo(s))
            shelf_remove(s, x);
    }
    if (is_fifo(s))
        fifo_leave(s, m, x);
    else if (is_tenants(s, x))
        fair_leave(s, x);
    age_remove(s, x);
}

/* --- the clock --- */

sim_time sqs_deadline(const struct sqs *s)
{
    if (s->leaving_head != NONE)
        return s->now;
    sim_time at = age_deadline(s);
    if (s->delays.next < at)
        at = s->delays.next;
    if (s->gather < at)
        at = s->gather;
    return s->flights.next < at ? s->flights.next : at;
}

void op_begin(struct sqs *s, struct call *c)
{
    CHECK(c->now >= s->now);
    s->now = c->now;
    s->call = c;
    CHECK_SLOW(sqs_deadline(s) > c->now);
}

/* All that timers release at one instant is one event (SQS-86). */
static void tick(struct sqs *s, sim_time at)
{
    if (s->tick == at && s->tick_seq == s->seq)
        return;
    s->tick = at;
    s->tick_seq = next_event(s);
}

static void delay_over(struct sqs *s, uint32_t m)
{
    struct message *x = msg(s, m);
    undelay(s, m, x);
    if (is_watched(s, x))
        watch_shown(s, x);
    message_available(s, m, x);
}

static void lease_over(struct sqs *s, uint32_t lease)
{
    uint32_t m = lease_at(s, lease)->due.spare;
    struct message *x = msg(s, m);
    if (x->state == GHOST)
        ghost_end(s, x);
    else
        lease_end(s, x);
    if (!is_fifo(s) && x->count >= POISON_AT)
        x->key = s->tick; /* SQS-68 */
    if (is_watched(s, x))
        watch_shown(s, x);
    message_available(s, m, x);
}

/* Retention first, then delays and visibility (SQS-3). */
static void step(struct sqs *s, struct call *c, sim_time at)
{
    s->now = at > s->now ? at : s->now;
    if (age_deadline(s) == at) {
        age_expire(s, c);
        return;
    }
    if (s->gather == at) {
        s->gather = SIM_NEVER;
        s->gathered = at;
        return;
    }
    tick(s, at);
    if (s->delays.next == at)
        delay_over(s, is_fifo(s) ? fifo_delay_first(s) : timeline_first(&s->delays));
    else
        lease_over(s, timeline_first(&s->flights));
}

void sqs_advance(struct sqs *s, struct call *c)
{
    CHECK(c->now >= s->now);
    leave_tell(s, c);
    s->call = c;
    while (c->n_fx + WATCH_TOLD_MAX <= CALL_FX_MAX) {
        sim_time at = sqs_deadline(s);
        if (at > c->now)
            break;
        step(s, c, at);
    }
    if (sqs_deadline(s) > c->now)
        s->now = c->now;
}

/* --- settings and readings --- */

const struct sqs_config *sqs_config(const struct sqs *s)
{
    return &s->config;
}

bool sqs_failed(const struct sqs *s)
{
    return s->failed;
}

const struct sqs_counts *sqs_counts(const struct sqs *s)
{
    return &s->counts;
}

/* A moved message's age counts from the move (SQS-133): its key, until it turns to poison. */
static sim_time came_at(const struct sqs *s, const struct message *x)
{
    return x->origin != 0 && !is_fifo(s) ? x->key : x->sent;
}

static sim_time age_of(const struct sqs *s, sim_time now)
{
    uint32_t m = s->age.list[0].head;
    if (m == NONE)
        return 0;
    return now - came_at(s, msg(s, m));
}

sim_time sqs_quiet_age(const struct sqs *s, sim_time now)
{
    for (uint32_t m = s->age.list[0].head; m != NONE; m = msg(s, m)->younger) {
        const struct message *x = msg(s, m);
        if (!is_tenants(s, x) || !tenant_at(s->fair, x->group)->noisy)
            return now - came_at(s, x);
    }
    return 0;
}

void sqs_levels(const struct sqs *s, struct sqs_levels *l)
{
    l->visible = s->visible;
    l->in_flight = s->flying;
    l->delayed = s->delayed;
    l->groups_in_flight = fifo_groups_flying(s);
    l->waiting_polls = s->polls.n;
}

void sqs_gauges(const struct sqs *s, sim_time now, struct sqs_gauges *g)
{
    *g = (struct sqs_gauges){
        .visible = s->visible,
        .in_flight = s->flying,
        .delayed = s->delayed,
        .waiting_polls = s->polls.n,
        .groups_in_flight = fifo_groups_flying(s),
        .age = age_of(s, now),
    };
    g->tenants = s->fair != NULL;
    for (uint32_t i = 0; g->tenants && i < s->fair->n_noisy; i++) {
        const struct tenant *t = tenant_at(s->fair, s->fair->noisy[i]);
        g->noisy_groups++;
        g->noisy_visible += t->visible;
        g->noisy_in_flight += t->flying;
        g->noisy_delayed += t->delayed;
    }
}
