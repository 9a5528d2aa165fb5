/* firehose_deliver.c - one delivery is one call, whose size is that of the object. What is not acknowledged in time goes on, and
 * may be stored all the same: then its records have come, though nobody knows (FH-32). The call reads, as far as the
 * destination is concerned: the effects of its many records are told here. */
#include "caller.h"
#include "firehose_actor.h"
#include "mem.h"

#define BACKUP_TIMEOUT (15 * SIM_MIN)

static struct entity *entity_of(const struct firehose_actor *h, enum fh_to to)
{
    return to == FH_TO_BACKUP ? h->backup : h->destination;
}

/* --- the records of a lot --- */

static void effects(struct firehose_actor *h, uint32_t lot, const struct entity *where)
{
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    while (fh_record_next(h->core, lot, &at, &r))
        request_effect(h->e.world, (uint32_t)(r.user >> 32), where);
}

static void forget_late(struct firehose_actor *h, struct firehose_call *c)
{
    struct firehose_call **at = &h->late;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
}

static void let_go(struct firehose_actor *h, struct firehose_call *x)
{
    struct firehose_call c = *x;
    slab_give(&h->calls, c.number);
    for (uint32_t i = 0; i < c.n_left; i++)
        request_drop(h->e.world, c.left[i]);
    mem_release(c.left);
    request_drop(h->e.world, c.request);
}

/* It has not answered for so long that nobody waits for it any more. */
static void on_silence(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct firehose_call *c = CONTAINER_OF(t, struct firehose_call, timer);
    wire_abandon(c->call, false);
    forget_late(c->hose, c);
    let_go(c->hose, c);
}

/* The lot ends, and an attempt of it is still under way somewhere: it may be stored once more. */
static bool outlive(struct firehose_actor *h, struct firehose_call *c, uint32_t lot, uint32_t n)
{
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    c->left = mem_get(n * sizeof(*c->left));
    if (c->left == NULL)
        return false;
    while (fh_record_next(h->core, lot, &at, &r)) {
        c->left[c->n_left] = (uint32_t)(r.user >> 32);
        request_hold(h->e.world, c->left[c->n_left++]);
    }
    sim_timer_init(&c->timer, SIM_LATE, on_silence);
    sim_after(h->e.world->sim, &c->timer, BACKUP_TIMEOUT);
    return true;
}

static void outlive_all(struct firehose_actor *h, uint32_t lot, const struct fh_lot_view *v)
{
    for (struct firehose_call *c = h->late; c != NULL; c = c->next)
        if (c->serial == v->serial) {
            h->e.world->failed |= !outlive(h, c, lot, v->n);
            c->again = v->stored[c->to];
        }
}

void firehose_deliver_close(struct firehose_actor *h)
{
    for (struct firehose_call *c = h->late; c != NULL; c = c->next)
        mem_release(c->left);
    slab_free(&h->calls);
}

/* --- a call --- */

/* A lot that has ended was stored by an attempt that nobody heard of: what is still under way of it comes once more. */
static void came_late(struct firehose_actor *h, const struct firehose_call *c)
{
    for (uint32_t i = 0; i < c->n_left; i++)
        request_effect(h->e.world, c->left[i], entity_of(h, c->to));
    if (c->again)
        hose_count(h, FM_DUPLICATES, c->n_left);
    for (struct firehose_call *x = h->late; x != NULL; x = x->next)
        x->again |= x->serial == c->serial && x->to == c->to;
}

static void answered_late(struct firehose_actor *h, struct firehose_call *c, enum call_verdict v)
{
    forget_late(h, c);
    sim_cancel(h->e.world->sim, &c->timer);
    if (v == CALL_OK && c->left == NULL) {
        effects(h, c->lot, entity_of(h, c->to));
        fh_stored(h->core, c->lot, c->to);
    } else if (v == CALL_OK) {
        came_late(h, c);
    }
    let_go(h, c);
}

static void answered(struct wire_call *w, enum call_verdict v)
{
    struct firehose_call *c = w->client;
    struct firehose_actor *h = c->hose;
    uint32_t lot = c->lot;
    wire_release(w);
    if (c->late) {
        answered_late(h, c, v);
        return;
    }
    if (v == CALL_OK)
        effects(h, lot, entity_of(h, c->to));
    sim_cancel(h->e.world->sim, &c->timer);
    slab_give(&h->calls, c->number);
    fh_settle(h->core, hose_begin(h), lot, v == CALL_OK ? FH_DONE : FH_FAILED);
    firehose_pump(h);
}

static void on_timeout(struct sim *sim, struct sim_timer *t)
{
    (void)sim;
    struct firehose_call *c = CONTAINER_OF(t, struct firehose_call, timer);
    struct firehose_actor *h = c->hose;
    request_hold(h->e.world, c->request);
    c->late = true;
    c->next = h->late;
    h->late = c;
    fh_settle(h->core, hose_begin(h), c->lot, FH_NO_ACK);
    firehose_pump(h);
}

static struct job job_of(const struct firehose_actor *h, const struct fh_task *task, const struct fh_lot_view *v)
{
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    CHECK(fh_record_next(h->core, task->lot, &at, &r));
    struct job j = hose_job(&r);
    j.size = v->bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)v->bytes;
    j.attempt = attempt_code(j.attempt, 4099, task->attempt + (task->to == FH_TO_BACKUP ? 2048 : 0));
    j.flags = JOB_READ;
    return j;
}

void firehose_deliver(struct firehose_actor *h, const struct fh_task *task)
{
    struct entity *to = entity_of(h, task->to);
    struct fh_lot_view v;
    fh_lot(h->core, task->lot, &v);
    struct job j = job_of(h, task, &v);
    uint32_t number = slab_take(&h->calls);
    struct wire_call *w = number == SLAB_NONE ? NULL : wire_open(h->e.world, to, &j);
    if (w == NULL) {
        h->e.world->failed = true;
        return;
    }
    struct firehose_call *c = slab_at(&h->calls, number);
    *c = (struct firehose_call){
        .hose = h, .call = w, .serial = v.serial, .lot = task->lot, .number = number, .request = j.request, .to = task->to};
    w->client = c;
    w->reply = answered;
    sim_timer_init(&c->timer, SIM_LATE, on_timeout);
    sim_after(h->e.world->sim, &c->timer, task->to == FH_TO_BACKUP ? BACKUP_TIMEOUT : h->ack_timeout);
    entity_trace(&h->e, HOSE_TRACE_DELIVERY, v.serial << 16 ^ task->attempt);
    wire_send(w);
}

/* --- the end --- */

static void note(struct firehose_actor *h, const struct fh_record *r, enum fh_end end, const struct fh_lot_view *v)
{
    static const enum life_what what[FH_ENDS] = {
        [FH_END_DELIVERED] = LIFE_STORED,
        [FH_END_DROPPED] = LIFE_DROPPED,
        [FH_END_BACKED_UP] = LIFE_BACKED_UP,
        [FH_END_EXPIRED] = LIFE_EXPIRED,
    };
    struct job j = hose_job(r);
    if (!job_recorded(&j) || end == FH_END_COPIED || end == FH_END_COPY_EXPIRED)
        return;
    struct life_event *e = record_job(h->e.world, &j, what[end], &h->e);
    if (end == FH_END_DELIVERED || end == FH_END_BACKED_UP)
        e->other = (end == FH_END_DELIVERED ? h->destination : h->backup)->index;
    e->value = end == FH_END_EXPIRED ? world_now(h->e.world) - r->arrival : (int64_t)v->n;
    life_why(e, v->why == FH_WHY_NONE ? NULL : fh_why_name(v->why));
}

void firehose_ended(struct firehose_actor *h, const struct fh_task *task)
{
    struct world *w = h->e.world;
    sim_time now = world_now(w);
    struct fh_cursor at = {.begun = false};
    struct fh_lot_view v;
    struct fh_record r;
    fh_lot(h->core, task->lot, &v);
    outlive_all(h, task->lot, &v);
    if (task->end == FH_END_DELIVERED) {
        obs_tally_add(&h->object_size, now, (int64_t)v.bytes);
        obs_tally_add(&h->object_records, now, v.n);
    }
    firehose_left(h, v.n);
    while (fh_record_next(h->core, task->lot, &at, &r)) {
        uint32_t request = (uint32_t)(r.user >> 32);
        entity_trace(&h->e, HOSE_TRACE_ENDED + task->end, request_item(request_at(&w->requests, request)));
        note(h, &r, task->end, &v);
        if (task->end == FH_END_DELIVERED) {
            obs_tally_add(&h->delay, now, now - r.arrival);
            request_effect(w, request, &h->e);
        }
        request_drop(w, request);
    }
    fh_release(h->core, task->lot);
}
