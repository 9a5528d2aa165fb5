/* fh_put.c - what may come in (FH-2 … FH-7): sizes first, then the quotas of the second. */
#include "fh_int.h"
#include "fh_price.h"

static bool limits_of_second(struct firehose *f, sim_time now)
{
    if (now >= f->second) {
        f->second = (now / SIM_S + 1) * SIM_S;
        f->second_records = f->second_requests = f->second_bytes = 0;
    }
    return f->config.requests_per_s == 0 || f->second_requests < f->config.requests_per_s;
}

static bool admits(const struct firehose *f, uint32_t size)
{
    const struct fh_config *c = &f->config;
    return (c->records_per_s == 0 || f->second_records < c->records_per_s) &&
           (c->bytes_per_s == 0 || f->second_bytes + size <= c->bytes_per_s);
}

static void accept(struct firehose *f, sim_time now, const struct fh_put *p)
{
    struct fh_record r = {.user = p->user, .arrival = now, .size = p->size, .key = p->key};
    f->counts.billed += fh_steps(p->size);
    fh_buffer_in(f, &r);
}

static enum fh_outcome store(struct firehose *f, sim_time now, const struct fh_put *p)
{
    if (!admits(f, p->size)) {
        f->counts.throttled_records++;
        return FH_THROTTLED;
    }
    f->second_records++;
    f->second_bytes += p->size;
    accept(f, now, p);
    return f->failed ? FH_NO_MEMORY : FH_OK;
}

enum fh_outcome fh_put(struct firehose *f, struct call *call, const struct fh_put *p)
{
    f->counts.put++;
    if (f->config.source != FH_DIRECT_PUT)
        return FH_NOT_DIRECT;
    if (p->size > FH_RECORD_BYTES)
        return FH_RECORD_TOO_LARGE;
    fh_advance(f, call->now);
    if (!limits_of_second(f, call->now)) {
        f->counts.throttled_calls++;
        f->counts.throttled_records++;
        return FH_THROTTLED;
    }
    enum fh_outcome o = store(f, call->now, p);
    if (o == FH_OK) {
        f->second_requests++;
        f->counts.put_ok++;
    }
    return o;
}

static enum fh_outcome judge_batch(const struct firehose *f, const struct fh_put *p, uint32_t n)
{
    uint64_t bytes = 0;
    if (f->config.source != FH_DIRECT_PUT)
        return FH_NOT_DIRECT;
    if (n == 0)
        return FH_NO_RECORDS;
    if (n > FH_BATCH_RECORDS)
        return FH_TOO_MANY_RECORDS;
    for (uint32_t i = 0; i < n; i++) {
        if (p[i].size > FH_RECORD_BYTES)
            return FH_RECORD_TOO_LARGE;
        bytes += p[i].size;
    }
    return bytes > FH_BATCH_BYTES ? FH_REQUEST_TOO_LARGE : FH_OK;
}

enum fh_outcome fh_put_batch(struct firehose *f, struct call *call, const struct fh_put *p, uint32_t n, enum fh_outcome *each,
                             uint32_t *failed)
{
    *failed = 0;
    f->counts.batch++;
    enum fh_outcome o = judge_batch(f, p, n);
    if (o != FH_OK)
        return o;
    f->counts.batch_records += n;
    fh_advance(f, call->now);
    if (!limits_of_second(f, call->now)) {
        f->counts.throttled_calls++;
        f->counts.throttled_records += n;
        return FH_THROTTLED;
    }
    for (uint32_t i = 0; i < n; i++) {
        each[i] = store(f, call->now, &p[i]);
        *failed += each[i] != FH_OK;
    }
    f->second_requests++;
    f->counts.batch_ok++;
    f->counts.batch_failed += *failed;
    return FH_OK;
}

/* A source hands out records of up to 10 MiB (FH-8, and the stream's own limit). */
enum fh_outcome fh_take(struct firehose *f, struct call *call, const struct fh_put *p, uint32_t n)
{
    CHECK(f->config.source != FH_DIRECT_PUT);
    fh_advance(f, call->now);
    for (uint32_t i = 0; i < n && !f->failed; i++)
        accept(f, call->now, &p[i]);
    return f->failed ? FH_NO_MEMORY : FH_OK;
}

bool fh_wants(const struct firehose *f)
{
    return f->halting == 0 && f->waiting_bytes < f->config.merge && f->invoke.n < f->invoked_max;
}
