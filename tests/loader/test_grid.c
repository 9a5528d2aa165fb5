/* Axes to points, by hand; variants against full loads; settings by path. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "grid.h"
#include "loading.h"
#include "metricterm.h"

static const char *const text =
    "run = { duration = \"1h\"; };\n"
    "producer = { clients = { rate = { low = \"5/s\"; mid = \"10/s\"; high = \"20/s\"; }; target = "
    "\"service.web\";\n"
    "  done_at = \"fleet.workers\"; profile = ( { at = \"1min\"; for = \"1min\"; rate = \"20/s\"; } ); }; };\n"
    "service = { web = { servers = 4; time = \"exponential(100ms)\"; sends = ( { target = "
    "\"queue.q\"; } ); }; };\n"
    "queue = { q = { visibility_timeout = \"30s\"; }; };\n"
    "fleet = { workers = { size = 5; source = \"queue.q\"; time = \"exponential(100ms)\"; }; };\n"
    "expect = [ \"lost == 0\" ];\n";

static struct loaded base;

static int open_base(void **state)
{
    (void)state;
    base = loading_text(text, NULL);
    if (!base.ok)
        render_problems(stderr, &base.problems, base.scenario, false, 0);
    return base.ok ? 0 : -1;
}
static int close_base(void **state)
{
    (void)state;
    problems_free(&base.problems);
    scenario_free(base.scenario);
    return 0;
}

/* The values of a grid joined with blanks, points with commas. */
static const char *joined(const struct grid *g)
{
    static char out[4000];
    size_t n = 0;
    out[0] = '\0';
    for (size_t p = 0; p < g->n_point; p++) {
        for (size_t k = 0; k < g->n_path; k++)
            n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s",
                                  k > 0   ? " "
                                  : p > 0 ? ", "
                                          : "",
                                  g->value[p * g->n_path + k]);
    }
    return out;
}

static void axes_are(const char *const *axis, const char *want)
{
    struct grid g;
    struct err err = {0};
    grid_init(&g);
    for (; *axis != NULL; axis++)
        if (!grid_axis_text(&g, base.scenario, *axis, &err))
            fail_msg("%s: %s", *axis, err.text);
    if (!grid_cross(&g, &err))
        fail_msg("%s", err.text);
    assert_string_equal(joined(&g), want);
    grid_free(&g);
}

static void axis_is(const char *axis, const char *want)
{
    const char *const one[] = {axis, NULL};
    axes_are(one, want);
}

static void axis_is_wrong(const char *axis, const char *says)
{
    struct grid g;
    struct err err = {0};
    grid_init(&g);
    if (grid_axis_text(&g, base.scenario, axis, &err))
        fail_msg("%s was taken", axis);
    if (strstr(err.text, says) == NULL)
        fail_msg("%s: says '%s', expected '%s'", axis, err.text, says);
    grid_free(&g);
}

static void lists_are_as_written(void **unused)
{
    (void)unused;
    axis_is("fleet.workers.size=5", "5");
    axis_is("queue.q.visibility_timeout=5s,10s,1min", "5s, 10s, 1min");
    axis_is("fleet.workers.time=uniform(1ms, 2ms),5ms", "uniform(1ms, 2ms), 5ms");
}

static void ranges_have_steps(void **unused)
{
    (void)unused;
    axis_is("fleet.workers.size=10..50:10", "10, 20, 30, 40, 50");
    axis_is("fleet.workers.size=10..55:20", "10, 30, 50");
    axis_is("queue.q.visibility_timeout=5s..20s:5s", "5s, 10s, 15s, 20s");
    axis_is("queue.q.visibility_timeout=30s..2min:30s", "30s, 1min, 1min30s, 2min");
    axis_is("producer.clients.rate=80/s..160/s:40/s", "80/s, 120/s, 160/s");
    axis_is("producer.clients.profile[0].rate=1/s..2/s:0.25/s", "1/s, 1.25/s, 1.5/s, 1.75/s, 2/s");
    axis_is("fleet.workers.size=5..40:x2", "5, 10, 20, 40");
    axis_is("fleet.workers.size=1..30:x2.5", "1, 3, 6, 16"); /* 2.5, 6.25, 15.625 */
}

/* 5 to 120 in four ratios of 24^(1/4) = 2.2134: 11.067, 24.495, 54.216. */
static void ranges_have_numbers(void **unused)
{
    (void)unused;
    axis_is("fleet.workers.size=10..50/3", "10, 30, 50");
    axis_is("fleet.workers.size=1..4/9", "1, 2, 3, 4");
    axis_is("queue.q.visibility_timeout=5s..120s/5log", "5s, 11s, 24s, 54s, 120s");
    axis_is("queue.q.visibility_timeout=5s..2min/5log", "5s, 11s, 24s, 54s, 2min");
    axis_is("fleet.workers.time=5ms..120ms/5log", "5ms, 11.1ms, 24.5ms, 54.2ms, 120ms");
    axis_is("producer.clients.rate=80/s..160/s/3", "80/s, 120/s, 160/s");
    axis_is("producer.clients.rate=80/s..160/s/3lin", "80/s, 120/s, 160/s");
}

static void slips_are_told(void **unused)
{
    (void)unused;
    axis_is_wrong("fleet.workers.size", "PATH=VALUES");
    axis_is_wrong("fleet.workers.size=", "PATH=VALUES");
    axis_is_wrong("fleet.workers.size=1,,2", "empty");
    axis_is_wrong("fleet.workers.sice=1,2", "did you mean 'size'?");
    axis_is_wrong("fleet.worker.size=1,2", "did you mean 'fleet.workers'?");
    axis_is_wrong("fleet.workers.size=1..5", "how many values?");
    axis_is_wrong("fleet.workers.size=5..1:1", "backwards");
    axis_is_wrong("fleet.workers.size=1..5:0", "no list");
    axis_is_wrong("fleet.workers.size=1..5:-1", "no list");
    axis_is_wrong("fleet.workers.size=0..5/3log", "above 0");
    axis_is_wrong("fleet.workers.size=1..5:x1", "above 1");
    axis_is_wrong("fleet.workers.size=1..5/1", "2 to");
    axis_is_wrong("fleet.workers.size=1..5/3cubic", "no number of values");
    axis_is_wrong("queue.q.visibility_timeout=5s..1KiB/3", "go together");
    axis_is_wrong("queue.q.visibility_timeout=5s..20s:1min", "no step");
    axis_is_wrong("producer.clients.profile[1].rate=1/s,2/s", "no setting");
}

static void the_last_axis_moves_fastest(void **unused)
{
    (void)unused;
    const char *const two[] = {"fleet.workers.size=1,2", "queue.q.visibility_timeout=5s,6s,7s",
                               NULL};
    axes_are(two, "1 5s, 1 6s, 1 7s, 2 5s, 2 6s, 2 7s");
    struct grid g;
    struct err err = {0};
    grid_init(&g);
    assert_true(grid_axis_text(&g, base.scenario, two[0], &err) &&
                grid_axis_text(&g, base.scenario, two[0], &err));
    assert_false(grid_cross(&g, &err));
    assert_non_null(strstr(err.text, "varied twice"));
    grid_free(&g);
}

static struct grid constrained(const char *const *axis, const char *expression, bool good)
{
    struct grid g;
    struct err err = {0};
    grid_init(&g);
    for (; *axis != NULL; axis++)
        assert_true(grid_axis_text(&g, base.scenario, *axis, &err));
    assert_true(grid_cross(&g, &err));
    if (grid_constrain(&g, base.scenario, expression, &err) != good)
        fail_msg("%s: %s", expression, err.text);
    return g;
}

static void constraints_keep_what_holds(void **unused)
{
    (void)unused;
    const char *const axes[] = {"fleet.workers.size=2,4,8", "queue.q.visibility_timeout=10s,60s",
                                NULL};
    struct grid g =
        constrained(axes, "fleet.workers.size * 10s <= queue.q.visibility_timeout", true);
    assert_string_equal(joined(&g), "2 60s, 4 60s");
    assert_int_equal(g.left_out, 4);
    grid_free(&g);
    g = constrained(
        axes, "fleet.workers.size >= service.web.servers and queue.q.visibility_timeout != 1min",
        true);
    assert_string_equal(joined(&g), "4 10s, 8 10s");
    grid_free(&g);
    static const char *const wrong[] = {"fleet.workers.size > 100", "fleet.workers.source == 1",
                                        "fleet.workers.size < 5s", "fleet.wrkers.size < 5",
                                        "fleet.workers.size"};
    for (size_t i = 0; i < 5; i++) {
        g = constrained(axes, wrong[i], false);
        grid_free(&g);
    }
}

/* Each stratum of each axis is hit exactly once. */
static void a_hypercube_spreads(void **unused)
{
    (void)unused;
    enum { RUNS = 40 };
    struct grid g;
    struct err err = {0};
    bool size[RUNS] = {false}, rate[RUNS] = {false};
    grid_init(&g);
    assert_true(grid_axis_text(&g, base.scenario, "run.replications=1..40001/2", &err) &&
                grid_axis_text(&g, base.scenario, "producer.clients.rate=100/s..900/s/2", &err));
    assert_true(grid_hypercube(&g, RUNS, 3, &err));
    assert_int_equal(g.n_point, RUNS);
    for (size_t p = 0; p < RUNS; p++) {
        size_t a = (size_t)((atof(g.value[2 * p]) - 1) / 1000),
               b = (size_t)((atof(g.value[2 * p + 1]) - 100) / 20);
        assert_true(a < RUNS && b <= RUNS);
        assert_false(size[a]);
        size[a] = true;
        rate[b < RUNS ? b : RUNS - 1] = true;
    }
    size_t hit = 0;
    for (size_t i = 0; i < RUNS; i++)
        hit += rate[i];
    assert_true(hit >=
                RUNS - 4); /* rounding to three digits may move one over the edge of its stratum */
    char first[4000];
    snprintf(first, sizeof(first), "%s", joined(&g));
    assert_true(grid_hypercube(&g, RUNS, 3, &err));
    assert_string_equal(joined(&g), first);
    assert_true(grid_hypercube(&g, RUNS, 4, &err));
    assert_string_not_equal(joined(&g), first);
    assert_false(grid_hypercube(&g, 0, 4, &err));
    grid_free(&g);
}

static bool table(struct grid *g, const char *csv, struct err *err)
{
    char path[600];
    loading_write("points.csv", csv);
    snprintf(path, sizeof(path), "%s/points.csv", loading_folder());
    grid_init(g);
    *err = (struct err){0};
    return grid_table(g, base.scenario, path, err);
}

static void tables_are_points(void **unused)
{
    (void)unused;
    struct grid g;
    struct err err;
    assert_true(table(&g,
                      "# two points\nfleet.workers.size, fleet.workers.time\r\n\n 3 "
                      ",\"uniform(1ms, 2ms)\"\n4,\"a\"\"b\"",
                      &err));
    assert_string_equal(joined(&g), "3 uniform(1ms, 2ms), 4 a\"b");
    assert_string_equal(g.path[1], "fleet.workers.time");
    grid_free(&g);
    static const char *const wrong[][2] = {{"fleet.workers.size\n", "no rows"},
                                           {"fleet.workers.sise\n1\n", "did you mean 'size'?"},
                                           {"fleet.workers.size\n1,2\n", "line 2 has 2 cells"},
                                           {"fleet.workers.size\n\"1\n", "never closed"},
                                           {"", "empty"}};
    for (size_t i = 0; i < 5; i++) {
        assert_false(table(&g, wrong[i][0], &err));
        if (strstr(err.text, wrong[i][1]) == NULL)
            fail_msg("says '%s', expected '%s'", err.text, wrong[i][1]);
        grid_free(&g);
    }
}

static void a_scenarios_sweep_is_read(void **unused)
{
    (void)unused;
    char more[4000];
    snprintf(more, sizeof(more),
             "%ssweep = ( { set = \"fleet.workers.size\"; values = [ 1, 2 ]; },\n"
             "  { set = \"queue.q.visibility_timeout\"; from = \"5s\"; to = \"120s\"; steps = 3; "
             "scale = \"log\"; },\n"
             "  { set = [ \"service.web.servers\", \"run.seed\" ]; points = ( [ 1, 10 ], [ 2, 20 ] "
             "); } );\n",
             text);
    struct loaded l = loading_text(more, NULL);
    struct grid g;
    struct setting_sweep sweep;
    struct err err = {0};
    assert_true(l.ok);
    grid_init(&g);
    assert_true(grid_axis_scenario(&g, l.scenario, &sweep, &err) && grid_cross(&g, &err));
    assert_true(!sweep.lhs && g.n_point == 12 && g.n_path == 4);
    assert_string_equal(g.value[4 * 3 + 1], "24s"); /* 5 * sqrt(24) = 24.49 */
    assert_string_equal(g.value[4 * 3 + 2], "2");
    assert_string_equal(g.value[4 * 3 + 3], "20");
    grid_free(&g);
    problems_free(&l.problems);
    scenario_free(l.scenario);
}

static void settings_have_numbers(void **unused)
{
    (void)unused;
    static const struct {
        const char *path;
        double number;
        enum metric_unit unit;
    } known[] = {{"fleet.workers.size", 5, UNIT_ONE},
                 {"queue.q.visibility_timeout", 30e9, UNIT_NS},
                 {"producer.clients.rate", 10, UNIT_PER_SECOND},
                 {"producer.clients.profile[0].at", 60e9, UNIT_NS},
                 {"run.duration", 3600e9, UNIT_NS}};
    struct setting s;
    struct err err = {0};
    for (size_t i = 0; i < 5; i++) {
        if (!setting_find(base.scenario, known[i].path, &s, &err))
            fail_msg("%s: %s", known[i].path, err.text);
        assert_true(s.numeric && s.number == known[i].number && s.unit == known[i].unit);
    }
    assert_true(setting_find(base.scenario, "fleet.workers.source", &s, &err) && !s.numeric);
    assert_true(setting_find(base.scenario, "queue.q.dead_letter.max_receive_count", &s, &err) &&
                isnan(s.number));
    assert_false(setting_find(base.scenario, "fleet.workers", &s, &err));
}

static void intervals_are_found(void **unused)
{
    (void)unused;
    struct pool pool;
    size_t n;
    arena_init(&pool.arena);
    if (setjmp(pool.out) != 0)
        fail();
    struct setting_interval *i = setting_intervals(base.scenario, &pool, &n);
    assert_int_equal(n, 1);
    assert_string_equal(i[0].path, "producer.clients.rate");
    assert_string_equal(i[0].low, "5/s");
    assert_string_equal(i[0].mid, "10/s");
    assert_string_equal(i[0].high, "20/s");
    arena_free(&pool.arena);
}

/* Every value of the variant is that of a full load with the same overrides. */
struct dump {
    char text[40000];
    size_t n;
};
static void dump(void *context, const char *path, const char *value, const struct place *place,
                 const struct key *k)
{
    struct dump *d = context;
    (void)place;
    (void)k;
    d->n += (size_t)snprintf(d->text + d->n, sizeof(d->text) - d->n, "%s=%s\n", path, value);
}

static void a_variant_is_what_a_load_would_be(void **unused)
{
    (void)unused;
    static struct dump a, b;
    const char *const set[] = {
        "fleet.workers.size=9",
        "queue.q.dead_letter={ queue = \"queue.q\"; max_receive_count = 3; }", "run.seed=7", NULL};
    struct scenario *v;
    struct problems problems;
    struct scenario_options options = {set, 3};
    struct loaded l = loading_text(text, set);
    problems_init(&problems);
    scenario_variant(&v, base.scenario, &options, "--vary", &problems);
    assert_int_equal(problems.n_errors, l.problems.n_errors);
    a.n = b.n = 0;
    scenario_walk(v, dump, &a);
    scenario_walk(l.scenario, dump, &b);
    assert_string_equal(a.text, b.text);
    assert_true(scenario_spec(v)->seed == 7 && scenario_spec(base.scenario)->seed == 1);
    problems_free(&problems);
    problems_free(&l.problems);
    scenario_free(l.scenario);
    scenario_free(v);
}

static void a_variants_slip_is_shown(void **unused)
{
    (void)unused;
    const char *const set[] = {"fleet.workers.size=1", "fleet.workers.size=many"};
    struct scenario *v;
    struct problems problems;
    struct scenario_options options = {set, 2};
    size_t length;
    problems_init(&problems);
    assert_false(scenario_variant(&v, base.scenario, &options, "--vary", &problems));
    assert_string_equal(problems.item[0].place.file, "--vary 2");
    assert_non_null(scenario_line("--vary 2", 1, &length, v));
    assert_int_equal(length, strlen(set[1]));
    problems_free(&problems);
    scenario_free(v);
    problems_init(&problems);
    assert_true(
        scenario_variant(&v, base.scenario, NULL, "--vary", &problems)); /* the base is as it was */
    problems_free(&problems);
    scenario_free(v);
}

static double two(void *context, struct metricref ref)
{
    (void)context;
    return ref.metric + 2;
}

static void terms_are_sums_on_their_own(void **unused)
{
    (void)unused;
    static const struct metric_id id[] = {{"", "offered", NULL, "", OBS_COUNTER, UNIT_ONE, false},
                                          {"", "latency", NULL, "", OBS_TALLY, UNIT_NS, false}};
    const struct metricnames names = {id, 2};
    struct metricexpr_error e;
    struct pool pool;
    struct err err = {0};
    arena_init(&pool.arena);
    if (setjmp(pool.out) != 0)
        fail();
    const struct metricterm *t = metricterm_parse(&pool, "offered / offered * 3", &names, &e);
    assert_true(t != NULL && metricterm_value(t, two, NULL) == 3 &&
                metricterm_unit(t) == UNIT_SHARE);
    t = metricterm_parse(&pool, " latency.p99 ", &names, &e);
    assert_true(t != NULL && metricterm_value(t, two, NULL) == 3 && metricterm_unit(t) == UNIT_NS);
    assert_null(metricterm_parse(&pool, "latency < 2s", &names, &e));
    assert_null(metricterm_parse(&pool, "latncy.p99", &names, &e));
    assert_false(metricexpr_say(&e, "latncy.p99", &err));
    assert_string_equal(err.text,
                        "'latncy.p99': no metric 'latncy.p99' (did you mean 'latency.p99'?)");
    const struct metricexpr *x =
        metricexpr_parse(&pool, "latency < 2s and offered >= 1 and offered == 2", &names, &e);
    assert_true(metricexpr_side(x, 0).good == -1 && metricexpr_side(x, 1).good == 1 &&
                metricexpr_side(x, 2).good == 0);
    assert_string_equal(metricexpr_side(x, 1).op, ">=");
    arena_free(&pool.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_as_written),
        cmocka_unit_test(ranges_have_steps),
        cmocka_unit_test(ranges_have_numbers),
        cmocka_unit_test(slips_are_told),
        cmocka_unit_test(the_last_axis_moves_fastest),
        cmocka_unit_test(constraints_keep_what_holds),
        cmocka_unit_test(a_hypercube_spreads),
        cmocka_unit_test(tables_are_points),
        cmocka_unit_test(a_scenarios_sweep_is_read),
        cmocka_unit_test(settings_have_numbers),
        cmocka_unit_test(intervals_are_found),
        cmocka_unit_test(a_variant_is_what_a_load_would_be),
        cmocka_unit_test(a_variants_slip_is_shown),
        cmocka_unit_test(terms_are_sums_on_their_own),
    };
    return cmocka_run_group_tests(tests, open_base, close_base);
}
