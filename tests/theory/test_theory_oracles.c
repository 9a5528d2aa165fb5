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

#include "attempts.h"
#include "birthdeath.h"
#include "bulk.h"
#include "caps.h"
#include "fluid.h"
#include "gg.h"
#include "mdc.h"
#include "mg1.h"
#include "mginf.h"
#include "mm1.h"
#include "mmc.h"
#include "networks.h"
#include "oracle_rows.h"
#include "polls.h"
#include "redelivery.h"
#include "retrial.h"

#define TOLERANCE 1e-6

typedef const struct oracle_row row_;
#define N(name)   oracle_number(row, name)
#define IS(text)  (strcmp(row->metric, text) == 0)
#define STARTS(t) (strncmp(row->metric, t, strlen(t)) == 0)
#define SUFFIX(t) oracle_suffix(row, t)
#define UNKNOWN   NAN

static double mm1_row(row_ *row)
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

static double mm1_first_row(row_ *row)
{
    return mm1_first_waits(N("lambda"), 1 / N("service_mean"), (unsigned)N("n"));
}

static double transient_row(row_ *row)
{
    struct birthdeath_moment x =
        birthdeath_mmc(N("lambda"), N("mu"), 1, (size_t)N("n0"), 0, N("t"));
    return IS("E_number_in_system_at_t") ? x.mean : IS("P_empty_at_t") ? x.p_empty : UNKNOWN;
}

static double step_load_row(row_ *row)
{
    return birthdeath_mmc(N("lambda2"), N("mu"), (unsigned)N("c"), 0, N("lambda1"), N("t")).mean;
}

static double mmc_row(row_ *row)
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

static double loss_row(row_ *row)
{
    struct mmck x = mmck_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("K"));
    return IS("P_block")                      ? x.p_block
           : IS("L_mean_number_in_system")    ? x.l
           : IS("throughput")                 ? x.throughput
           : IS("W_mean_sojourn_of_accepted") ? x.w
           : IS("Wq_mean_wait_of_accepted")   ? x.wq
                                              : UNKNOWN;
}

static double loss_inverse_row(row_ *row)
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

static double mg1_row(row_ *row)
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

static double mdc_row(row_ *row)
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

static double gim1_row(row_ *row)
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

static double gigc_row(row_ *row)
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

static double mginf_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double l = N("lambda");
    return IS("mean_concurrency") || IS("var_concurrency") ? mginf_mean(l, &s)
           : STARTS("concurrency_quantile_")
               ? mginf_quantile(l, &s, SUFFIX("concurrency_quantile_"))
           : IS("mean_concurrency_at_t") ? mginf_mean_at(l, &s, N("t"))
                                         : UNKNOWN;
}

static double mginf_wave_row(row_ *row)
{
    struct mginf_wave x =
        mginf_wave(N("lambda0"), N("beta"), N("period"), oracle_law(row, "service").mean, N("t"));
    return IS("mean_concurrency_at_t")            ? x.mean_at
           : IS("peak_mean_concurrency")          ? x.peak
           : IS("lag_of_peak_after_arrival_peak") ? x.lag
                                                  : UNKNOWN;
}

/* "fixed(10)": x1 = 10, x2 = 100; "geom(5)": on 1, 2, …, mean 5, E[X^2] = 2 mean^2 - mean. */
static double bulk_row(row_ *row)
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

static double bulk_service_row(row_ *row)
{
    struct bulk_service x = bulk_service(N("lambda"), N("mu_batch"), (unsigned)N("K"));
    return IS("Lq_mean_queue_length") ? x.lq
           : IS("Wq_mean_wait")       ? x.wq
           : IS("P_idle")             ? x.p_idle
           : IS("mean_batch_size")    ? x.batch
                                      : UNKNOWN;
}

static double window_row(row_ *row)
{
    struct bulk_window x = bulk_window(N("lambda"), N("window"), (unsigned)N("max_batch"));
    return IS("mean_batch_size")         ? x.batch
           : IS("mean_time_to_flush")    ? x.open
           : IS("mean_wait_per_message") ? x.wait
           : IS("flushes_per_second")    ? x.per_second
           : IS("P_flush_full")          ? x.p_full
                                         : UNKNOWN;
}

static double vacations_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service"), v = oracle_law(row, "vacation");
    struct vacation x = vacation_multiple(N("lambda"), &s, &v);
    return IS("Wq_mean_wait")             ? x.wq
           : IS("W_mean_sojourn")         ? x.w
           : IS("Lq_mean_queue_length")   ? x.lq
           : IS("empty_polls_per_second") ? x.empty_polls
           : STARTS("Wq_quantile_")
               ? vacation_wait_quantile(N("lambda"), &s, v.mean, SUFFIX("Wq_quantile_"))
               : UNKNOWN;
}

static double one_vacation_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service"), v = oracle_law(row, "vacation");
    struct vacation x = vacation_single(N("lambda"), &s, &v);
    return IS("Wq_mean_wait")           ? x.wq
           : IS("W_mean_sojourn")       ? x.w
           : IS("Lq_mean_queue_length") ? x.lq
                                        : UNKNOWN;
}

static double cyclic_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    unsigned n = (unsigned)N("queues");
    enum polls_visit visit = strstr(row->model, "exhaustive") ? POLLS_EXHAUSTIVE
                             : strstr(row->model, "gated")    ? POLLS_GATED
                                                              : POLLS_ONE;
    double l = N("lambda_each"), r = N("switchover_mean");
    return IS("Wq_mean_wait") ? polls_cyclic_wait(visit, n, l, s.mean, s.m2, r, N("switchover_var"))
           : IS("mean_cycle_time") ? polls_cycle(n, l, s.mean, r)
                                   : UNKNOWN;
}

static double take_all_row(row_ *row)
{
    double l = N("lambda"), t = N("poll_interval");
    return IS("mean_delay")                 ? polls_short(l, t, 1).delay
           : STARTS("delay_quantile_")      ? SUFFIX("delay_quantile_") * t
           : IS("P_empty_poll")             ? polls_short(l, t, 1).empty
           : IS("mean_batch_size_nonempty") ? polls_batch_nonempty(l, t)
                                            : UNKNOWN;
}

static double take_up_to_row(row_ *row)
{
    struct polls_take x = polls_take(N("lambda"), N("poll_interval"), (unsigned)N("max_batch"));
    return IS("mean_delay")               ? x.delay
           : IS("mean_left_after_poll")   ? x.left
           : IS("P_left_after_poll_is_0") ? x.p_none_left
                                          : UNKNOWN;
}

static double renewal_poll_row(row_ *row)
{
    struct timelaw t = oracle_law(row, "interval");
    return polls_renewal_delay(t.mean, t.m2);
}

static double retrial_row(row_ *row)
{
    bool one = !oracle_has(row, "c");
    double l = N("lambda"), m = N("mu"), theta = N("retry_rate");
    struct retrial x = one ? retrial_mm1(l, m, theta) : retrial_mmc(l, m, theta, (unsigned)N("c"));
    return IS("mean_in_orbit")                                        ? x.orbit
           : IS("mean_time_in_orbit")                                 ? x.time
           : IS("P_first_try_blocked") || IS("P_first_try_throttled") ? x.p_blocked
           : IS("mean_attempts")                                      ? x.attempts
                                                                      : UNKNOWN;
}

static double erlang_a_row(row_ *row)
{
    struct mmcm x = mmcm_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("patience_rate"));
    return IS("P_abandon")                ? x.p_abandon
           : IS("P_wait")                 ? x.p_wait
           : IS("mean_queue_length")      ? x.lq
           : IS("mean_time_in_queue_all") ? x.wq
                                          : UNKNOWN;
}

static double timeout_row(row_ *row)
{
    struct mmcd x = mmcd_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("tau"));
    return IS("P_timeout")             ? x.p_timeout
           : IS("mean_wait_of_served") ? x.wq_served
           : IS("mean_queue_length")   ? x.lq
           : IS("P_no_wait")           ? x.p_no_wait
                                       : UNKNOWN;
}

static double visibility_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    return redelivery_exceeds(&s, N("visibility_timeout"));
}

static double any_handle_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double v = N("visibility_timeout");
    return IS("mean_receive_count")           ? redelivery_any_mean(&s, v)
           : IS("P_received_more_than_once")  ? redelivery_any_above(&s, v, 1)
           : IS("P_received_more_than_twice") ? redelivery_any_above(&s, v, 2)
                                              : UNKNOWN;
}

static double latest_handle_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double v = N("visibility_timeout");
    return IS("mean_receive_count") ? redelivery_latest_mean(&s, v)
           : IS("P_dead_letter") ? redelivery_latest_dead(&s, v, (unsigned)N("max_receive_count"))
           : IS("mean_receive_count_truncated")
               ? redelivery_latest_mean_cut(&s, v, (unsigned)N("max_receive_count"))
               : UNKNOWN;
}

static double failures_row(row_ *row)
{
    struct redelivery_failures x = redelivery_failures(
        N("p_fail"), (unsigned)N("max_receive_count"), N("visibility_timeout"), N("mean_service"));
    return IS("P_dead_letter")                           ? x.p_dead
           : IS("mean_receives")                         ? x.receives
           : IS("mean_receives_given_success")           ? x.receives_success
           : IS("mean_latency_given_success")            ? x.latency_success
           : IS("time_to_dead_letter")                   ? x.time_to_dead
           : IS("receive_amplification_vs_success_rate") ? x.amplification
                                                         : UNKNOWN;
}

static double whole_batch_row(row_ *row)
{
    double p = N("p_bad_message");
    unsigned n = (unsigned)N("batch");
    return IS("P_batch_fails")                   ? redelivery_batch_fails(p, n)
           : IS("good_messages_retried_per_bad") ? redelivery_batch_again(p, n)
                                                 : UNKNOWN;
}

static double shard_quota_row(row_ *row)
{
    double l = N("total_rate") / N("shards"), limit = N("limit_per_s"),
           over = caps_window_over(l, limit, 1);
    return IS("P_shard_over_limit_in_a_window")       ? over
           : IS("P_any_shard_over_limit_in_a_window") ? 1 - pow(1 - over, N("shards"))
           : IS("fraction_throttled")                 ? caps_window_refused(l, limit, 1)
                                                      : UNKNOWN;
}

static double groups_row(row_ *row)
{
    struct timelaw s = timelaw_exponential(1 / N("mu"));
    unsigned g = (unsigned)N("groups");
    struct caps_groups x = caps_groups(N("lambda"), g, &s);
    return IS("W_mean_sojourn")     ? x.w
           : IS("mean_busy_groups") ? x.busy
           : IS("mean_backlog")     ? x.backlog
           : IS("max_throughput")   ? x.throughput
           : STARTS("W_quantile_")
               ? mm1_sojourn_quantile(N("lambda") / g, N("mu"), SUFFIX("W_quantile_"))
               : UNKNOWN;
}

static double zipf_row(row_ *row)
{
    unsigned n = (unsigned)N("keys");
    return IS("share_of_hottest_key")   ? caps_zipf_top(n, N("zipf_s"), 1)
           : IS("share_of_top_10_keys") ? caps_zipf_top(n, N("zipf_s"), 10)
                                        : UNKNOWN;
}

static double policer_row(row_ *row)
{
    double loss = md1k_loss(N("lambda"), 1 / N("refill_rate"), (unsigned)N("bucket"));
    return IS("P_throttled") ? loss : IS("admitted_rate") ? N("lambda") * (1 - loss) : UNKNOWN;
}

static double window_quota_row(row_ *row)
{
    return caps_window_refused(N("lambda"), N("limit_per_window"), N("window_s"));
}

static double bucket_row(row_ *row)
{
    struct caps_bucket x = caps_bucket((long)N("arrival_rate"), (long)N("refill_rate"),
                                       (long)N("bucket"), (long)N("duration_s"));
    return IS("offered")               ? (double)x.offered
           : IS("admitted")            ? (double)x.admitted
           : IS("first_throttle_time") ? x.first_refused
                                       : UNKNOWN;
}

static double burst_row(row_ *row)
{
    double c = N("capacity"), t = N("burst_s"), rate = N("burst_rate");
    struct fluid_wave x = fluid_burst(N("base_rate"), rate, c, t);
    return IS("peak_backlog")                 ? x.peak
           : IS("drain_time_after_burst")     ? x.empty_at - t
           : IS("max_wait")                   ? x.max_wait
           : IS("age_of_oldest_at_burst_end") ? fluid_age_after_burst(rate, c, t)
           : IS("total_backlog_area")         ? x.area
           : IS("messages_delayed")           ? x.delayed
           : IS("mean_wait_of_delayed")       ? x.mean_wait
                                              : UNKNOWN;
}

static double outage_row(row_ *row)
{
    struct fluid_wave x = fluid_outage(N("rate"), N("capacity"), N("outage_s"));
    return IS("peak_backlog")           ? x.peak
           : IS("drain_time")           ? x.empty_at - N("outage_s")
           : IS("max_wait")             ? x.max_wait
           : IS("mean_wait_of_delayed") ? x.mean_wait
                                        : UNKNOWN;
}

static double ramp_row(row_ *row)
{
    struct fluid_ramp x =
        fluid_ramp(N("rate0"), N("slope"), N("ramp_s"), N("capacity"), N("rate_after"));
    return IS("overload_start")          ? x.overload_from
           : IS("backlog_at_ramp_end")   ? x.backlog
           : IS("drain_time_after_ramp") ? x.drain
           : IS("max_wait")              ? x.max_wait
                                         : UNKNOWN;
}

static double steps_row(row_ *row)
{
    struct fluid_steps x = fluid_steps(N("rate"), N("servers0"), N("per_server_rate"), N("step"),
                                       N("period_s"), N("max_servers"), N("initial_backlog"));
    return IS("time_to_empty")        ? x.empty_at
           : IS("peak_backlog")       ? x.peak
           : IS("time_of_peak")       ? x.peak_at
           : IS("servers_when_empty") ? x.servers
                                      : UNKNOWN;
}

static double feedback_row(row_ *row)
{
    double l = N("lambda"), m = N("mu"), p = N("p_fail");
    return IS("L_mean_number_in_system") ? feedback_number(l, m, p)
           : IS("mean_total_time")       ? feedback_time(l, m, p)
           : IS("mean_passes")           ? attempts_mean(p, 1000)
                                         : UNKNOWN;
}

static double tandem_row(row_ *row)
{
    unsigned k = (unsigned)N("stages");
    double l = N("lambda"), m = N("mu");
    return IS("mean_end_to_end") ? tandem_mean(k, l, m)
           : STARTS("end_to_end_quantile_")
               ? tandem_quantile(k, l, m, SUFFIX("end_to_end_quantile_"))
               : UNKNOWN;
}

static double closed_row(row_ *row)
{
    double demand[8];
    size_t n = 0;
    while (n < 8 && oracle_item(row, "demands", n, &demand[n]))
        n++;
    struct mva x = mva_solve((unsigned)N("clients"), N("think_mean"), demand, n);
    return IS("throughput")      ? x.throughput
           : IS("mean_response") ? x.response
           : STARTS("utilization_station_")
               ? x.throughput * demand[(size_t)SUFFIX("utilization_station_") - 1]
               : UNKNOWN;
}

static double repair_row(row_ *row)
{
    struct mmcn x = mmcn_solve((unsigned)N("clients"), N("think_mean"), N("mu"), (unsigned)N("c"));
    return IS("throughput")           ? x.throughput
           : IS("mean_response")      ? x.response
           : IS("P_all_servers_busy") ? x.p_all_busy
                                      : UNKNOWN;
}

static double fork_join_row(row_ *row)
{
    return fork_join2_time(N("lambda"), N("mu"));
}

static double polls_row(row_ *row)
{
    unsigned n = (unsigned)N("pollers");
    struct polls x = oracle_has(row, "wait_time_s") ? polls_long(N("lambda"), N("wait_time_s"), n)
                                                    : polls_short(N("lambda"), N("interval_s"), n);
    return IS("receive_calls_per_second")    ? x.per_second
           : IS("receive_calls_per_30_days") ? x.per_second * POLLS_MONTH
           : IS("empty_fraction")            ? x.empty
           : IS("mean_delay_random_phases")  ? x.delay
                                             : UNKNOWN;
}

static double client_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double timeout = N("timeout"), pause = N("backoff");
    unsigned n = (unsigned)N("max_attempts");
    struct attempts x = attempts_solve(&s, timeout, n, pause);
    return IS("P_attempt_timeout")            ? x.p_timeout
           : IS("P_request_fails")            ? x.p_fails
           : IS("mean_attempts")              ? x.mean
           : IS("mean_latency_given_success") ? x.latency_success
           : IS("latency_quantile_0.99_all")  ? attempts_quantile(&s, timeout, n, pause, 0.99)
                                              : UNKNOWN;
}

static double amplification_row(row_ *row)
{
    return attempts_amplification((unsigned)N("layers"), (unsigned)N("attempts_per_layer"));
}

static double independent_row(row_ *row)
{
    return attempts_mean(N("p_fail"), (unsigned)N("attempts"));
}

static double gives_up_row(row_ *row)
{
    double p = attempts_mm1_gives_up(N("lambda"), N("mu"), N("client_timeout"));
    return IS("P_client_timeout") ? p : IS("goodput") ? N("lambda") * (1 - p) : UNKNOWN;
}

static double breaker_row(row_ *row)
{
    double l = N("lambda"), open = N("open_s");
    return IS("calls_reaching_backend_per_s") ? attempts_breaker_calls(l, open)
           : IS("fraction_short_circuited")   ? attempts_breaker_short(l, open)
                                              : UNKNOWN;
}

static double dedup_row(row_ *row)
{
    double l = N("resend_rate"), accepted = caps_dedup_accepted(l, N("window_s"));
    return IS("accepted_rate") ? accepted : IS("P_duplicate_dropped") ? 1 - accepted / l : UNKNOWN;
}

static double discipline_row(row_ *row)
{
    enum mm1_order order = strstr(row->model, "random") ? MM1_AT_RANDOM
                           : strstr(row->model, "LCFS") ? MM1_LAST_COME
                                                        : MM1_FIRST_COME;
    double m2 = mm1_wait_m2(N("lambda"), N("mu"), order), mean = mm1_solve(N("lambda"), N("mu")).wq;
    return IS("second_moment_wait") ? m2 : IS("sd_wait") ? sqrt(m2 - mean * mean) : UNKNOWN;
}

static double setup_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service"), d = oracle_law(row, "setup");
    return IS("Wq_mean_wait")   ? mg1_setup_wait(N("lambda"), &s, &d)
           : IS("P_server_off") ? (1 - N("lambda") * s.mean) / (1 + N("lambda") * d.mean)
                                : UNKNOWN;
}

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
