/* Every closed form against the tables of known values: exact and numeric rows to 1e-6, and the
 * textbook approximations too, which are formulas as well. A row of a model that is neither
 * computed here nor named as not covered is a failure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "closed_forms.h"

#define TOLERANCE 1e-6

/* The first model whose name begins the row's is it; longer names before the shorter that they
 * begin with. */
static const struct {
    const char *file, *model;
    double (*compute)(row_ *);
    int rows; /* how many there are, so that none is passed over in silence */
} models[] = {
    {"mm1", "M/M/1 transient (first", mm1_first_row, 2},
    {"mm1", "M/M/1 transient", transient_row, 8},
    {"mm1", "M/M/1", mm1_row, 80},
    {"mmc", "M/M/c step load", step_load_row, 5},
    {"mmc", "M/M/c", mmc_row, 60},
    {"loss", "Erlang B inverse", loss_inverse_row, 6},
    {"loss", "M/M/c/", loss_row, 32},
    {"mg1", "M/G/1", mg1_row, 82},
    {"mdc", "M/D/", mdc_row, 62},
    {"gim1", "GI/M/1", gim1_row, 28},
    {"gigc", "", gigc_row, 21},
    {"mginf", "M(t)/M/inf", mginf_wave_row, 6},
    {"mginf", "M/G/inf", mginf_row, 18},
    {"batch", "M^[", bulk_row, 21},
    {"batch", "bulk service", bulk_service_row, 12},
    {"batch", "batch window", window_row, 20},
    {"polling", "M/G/1 multiple vacations", vacations_row, 22},
    {"polling", "M/G/1 single vacation", one_vacation_row, 3},
    {"polling", "cyclic polling", cyclic_row, 8},
    {"polling", "fixed-interval poll, take all", take_all_row, 4},
    {"polling", "fixed-interval poll, take up to K", take_up_to_row, 9},
    {"polling", "renewal poll", renewal_poll_row, 3},
    {"retrial", "M/M/", retrial_row, 20},
    {"abandonment", "M/M/c+M", erlang_a_row, 8},
    {"abandonment", "M/M/c+D", timeout_row, 16},
    {"visibility", "visibility timeout", visibility_row, 6},
    {"visibility", "any receipt handle", any_handle_row, 18},
    {"visibility", "only the latest", latest_handle_row, 18},
    {"visibility", "failed receives", failures_row, 18},
    {"visibility", "whole-batch retry", whole_batch_row, 4},
    {"partition", "per-shard 1 s quota", shard_quota_row, 6},
    {"partition", "FIFO groups", groups_row, 10},
    {"partition", "Zipf keys", zipf_row, 4},
    {"throttle", "token bucket policer", policer_row, 12},
    {"throttle", "fixed-window quota", window_quota_row, 3},
    {"throttle", "token bucket, constant arrivals", bucket_row, 9},
    {"fluid", "burst overload", burst_row, 14},
    {"fluid", "consumer outage", outage_row, 8},
    {"fluid", "linear ramp", ramp_row, 4},
    {"fluid", "stepwise", steps_row, 12},
    {"networks", "M/M/1 Bernoulli feedback", feedback_row, 6},
    {"networks", "tandem", tandem_row, 6},
    {"networks", "closed interactive", closed_row, 8},
    {"networks", "M/M/c//N", repair_row, 6},
    {"networks", "fork-join", fork_join_row, 2},
    {"pollcost", "", polls_row, 26},
    {"rpc", "client timeout and retry", client_row, 15},
    {"rpc", "retries at every layer", amplification_row, 2},
    {"rpc", "retries, independent failure", independent_row, 2},
    {"rpc", "M/M/1 server", gives_up_row, 4},
    {"rpc", "circuit breaker", breaker_row, 4},
    {"dedup", "fixed window", dedup_row, 4},
    {"disciplines", "M/M/1 FCFS", discipline_row, 4},
    {"disciplines", "M/M/1 random", discipline_row, 4},
    {"disciplines", "M/M/1 LCFS", discipline_row, 4},
    {"breakdowns", "M/G/1 with setup", setup_row, 4},
};

/* Models of those files that have no function here. */
static const struct {
    const char *file, *model, *metric;
} not_covered[] = {
    {"gigc", "GI/G/c",
     "Wq_mean_wait"}, /* solved chains of phases, beside which the approximations stand */
    {"gigc", "M/PH/c", "Wq_mean_wait"},
    {"gigc", "M/PH/c", "P_wait"},
    {"polling", "shared-throughput shard", ""},
    {"partition", "uniform hash", ""},
    {"partition", "coupon collector", ""},
    {"fluid", "backlog-per-instance", ""},
    {"networks", "open Jackson", ""},
    {"dedup", "sliding window", ""},
    {"disciplines", "M/M/1 processor sharing", ""},
    {"disciplines", "M/G/1 processor sharing", ""},
    {"breakdowns", "M/M/1 with server up/down", ""},
    {"breakdowns", "M/G/1 with failures", ""},
    {"breakdowns", "single warm instance", ""},
};

struct tally {
    const char *file;
    int count[sizeof models / sizeof models[0]], failed, checked;
};

static bool passed_over(const char *file, row_ *row)
{
    for (size_t i = 0; i < sizeof not_covered / sizeof not_covered[0]; i++) {
        const char *model = not_covered[i].model, *metric = not_covered[i].metric;
        if (strcmp(file, not_covered[i].file) == 0 &&
            strncmp(row->model, model, strlen(model)) == 0 &&
            strncmp(row->metric, metric, strlen(metric)) == 0)
            return true;
    }
    return false;
}

static void check_row(void *ctx, row_ *row)
{
    struct tally *t = ctx;
    size_t i = 0;
    if (passed_over(t->file, row))
        return;
    while (i < sizeof models / sizeof models[0] &&
           (strcmp(models[i].file, t->file) != 0 ||
            strncmp(row->model, models[i].model, strlen(models[i].model)) != 0))
        i++;
    double x = i < sizeof models / sizeof models[0] ? models[i].compute(row) : NAN;
    if (isnan(x) && strcmp(row->kind, "approx") == 0)
        return;
    if (i < sizeof models / sizeof models[0])
        t->count[i]++;
    t->checked++;
    /* approximations were tabled from rounded parameters */
    double tolerance = strcmp(row->kind, "approx") == 0 ? 20 * TOLERANCE : TOLERANCE;
    if (fabs(x - row->value) <= tolerance * fabs(row->value) + 1e-12)
        return;
    t->failed++;
    print_error("%s %s (%s) %s: %.12g, not %.12g\n", row->id, row->model, row->params, row->metric,
                x, row->value);
}

static void check_file(const char *file)
{
    struct tally t = {.file = file};
    oracle_open();
    size_t n = oracle_read(file, check_row, &t);
    oracle_close();
    print_message("%s: %d of %zu rows\n", file, t.checked, n);
    for (size_t i = 0; i < sizeof models / sizeof models[0]; i++) {
        if (strcmp(models[i].file, file) == 0 && models[i].rows > 0 &&
            t.count[i] != models[i].rows) {
            print_error("%s, model %s: %d rows computed, not %d\n", file, models[i].model,
                        t.count[i], models[i].rows);
            t.failed++;
        }
    }
    assert_int_equal(t.failed, 0);
}

#define FILE_TEST(file)                                                                            \
    static void table_##file(void **unused)                                                        \
    {                                                                                              \
        (void)unused;                                                                              \
        check_file(#file);                                                                         \
    }
#define FILES(X)                                                                                   \
    X(mm1)                                                                                         \
    X(mmc) X(loss) X(mg1) X(mdc) X(gim1) X(gigc) X(mginf) X(batch) X(polling) X(retrial)           \
        X(abandonment) X(visibility) X(partition) X(throttle) X(fluid) X(networks) X(pollcost)     \
            X(rpc) X(dedup) X(disciplines) X(breakdowns)
FILES(FILE_TEST)

int main(void)
{
#define FILE_ROW(file) cmocka_unit_test(table_##file),
    const struct CMUnitTest tests[] = {FILES(FILE_ROW)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
