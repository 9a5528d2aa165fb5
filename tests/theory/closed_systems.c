/* closed_systems.c - rows of systems: quotas, backlogs, networks, calls that fail, disciplines, setup. */
#include "closed_forms.h"

#include "attempts.h"
#include "caps.h"
#include "fluid.h"
#include "mdc.h"
#include "mg1.h"
#include "mm1.h"
#include "mmc.h"
#include "networks.h"
#include "polls.h"

double policer_row(row_ *row)
{
    double loss = md1k_loss(N("lambda"), 1 / N("refill_rate"), (unsigned)N("bucket"));
    return IS("P_throttled") ? loss : IS("admitted_rate") ? N("lambda") * (1 - loss) : UNKNOWN;
}

double window_quota_row(row_ *row)
{
    return caps_window_refused(N("lambda"), N("limit_per_window"), N("window_s"));
}

double bucket_row(row_ *row)
{
    struct caps_bucket x = caps_bucket((long)N("arrival_rate"), (long)N("refill_rate"),
                                       (long)N("bucket"), (long)N("duration_s"));
    return IS("offered")               ? (double)x.offered
           : IS("admitted")            ? (double)x.admitted
           : IS("first_throttle_time") ? x.first_refused
                                       : UNKNOWN;
}

double burst_row(row_ *row)
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

double outage_row(row_ *row)
{
    struct fluid_wave x = fluid_outage(N("rate"), N("capacity"), N("outage_s"));
    return IS("peak_backlog")           ? x.peak
           : IS("drain_time")           ? x.empty_at - N("outage_s")
           : IS("max_wait")             ? x.max_wait
           : IS("mean_wait_of_delayed") ? x.mean_wait
                                        : UNKNOWN;
}

double ramp_row(row_ *row)
{
    struct fluid_ramp x =
        fluid_ramp(N("rate0"), N("slope"), N("ramp_s"), N("capacity"), N("rate_after"));
    return IS("overload_start")          ? x.overload_from
           : IS("backlog_at_ramp_end")   ? x.backlog
           : IS("drain_time_after_ramp") ? x.drain
           : IS("max_wait")              ? x.max_wait
                                         : UNKNOWN;
}

double steps_row(row_ *row)
{
    struct fluid_steps x = fluid_steps(N("rate"), N("servers0"), N("per_server_rate"), N("step"),
                                       N("period_s"), N("max_servers"), N("initial_backlog"));
    return IS("time_to_empty")        ? x.empty_at
           : IS("peak_backlog")       ? x.peak
           : IS("time_of_peak")       ? x.peak_at
           : IS("servers_when_empty") ? x.servers
                                      : UNKNOWN;
}

double feedback_row(row_ *row)
{
    double l = N("lambda"), m = N("mu"), p = N("p_fail");
    return IS("L_mean_number_in_system") ? feedback_number(l, m, p)
           : IS("mean_total_time")       ? feedback_time(l, m, p)
           : IS("mean_passes")           ? attempts_mean(p, 1000)
                                         : UNKNOWN;
}

double tandem_row(row_ *row)
{
    unsigned k = (unsigned)N("stages");
    double l = N("lambda"), m = N("mu");
    return IS("mean_end_to_end") ? tandem_mean(k, l, m)
           : STARTS("end_to_end_quantile_")
               ? tandem_quantile(k, l, m, SUFFIX("end_to_end_quantile_"))
               : UNKNOWN;
}

double closed_row(row_ *row)
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

double repair_row(row_ *row)
{
    struct mmcn x = mmcn_solve((unsigned)N("clients"), N("think_mean"), N("mu"), (unsigned)N("c"));
    return IS("throughput")           ? x.throughput
           : IS("mean_response")      ? x.response
           : IS("P_all_servers_busy") ? x.p_all_busy
                                      : UNKNOWN;
}

double fork_join_row(row_ *row)
{
    return fork_join2_time(N("lambda"), N("mu"));
}

double polls_row(row_ *row)
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

double client_row(row_ *row)
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

double amplification_row(row_ *row)
{
    return attempts_amplification((unsigned)N("layers"), (unsigned)N("attempts_per_layer"));
}

double independent_row(row_ *row)
{
    return attempts_mean(N("p_fail"), (unsigned)N("attempts"));
}

double gives_up_row(row_ *row)
{
    double p = attempts_mm1_gives_up(N("lambda"), N("mu"), N("client_timeout"));
    return IS("P_client_timeout") ? p : IS("goodput") ? N("lambda") * (1 - p) : UNKNOWN;
}

double breaker_row(row_ *row)
{
    double l = N("lambda"), open = N("open_s");
    return IS("calls_reaching_backend_per_s") ? attempts_breaker_calls(l, open)
           : IS("fraction_short_circuited")   ? attempts_breaker_short(l, open)
                                              : UNKNOWN;
}

double dedup_row(row_ *row)
{
    double l = N("resend_rate"), accepted = caps_dedup_accepted(l, N("window_s"));
    return IS("accepted_rate") ? accepted : IS("P_duplicate_dropped") ? 1 - accepted / l : UNKNOWN;
}

double discipline_row(row_ *row)
{
    enum mm1_order order = strstr(row->model, "random") ? MM1_AT_RANDOM
                           : strstr(row->model, "LCFS") ? MM1_LAST_COME
                                                        : MM1_FIRST_COME;
    double m2 = mm1_wait_m2(N("lambda"), N("mu"), order), mean = mm1_solve(N("lambda"), N("mu")).wq;
    return IS("second_moment_wait") ? m2 : IS("sd_wait") ? sqrt(m2 - mean * mean) : UNKNOWN;
}

double setup_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service"), d = oracle_law(row, "setup");
    return IS("Wq_mean_wait")   ? mg1_setup_wait(N("lambda"), &s, &d)
           : IS("P_server_off") ? (1 - N("lambda") * s.mean) / (1 + N("lambda") * d.mean)
                                : UNKNOWN;
}
