/* bus_actor.c - events on their way: each becomes one message, fanned out to the lines of the rules that it matches; attempts,
 * answers and ends are worked off by one loop. */
#include "bus_actor.h"

#include <inttypes.h>

#include "event.h"
#include "fault_state.h"
#include "mem.h"
#include "record.h"

/* --- messages --- */

static void message_left(struct bus *b, struct bus_message *m)
{
    if (--m->left > 0)
        return;
    uint32_t request = m->job.request;
    slab_give(&b->messages, m->number);
    b->n_out++;
    request_drop(b->e.world, request);
}

static const uint32_t *lines_of(const struct bus *b, const struct bus_message *m, uint32_t *n)
{
    uint32_t event = job_event(&m->job);
    const struct bus_route *r = m->replay != NULL && m->replay->route != NULL ? &m->replay->route[event] : &b->route[event];
    *n = m->hops > 0 ? r->n_first : r->n;
    if (m->only == NULL)
        return r->line;
    *n = m->only->n_target;
    return m->only->line;
}

static void fan(struct bus *b, struct bus_message *m)
{
    uint32_t n;
    const uint32_t *line = lines_of(b, m, &n);
    const struct delivery_message message = {m->number, b->fifo ? m->job.key : DELIVERY_NO_GROUP};
    b->n_begun += n;
    bus_count(b, BM_DELIVERIES, n);
    for (uint32_t i = 0; i < n; i++)
        target_count(b, b->by_line[line[i]], BP_MATCHED, 1);
    if (!delivery_fan(b->delivery, bus_begin(b), &message, line, n))
        b->e.world->failed = true;
}

static void on_ingested(struct sim *s, struct sim_timer *t)
{
    (void)s;
    struct bus_message *m = CONTAINER_OF(t, struct bus_message, timer);
    struct bus *b = m->bus;
    fan(b, m);
    bus_pump(b);
}

/* From ingestion to invocation (EB-45). */
static sim_time latency(struct bus *b)
{
    sim_time t = b->latency_constant;
    if (t < 0) {
        struct rng cell = rng_at(&b->latency_stream, 0, b->n_latency++, 0);
        t = dist_sample(b->latency, &cell);
    }
    return b->fault.active & FAULT_SLOW ? fault_slowed(&b->fault, t) : t;
}

static void count_matches(struct bus *b, const struct bus_message *m)
{
    uint32_t event = job_event(&m->job);
    const struct bus_route *r = m->replay != NULL && m->replay->route != NULL ? &m->replay->route[event] : &b->route[event];
    uint32_t rules = m->only != NULL ? 1 : r->n_rules;
    if (m->only == NULL)
        bus_count(b, rules > 0 ? BM_MATCHED : BM_UNMATCHED, 1);
    bus_count(b, BM_TRIGGERED, rules);
}

bool bus_publish(struct bus *b, const struct bus_message *with)
{
    uint32_t n, number;
    count_matches(b, with);
    lines_of(b, with, &n);
    if (n == 0) { /* dropped silently (EB-5) */
        request_drop(b->e.world, with->job.request);
        return true;
    }
    number = slab_take(&b->messages);
    if (number == SLAB_NONE) {
        b->e.world->failed = true;
        return false;
    }
    struct bus_message *m = bus_message(b, number);
    *m = *with;
    m->bus = b;
    m->number = number;
    m->left = n;
    b->n_in++;
    sim_time wait = latency(b);
    if (wait == 0)
        fan(b, m);
    else
        sim_begin_after(b->e.world->sim, &m->timer, SIM_MESSAGE, on_ingested, wait);
    return true;
}

/* --- how deliveries end --- */

static void collect(struct bus *b)
{
    struct call *c = &b->call;
    for (uint32_t i = 0; i < c->n_fx; i++) {
        if (b->n_end == b->cap_end) {
            uint32_t cap = b->cap_end == 0 ? 64 : b->cap_end * 2;
            struct bus_end *more = mem_resize(b->end, cap * sizeof(*more));
            if (more == NULL) {
                b->e.world->failed = true;
                return;
            }
            b->end = more;
            b->cap_end = cap;
        }
        b->end[b->n_end++] = (struct bus_end){c->fx[i].a, (uint32_t)c->fx[i].b, c->fx[i].kind == DELIVERY_FX_DEAD};
    }
    c->n_fx = 0;
}

static void carry_out(struct bus *b, struct bus_end end)
{
    struct bus_message *m = bus_message(b, end.message);
    bus_count(b, BM_INVOCATIONS, 1);
    bus_count(b, BM_FAILED, 1);
    b->n_failed++;
    entity_trace(&b->e, end.dead ? BUS_TRACE_DEAD : BUS_TRACE_DROPPED,
                 request_item(request_at(&b->e.world->requests, m->job.request)));
    target_count(b, b->by_line[end.line], end.dead ? BP_DEAD : BP_DROPPED, 1);
    if (end.dead)
        bus_letter(b, b->by_line[end.line], m);
    else
        bus_count(b, BM_DROPPED, 1);
    message_left(b, m);
}

void bus_settle(struct bus *b, uint32_t delivery, uint32_t message, struct bus_target *t, bool again,
                enum delivery_result result)
{
    struct bus_message *m = bus_message(b, message);
    const struct delivery_counts *c = delivery_counts(b->delivery);
    uint64_t twice = c->twice;
    sim_time now = world_now(b->e.world);
    entity_trace(&b->e, result == DELIVERY_OK ? BUS_TRACE_DELIVERED : BUS_TRACE_FAILED,
                 request_item(request_at(&b->e.world->requests, m->job.request)) << 8 ^ t->line);
    if (again && result == DELIVERY_AGAIN)
        result = DELIVERY_NEVER; /* it was delivered already */
    delivery_settle(b->delivery, bus_begin(b), delivery, result);
    m->left += c->twice > twice;
    bus_count(b, BM_TWICE, c->twice - twice);
    if (!again && result == DELIVERY_OK) {
        b->n_delivered++;
        bus_count(b, BM_INVOCATIONS, 1);
        bus_count(b, BM_DELIVERED, 1);
        obs_tally_add(&b->complete, now, now - m->put);
        target_count(b, t, BP_DELIVERED, 1);
        obs_tally_add(&t->delay, now, now - m->put);
    }
    target_count(b, t, BP_FAILED, result != DELIVERY_OK);
    collect(b);
    if (again || result == DELIVERY_OK)
        message_left(b, m);
    bus_pump(b);
}

/* --- the loop --- */

static void show_levels(struct bus *b)
{
    const struct delivery_counts *c = delivery_counts(b->delivery);
    sim_time now = world_now(b->e.world);
    obs_level_set(&b->waiting, now, (int64_t)c->waiting);
    obs_level_set(&b->under_way, now, (int64_t)c->under_way);
}

static void attempt(struct bus *b, const struct delivery_attempt *a)
{
    sim_time now = world_now(b->e.world);
    bus_count(b, BM_ATTEMPTS, 1);
    bus_count(b, BM_RETRIES, a->number > 0);
    struct bus_target *t = b->by_line[a->line];
    target_count(b, t, BP_ATTEMPTS, 1);
    target_count(b, t, BP_RETRIES, a->number > 0);
    if (a->number == 0 && !a->again) {
        bus_count(b, BM_THROTTLED_RULES, a->began < now);
        obs_tally_add(&b->start, now, now - bus_message(b, (uint32_t)a->message.user)->put);
    }
    bus_invoke(b, a);
}

void bus_pump(struct bus *b)
{
    struct delivery_attempt a;
    if (b->pumping)
        return;
    b->pumping = true;
    for (;;) {
        if (b->first_end < b->n_end) {
            carry_out(b, b->end[b->first_end++]);
            continue;
        }
        b->first_end = b->n_end = 0;
        bool got = delivery_next(b->delivery, bus_begin(b), &a);
        collect(b);
        if (got)
            attempt(b, &a);
        else if (b->n_end == 0)
            break;
    }
    b->pumping = false;
    b->e.world->failed |= delivery_failed(b->delivery);
    sim_time due = b->e.world->failed ? SIM_NEVER : delivery_deadline(b->delivery);
    if (due != (sim_pending(&b->timer) ? b->timer.at : SIM_NEVER))
        sim_at(b->e.world->sim, &b->timer, due);
    show_levels(b);
}

/* --- what must hold --- */

static bool broken(struct err *err, const char *law, uint64_t a, uint64_t b)
{
    return err_set(err, ERR_INTERNAL, "%s: %" PRIu64 " is not %" PRIu64, law, a, b);
}

/* Events times matching targets = delivered + dead or dropped + those that wait or are under way. */
bool bus_conserve(struct entity *e, sim_time now, struct err *err)
{
    const struct bus *b = bus_of(e);
    const struct delivery_counts *c = delivery_counts(b->delivery);
    (void)now;
    if (b->n_begun != b->n_delivered + b->n_failed + c->waiting + c->under_way)
        return broken(err, "deliveries begun = delivered + failed + waiting + under way", b->n_begun,
                      b->n_delivered + b->n_failed + c->waiting + c->under_way);
    if (c->begun != b->n_begun || c->delivered != b->n_delivered || c->dead + c->dropped != b->n_failed)
        return broken(err, "deliveries counted by the bus and by its core", b->n_begun, c->begun);
    return b->n_in - b->n_out == b->messages.n_live || broken(err, "events held", b->n_in - b->n_out, b->messages.n_live);
}

void bus_finish(struct entity *e, sim_time now)
{
    (void)now;
    show_levels(bus_of(e));
}
