/* test_stream_log.c - streams as applications read them: the LOG protocol, called by readers that the test plays itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "log.h"
#include "run_support.h"
#include "stream_port.h"

#define READERS 24

static struct {
    struct specbuild *build;
    struct world *w;
    struct entity *s;
    const struct log_ops *log;
    struct log_reader reader[READERS];
    struct log_push push[1000];
    sim_time pushed_at[1000];
    uint32_t n_push, n_changed;
} x;

static void open_world(const char *lines)
{
    struct err err = {0};
    memset(&x, 0, sizeof(x));
    x.build = specbuild_open(lines);
    const struct spec *spec = specbuild_done(x.build);
    x.w = world_open(spec, 0, &err);
    if (x.w == NULL)
        fail_msg("%s", err.text);
    x.s = world_entity(x.w, spec_find(spec, "stream.s"));
    x.log = x.s->room->log;
}

static struct result *end_world(void)
{
    struct err err = {0};
    struct result *r;
    assert_true(sim_run(x.w->sim, x.w->end, NULL));
    r = world_finish(x.w, &err);
    if (r == NULL)
        fail_msg("%s", err.text);
    return r;
}

static void close_world(void)
{
    result_free(end_world());
    world_close(x.w);
    specbuild_close(x.build);
}

static void until(sim_time t)
{
    assert_true(sim_run(x.w->sim, t, NULL));
}

static void pushed(struct log_reader *r, const struct log_push *p)
{
    (void)r;
    x.push[x.n_push] = *p;
    x.pushed_at[x.n_push++] = world_now(x.w);
}

static void changed(struct log_reader *r)
{
    (void)r;
    x.n_changed++;
}

static struct log_reader *attach_to(uint32_t i, const char *owner, bool fan_out)
{
    struct log_reader *r = &x.reader[i];
    *r = (struct log_reader){.owner = world_entity(x.w, spec_find(x.w->spec, owner)), .pushed = fan_out ? pushed : NULL, .changed = changed};
    assert_true(x.log->attach(x.s, r, fan_out));
    return r;
}

static enum log_verdict seek(struct log_reader *r, uint32_t part, enum log_start type, uint64_t seq, sim_time at,
                             struct log_cursor *c)
{
    struct log_from from = {type, seq, at};
    return x.log->seek(x.s, r, part, &from, c);
}

static enum log_verdict read_on(struct log_reader *r, struct log_cursor *c, struct log_read *out)
{
    enum log_verdict v = x.log->read(x.s, r, c, 10000, out);
    if (v == LOG_OK)
        *c = out->next;
    return v;
}

/* One record a second, at 0, 1, 2 …; no latencies. */
#define CLIENTS                                                                                                    \
    "producer.p.arrivals = constant\nproducer.p.rate = 1/s\nproducer.p.target = stream.s\nproducer.p.size = 100B\n" \
    "stream.s.put_latency = 0s\nproducer.p.done_at = stream.s\n"
#define SERVICES "service.a.time = 1s\nservice.b.time = 1s\nservice.c.time = 1s\nservice.d.time = 1s\nservice.e.time = 1s\n"

/* --- polling --- */

/* KV-28, KV-29: five calls a second and shard, whoever makes them; what one reads another reads too. rules: KIN-30 KIN-45 */
static void readers_share_five_calls(void **state)
{
    (void)state;
    struct log_cursor c[2];
    struct log_read got;
    open_world("run.duration = 10s\n" CLIENTS SERVICES);
    struct log_reader *a = attach_to(0, "service.a", false), *b = attach_to(1, "service.b", false);
    until(3100 * SIM_MS);
    assert_int_equal(seek(a, 0, LOG_TRIM_HORIZON, 0, 0, &c[0]), LOG_OK);
    assert_int_equal(seek(b, 0, LOG_TRIM_HORIZON, 0, 0, &c[1]), LOG_OK);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(read_on(i % 2 == 0 ? a : b, &c[i % 2], &got), LOG_OK);
        assert_int_equal(got.n, i < 2 ? 4 : 0);
        assert_int_equal(got.bytes, i < 2 ? 4 * 136 : 0); /* 36 are of a key as a UUID */
    }
    assert_int_equal(read_on(b, &c[1], &got), LOG_THROTTLED);
    until(3999 * SIM_MS);
    assert_int_equal(read_on(b, &c[1], &got), LOG_THROTTLED);
    until(4 * SIM_S);
    assert_int_equal(read_on(b, &c[1], &got), LOG_OK);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.first, 5);
    close_world();
}

/* KV-36, KV-37: records 1 to 6 at 0 … 5 s. rules: KIN-36 KIN-37 KIN-39 */
static void iterators_start_where_they_should(void **state)
{
    (void)state;
    static const struct {
        enum log_start type;
        uint64_t seq;
        sim_time at;
        uint64_t first;
    } rows[] = {{LOG_TRIM_HORIZON, 0, 0, 1},  {LOG_AT_SEQUENCE, 3, 0, 3}, {LOG_AFTER_SEQUENCE, 3, 0, 4},
                {LOG_AT_TIMESTAMP, 0, 2500 * SIM_MS, 4}, {LOG_LATEST, 0, 0, 7}};
    struct log_cursor c;
    struct log_read got;
    open_world("run.duration = 20s\n" CLIENTS SERVICES "producer.p.limit = 6\n");
    struct log_reader *a = attach_to(0, "service.a", false);
    until(6 * SIM_S);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(seek(a, 0, rows[i].type, rows[i].seq, rows[i].at, &c), LOG_OK);
        assert_int_equal(c.seq, rows[i].first);
    }
    assert_int_equal(seek(a, 0, LOG_LATEST, 0, 0, &c), LOG_THROTTLED); /* the sixth in this second */
    until(10 * SIM_S);
    assert_int_equal(seek(a, 0, LOG_AT_SEQUENCE, 99, 0, &c), LOG_REFUSED);
    assert_int_equal(seek(a, 0, LOG_TRIM_HORIZON, 0, 0, &c), LOG_OK);
    assert_int_equal(x.log->read(x.s, a, &c, 2, &got), LOG_OK);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.behind_ms, 9000); /* the second record came at 1 s */
    assert_int_equal(read_on(a, &c, &got), LOG_OK);
    assert_int_equal(got.n, 6);
    assert_int_equal(got.behind_ms, 0);
    close_world();
}

/* KV-35. rules: KIN-38 */
static void iterators_expire(void **state)
{
    (void)state;
    struct log_cursor c;
    struct log_read got;
    open_world("run.duration = 10min\n" CLIENTS SERVICES);
    struct log_reader *a = attach_to(0, "service.a", false);
    assert_int_equal(seek(a, 0, LOG_LATEST, 0, 0, &c), LOG_OK);
    until(300 * SIM_S);
    assert_int_equal(x.log->read(x.s, a, &c, 100, &got), LOG_OK);
    until(300 * SIM_S + SIM_MS);
    assert_int_equal(x.log->read(x.s, a, &c, 100, &got), LOG_EXPIRED);
    close_world();
}

/* KV-40: applications that poll take turns of 200 ms, in the order of (kind, id), however they were attached. rules: KIN-42 */
static void turns_are_fair(void **state)
{
    (void)state;
    static const char *const owner[] = {"service.d", "service.a", "service.e", "service.b", "service.c"};
    static const int turn[] = {3, 0, 4, 1, 2};
    sim_time every, first;
    open_world("run.duration = 10s\n" CLIENTS SERVICES);
    for (uint32_t i = 0; i < 5; i++)
        attach_to(i, owner[i], false);
    attach_to(5, "service.a", true); /* does not poll: has no turn */
    for (uint32_t i = 0; i < 5; i++) {
        x.log->turn(x.s, &x.reader[i], 200 * SIM_MS, &every, &first);
        assert_int_equal(every, SIM_S);
        assert_int_equal(first, turn[i] * 200 * SIM_MS);
        assert_int_equal(x.reader[i].number, turn[i]);
        x.log->turn(x.s, &x.reader[i], 3 * SIM_S, &every, &first);
        assert_int_equal(every, 3 * SIM_S);
    }
    close_world();
}

/* KV-39: two that poll five times a second, each for itself: half of their calls are throttled. rules: KIN-42 KIN-43 */
static void without_turns_half_is_throttled(void **state)
{
    (void)state;
    struct log_cursor c[2];
    struct log_read got;
    sim_time every, next[2];
    uint32_t ok = 0, throttled = 0;
    open_world("run.duration = 20s\nstream.s.fair_polling = false\n" CLIENTS SERVICES);
    for (uint32_t i = 0; i < 2; i++) {
        attach_to(i, i == 0 ? "service.a" : "service.b", false);
        x.log->turn(x.s, &x.reader[i], 200 * SIM_MS, &every, &next[i]);
        assert_int_equal(every, 200 * SIM_MS);
        assert_true(next[i] >= 0 && next[i] < every);
    }
    assert_int_not_equal(next[0], next[1]);
    while (ok + throttled < 100) {
        uint32_t i = next[0] <= next[1] ? 0 : 1;
        until(next[i]);
        next[i] += every;
        if (ok + throttled < 2 && next[i] < 2 * every)
            assert_int_equal(seek(&x.reader[i], 0, LOG_TRIM_HORIZON, 0, 0, &c[i]), LOG_OK);
        enum log_verdict v = read_on(&x.reader[i], &c[i], &got);
        ok += v == LOG_OK;
        throttled += v == LOG_THROTTLED;
    }
    assert_int_equal(ok, 50);
    close_world();
}

/* --- records --- */

static void jobs_come_back_as_they_were(void **state)
{
    (void)state;
    struct log_cursor c;
    struct log_read got;
    struct log_record r;
    open_world("run.duration = 25h\nrun.series = false\n" CLIENTS SERVICES
               "producer.p.limit = 3\nproducer.p.key = constant(42)\nstream.s.key_prefix = order-\n");
    struct log_reader *a = attach_to(0, "service.a", false);
    until(5 * SIM_S);
    assert_int_equal(seek(a, 0, LOG_TRIM_HORIZON, 0, 0, &c), LOG_OK);
    assert_int_equal(read_on(a, &c, &got), LOG_OK);
    assert_int_equal(got.n, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(x.log->record(x.s, 0, got.first + i, &r));
        assert_int_equal(r.n, 1);
        assert_int_equal(r.size, 108); /* "order-42" */
        assert_int_equal(r.job->size, 100);
        assert_int_equal(r.job->key, 42);
        assert_int_equal(r.arrival, i * SIM_S);
        assert_int_equal(request_item(request_at(&x.w->requests, r.job->request)), i);
        assert_true(r.hash == UINT64_C(0x4209da955fb755cc)); /* KV-5: the end of the MD5 of "order-42" */
    }
    assert_false(x.log->record(x.s, 0, 4, &r));
    until(24 * SIM_H); /* the first is gone to the nanosecond, the others are not */
    assert_false(x.log->record(x.s, 0, 1, &r));
    until(24 * SIM_H + SIM_S - 1);
    assert_true(x.log->record(x.s, 0, 2, &r));
    until(24 * SIM_H + SIM_S); /* though it is counted at the next full minute only */
    assert_false(x.log->record(x.s, 0, 2, &r));
    assert_true(x.log->record(x.s, 0, 3, &r));
    until(25 * SIM_H);
    assert_false(x.log->record(x.s, 0, 3, &r));
    assert_int_equal(x.w->requests.slab.n_live, 0); /* nobody holds them any more */
    close_world();
}

static void put_three_in_one(const struct job *jobs)
{
    struct push_answer a[2];
    struct stream_entry e[2] = {{jobs, 3, 400, 7, stream_hash(x.s, jobs)}, {&jobs[3], 1, 140, 7, stream_hash(x.s, jobs)}};
    stream_put(x.s, e, 2, a);
    assert_int_equal(a[0].verdict, PUSH_ACCEPTED);
    assert_int_equal(a[1].verdict, PUSH_ACCEPTED);
}

/* An aggregated record holds the requests of all its user records, and gives them back in order. rules: KIN-78 */
static void aggregated_records(void **state)
{
    (void)state;
    struct log_cursor c;
    struct log_read got;
    struct log_record r;
    struct job jobs[4];
    open_world("run.duration = 25h\nrun.series = false\n" CLIENTS SERVICES "producer.p.limit = 0\n");
    struct log_reader *a = attach_to(0, "service.a", false);
    for (uint32_t i = 0; i < 4; i++) {
        jobs[i] = (struct job){.size = 100, .key = 7, .request = run_request(x.w, i, 100, 7)};
        assert_int_not_equal(jobs[i].request, SLAB_NONE);
    }
    put_three_in_one(jobs);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(request_at(&x.w->requests, jobs[i].request)->alive, 2);
        request_drop(x.w, jobs[i].request);
    }
    assert_int_equal(seek(a, 0, LOG_TRIM_HORIZON, 0, 0, &c), LOG_OK);
    assert_int_equal(read_on(a, &c, &got), LOG_OK);
    assert_int_equal(got.n, 2);
    assert_int_equal(got.bytes, 540);
    assert_true(x.log->record(x.s, 0, 1, &r));
    assert_int_equal(r.n, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(r.job[i].request, jobs[i].request);
    assert_true(x.log->record(x.s, 0, 2, &r));
    assert_int_equal(r.n, 1);
    until(24 * SIM_H + SIM_MIN);
    assert_int_equal(x.w->requests.slab.n_live, 0);
    close_world();
}

/* Where nobody reads, to be stored is the effect, and the request is let go: a run of hours does not grow by its requests. Where it
 * is to be done elsewhere, it is held. */
static void nobody_reads_nobody_remembers(void **state)
{
    (void)state;
    open_world("run.duration = 25h\nrun.series = false\n" CLIENTS SERVICES "producer.p.limit = 100\n");
    until(SIM_H);
    assert_int_equal(x.w->requests.slab.n_live, 0);
    struct result *r = end_world();
    assert_int_equal(x.w->requests.source[0]->fates.in_time, 100);
    result_free(r);
    world_close(x.w);
    specbuild_close(x.build);
    open_world("run.duration = 2h\nrun.series = false\n" CLIENTS SERVICES "producer.p.limit = 100\nproducer.p.done_at = service.a\n");
    until(SIM_H);
    assert_int_equal(x.w->requests.slab.n_live, 100);
    close_world();
}

/* What is throttled is held by nobody. */
static void throttled_bundles_are_let_go(void **state)
{
    (void)state;
    open_world("run.duration = 10s\n" CLIENTS SERVICES "producer.p.limit = 0\n");
    struct job job[2];
    for (uint32_t i = 0; i < 2; i++)
        job[i] = (struct job){.size = 100, .key = 7, .request = run_request(x.w, i, 100, 7)};
    struct stream_entry e = {job, 2, 300, 7, 0};
    struct push_answer a;
    for (uint32_t i = 0; i < 1001; i++) {
        stream_put(x.s, &e, 1, &a);
        assert_int_equal(a.verdict, i < 1000 ? PUSH_ACCEPTED : PUSH_THROTTLED);
    }
    assert_string_equal(a.why, "ProvisionedThroughputExceededException");
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(request_at(&x.w->requests, job[i].request)->alive, 1001);
        request_drop(x.w, job[i].request);
    }
    close_world();
}

/* --- shards --- */

/* KV-44, KV-47: the parent is read to its end, which names the children. rules: KIN-40 KIN-51 KIN-52 */
static void readers_are_told_of_children(void **state)
{
    (void)state;
    struct log_cursor c;
    struct log_read got;
    struct log_part part;
    open_world("run.duration = 100s\n" CLIENTS SERVICES "stream.s.actions[0].at = 10s\nstream.s.actions[0].split = 0\n");
    struct log_reader *a = attach_to(0, "service.a", false);
    until(39 * SIM_S);
    assert_int_equal(x.n_changed, 0);
    assert_int_equal(x.log->parts(x.s), 1);
    until(50 * SIM_S);
    assert_int_equal(x.n_changed, 1);
    assert_int_equal(x.log->parts(x.s), 3);
    x.log->part(x.s, 0, &part);
    assert_false(part.open);
    assert_int_equal(part.child[0], 1);
    assert_int_equal(part.child[1], 2);
    assert_int_equal(part.next, 41); /* at 0 … 39 s; at 40 s the children take over before */
    x.log->part(x.s, 2, &part);
    assert_true(part.open);
    assert_int_equal(part.parent[0], 0);
    assert_int_equal(part.parent[1], LOG_NONE);
    assert_int_equal(seek(a, 0, LOG_TRIM_HORIZON, 0, 0, &c), LOG_OK);
    assert_int_equal(x.log->read(x.s, a, &c, 39, &got), LOG_OK);
    assert_false(got.end);
    assert_int_equal(read_on(a, &c, &got), LOG_OK);
    assert_int_equal(got.n, 40);
    assert_true(got.end);
    assert_int_equal(got.child[0], 1);
    assert_int_equal(got.child[1], 2);
    close_world();
}

/* --- enhanced fan-out --- */

/* KV-59: accepted at 1.000, delivered at 1.070. rules: KIN-67 KIN-70 KIN-95 */
static void records_are_pushed(void **state)
{
    (void)state;
    struct log_from latest = {.type = LOG_LATEST};
    open_world("run.duration = 5s\n" CLIENTS SERVICES);
    struct log_reader *a = attach_to(0, "service.a", true);
    until(500 * SIM_MS);
    assert_int_equal(x.log->subscribe(x.s, a, 0, &latest), LOG_OK);
    until(2200 * SIM_MS);
    assert_int_equal(x.n_push, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_int_equal(x.push[i].kind, LOG_PUSHED);
        assert_int_equal(x.push[i].n, 1);
        assert_int_equal(x.push[i].first, 2 + i);
        assert_int_equal(x.pushed_at[i], (i + 1) * SIM_S + 70 * SIM_MS);
    }
    assert_int_equal(x.log->subscribe(x.s, a, 0, &latest), LOG_REFUSED); /* KV-57: within 5 s */
    x.log->unsubscribe(x.s, a, 0);
    close_world();
    assert_int_equal(x.n_push, 2);
}

/* KV-58, and the end of a shard. rules: KIN-69 */
static void subscriptions_end(void **state)
{
    (void)state;
    struct log_from horizon = {.type = LOG_TRIM_HORIZON};
    open_world("run.duration = 400s\n" CLIENTS SERVICES "producer.p.limit = 2\n"
               "stream.s.actions[0].at = 310s\nstream.s.actions[0].split = 0\n");
    struct log_reader *a = attach_to(0, "service.a", true);
    until(10 * SIM_S);
    assert_int_equal(x.log->subscribe(x.s, a, 0, &horizon), LOG_OK);
    until(320 * SIM_S);
    assert_int_equal(x.n_push, 3); /* a backlog comes as it gets through the pipe, record by record */
    assert_int_equal(x.push[1].first, 2);
    assert_int_equal(x.push[2].kind, LOG_PUSHED_EXPIRED);
    assert_int_equal(x.pushed_at[2], 310 * SIM_S);
    assert_int_equal(x.push[2].first, 3);
    struct log_from on = {.type = LOG_AFTER_SEQUENCE, .seq = 2};
    assert_int_equal(x.log->subscribe(x.s, a, 0, &on), LOG_OK);
    until(341 * SIM_S);
    assert_int_equal(x.n_push, 4);
    assert_int_equal(x.push[3].kind, LOG_PUSHED_END);
    assert_int_equal(x.push[3].child[1], 2);
    close_world();
}

/* KV-56. rules: KIN-68 */
static void twenty_consumers(void **state)
{
    (void)state;
    struct err err = {0};
    open_world("run.duration = 5s\n" CLIENTS SERVICES);
    for (uint32_t i = 0; i < 20; i++)
        attach_to(i, "service.a", true);
    x.reader[20] = (struct log_reader){.owner = x.reader[0].owner, .pushed = pushed};
    assert_false(x.log->attach(x.s, &x.reader[20], true));
    assert_false(sim_run(x.w->sim, x.w->end, NULL)); /* a world that is broken ends at once */
    assert_null(world_finish(x.w, &err));
    assert_non_null(strstr(err.text, "KIN-68"));
    world_close(x.w);
    specbuild_close(x.build);
}

static void nobody_reads_while_it_is_down(void **state)
{
    (void)state;
    struct log_from latest = {.type = LOG_LATEST};
    struct log_cursor c;
    struct log_read got;
    open_world("run.duration = 20s\n" CLIENTS SERVICES
               "fault.f.target = stream.s\nfault.f.effect = down\nfault.f.at = 3s\nfault.f.for = 3s\n");
    struct log_reader *a = attach_to(0, "service.a", true), *b = attach_to(1, "service.b", false);
    assert_int_equal(x.log->subscribe(x.s, a, 0, &latest), LOG_OK);
    assert_int_equal(seek(b, 0, LOG_TRIM_HORIZON, 0, 0, &c), LOG_OK);
    until(4 * SIM_S);
    assert_int_equal(read_on(b, &c, &got), LOG_DOWN);
    assert_int_equal(seek(b, 0, LOG_LATEST, 0, 0, &c), LOG_DOWN);
    uint32_t before = x.n_push; /* of 0 … 2 s; those of 3, 4 and 5 s were refused */
    assert_int_equal(before, 3);
    until(6500 * SIM_MS);
    assert_int_equal(x.n_push, 4);
    assert_int_equal(x.push[3].first, 4);
    assert_int_equal(read_on(b, &c, &got), LOG_OK);
    close_world();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_share_five_calls),
        cmocka_unit_test(iterators_start_where_they_should),
        cmocka_unit_test(iterators_expire),
        cmocka_unit_test(turns_are_fair),
        cmocka_unit_test(without_turns_half_is_throttled),
        cmocka_unit_test(jobs_come_back_as_they_were),
        cmocka_unit_test(aggregated_records),
        cmocka_unit_test(throttled_bundles_are_let_go),
        cmocka_unit_test(nobody_reads_nobody_remembers),
        cmocka_unit_test(readers_are_told_of_children),
        cmocka_unit_test(records_are_pushed),
        cmocka_unit_test(subscriptions_end),
        cmocka_unit_test(twenty_consumers),
        cmocka_unit_test(nobody_reads_while_it_is_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
