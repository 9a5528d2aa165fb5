/* test_station.c - servers and waiting rooms: small schedules worked out by hand, and queueing theory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "run_support.h"

/* Erlang: M/M/c/K with offered load a, by its birth-death chain. */
struct mmck {
    double blocked, inside, wait; /* share refused, mean number inside, mean wait of the accepted (in service times) */
};

static struct mmck mmck(double a, int c, int k)
{
    double p[200], sum = 0, inside = 0, queue = 0;
    for (int n = 0; n <= k; n++) {
        p[n] = n == 0 ? 1 : p[n - 1] * a / (n <= c ? n : c);
        sum += p[n];
    }
    for (int n = 0; n <= k; n++) {
        inside += n * p[n] / sum;
        queue += n > c ? (n - c) * p[n] / sum : 0;
    }
    double blocked = p[k] / sum;
    return (struct mmck){blocked, inside, queue / (a * (1 - blocked))};
}

/* One long run against its value; the tolerances are several standard errors of that run length. */
static void near(double got, double want, double relative)
{
    if (!(fabs(got - want) <= relative * fabs(want)))
        fail_msg("%.6g is not within %.3g of %.6g", got, relative, want);
}

static void test_mm1(void **state)
{
    (void)state;
    struct run r = run_lines("run.duration = 400000s\nrun.drain = 1h\n"
                             "producer.p.rate = 0.5/s\nproducer.p.target = service.s\n"
                             "service.s.time = exponential(1s)\n");
    near(run_stat(&r, "service.s", "wait", "mean") / 1e9, 1.0, 0.05);
    near(run_stat(&r, "service.s", "sojourn", "mean") / 1e9, 2.0, 0.03);
    near(run_stat(&r, "", "latency", "p90") / 1e9, 2 * log(10), 0.04);
    near(run_stat(&r, "service.s", "utilisation", "mean") * (400000.0 + 3600) / 400000, 0.5, 0.02);
    assert_true(run_count(&r, "", "lost") == 0);
    run_free(&r);
}

static void test_mmck(void **state)
{
    (void)state;
    struct mmck want = mmck(4.0, 3, 8);
    struct run r = run_lines("run.duration = 100000s\n"
                             "producer.p.rate = 4/s\nproducer.p.target = service.s\n"
                             "service.s.time = exponential(1s)\nservice.s.servers = 3\nservice.s.waiting = 5\n");
    double offered = run_count(&r, "", "offered");
    near(run_count(&r, "service.s", "refused") / offered, want.blocked, 0.03);
    near(run_stat(&r, "service.s", "in_system", "mean"), want.inside, 0.02);
    near(run_stat(&r, "service.s", "wait", "mean") / 1e9, want.wait, 0.03);
    assert_true(run_count(&r, "", "lost") == run_count(&r, "service.s", "refused"));
    run_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mm1),
        cmocka_unit_test(test_mmck),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
