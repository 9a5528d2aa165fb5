/* fh_buffer.c - where records gather: for the function, to be told apart by their keys, for the destination (one buffer, or one
 * for each active partition), for the error location (one for each reason), and their copies for the backup.
 *
 * The size is a trigger and not a cap: the record that reaches it is included. The timer runs from a buffer's first record
 * (FH-15). */
#include "fh_int.h"

static sim_time interval_of(const struct firehose *f, enum fh_role role)
{
    const struct fh_config *c = &f->config;
    switch (role) {
    case ROLE_TRANSFORM:
        return c->lambda_interval;
    case ROLE_INTAKE:
        return c->parse_time;
    case ROLE_COPY:
        return c->backup_interval == 0 ? c->zero_latency : c->backup_interval;
    case ROLE_DATA:
    case ROLE_ERROR:
        break;
    }
    return c->interval == 0 ? c->zero_latency : c->interval;
}

static uint64_t size_of(const struct firehose *f, enum fh_role role)
{
    const struct fh_config *c = &f->config;
    return role == ROLE_TRANSFORM ? c->lambda_size : role == ROLE_COPY ? c->backup_size : c->size;
}

/* The buffer in that place, opened when there is none. */
static uint32_t open_buffer(struct firehose *f, sim_time now, uint32_t *slot, enum fh_role role)
{
    if (*slot == FH_NONE && (*slot = fh_lot_new(f, role, now)) != FH_NONE)
        fh_lot_due(f, *slot, now + interval_of(f, role));
    return *slot;
}

static void add(struct firehose *f, sim_time now, uint32_t lot, const struct fh_record *r)
{
    if (lot == FH_NONE)
        return;
    struct fh_lot *x = lot_at(f, lot);
    if (!fh_list_add(f, &x->list, r))
        f->failed = true;
    else if (x->list.bytes >= size_of(f, x->role))
        fh_buffer_flush(f, now, lot);
}

/* --- who goes where --- */

static void partition_in(struct firehose *f, sim_time now, const struct fh_record *r)
{
    uint32_t key = r->key == FH_NONE ? FH_NONE - 1 : r->key; /* records without a key are one partition */
    uint64_t found;
    if (map64_get(&f->partition, key, &found)) {
        add(f, now, (uint32_t)found, r);
        return;
    }
    if (f->n_partition >= f->config.partitions) {
        fh_buffer_error(f, now, r, FH_WHY_PARTITIONS);
        return;
    }
    uint32_t lot = FH_NONE;
    if (open_buffer(f, now, &lot, ROLE_DATA) == FH_NONE)
        return;
    lot_at(f, lot)->key = key;
    f->failed |= !map64_put(&f->partition, key, lot);
    f->n_partition++;
    add(f, now, lot, r);
}

void fh_buffer_data(struct firehose *f, sim_time now, const struct fh_record *r)
{
    if (f->config.partitions == 0)
        add(f, now, open_buffer(f, now, &f->data, ROLE_DATA), r);
    else if (f->config.parse_time == 0)
        partition_in(f, now, r);
    else
        add(f, now, open_buffer(f, now, &f->intake, ROLE_INTAKE), r);
}

void fh_buffer_error(struct firehose *f, sim_time now, const struct fh_record *r, enum fh_why why)
{
    uint32_t lot = open_buffer(f, now, &f->error[why], ROLE_ERROR);
    if (lot == FH_NONE)
        return;
    lot_at(f, lot)->why = (uint8_t)why;
    f->counts.failed[why]++;
    add(f, now, lot, r);
}

/* What a function cannot be given, it cannot transform (FH-20). */
static void transform_in(struct firehose *f, sim_time now, const struct fh_record *r)
{
    if (r->size > FH_INVOKE_BYTES) {
        f->counts.invoked_records++;
        fh_buffer_error(f, now, r, FH_WHY_PROCESSING);
        return;
    }
    if (f->transform != FH_NONE && lot_at(f, f->transform)->list.bytes + r->size > FH_INVOKE_BYTES)
        fh_buffer_flush(f, now, f->transform);
    add(f, now, open_buffer(f, now, &f->transform, ROLE_TRANSFORM), r);
}

void fh_buffer_in(struct firehose *f, const struct fh_record *r)
{
    sim_time now = r->arrival;
    f->inside++;
    f->counts.in_records++;
    f->counts.in_bytes += r->size;
    if (f->config.backup_all) {
        f->inside++;
        f->counts.copies++;
        add(f, now, open_buffer(f, now, &f->copy, ROLE_COPY), r);
    }
    if (f->config.transform)
        transform_in(f, now, r);
    else
        fh_buffer_data(f, now, r);
}

/* --- flushes --- */

/* Records that cannot be converted go their own way (FH-35). false: nothing is left. */
static bool convert(struct firehose *f, sim_time now, struct fh_lot *x)
{
    struct fh_list good;
    struct fh_record r;
    if (!f->config.convert || f->config.judge == NULL)
        return true;
    fh_list_init(&good);
    while (fh_list_pop(f, &x->list, &r)) {
        if (f->config.judge(f->config.from, FH_AT_CONVERSION, &r, &r.size) == FH_RESULT_FAILED)
            fh_buffer_error(f, now, &r, FH_WHY_CONVERSION);
        else
            f->failed |= !fh_list_add(f, &good, &r);
    }
    x->list = good;
    return good.n > 0;
}

static void flush_data(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    if (x->key == FH_NONE) {
        f->data = FH_NONE;
    } else {
        map64_remove(&f->partition, x->key);
        f->n_partition--;
    }
    if (convert(f, now, x))
        fh_deliver_wait(f, now, lot, FH_TO_DESTINATION);
    else
        fh_lot_free(f, lot);
}

static void flush_intake(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_record r;
    f->intake = FH_NONE;
    while (fh_list_pop(f, &lot_at(f, lot)->list, &r))
        partition_in(f, now, &r);
    fh_lot_free(f, lot);
}

void fh_buffer_flush(struct firehose *f, sim_time now, uint32_t lot)
{
    struct fh_lot *x = lot_at(f, lot);
    fh_lot_due(f, lot, SIM_NEVER);
    switch ((enum fh_role)x->role) {
    case ROLE_TRANSFORM:
        f->transform = FH_NONE;
        fh_transform_begin(f, lot);
        break;
    case ROLE_INTAKE:
        flush_intake(f, now, lot);
        break;
    case ROLE_DATA:
        flush_data(f, now, lot);
        break;
    case ROLE_ERROR:
        f->error[x->why] = FH_NONE;
        fh_deliver_wait(f, now, lot, FH_TO_BACKUP);
        break;
    case ROLE_COPY:
        f->copy = FH_NONE;
        fh_deliver_wait(f, now, lot, FH_TO_BACKUP);
        break;
    }
}
