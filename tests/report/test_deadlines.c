/* Whose deadline a chart may draw: one that all producers promise whose requests it shows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "check.h"
#include "fixture_store.h"
#include "load.h"
#include "store.h"

static const struct store_entity entity[] = {{"producer", "batch"}, {"producer", "web"}, {"queue", "q"}, {"queue", "r"}, {"service", "s"}, {"bus", "nightly"}, {"bus", "plain"}};
#define REST                                                                                                                      \
    "queue = {\n  q = {\n  };\n  r = {\n  };\n};\n"                                                                               \
    "service = {\n  s = {\n    sends = ( {\n      target = \"queue.q\";\n    } );\n    servers = 1;\n  };\n};\n"
#define PRODUCERS(batch, web)                                                                                                     \
    "producer = {\n  batch = {\n    " batch "target = \"queue.r\";\n  };\n  web = {\n    " web "target = \"service.s\";\n  };\n};\n"
static const char *const text[] = {
    PRODUCERS("", "deadline = \"2s\";\n    ") REST,
    PRODUCERS("deadline = \"5s\";\n    ", "deadline = \"5000ms\";\n    ") REST,
    PRODUCERS("deadline = \"1min\";\n    ", "deadline = { low = \"1s\"; mid = \"3s\"; high = \"4s\"; };\n    ") REST,
    PRODUCERS("", "") REST,
    "bus = {\n  nightly = {\n    deadline = \"1h\";\n  };\n  plain = {\n  };\n};\n"
    PRODUCERS("deadline = \"5s\";\n    ", "deadline = \"5s\";\n    ") REST,
};
static struct query *query;
static struct query_run *runs;
static size_t n_run;

static int open_database(void **state)
{
    struct err err = {0};
    struct store *s;
    int64_t run;
    (void)state;
    fixture_clean();
    const char *path = fixture_path("deadlines.db");
    bool ok = store_open(&s, path, &err);
    for (size_t i = 0; ok && i < ARRAY_LEN(text); i++) {
        const struct store_run r = {.command = "run", .title = "", .scenario = "a.cfg", .canonical = text[i], .version = "1",
                                    .quotas = "aws-2026", .seed = 1, .duration_ns = SIM_S, .deadline_ns = 7 * SIM_S, .replications = 1,
                                    .entity = entity, .n_entity = ARRAY_LEN(entity)};
        ok = store_begin(s, &r, &run, &err) && store_point(s, 0, NULL, 0, &err) && store_commit(s, &err);
    }
    store_close(s);
    ok = ok && query_open(&query, path, &err) && query_runs(query, &runs, &n_run, &err);
    return ok && n_run == ARRAY_LEN(text) ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    query_runs_free(runs, n_run);
    query_close(query);
    fixture_clean();
    return 0;
}

/* deadline_s NAN: none is drawn. queue NULL: of all requests. */
static void expect_deadline(size_t i, const char *queue, double deadline_s, const char *deadlines)
{
    struct load_run r = {.q = &runs[i]};
    struct wiring w = {0};
    struct err err = {0};
    bool ok = wiring_of_run(&w, query, runs[i].id, &err) && load_deadline(&r, query, queue != NULL ? &w : NULL, queue, &err);
    wiring_free(&w);
    if (!ok)
        fail_msg("%s", err.text);
    if (!(r.deadline_s == deadline_s) && !(isnan(r.deadline_s) && isnan(deadline_s)))
        fail_msg("run %zu: %g s, not %g s", i, r.deadline_s, deadline_s);
    assert_string_equal(r.deadlines, deadlines);
}

static void of_all_requests(void **state)
{
    (void)state;
    expect_deadline(0, NULL, NAN, "batch none, web 2 s");
    expect_deadline(1, NULL, 5, "");
    expect_deadline(2, NULL, NAN, "batch 60 s, web 3 s");
    expect_deadline(3, NULL, NAN, "");
    expect_deadline(4, NULL, NAN, "batch 5 s, web 5 s, nightly 60 min"); /* its schedules' */
}

/* web comes to q by a service; batch to r. */
static void of_those_in_a_queue(void **state)
{
    (void)state;
    expect_deadline(0, "queue.q", 2, "");
    expect_deadline(0, "queue.r", NAN, "");
    expect_deadline(2, "queue.q", 3, "");
    expect_deadline(2, "queue.r", 60, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(of_all_requests), cmocka_unit_test(of_those_in_a_queue)};
    return cmocka_run_group_tests(tests, open_database, close_database);
}
