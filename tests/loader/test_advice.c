/* test_advice.c - what pieces of advice stand on: the table is whole, settings are found by their
 * paths, work is bounded from below, and what cannot be told raises no alarm. The pieces themselves
 * are tried on their scenarios (tests/cli/advice.sh). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "advisor.h"
#include "loading.h"

static void the_table_is_whole(void **state)
{
    const struct advice *x;
    int before = 500;
    (void)state;
    for (size_t i = 0; (x = advice_at(i)) != NULL; i++) {
        assert_true(x->code > before && x->code < 700);
        before = x->code;
        assert_ptr_equal(advice_find(x->code), x);
        assert_true(strlen(x->why) > 60 && strlen(x->see) > 20 && strlen(x->mend) > 20 &&
                    strlen(x->title) > 10);
        assert_true(x->rule[0] != 0 && x->look != NULL &&
                    strspn(x->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(x->name));
        assert_null(strchr(x->title, '\n'));
    }
    assert_null(advice_find(500));
    assert_null(advice_find(699));
}

static const char text[] =
    "run = { duration = \"1h\"; };\n"
    "producer = { shop = { rate = \"10/s\"; target = \"service.web\"; call = { timeout = \"2s\"; "
    "attempts = 3; backoff = \"constant(1s)\"; }; }; };\n"
    "service = {\n"
    "  web = { servers = 4; time = \"1s\"; calls = ( { target = \"service.back\"; breaker = { "
    "threshold = 0.25; open = \"5s\"; }; },\n"
    "                                               { target = \"service.slow\"; timeout = "
    "\"300ms\"; } ); };\n"
    "  back = { time = \"exponential(2s)\"; };  slow = { time = \"exponential(10s)\"; };\n"
    "};\n"
    "bus = { main = { rules = ( { name = \"one\"; pattern = \"{'source':['a']}\"; targets = ( { "
    "target = \"service.back\"; } ); },\n"
    "                           { name = \"two\"; pattern = \"{'source':['b']}\"; targets = ( { "
    "target = \"service.back\"; },\n"
    "                             { target = \"service.slow\"; timeout = \"7s\"; } ); } ); }; };\n"
    "fault = { gone = { target = \"service.back\"; effect = \"down\"; at = \"10min\"; for = "
    "\"3min\"; };\n"
    "          later = { target = \"service.back\"; effect = \"slow\"; factor = 2.0; at = "
    "\"30min\"; for = \"20min\"; }; };\n";

static struct adviser a;
static struct problems problems;
static uint32_t steps;
static struct loaded loaded;

static int open_all(void **state)
{
    (void)state;
    loaded = loading_text(text, NULL);
    if (!loaded.ok)
        loading_show(&loaded);
    problems_init(&problems);
    a = (struct adviser){
        .spec = scenario_spec(loaded.scenario), .problems = &problems, .steps = &steps};
    findings_open(&a.findings);
    return loaded.ok && flows_count(&a.flows, &a.findings, a.spec) && edges_find(&a) ? 0 : 1;
}

static int close_all(void **state)
{
    (void)state;
    findings_close(&a.findings);
    problems_free(&problems);
    loading_close(&loaded);
    loading_remove();
    return 0;
}

static const struct spec_entity *entity(const char *path)
{
    return spec_find(a.spec, path);
}

static void settings_by_paths(void **state)
{
    uint32_t n;
    const struct value *calls = list_at(entity("service.web"), "calls", &n);
    (void)state;
    assert_int_equal(n, 2);
    assert_true(seconds_at(entity("producer.shop"), NULL, "call.timeout", 0) == 2);
    assert_true(share_at(entity("service.web"), &calls[0], "calls.breaker.threshold") == 0.25);
    assert_null(value_at(entity("service.web"), &calls[1], "calls.breaker.threshold"));
    assert_null(value_at(entity("service.web"), NULL, "no.such.key"));
    assert_null(value_at(entity("service.web"), NULL, "time.of.day"));
    const struct value *rules = list_at(entity("bus.main"), "rules", &n);
    const struct value *targets = value_at(entity("bus.main"), &rules[1], "rules.targets");
    assert_int_equal(targets->list.n, 2);
    assert_true(
        seconds_at(entity("bus.main"), &targets->list.item[1], "rules.targets.timeout", 0) == 7);
    assert_ptr_equal(ref_at(entity("bus.main"), &targets->list.item[1], "rules.targets.target"),
                     entity("service.slow"));
}

/* 1 s of its own; exponential(2 s), whose 99th percentile is 2 s * ln 100 = 9.2103 s; and a call
 * that is cut at 300 ms, of whose mean nothing is sure. The least of an exponential is nothing, to
 * a billionth. */
static void work_from_below(void **state)
{
    struct work w = work_of(&a, entity("service.web"), 0.99);
    (void)state;
    assert_true(fabs(w.high - (1 + 2 * log(100))) < 1e-6);
    assert_true(fabs(w.mean - 3) < 1e-6);
    assert_true(fabs(w.least - 1) < 1e-6);
    w = work_of(&a, entity("service.slow"), 0.5);
    assert_true(fabs(w.high - 10 * log(2)) < 1e-6);
}

/* Three attempts of 2 s and two pauses of 1 s. */
static void edges(void **state)
{
    const struct edge *first = NULL;
    (void)state;
    for (uint32_t i = 0; i < a.n_edge; i++) {
        if (a.edge[i].from == entity("producer.shop"))
            first = &a.edge[i];
    }
    assert_int_equal(a.n_edge, 3);
    assert_non_null(first);
    assert_true(first->waits && edge_span(first) == 8);
}

static void what_is_planned(void **state)
{
    const struct value *where;
    (void)state;
    assert_true(outage_of(&a, entity("service.back"), &where) == 180);
    assert_non_null(where);
    assert_true(outage_of(&a, entity("service.slow"), &where) == 0);
    assert_true(may_fail(&a, entity("service.web")) && !may_fail(&a, entity("service.slow")));
    assert_true(steady_rate(&a, entity("service.back")) == 10 &&
                peak_rate(&a, entity("bus.main")) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole), cmocka_unit_test(settings_by_paths),
        cmocka_unit_test(work_from_below),    cmocka_unit_test(edges),
        cmocka_unit_test(what_is_planned),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
