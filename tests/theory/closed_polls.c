/* closed_polls.c - rows of queues that are polled: pollers that sleep, retrials, abandonment, visibility timeouts, shards and groups. */
#include "closed_forms.h"

#include "caps.h"
#include "mg1.h"
#include "mm1.h"
#include "mmc.h"
#include "polls.h"
#include "redelivery.h"
#include "retrial.h"

double vacations_row(row_ *row)
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

double one_vacation_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service"), v = oracle_law(row, "vacation");
    struct vacation x = vacation_single(N("lambda"), &s, &v);
    return IS("Wq_mean_wait")           ? x.wq
           : IS("W_mean_sojourn")       ? x.w
           : IS("Lq_mean_queue_length") ? x.lq
                                        : UNKNOWN;
}

double cyclic_row(row_ *row)
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

double take_all_row(row_ *row)
{
    double l = N("lambda"), t = N("poll_interval");
    return IS("mean_delay")                 ? polls_short(l, t, 1).delay
           : STARTS("delay_quantile_")      ? SUFFIX("delay_quantile_") * t
           : IS("P_empty_poll")             ? polls_short(l, t, 1).empty
           : IS("mean_batch_size_nonempty") ? polls_batch_nonempty(l, t)
                                            : UNKNOWN;
}

double take_up_to_row(row_ *row)
{
    struct polls_take x = polls_take(N("lambda"), N("poll_interval"), (unsigned)N("max_batch"));
    return IS("mean_delay")               ? x.delay
           : IS("mean_left_after_poll")   ? x.left
           : IS("P_left_after_poll_is_0") ? x.p_none_left
                                          : UNKNOWN;
}

double renewal_poll_row(row_ *row)
{
    struct timelaw t = oracle_law(row, "interval");
    return polls_renewal_delay(t.mean, t.m2);
}

double retrial_row(row_ *row)
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

double erlang_a_row(row_ *row)
{
    struct mmcm x = mmcm_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("patience_rate"));
    return IS("P_abandon")                ? x.p_abandon
           : IS("P_wait")                 ? x.p_wait
           : IS("mean_queue_length")      ? x.lq
           : IS("mean_time_in_queue_all") ? x.wq
                                          : UNKNOWN;
}

double timeout_row(row_ *row)
{
    struct mmcd x = mmcd_solve(N("lambda"), N("mu"), (unsigned)N("c"), N("tau"));
    return IS("P_timeout")             ? x.p_timeout
           : IS("mean_wait_of_served") ? x.wq_served
           : IS("mean_queue_length")   ? x.lq
           : IS("P_no_wait")           ? x.p_no_wait
                                       : UNKNOWN;
}

double visibility_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    return redelivery_exceeds(&s, N("visibility_timeout"));
}

double any_handle_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double v = N("visibility_timeout");
    return IS("mean_receive_count")           ? redelivery_any_mean(&s, v)
           : IS("P_received_more_than_once")  ? redelivery_any_above(&s, v, 1)
           : IS("P_received_more_than_twice") ? redelivery_any_above(&s, v, 2)
                                              : UNKNOWN;
}

double latest_handle_row(row_ *row)
{
    struct timelaw s = oracle_law(row, "service");
    double v = N("visibility_timeout");
    return IS("mean_receive_count") ? redelivery_latest_mean(&s, v)
           : IS("P_dead_letter") ? redelivery_latest_dead(&s, v, (unsigned)N("max_receive_count"))
           : IS("mean_receive_count_truncated")
               ? redelivery_latest_mean_cut(&s, v, (unsigned)N("max_receive_count"))
               : UNKNOWN;
}

double failures_row(row_ *row)
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

double whole_batch_row(row_ *row)
{
    double p = N("p_bad_message");
    unsigned n = (unsigned)N("batch");
    return IS("P_batch_fails")                   ? redelivery_batch_fails(p, n)
           : IS("good_messages_retried_per_bad") ? redelivery_batch_again(p, n)
                                                 : UNKNOWN;
}

double shard_quota_row(row_ *row)
{
    double l = N("total_rate") / N("shards"), limit = N("limit_per_s"),
           over = caps_window_over(l, limit, 1);
    return IS("P_shard_over_limit_in_a_window")       ? over
           : IS("P_any_shard_over_limit_in_a_window") ? 1 - pow(1 - over, N("shards"))
           : IS("fraction_throttled")                 ? caps_window_refused(l, limit, 1)
                                                      : UNKNOWN;
}

double groups_row(row_ *row)
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

double zipf_row(row_ *row)
{
    unsigned n = (unsigned)N("keys");
    return IS("share_of_hottest_key")   ? caps_zipf_top(n, N("zipf_s"), 1)
           : IS("share_of_top_10_keys") ? caps_zipf_top(n, N("zipf_s"), 10)
                                        : UNKNOWN;
}
