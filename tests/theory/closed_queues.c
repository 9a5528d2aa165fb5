/* closed_queues.c - rows of stations: M/M/1 to G/G/c, loss, servers without limit, bulk arrivals and services. */
#include "closed_forms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "birthdeath.h"
#include "bulk.h"
#include "gg.h"
#include "mdc.h"
#include "mg1.h"
#include "mginf.h"
#include "mm1.h"
#include "mmc.h"

double mm1_row(row_ *row)
{
    double l = N("lambda"), m = N("mu");
    struct mm1 x = mm1_solve(l, m);
    return IS("utilization")                           ? x.rho
           : IS("L_mean_number_in_system")             ? x.l
           : IS("Lq_mean_queue_length")                ? x.lq
           : IS("W_mean_sojourn")                      ? x.w
           : IS("Wq_mean_wait")                        ? x.wq
           : IS("var_number_in_system")                ? x.var_l
           : IS("var_wait_Wq")                         ? x.var_wq
           : IS("sd_of_sojourn_time")                  ? x.sd_w
           : IS("busy_period_mean")                    ? x.busy
           : IS("busy_period_var")                     ? x.var_busy
           : IS("asymptotic_variance_time_avg_number") ? x.avar_l
           : IS("asymptotic_variance_customer_avg_Wq") ? x.avar_wq
           : STARTS("P_n_in_system_ge_") ? mm1_at_least(l, m, SUFFIX("P_n_in_system_ge_"))
           : STARTS("Wq_quantile_")      ? mm1_wait_quantile(l, m, SUFFIX("Wq_quantile_"))
           : STARTS("W_quantile_")       ? mm1_sojourn_quantile(l, m, SUFFIX("W_quantile_"))
           : STARTS("mean_first_passage_empty_to_")
               ? mm1_first_passage(l, m, (unsigned)SUFFIX("mean_first_passage_empty_to_"))
               : UNKNOWN;
}

double mm1_first_row(row_ *row)
{
    return mm1_first_waits(N("lambda"), 1 / N("service_mean"), (unsigned)N("n"));
}

double transient_row(row_ *row)
{
    struct birthdeath_moment x =
        birthdeath_mmc(N("lambda"), N("mu"), 1, (size_t)N("n0"), 0, N("t"));
    return IS("E_number_in_system_at_t") ? x.mean : IS("P_empty_at_t") ? x.p_empty : UNKNOWN;
}

double step_load_row(row_ *row)
{
    return birthdeath_mmc(N("lambda2"), N("mu"), (unsigned)N("c"), 0, N("lambda1"), N("t")).mean;
}

double mmc_row(row_ *row)
{
    double l = N("lambda"), m = N("mu");
    unsigned c = (unsigned)N("c");
    struct mmc x = mmc_solve(l, m, c);
    return IS("P_wait_erlang_C")           ? x.p_wait
           : IS("Lq_mean_queue_length")    ? x.lq
           : IS("Wq_mean_wait")            ? x.wq
           : IS("W_mean_sojourn")          ? x.w
           : IS("L_mean_number_in_system") ? x.l
           : STARTS("P_wait_gt_")          ? mmc_wait_above(l, m, c, SUFFIX("P_wait_gt_"))
           : STARTS("Wq_quantile_")        ? mmc_wait_quantile(l, m, c, SUFFIX("Wq_quantile_"))
           : STARTS("W_quantile_")         ? mmc_sojourn_quantile(l, m, c, SUFFIX("W_quantile_"))
                                           : UNKNOWN;
}

double loss_row(row_ *row)
{
    struct mmck x = mmck_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("K"));
    return IS("P_block")                      ? x.p_block
           : IS("L_mean_number_in_system")    ? x.l
           : IS("throughput")                 ? x.throughput
           : IS("W_mean_sojourn_of_accepted") ? x.w
           : IS("Wq_mean_wait_of_accepted")   ? x.wq
                                              : UNKNOWN;
}

double loss_inverse_row(row_ *row)
{
    return erlang_b_load((unsigned)N("servers"), N("P_block"));
}

static double mg1_quantile(double lambda, const struct timelaw *s, double p, bool sojourn)
{
    struct mg1_laws *laws = mg1_laws_open(lambda, s, 0.9999);
    double x = sojourn ? mg1_sojourn_quantile(laws, p) : mg1_wait_quantile(laws, p);
    mg1_laws_close(laws);
    return x;
}

double mg1_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double l = N("lambda");
    struct mg1 x = mg1_solve(l, &s);
    return IS("utilization")               ? x.rho
           : IS("Wq_mean_wait")            ? x.wq
           : IS("W_mean_sojourn")          ? x.w
           : IS("L_mean_number_in_system") ? x.l
           : IS("service_scv")             ? timelaw_scv(&s)
           : IS("sd_wait_Wq")              ? sqrt(x.var_wq)
           : IS("busy_period_mean")        ? x.busy
           : STARTS("Wq_quantile_")        ? mg1_quantile(l, &s, SUFFIX("Wq_quantile_"), false)
           : STARTS("W_quantile_")         ? mg1_quantile(l, &s, SUFFIX("W_quantile_"), true)
                                           : UNKNOWN;
}

double mdc_row(row_ *row)
{
    struct mdc *m = mdc_open(N("lambda"), N("D"), (unsigned)N("c"));
    struct mdc_means x = mdc_means(m);
    double answer = IS("P_wait")                 ? x.p_wait
                    : IS("Wq_mean_wait")         ? x.wq
                    : IS("Lq_mean_queue_length") ? x.lq
                    : IS("W_mean_sojourn")       ? x.w
                    : IS("P_system_empty")       ? x.p_empty
                    : IS("ratio_Wq_to_MMc")
                        ? x.wq / mmc_solve(N("lambda"), 1 / N("D"), (unsigned)N("c")).wq
                    : STARTS("P_wait_gt_")   ? mdc_wait_above(m, SUFFIX("P_wait_gt_"))
                    : STARTS("Wq_quantile_") ? mdc_wait_quantile(m, SUFFIX("Wq_quantile_"))
                                             : UNKNOWN;
    mdc_close(m);
    return answer;
}

double gim1_row(row_ *row)
{
    struct timelaw a = oracle_law(row, "interarrival");
    double mu = N("mu");
    struct gim1 x = gim1_solve(&a, mu);
    return IS("sigma") || IS("P_wait")     ? x.sigma
           : IS("Wq_mean_wait")            ? x.wq
           : IS("W_mean_sojourn")          ? x.w
           : IS("L_mean_number_in_system") ? x.l
           : STARTS("Wq_quantile_")        ? gim1_wait_quantile(&x, mu, SUFFIX("Wq_quantile_"))
           : STARTS("W_quantile_")         ? gim1_sojourn_quantile(&x, mu, SUFFIX("W_quantile_"))
                                           : UNKNOWN;
}

double gigc_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    bool poisson = oracle_has(row, "lambda");
    struct timelaw a =
        poisson ? timelaw_exponential(1 / N("lambda")) : oracle_law(row, "interarrival");
    double l = 1 / a.mean, ca2 = timelaw_scv(&a), cs2 = timelaw_scv(&s);
    unsigned c = (unsigned)N("c");
    return IS("ca2_interarrival_scv")     ? ca2
           : IS("cs2_service_scv")        ? cs2
           : IS("Wq_allen_cunneen")       ? gg_allen_cunneen(l, s.mean, c, ca2, cs2)
           : IS("Wq_whitt_qna") && c == 1 ? gg_qna(l, s.mean, ca2, cs2)
           : IS("Wq_kingman_upper_bound") ? gg_kingman_bound(l, s.mean, ca2, cs2)
                                          : UNKNOWN;
}

double mginf_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double l = N("lambda");
    return IS("mean_concurrency") || IS("var_concurrency") ? mginf_mean(l, &s)
           : STARTS("concurrency_quantile_")
               ? mginf_quantile(l, &s, SUFFIX("concurrency_quantile_"))
           : IS("mean_concurrency_at_t") ? mginf_mean_at(l, &s, N("t"))
                                         : UNKNOWN;
}

double mginf_wave_row(row_ *row)
{
    struct mginf_wave x =
        mginf_wave(N("lambda0"), N("beta"), N("period"), oracle_law(row, "service").mean, N("t"));
    return IS("mean_concurrency_at_t")            ? x.mean_at
           : IS("peak_mean_concurrency")          ? x.peak
           : IS("lag_of_peak_after_arrival_peak") ? x.lag
                                                  : UNKNOWN;
}

/* "fixed(10)": x1 = 10, x2 = 100; "geom(5)": on 1, 2, …, mean 5, E[X^2] = 2 mean^2 - mean. */
double bulk_row(row_ *row)
{
    double k = 0;
    const char *p = strstr(row->params, "batch=");
    bool fixed = p != NULL && sscanf(p, "batch=fixed(%lf)", &k) == 1;
    if (!fixed)
        assert_int_equal(sscanf(p, "batch=geom(%lf)", &k), 1);
    struct timelaw s =
        oracle_has(row, "D") ? timelaw_constant(N("D")) : timelaw_exponential(1 / N("mu"));
    struct bulk_arrivals x = bulk_arrivals(N("batch_rate"), k, fixed ? k * k : 2 * k * k - k, &s);
    return IS("utilization")               ? x.rho
           : IS("L_mean_number_in_system") ? x.l
           : IS("W_mean_sojourn")          ? x.w
           : IS("Wq_mean_wait")            ? x.wq
           : IS("P_system_empty")          ? x.p_empty
           : IS("Wq_first_in_batch")       ? x.wq_first
           : IS("Wq_last_in_batch")        ? x.wq_first + (k - 1) * s.mean
                                           : UNKNOWN;
}

double bulk_service_row(row_ *row)
{
    struct bulk_service x = bulk_service(N("lambda"), N("mu_batch"), (unsigned)N("K"));
    return IS("Lq_mean_queue_length") ? x.lq
           : IS("Wq_mean_wait")       ? x.wq
           : IS("P_idle")             ? x.p_idle
           : IS("mean_batch_size")    ? x.batch
                                      : UNKNOWN;
}

double window_row(row_ *row)
{
    struct bulk_window x = bulk_window(N("lambda"), N("window"), (unsigned)N("max_batch"));
    return IS("mean_batch_size")         ? x.batch
           : IS("mean_time_to_flush")    ? x.open
           : IS("mean_wait_per_message") ? x.wait
           : IS("flushes_per_second")    ? x.per_second
           : IS("P_flush_full")          ? x.p_full
                                         : UNKNOWN;
}
