/* fh_transform.c - batches on their way through the function. Several are out at a time (FH-24); what comes back waits until
 * all before it have come back, so that records keep their order (FH-26). A batch between two tries keeps its place among
 * those that are out. */
#include "fh_int.h"

void fh_transform_begin(struct firehose *f, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    x->state = LOT_TO_INVOKE;
    x->attempt = 0;
    if (f->line_tail == FH_NONE)
        f->line_head = lot;
    else
        lot_at(f, f->line_tail)->line = lot;
    f->line_tail = lot;
    fh_queue_add(f, &f->invoke, lot);
}

static void invoke(struct firehose *f, uint32_t lot, struct fh_task *task)
{
    struct fh_lot *x = lot_at(f, lot);
    x->state = LOT_INVOKED;
    f->counts.invocations++;
    *task = (struct fh_task){.kind = FH_TASK_INVOKE, .lot = lot, .attempt = x->attempt};
}

bool fh_transform_next(struct firehose *f, struct fh_task *task)
{
    uint32_t lot = f->ready.head;
    if (lot != FH_NONE && lot_at(f, lot)->role == ROLE_TRANSFORM) {
        fh_queue_remove(f, &f->ready, lot);
        invoke(f, lot, task);
        return true;
    }
    lot = f->invoke.head;
    if (lot == FH_NONE || f->invoked >= f->invoked_max)
        return false;
    fh_queue_remove(f, &f->invoke, lot);
    f->invoked++;
    invoke(f, lot, task);
    return true;
}

void fh_transform_due(struct firehose *f, uint32_t lot)
{
    lot_at(f, lot)->state = LOT_READY;
    fh_queue_add(f, &f->ready, lot);
}

/* --- what came back --- */

static enum fh_result judge(const struct firehose *f, const struct fh_record *r, uint32_t *size)
{
    *size = r->size;
    return f->config.judge == NULL ? FH_RESULT_OK : f->config.judge(f->config.from, FH_AT_TRANSFORM, r, size);
}

/* An answer is limited as a request is (FH-20). */
static bool fits(const struct firehose *f, uint32_t lot)
{
    struct fh_cursor at = {.begun = false};
    struct fh_record r;
    uint64_t bytes = 0;
    while (fh_record_next(f, lot, &at, &r)) {
        uint32_t size;
        if (judge(f, &r, &size) == FH_RESULT_OK)
            bytes += size;
    }
    return bytes <= FH_INVOKE_BYTES;
}

static void drop(struct firehose *f, sim_time now, uint32_t *lot, const struct fh_record *r)
{
    if (*lot == FH_NONE)
        *lot = fh_lot_new(f, ROLE_DATA, now);
    if (*lot != FH_NONE)
        f->failed |= !fh_list_add(f, &lot_at(f, *lot)->list, r);
}

static void processed(struct firehose *f, sim_time now, uint32_t lot, bool good)
{
    struct fh_record r;
    uint32_t dropped = FH_NONE;
    good = good && fits(f, lot);
    f->counts.invoked_records += lot_at(f, lot)->list.n;
    f->counts.skipped += !good;
    while (fh_list_pop(f, &lot_at(f, lot)->list, &r)) {
        uint32_t size = r.size;
        enum fh_result result = good ? judge(f, &r, &size) : FH_RESULT_FAILED;
        if (result == FH_RESULT_FAILED) {
            fh_buffer_error(f, now, &r, FH_WHY_PROCESSING);
        } else if (result == FH_RESULT_DROPPED) {
            drop(f, now, &dropped, &r);
        } else {
            r.size = size;
            fh_buffer_data(f, now, &r);
        }
    }
    fh_lot_free(f, lot);
    if (dropped != FH_NONE)
        fh_lot_end(f, dropped, FH_END_DROPPED);
}

static void drain(struct firehose *f, sim_time now)
{
    while (f->line_head != FH_NONE && lot_at(f, f->line_head)->state == LOT_PROCESSED) {
        uint32_t lot = f->line_head;
        f->line_head = lot_at(f, lot)->line;
        if (f->line_head == FH_NONE)
            f->line_tail = FH_NONE;
        processed(f, now, lot, lot_at(f, lot)->good);
    }
}

/* FH-25: at once, then after 1 s, 2 s, and so on. */
static sim_time pause_before(uint32_t retry)
{
    return retry == 1 ? 0 : retry > 7 ? 60 * SIM_S : SIM_S << (retry - 2);
}

void fh_invoked(struct firehose *f, struct call *call, uint32_t lot, bool good)
{
    struct fh_lot *x = lot_at(f, lot);
    CHECK(x->state == LOT_INVOKED);
    fh_advance(f, call->now);
    f->counts.invocations_good += good;
    if (!good && x->attempt < f->config.lambda_retries) {
        x->attempt++;
        x->state = LOT_PAUSES;
        fh_lot_due(f, lot, call->now + pause_before(x->attempt));
        return;
    }
    x->good = good;
    x->state = LOT_PROCESSED;
    f->invoked--;
    drain(f, call->now);
}
