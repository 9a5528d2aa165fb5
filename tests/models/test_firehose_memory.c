/* Memory: each allocation of a delivery stream's life fails once, and nothing leaks or is out of step until then; what is delivered gives its
 * room to what comes next.
 *
 * rules: FH-15 FH-17 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "firehose.h"
#include "mem.h"

struct life {
    struct firehose *f;
    struct call call;
    sim_time now;
    uint64_t ended;
    bool down;
};

static struct call *begin(struct life *l)
{
    call_begin(&l->call, l->now, NULL);
    return &l->call;
}

static void pump(struct life *l)
{
    struct fh_task task;
    while (fh_next(l->f, begin(l), &task)) {
        struct fh_lot_view v;
        fh_lot(l->f, task.lot, &v);
        if (task.kind == FH_TASK_END) {
            l->ended += v.n;
            fh_release(l->f, task.lot);
        } else if (task.kind == FH_TASK_INVOKE) {
            fh_invoked(l->f, begin(l), task.lot, true);
        } else {
            fh_settle(l->f, begin(l), task.lot, l->down ? FH_FAILED : FH_DONE);
        }
    }
}

static void pass(struct life *l, sim_time to)
{
    while (fh_deadline(l->f) <= to) {
        l->now = fh_deadline(l->f);
        pump(l);
    }
    l->now = to;
    pump(l);
}

static enum fh_result judge(void *from, enum fh_stage stage, const struct fh_record *r, uint32_t *size)
{
    (void)from;
    (void)stage;
    (void)size;
    return r->user % 7 == 0 ? FH_RESULT_DROPPED : r->user % 7 == 1 ? FH_RESULT_FAILED : FH_RESULT_OK;
}

/* Everything that takes memory: a function, partitions, copies, an outage. */
static enum fh_outcome open_life(struct life *l)
{
    struct fh_config c;
    fh_config_default(&c, FH_S3, false);
    c.jitter = false;
    c.transform = true;
    c.judge = judge;
    c.partitions = 20;
    c.size = 64 * FH_MIB;
    c.parse_time = SIM_S;
    c.backup_all = true;
    c.bytes_per_s = 0;
    *l = (struct life){.f = NULL};
    return fh_open(&l->f, &c);
}

static void live(struct life *l)
{
    for (uint32_t i = 0; i < 3000 && !fh_failed(l->f); i++) {
        struct fh_put p = {.user = i, .size = 5000, .key = i % 30};
        enum fh_outcome o = fh_put(l->f, begin(l), &p);
        assert_true(o == FH_OK || o == FH_NO_MEMORY);
        l->down = i % 1000 < 500;
        if (i % 50 == 0)
            pass(l, l->now + 60 * SIM_S);
        fh_check(l->f, l->now);
    }
}

static void test_each_allocation_fails_once(void **state)
{
    struct life l;
    long n = 0;
    (void)state;
    for (bool failed = true; failed;) {
        mem_fail_at(++n);
        enum fh_outcome o = open_life(&l);
        failed = o == FH_NO_MEMORY;
        if (o == FH_OK) {
            live(&l);
            failed = fh_failed(l.f);
            if (failed)
                assert_true(fh_deadline(l.f) == SIM_NEVER);
            fh_close(l.f);
        } else {
            assert_true(l.f == NULL);
        }
    }
    mem_fail_at(0);
    assert_true(n > 10);
}

/* A million records of 1 KiB, 5 MiB at a time: memory for some 10,000 of them. */
static void test_room_is_used_again(void **state)
{
    struct fh_config c;
    struct life l = {.f = NULL};
    (void)state;
    fh_config_default(&c, FH_S3, false);
    c.bytes_per_s = 0;
    c.records_per_s = 0;
    c.requests_per_s = 0;
    assert_int_equal(fh_open(&l.f, &c), FH_OK);
    for (uint32_t i = 0; i < 1000000; i++) {
        struct fh_put p = {.user = i, .size = 1024};
        assert_int_equal(fh_put(l.f, begin(&l), &p), FH_OK);
        l.now += SIM_MS;
        pump(&l);
    }
    pass(&l, l.now + 600 * SIM_S);
    assert_true(l.ended == 1000000 && fh_inside(l.f) == 0);
    assert_true(fh_bytes(l.f) < 2 * FH_MIB);
    fh_close(l.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_fails_once),
        cmocka_unit_test(test_room_is_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
