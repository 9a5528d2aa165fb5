/* test_pools.c - connections that are held: schedules and counts worked out by hand, and trials of everything that can end a
 * connection at once. */
#include "by_hand.h"

#include "rds.h"
#include "testrand.h"

static void expect(const struct run *r, const char *entity, const char *metric, double want)
{
    double got = run_count(r, entity, metric);
    if (got != want)
        fail_msg("%s.%s is %g, not %g", entity, metric, got, want);
}

static void expect_stat(const struct run *r, const char *entity, const char *metric, const char *stat, double want)
{
    double got = run_stat(r, entity, metric, stat);
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want))))
        fail_msg("%s.%s.%s is %.12g, not %.12g", entity, metric, stat, got, want);
}

/* A level's time integral over the whole run, in seconds. */
static void expect_area(const struct run *r, const char *entity, const char *metric, double seconds, double want)
{
    double got = run_stat(r, entity, metric, "mean") * seconds;
    if (!(fabs(got - want) <= 1e-6 * (1 + want)))
        fail_msg("%s.%s is %.9g connection-seconds, not %.9g", entity, metric, got, want);
}

/* --- how many a database takes --- */

/* rules: RDS-1 */
static void test_defaults(void **state)
{
    (void)state;
    const int64_t gib = INT64_C(1) << 30;
    assert_int_equal(rds_max_connections(RDS_POSTGRES, 16 * gib), 1802);
    assert_int_equal(rds_max_connections(RDS_MYSQL, 8 * gib), 682);
    assert_int_equal(rds_max_connections(RDS_POSTGRES, 64 * gib), 5000);
    assert_int_equal(rds_max_connections(RDS_MARIADB, 8 * gib), 341);
    assert_int_equal(rds_max_connections(RDS_ORACLE, 16 * gib), 1740);
    assert_int_equal(rds_max_connections(RDS_MARIADB, 1024 * gib), 12000);
    assert_int_equal(rds_max_connections(RDS_ORACLE, 1024 * gib), 20000);
}

#define DB    "database.d.connections = 100\ndatabase.d.write_time = 2s\n"
#define CALLS "service.s.servers = 10\nservice.s.calls[0].target = "

/* Without a pool a call's connection is its own, for as long as it is there: of three at once the third is refused.
 * rules: RDS-5 */
static void test_own_connections(void **state)
{
    (void)state;
    const char *lines = CALLS "database.d\n" DB "database.d.max_connections = 2\n";
    expect_answers("0s 0s 0s 3s", lines, "2 2 -1 2");
    struct run r = run_requests("0s 0s 0s 3s", lines);
    expect(&r, "database.d", "connections_opened", 3);
    expect(&r, "database.d", "connections_closed", 3);
    expect(&r, "database.d", "connections_refused", 1);
    expect(&r, "database.d", "refused", 1);
    expect_area(&r, "database.d", "connections_open", 200, 6);
    run_free(&r);
}

/* Sixty-one workers with a connection each and a maximum of sixty: one finds none, and tries again after 250 ms, then half as long
 * again each time: 0, 0.25, 0.625, 1.1875, 2.03125, 3.296875, 5.195, 8.043 s. rules: POOL-1 POOL-3 POOL-8 RDS-5 */
static void test_idle_connections_count(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 9s\nrun.drain = 1s\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nproducer.p.target = queue.q\nqueue.q.wait_time = 20s\n"
                             "fleet.f.source = queue.q\nfleet.f.size = 61\nfleet.f.calls[0].target = pool.c\n"
                             "pool.c.target = database.d\npool.c.size = 1\n" DB "database.d.max_connections = 60\n");
    expect_stat(&r, "database.d", "connections_open", "max", 60);
    expect(&r, "database.d", "connections_refused", 8);
    expect(&r, "pool.c", "connections_refused", 8);
    expect_stat(&r, "pool.c", "processes", "max", 61);
    expect_stat(&r, "pool.c", "in_use", "max", 1);
    run_free(&r);
}

/* Two instances of four threads, two of which share a process, each with three connections: 2 * 2 * 3. rules: POOL-1 POOL-2 */
static void test_processes_of_instances(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 10s\nrun.drain = 1s\nproducer.p.rate = 1/s\nproducer.p.target = service.s\n"
                             "service.s.calls[0].target = pool.c\npool.c.target = database.d\npool.c.size = 3\npool.c.threads = 2\n" DB
                             "group.g.target = service.s\ngroup.g.threads = 4\ngroup.g.min = 2\ngroup.g.max = 2\n");
    expect_stat(&r, "pool.c", "processes", "max", 4);
    expect_stat(&r, "database.d", "connections_open", "max", 12);
    expect_stat(&r, "database.d", "connections_open", "mean", 12);
    run_free(&r);
    r = run_lines("run.duration = 10s\nrun.drain = 1s\nproducer.p.rate = 1/s\nproducer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"
                  "fleet.f.calls[0].target = pool.c\npool.c.target = database.d\npool.c.size = 3\n" DB
                  "group.g.target = fleet.f\ngroup.g.threads = 4\ngroup.g.min = 2\ngroup.g.max = 2\n");
    expect_stat(&r, "pool.c", "processes", "max", 2);
    expect_stat(&r, "database.d", "connections_open", "max", 6);
    run_free(&r);
}

/* A request that is forwarded has left its server, and still goes through that server's connections: two instances with one each
 * serve two at once, a second of work and two of writing; one alone serves them one after the other. rules: POOL-1 */
static void test_forwards(void **state)
{
    (void)state;
    const char *lines = "service.s.time = 1s\nservice.s.forwards[0].target = pool.c\npool.c.target = database.d\npool.c.size = 1\n" DB
                        "group.g.target = service.s\ngroup.g.threads = %d\ngroup.g.min = %d\ngroup.g.max = %d\n";
    char text[600];
    snprintf(text, sizeof text, lines, 1, 2, 2);
    expect_answers("0s 0s", text, "3 3");
    struct run r = run_requests("0s 0s", text);
    expect_stat(&r, "pool.c", "processes", "max", 2);
    run_free(&r);
    snprintf(text, sizeof text, lines, 2, 1, 1);
    expect_answers("0s 0s", text, "3 5");
}

/* --- waiting for one --- */

#define POOL CALLS "pool.c\npool.c.target = database.d\n" DB

/* One connection, ready after a second: the first write ends at 3 s, the second at 5 s. rules: POOL-2 POOL-7 */
static void test_wait_for_a_connection(void **state)
{
    (void)state;
    expect_answers("0s 0s", POOL "pool.c.size = 1\npool.c.connect_time = 1s\n", "3 5");
    expect_answers("0s 0s", POOL "pool.c.size = 2\npool.c.connect_time = 1s\n", "3 3");
    expect_answers("10s 10s", POOL "pool.c.size = 2\npool.c.connect_time = 1s\n", "2 2");
    expect_answers("10s 10s", POOL "pool.c.size = 2\npool.c.min_idle = 1\npool.c.connect_time = 1s\n", "2 3");
}

/* A connection that is free when the wait is over is still in time. rules: POOL-6 */
static void test_connection_timeout(void **state)
{
    (void)state;
    expect_answers("0s 0s", POOL "pool.c.size = 1\npool.c.connect_time = 1s\npool.c.connection_timeout = 3s\n", "3 5");
    const char *short_wait = POOL "pool.c.size = 1\npool.c.connect_time = 1s\npool.c.connection_timeout = 2999ms\n";
    expect_answers("0s 0s", short_wait, "3 -1");
    struct run r = run_requests("0s 0s", short_wait);
    expect(&r, "pool.c", "connection_timeouts", 1);
    expect_stat(&r, "producer.b", "answer", "max", 2.999e9);
    expect_stat(&r, "pool.c", "wait", "max", 1e9);
    run_free(&r);
}

/* Two services, and a database that takes one connection: what the second one's call hears depends on the pool. rules: POOL-8 */
static void test_on_refusal(void **state)
{
    (void)state;
    const char *lines = "run.duration = 100s\nproducer.a.arrivals = constant\nproducer.a.rate = 1/s\nproducer.a.limit = 1\nproducer.a.target = service.t\n"
                        "service.t.calls[0].target = pool.c\npool.c.target = database.d\npool.c.size = 1\npool.c.connection_timeout = 20s\n"
                        "service.s.calls[0].target = pool.c\nproducer.b.rate = 1/s\nproducer.b.limit = 1\nproducer.b.target = service.s\n" DB
                        "database.d.max_connections = 1\n";
    struct run r = run_lines(lines); /* the first to come is service.s */
    expect(&r, "producer.a", "told_ok", 0);
    expect_stat(&r, "producer.a", "answer", "max", 20e9);
    expect(&r, "producer.b", "told_ok", 1);
    run_free(&r);
    char fail[2000];
    snprintf(fail, sizeof(fail), "%spool.c.on_refusal = fail\n", lines);
    r = run_lines(fail);
    expect(&r, "producer.a", "told_ok", 0);
    expect_stat(&r, "producer.a", "answer", "max", 0);
    run_free(&r);
}

/* Nobody waits for one who has given up. */
static void test_give_up(void **state)
{
    (void)state;
    struct run r = run_requests("0s 100ms", POOL "pool.c.size = 1\npool.c.connect_time = 0s\nservice.s.calls[0].timeout = 1s\n");
    expect_area(&r, "pool.c", "waiting", 200, 1);
    expect_area(&r, "pool.c", "in_use", 200, 2); /* the server goes on with the first */
    expect(&r, "database.d", "arrived", 1);
    run_free(&r);
    r = run_requests("0s 100ms", POOL "pool.c.size = 1\npool.c.connect_time = 0s\nservice.s.calls[0].timeout = 1s\nservice.s.calls[0].cancel = true\n");
    expect(&r, "database.d", "cancelled", 2);
    expect_area(&r, "pool.c", "in_use", 200, 1 + 0.1); /* b has it for what is left of its second */
    expect_area(&r, "pool.c", "waiting", 200, 0.9);
    run_free(&r);
}

/* --- how long they are kept --- */

/* Five at once, and after ten idle seconds two. rules: POOL-4 */
static void test_idle_timeout(void **state)
{
    (void)state;
    const char *burst = "0s 0s 0s 0s 0s";
    struct run r = run_requests(burst, POOL "pool.c.size = 5\npool.c.min_idle = 0\npool.c.idle_timeout = 10s\npool.c.connect_time = 1s\n");
    expect(&r, "pool.c", "connections_opened", 5);
    expect(&r, "pool.c", "connections_closed", 5);
    expect_area(&r, "database.d", "connections_open", 200, 5 * (1 + 2 + 10));
    run_free(&r);
    r = run_requests(burst, POOL "pool.c.size = 5\npool.c.min_idle = 2\npool.c.idle_timeout = 10s\npool.c.connect_time = 1s\n");
    expect(&r, "pool.c", "connections_opened", 5);
    expect(&r, "pool.c", "connections_closed", 3);
    expect_area(&r, "database.d", "connections_open", 200, 3 * 13 + 2 * 200);
    run_free(&r);
}

/* Ten lives of 9.75 s to 10 s have ended after 100 s, and no eleventh. rules: POOL-5 */
static void test_max_lifetime(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100s\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nproducer.p.target = service.s\n" POOL
                             "pool.c.size = 1\npool.c.max_lifetime = 10s\npool.c.connect_time = 0s\ndatabase.d.write_time = 10ms\n");
    expect(&r, "pool.c", "connections_opened", 11);
    expect(&r, "pool.c", "connections_closed", 10);
    expect_stat(&r, "database.d", "connections_open", "max", 1);
    run_free(&r);
}

/* The server closes what is idle for a minute; the pool opens another one at once. rules: RDS-11 */
static void test_server_closes_idle_ones(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 100s\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nproducer.p.target = service.t\nservice.t.time = 1s\n" POOL
                             "pool.c.size = 2\npool.c.connect_time = 0s\ndatabase.d.idle_timeout = 30s\n");
    expect(&r, "pool.c", "connections_broken", 6); /* at 30, 60, 90 s */
    expect(&r, "pool.c", "connections_opened", 8);
    run_free(&r);
    r = run_lines("run.duration = 9h\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nproducer.p.target = service.t\nservice.t.time = 1s\n" POOL
                  "pool.c.size = 2\npool.c.max_lifetime = 0s\npool.c.connect_time = 0s\ndatabase.d.engine = mysql\ndatabase.d.memory = 8GiB\n");
    expect(&r, "pool.c", "connections_broken", 2); /* after 8 h */
    run_free(&r);
}

/* --- processes that end --- */

#define FLEET                                                                                                                       \
    "run.duration = 100s\nproducer.p.rate = 1/s\nproducer.p.limit = 1\nproducer.p.target = queue.q\nqueue.q.wait_time = 20s\nfleet.f.source = queue.q\n"     \
    "fleet.f.size = 3\nfleet.f.calls[0].target = pool.c\npool.c.target = database.d\npool.c.size = 1\npool.c.connect_time = 0s\n" DB

/* The fleet is gone at 50 s without a word and back at 51 s: its old connections are noticed at 60 s. rules: RDS-12 POOL-9 */
static void test_killed(void **state)
{
    (void)state;
    struct run r = run_lines(FLEET "database.d.notice = 10s\nfault.x.target = fleet.f\nfault.x.effect = down\nfault.x.at = 50s\nfault.x.for = 1s\n");
    expect_stat(&r, "database.d", "connections_open", "max", 6);
    expect_stat(&r, "pool.c", "lost", "max", 3);
    expect_area(&r, "database.d", "connections_open", 100, 3 * (60 + 49));
    run_free(&r);
    r = run_lines(FLEET "pool.c.on_kill = closed\nfault.x.target = fleet.f\nfault.x.effect = down\nfault.x.at = 50s\nfault.x.for = 1s\n");
    expect_stat(&r, "database.d", "connections_open", "max", 3);
    expect_area(&r, "database.d", "connections_open", 100, 3 * 99);
    run_free(&r);
}

/* A worker that dies is a process that dies: its system closes the connection. The message kills all three. rules: POOL-9 */
static void test_crash(void **state)
{
    (void)state;
    struct run r = run_lines(FLEET "fleet.f.crash.probability = 100%\nfleet.f.crash.at = end\nfleet.f.crash.restart = 200s\n");
    expect(&r, "fleet.f", "crashed", 3);
    expect(&r, "pool.c", "connections_opened", 3);
    expect(&r, "pool.c", "connections_closed", 3);
    expect_stat(&r, "pool.c", "lost", "max", 0);
    run_free(&r);
}

/* The database is down from 50 s to 51 s: three connections end at once, each pool is refused at 50, 50.25 and 50.625 s, and is back
 * at 51.1875 s. rules: RDS-13 POOL-8 */
static void test_failover(void **state)
{
    (void)state;
    struct run r = run_lines(FLEET "fault.x.target = database.d\nfault.x.effect = down\nfault.x.at = 50s\nfault.x.for = 1s\n");
    expect(&r, "pool.c", "connections_broken", 3);
    expect(&r, "pool.c", "connections_refused", 9);
    expect(&r, "database.d", "connections_refused", 0);
    expect(&r, "pool.c", "connections_opened", 6);
    expect_area(&r, "database.d", "connections_open", 100, 3 * (100 - 1.1875));
    run_free(&r);
}

/* One that hung answers nobody, and has no connections when it is started again. rules: RDS-13 */
static void test_hang(void **state)
{
    (void)state;
    struct run r = run_requests("9s", POOL "pool.c.size = 2\npool.c.connect_time = 0s\nfault.x.target = database.d\nfault.x.effect = hang\n"
                                           "fault.x.at = 10s\nfault.x.for = 20s\n");
    expect(&r, "pool.c", "connections_broken", 2);
    expect(&r, "pool.c", "connections_opened", 4);
    expect(&r, "producer.a", "told_no", 1);
    expect_stat(&r, "producer.a", "answer", "max", 21e9);
    run_free(&r);
}

/* --- functions --- */

#define FUNCTION                                                                                                                   \
    "run.duration = 100s\nrun.drain = 1000s\nproducer.p.arrivals = constant\nproducer.p.rate = 1000/s\nproducer.p.limit = 3\n"     \
    "producer.p.target = function.f\nfunction.f.cold_start = 0s\nfunction.f.duration = 1s\nfunction.f.calls[0].target = pool.c\n"  \
    "pool.c.target = database.d\npool.c.size = 1\npool.c.connect_time = 0s\ndatabase.d.connections = 3\ndatabase.d.write_time = 1s\n"

/* Three environments, frozen after 2 s: they hold their connections for ten minutes more, and the database keeps them for six minutes
 * after that, whatever idle_timeout says. They come at 0, 1 and 2 ms. rules: POOL-10 RDS-12 */
static void test_frozen_environments(void **state)
{
    (void)state;
    struct run r = run_lines(FUNCTION "pool.c.min_idle = 0\npool.c.idle_timeout = 10s\nfunction.f.timeout = 5s\n");
    expect(&r, "pool.c", "connections_opened", 3);
    expect(&r, "pool.c", "connections_closed", 3);
    expect_area(&r, "pool.c", "lost", 1100, 3 * 360);
    expect_area(&r, "pool.c", "processes", 1100, 3 * 602);
    expect_area(&r, "database.d", "connections_open", 1100, 3 * (601 + 360));
    run_free(&r);
    r = run_lines(FUNCTION "database.d.idle_timeout = 60s\nfunction.f.timeout = 5s\n");
    expect(&r, "pool.c", "connections_broken", 3);
    expect(&r, "pool.c", "connections_opened", 3); /* nobody is awake to open others */
    expect_area(&r, "database.d", "connections_open", 1100, 3 * 62);
    run_free(&r);
}

/* A timeout kills the process in the environment, and its system closes the connection when the write is over. rules: POOL-9 */
static void test_function_timeout(void **state)
{
    (void)state;
    struct run r = run_lines(FUNCTION "function.f.timeout = 1s\ndatabase.d.write_time = 5s\nfunction.f.duration = 500ms\n");
    expect(&r, "function.f", "timeouts", 3);
    expect(&r, "pool.c", "connections_closed", 3);
    expect_area(&r, "database.d", "connections_open", 1100, 3 * 5.5);
    run_free(&r);
}

/* Provisioned environments have run their init code: they hold theirs from the start. rules: POOL-10 */
static void test_provisioned(void **state)
{
    (void)state;
    struct run r = run_lines(FUNCTION "function.f.provisioned = 5\n");
    expect_stat(&r, "database.d", "connections_open", "max", 5);
    expect_area(&r, "database.d", "connections_open", 1100, 5 * 1100);
    run_free(&r);
}

/* --- RDS Proxy --- */

#define PROXY CALLS "proxy.x\nproxy.x.target = database.d\nproxy.x.connect_time = 0s\n" DB

/* All of its connections are busy for 130 s: who comes then is told after 120. rules: RDS-9 */
static void test_borrow_timeout(void **state)
{
    (void)state;
    struct run r = run_requests("0s 0s 0s", PROXY "database.d.max_connections = 2\ndatabase.d.write_time = 130s\nproxy.x.latency = 1s\n");
    expect(&r, "producer.a", "told_ok", 1);
    expect_stat(&r, "producer.a", "answer", "max", 131e9);
    expect(&r, "producer.c", "told_no", 1);
    expect_stat(&r, "producer.c", "answer", "max", 121e9);
    expect_stat(&r, "proxy.x", "max_allowed", "max", 2);
    run_free(&r);
}

/* Ten clients and five connections, half of the database's ten: each carries two calls, one after the other. rules: RDS-9 RDS-10 */
static void test_multiplexing(void **state)
{
    (void)state;
    struct run r = run_requests("0s 0s 0s 0s 0s 0s 0s 0s 0s 0s",
                                CALLS "pool.c\npool.c.target = proxy.x\npool.c.size = 10\npool.c.connect_time = 0s\nproxy.x.target = database.d\n"
                                      "proxy.x.connect_time = 0s\nproxy.x.max_connections_percent = 50\n" DB "database.d.max_connections = 10\n");
    expect(&r, "", "in_time", 10);
    expect_stat(&r, "", "latency", "max", 4e9);
    expect_stat(&r, "proxy.x", "client_connections", "max", 10);
    expect_stat(&r, "database.d", "connections_open", "max", 5);
    expect(&r, "proxy.x", "connections_opened", 5);
    run_free(&r);
}

/* Ten were opened; five minutes later those above the share of idle ones are closed, by default half of the maximum; clients that say
 * nothing for half an hour lose theirs. rules: RDS-9 */
static void test_proxy_closes_idle_ones(void **state)
{
    (void)state;
    const char *burst = "0s 0s 0s 0s 0s 0s 0s 0s 0s 0s";
    struct run r = run_requests(burst, PROXY "database.d.max_connections = 10\nrun.drain = 400s\n");
    expect(&r, "proxy.x", "connections_opened", 10);
    expect(&r, "proxy.x", "connections_closed", 5);
    run_free(&r);
    r = run_requests(burst, PROXY "database.d.max_connections = 10\nrun.drain = 400s\nproxy.x.max_idle_connections_percent = 20\n");
    expect(&r, "proxy.x", "connections_closed", 8);
    run_free(&r);
    r = run_requests("0s", CALLS "pool.c\npool.c.target = proxy.x\npool.c.size = 3\npool.c.max_lifetime = 0s\nproxy.x.target = database.d\nrun.drain = 3000s\n" DB
                                 "database.d.max_connections = 10\n");
    expect(&r, "pool.c", "connections_broken", 3);
    expect(&r, "proxy.x", "client_connections_closed", 3);
    run_free(&r);
}

/* --- trials --- */

static const char *pick(struct testrand *t, const char *const *list, uint64_t n)
{
    return list[testrand_below(t, n)];
}

/* Everything at once: conservation is checked in every run at sampled instants, so an end of it is a proof; and the same again is the
 * same. */
static void test_trials(void **state)
{
    (void)state;
    static const char *const size[] = {"1", "2", "5"}, *const idle[] = {"0", "1"}, *const life[] = {"0s", "30s", "2min"},
                      *const refusal[] = {"retry", "fail"}, *const kill[] = {"lost", "closed"}, *const max[] = {"3", "8", "40"},
                      *const effect[] = {"down", "hang", "stop", "slow"}, *const target[] = {"database.d", "proxy.x"},
                      *const cancel[] = {"true", "false"};
    struct testrand t = testrand_open("pools", 7);
    for (int i = 0; i < 12; i++) {
        char lines[3000];
        const char *e = pick(&t, effect, 4);
        snprintf(lines, sizeof(lines),
                 "run.duration = 8min\nrun.drain = 10min\nproducer.p.rate = 20/s\nproducer.p.target = queue.q\nqueue.q.visibility_timeout = 20s\n"
                 "fleet.f.source = queue.q\nfleet.f.time = exponential(50ms)\nfleet.f.calls[0].target = pool.c\nfleet.f.calls[0].timeout = 1s\n"
                 "fleet.f.calls[0].cancel = %s\nfleet.f.crash.probability = 1%%\nfleet.f.crash.restart = 2s\n"
                 "pool.c.target = %s\npool.c.size = %s\npool.c.min_idle = %s\npool.c.max_lifetime = %s\npool.c.on_refusal = %s\npool.c.on_kill = %s\n"
                 "pool.c.connection_timeout = 2s\npool.c.connect_time = exponential(50ms)\nproxy.x.target = database.d\n"
                 "proxy.x.connection_borrow_timeout = 1s\ndatabase.d.connections = 3\ndatabase.d.write_time = exponential(80ms)\n"
                 "database.d.max_connections = %s\ndatabase.d.notice = 30s\ndatabase.d.idle_timeout = 20s\n"
                 "group.g.target = fleet.f\ngroup.g.threads = 2\ngroup.g.min = 2\ngroup.g.max = 6\ngroup.g.failure = exponential(1min)\n"
                 "group.g.launch_delay = 5s\nfault.a.target = database.d\nfault.a.effect = %s\nfault.a.at = 2min\nfault.a.for = 20s\n%s"
                 "producer.w.rate = 5/s\nproducer.w.target = function.h\nfunction.h.duration = exponential(200ms)\nfunction.h.idle_life = 1min\n"
                 "function.h.timeout = 1s\nfunction.h.calls[0].target = pool.c\n",
                 pick(&t, cancel, 2), pick(&t, target, 2), pick(&t, size, 3), pick(&t, idle, 2), pick(&t, life, 3), pick(&t, refusal, 2),
                 pick(&t, kill, 2), pick(&t, max, 3), e, strcmp(e, "slow") == 0 ? "fault.a.factor = 20\n" : "");
        struct run a = run_lines(lines), b = run_lines(lines);
        double held = run_stat(&a, "database.d", "connections_open", "max");
        assert_true(held <= 40 && held > 0);
        assert_true(run_print(&a, "pool.c") == run_print(&b, "pool.c") && run_print(&a, "database.d") == run_print(&b, "database.d"));
        run_free(&a);
        run_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_own_connections),
        cmocka_unit_test(test_idle_connections_count),
        cmocka_unit_test(test_processes_of_instances),
        cmocka_unit_test(test_forwards),
        cmocka_unit_test(test_wait_for_a_connection),
        cmocka_unit_test(test_connection_timeout),
        cmocka_unit_test(test_on_refusal),
        cmocka_unit_test(test_give_up),
        cmocka_unit_test(test_idle_timeout),
        cmocka_unit_test(test_max_lifetime),
        cmocka_unit_test(test_server_closes_idle_ones),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_crash),
        cmocka_unit_test(test_failover),
        cmocka_unit_test(test_hang),
        cmocka_unit_test(test_frozen_environments),
        cmocka_unit_test(test_function_timeout),
        cmocka_unit_test(test_provisioned),
        cmocka_unit_test(test_borrow_timeout),
        cmocka_unit_test(test_multiplexing),
        cmocka_unit_test(test_proxy_closes_idle_ones),
        cmocka_unit_test(test_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
