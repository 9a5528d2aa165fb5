/* fh_deliver.c - lots on their way to the destination or the backup: up to four at a time each (FH-16), a lot between two
 * attempts keeps its place among them. Those that wait become one (FH-17), and lose what has become too old (FH-9), record by
 * record. */
#include "fh_int.h"

#define HALT_RETRY (60 * SIM_S) /* FH-31 */

static sim_time earlier(sim_time a, sim_time b)
{
    return a < b ? a : b;
}

/* --- expiry --- */

static sim_time expires(const struct firehose *f, const struct fh_record *r)
{
    return f->config.keep == SIM_NEVER ? SIM_NEVER : r->arrival + f->config.keep;
}

static sim_time lot_expires(const struct firehose *f, uint32_t lot)
{
    return expires(f, fh_list_first(f, &lot_at(f, lot)->list));
}

static bool all_old(const struct firehose *f, sim_time now, uint32_t lot)
{
    const struct fh_chunk *last = chunk_at(f, lot_at(f, lot)->list.tail);
    return expires(f, &last->record[last->end - 1]) <= now;
}

static enum fh_end lost(const struct fh_lot *x)
{
    return x->role == ROLE_COPY ? FH_END_COPY_EXPIRED : FH_END_EXPIRED;
}

/* What is too old ends in a lot of its own; not all of it is. */
static void trim(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    struct fh_record r;
    if (lot_expires(f, lot) > now)
        return;
    uint32_t old = fh_lot_new(f, x->role, now);
    if (old == FH_NONE)
        return;
    while (lot_expires(f, lot) <= now && fh_list_pop(f, &x->list, &r))
        f->failed |= !fh_list_add(f, &lot_at(f, old)->list, &r);
    lot_at(f, old)->why = x->why;
    lot_at(f, old)->key = x->key;
    fh_lot_end(f, old, lost(x));
}

/* --- waiting --- */

static bool alike(const struct fh_lot *a, const struct fh_lot *b)
{
    return a->role == b->role && a->why == b->why && a->key == b->key;
}

/* The last lot of its kind that waits takes it in, when there is room. What the destination has failed at stays by itself: an
 * attempt of it may still be under way. */
static bool join(struct firehose *f, uint32_t lot, enum fh_to to)
{
    struct fh_lot *x = lot_at(f, lot);
    if (x->failed || (f->under[to] + f->wait[to].n < f->config.parallel && f->halting == 0))
        return false;
    for (uint32_t at = f->wait[to].tail; at != FH_NONE; at = lot_at(f, at)->prev) {
        struct fh_lot *y = lot_at(f, at);
        if (!alike(x, y))
            continue;
        if (x->list.bytes + y->list.bytes > f->config.merge)
            return false;
        fh_list_join(f, &y->list, &x->list);
        fh_lot_free(f, lot);
        f->counts.merged++;
        return true;
    }
    return false;
}

void fh_deliver_wait(struct firehose *f, sim_time now, uint32_t lot, enum fh_to to)
{
    struct fh_lot *x = lot_at(f, lot);
    x->to = (uint8_t)to;
    x->attempt = 0;
    x->state = LOT_WAITS;
    x->window_end = x->retry_at = SIM_NEVER;
    if (all_old(f, now, lot)) {
        fh_lot_end(f, lot, lost(x));
        return;
    }
    trim(f, now, lot);
    if (to == FH_TO_DESTINATION)
        f->waiting_bytes += x->list.bytes;
    if (join(f, lot, to))
        return;
    fh_queue_add(f, &f->wait[to], lot);
    fh_lot_due(f, lot, lot_expires(f, lot));
}

static void leave_queue(struct firehose *f, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    fh_queue_remove(f, &f->wait[x->to], lot);
    if (x->to == FH_TO_DESTINATION)
        f->waiting_bytes -= x->list.bytes;
}

/* --- attempts --- */

static void attempt(struct firehose *f, sim_time now, uint32_t lot, struct fh_task *task)
{
    struct fh_lot *x = lot_at(f, lot);
    x->state = LOT_UNDER_WAY;
    x->began = now;
    f->counts.side[x->to].attempts++;
    *task = (struct fh_task){.kind = FH_TASK_DELIVER, .lot = lot, .to = (enum fh_to)x->to, .attempt = x->attempt};
}

void fh_deliver_again(struct firehose *f, sim_time now, uint32_t lot, struct fh_task *task)
{
    fh_queue_remove(f, &f->ready, lot);
    attempt(f, now, lot, task);
}

bool fh_deliver_next(struct firehose *f, sim_time now, struct fh_task *task)
{
    for (unsigned to = FH_TO_DESTINATION; to <= FH_TO_BACKUP; to++) {
        uint32_t lot = f->wait[to].head;
        bool halted = to == FH_TO_DESTINATION && f->halting > 0;
        if (lot == FH_NONE || halted || f->under[to] >= f->config.parallel)
            continue;
        leave_queue(f, lot);
        fh_lot_due(f, lot, SIM_NEVER);
        f->under[to]++;
        attempt(f, now, lot, task);
        return true;
    }
    return false;
}

/* Full jitter over 1, 2, 4 … 60 s (FH-33), never no time at all. */
static sim_time back_off(const struct firehose *f, struct dice *dice, uint32_t failures)
{
    uint64_t cap = failures > 6 ? 60000 : UINT64_C(1000) << (failures - 1);
    cap = cap > 60000 ? 60000 : cap;
    uint64_t ms = f->config.jitter ? dice_roll(dice, cap) + 1 : cap;
    return (sim_time)ms * SIM_MS;
}

static void step_down(struct firehose *f, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    f->under[x->to]--;
    f->halting -= x->halts;
    x->halts = false;
}

/* The backup's turn (FH-28 … 30). */
static void give_up(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    step_down(f, lot);
    x->why = FH_WHY_DELIVERY;
    x->failed = true;
    f->counts.failed[FH_WHY_DELIVERY] += x->list.n;
    fh_deliver_wait(f, now, lot, FH_TO_BACKUP);
}

/* After a failure, or at a time that it has set: old records go, then the window closes, then it is tried again. */
static void look_at(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    if (all_old(f, now, lot)) {
        step_down(f, lot);
        fh_lot_end(f, lot, lost(x));
        return;
    }
    trim(f, now, lot);
    if (now >= x->window_end) {
        give_up(f, now, lot);
    } else if (now >= x->retry_at) {
        x->state = LOT_READY;
        fh_queue_add(f, &f->ready, lot);
    } else {
        x->state = LOT_BACKS_OFF;
        fh_lot_due(f, lot, earlier(earlier(x->retry_at, x->window_end), lot_expires(f, lot)));
    }
}

void fh_deliver_due(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    if (x->state == LOT_BACKS_OFF) {
        look_at(f, now, lot);
        return;
    }
    uint64_t bytes = x->list.bytes;
    if (all_old(f, now, lot)) {
        leave_queue(f, lot);
        fh_lot_end(f, lot, lost(x));
        return;
    }
    trim(f, now, lot);
    if (x->to == FH_TO_DESTINATION)
        f->waiting_bytes -= bytes - x->list.bytes;
    fh_lot_due(f, lot, lot_expires(f, lot));
}

/* --- answers --- */

static void done(struct firehose *f, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    struct fh_side *side = &f->counts.side[x->to];
    side->good++;
    side->records += x->list.n;
    side->bytes += x->list.bytes;
    f->counts.objects++;
    fh_stored(f, lot, (enum fh_to)x->to);
    step_down(f, lot);
    fh_lot_end(f, lot, x->role == ROLE_COPY            ? FH_END_COPIED
                    : x->to == FH_TO_BACKUP         ? FH_END_BACKED_UP
                                                    : FH_END_DELIVERED);
}

static bool waits_for_ack(const struct firehose *f)
{
    return fh_limits(f->config.destination, false)->ack > 0;
}

static void failed(struct firehose *f, struct call *call, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    sim_time now = call->now;
    if (x->to == FH_TO_DESTINATION && f->config.retry != SIM_NEVER) {
        if (x->attempt == 0)
            x->window_end = now + f->config.retry;
        else if (waits_for_ack(f))
            x->window_end += now - x->began;
    }
    x->attempt++;
    if (x->failed) {
        f->halting += !x->halts;
        x->halts = true;
        x->retry_at = now + HALT_RETRY;
    } else {
        x->retry_at = now + back_off(f, call->dice, x->attempt);
    }
    look_at(f, now, lot);
}

void fh_settle(struct firehose *f, struct call *call, uint32_t lot, enum fh_answer answer)
{
    struct fh_lot *x = lot_at(f, lot);
    CHECK(x->state == LOT_UNDER_WAY);
    fh_advance(f, call->now);
    if (answer == FH_DONE) {
        done(f, lot);
        return;
    }
    f->counts.side[x->to].failed++;
    f->counts.side[x->to].no_ack += answer == FH_NO_ACK;
    failed(f, call, lot);
}

void fh_stored(struct firehose *f, uint32_t lot, enum fh_to to)
{
    struct fh_lot *x = lot_at(f, lot);
    if (x->stored[to])
        f->counts.duplicates += x->list.n;
    x->stored[to] = true;
}
