/* advise_scaling.c - groups that grow and shrink: whether they notice in time, and what becomes of
 * the work of those who go. */
#include "advisor.h"

#include <math.h>
#include <string.h>

#include "ratio.h"

bool may_scale_in(const struct spec_entity *scaling)
{
    if (is_at(scaling, NULL, "policy", "simple")) {
        const struct value *by = value_at(scaling, NULL, "by");
        return by != NULL && by->number < 0;
    }
    return !is_at(scaling, NULL, "policy", "predictive") &&
           !is_at(scaling, NULL, "policy", "scheduled") &&
           int_at(scaling, NULL, "scale_in", 1) != 0 && !is_at(scaling, NULL, "policy", "step");
}

const struct spec_entity *scaled_by(const struct adviser *a, const struct spec_entity *group,
                                    bool (*is)(const struct spec_entity *))
{
    for (const struct spec_entity *s = next_of(a, "scaling", NULL); s != NULL;
         s = next_of(a, "scaling", s)) {
        if (ref_at(s, NULL, "target") == group && (is == NULL || is(s)))
            return s;
    }
    return NULL;
}

/* --- too late --- */

/* The shortest span of a producer's profile in which more comes than otherwise. */
static double shortest_spike(const struct adviser *a, const struct spec_entity **who,
                             const struct value **where)
{
    double least = INFINITY;
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        uint32_t n;
        const struct value *span = list_at(p, "profile", &n), *base = value_at(p, NULL, "rate");
        for (uint32_t i = 0; i < n && base != NULL; i++) {
            const struct value *rate = value_at(p, &span[i], "profile.rate");
            double lasts = seconds_at(p, &span[i], "profile.for", INFINITY);
            if (rate != NULL && rate_per_second(rate->rate) > 2 * rate_per_second(base->rate) &&
                lasts < least) {
                least = lasts;
                *who = p;
                *where = value_at(p, &span[i], "profile.for");
            }
        }
    }
    return least;
}

/* Whether a policy is among its actions in ALARM. */
static bool sets_off(const struct spec_entity *alarm, const char *list)
{
    uint32_t n;
    const struct value *action = list_at(alarm, list, &n);
    for (uint32_t i = 0; i < n; i++)
        if (action[i].ref != NULL && strcmp(action[i].ref->kind, "scaling") == 0)
            return true;
    return false;
}

static bool scales_out(const struct spec_entity *alarm)
{
    const struct value *when = value_at(alarm, NULL, "when");
    return when != NULL && when->text[0] == '>' &&
           (sets_off(alarm, "actions") || sets_off(alarm, "alarm_actions"));
}

static void late_alarm(struct adviser *a)
{
    const struct spec_entity *who = NULL;
    const struct value *where = NULL;
    double spike = shortest_spike(a, &who, &where);
    for (const struct spec_entity *m = next_of(a, "alarm", NULL); m != NULL && isfinite(spike);
         m = next_of(a, "alarm", m)) {
        const struct value *points = value_at(m, NULL, "datapoints");
        double n = points != NULL && points->list.n > 0 ? (double)points->list.item[0].i : 1,
               period = seconds_at(m, NULL, "period", 60);
        double takes = n * period + seconds_at(m, NULL, "delay", 60);
        if (scales_out(m) && takes >= spike)
            advise_about(a, m,
                         points != NULL && points->given ? points : value_at(m, NULL, "period"),
                         "needs %s for its datapoints, and the spike of %s lasts %s: capacity "
                         "comes when it is over",
                         time_text(a, takes), who->path, time_text(a, spike));
    }
}

static void raw_depth(struct adviser *a)
{
    for (const struct spec_entity *s = next_of(a, "scaling", NULL); s != NULL;
         s = next_of(a, "scaling", s)) {
        const struct value *metric = value_at(s, NULL, "metric");
        if (!is_at(s, NULL, "policy", "target_tracking") || metric == NULL ||
            strncmp(metric->text, "queue.", 6) != 0 || strchr(metric->text, '/') != NULL)
            continue;
        if (strstr(metric->text, ".depth") != NULL ||
            strstr(metric->text, "MessagesVisible") != NULL)
            advise_about(a, s, metric,
                         "tracks a queue's depth, which does not fall in proportion to capacity: a "
                         "target for it is no target for the wait");
    }
}

static void from_zero(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *s = scaled_by(a, g, NULL);
        const struct value *min = value_at(g, NULL, "min");
        bool divides = s != NULL && (is_at(s, NULL, "policy", "backlog") ||
                                     is_at(s, NULL, "policy", "target_tracking"));
        if (divides && min != NULL && min->i == 0)
            advise_about(a, g, min,
                         "may shrink to nothing, and %s has no datapoint without instances: it "
                         "never grows again",
                         s->path);
    }
}

static void no_room(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *s = scaled_by(a, g, NULL);
        if (s != NULL && !is_at(s, NULL, "policy", "scheduled") &&
            int_at(g, NULL, "min", 1) == int_at(g, NULL, "max", 10))
            advise_about(a, g, value_at(g, NULL, "max"),
                         "has %g instances at least and at most: %s changes nothing",
                         (double)int_at(g, NULL, "max", 10), s->path);
    }
}

static void out_of_reach(struct adviser *a)
{
    for (const struct spec_entity *s = next_of(a, "scaling", NULL); s != NULL;
         s = next_of(a, "scaling", s)) {
        const struct value *metric = value_at(s, NULL, "metric"),
                           *target = value_at(s, NULL, "value");
        if (!is_at(s, NULL, "policy", "target_tracking") || metric == NULL || target == NULL ||
            target->number < 100)
            continue;
        size_t n = strlen(metric->text);
        if (n > 12 && strcmp(metric->text + n - 12, ".utilisation") == 0)
            advise_about(a, s, target, "a utilisation is never above 100 %%: it never scales out");
    }
}

/* --- those who go --- */

static void no_drain(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *to = ref_at(g, NULL, "target"),
                                 *s = scaled_by(a, g, may_scale_in);
        double drain = seconds_at(g, NULL, "drain", 0),
               high = to == NULL ? 0 : work_of(a, to, 0.99).high;
        if (to != NULL && kind_is(to, "consumer")) /* that has its own advice */
            continue;
        if (s != NULL && high > drain && is_at(g, NULL, "protection", "none"))
            advise_about(a, g, value_at(g, NULL, "drain"),
                         "%s takes instances away, which have %s to finish; one job in a hundred "
                         "takes %s or longer: it is killed",
                         s->path, time_text(a, drain), time_text(a, high));
    }
}

static void short_notice(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *to = ref_at(g, NULL, "target");
        double notice = seconds_at(g, NULL, "spot.notice", 120),
               high = to == NULL ? 0 : work_of(a, to, 0.99).high;
        if (given_at(g, NULL, "spot") && high > notice)
            advise_about(
                a, g, value_at(g, NULL, "spot"),
                "a spot instance has %s of notice, and one job in a hundred takes %s or longer",
                time_text(a, notice), time_text(a, high));
    }
}

/* --- few samples --- */

/* The percentile of an alarm, in percent, and the fewest samples that make it say much (CW-16); 0:
 * it has none. */
static double percentile_of(const struct spec_entity *alarm, double *fewest)
{
    const struct value *statistic = value_at(alarm, NULL, "statistic"),
                       *metric = value_at(alarm, NULL, "metric");
    const char *at = statistic != NULL ? statistic->text : NULL;
    if (at == NULL && metric != NULL && strpbrk(metric->text, " (") == NULL)
        at = strstr(metric->text, ".p");
    at = at != NULL && at[0] == '.' ? at + 1 : at;
    struct ratio share;
    double p = at != NULL && at[0] == 'p' && ratio_parse(at + 1, &share) ? ratio_double(share) : 0;
    if (!(p > 0) || !(p < 100))
        return 0;
    *fewest = 1000 / fmin(p, 100 - p);
    return p;
}

/* Whose metric it is. */
static const struct spec_entity *watched(const struct adviser *a, const struct spec_entity *alarm)
{
    const struct value *metric = value_at(alarm, NULL, "metric");
    char path[200];
    size_t kind = metric == NULL ? 0 : strcspn(metric->text, "."),
           n = metric == NULL || metric->text[kind] == '\0'
                   ? 0
                   : kind + 1 + strcspn(metric->text + kind + 1, ".[");
    if (n == 0 || n >= sizeof path)
        return NULL;
    memcpy(path, metric->text, n);
    path[n] = '\0';
    return spec_find(a->spec, path);
}

static void noisy_percentile(struct adviser *a)
{
    for (const struct spec_entity *m = next_of(a, "alarm", NULL); m != NULL;
         m = next_of(a, "alarm", m)) {
        double fewest = 0, period = seconds_at(m, NULL, "period", 60), p = percentile_of(m, &fewest);
        const struct spec_entity *of = p > 0 ? watched(a, m) : NULL;
        double most = of == NULL ? 0 : peak_rate(a, of) * period;
        if (most > 0 && most < fewest &&
            is_at(m, NULL, "evaluate_low_sample_count_percentile", "evaluate"))
            advise_about(a, m,
                         given_at(m, NULL, "statistic") ? value_at(m, NULL, "statistic")
                                                        : value_at(m, NULL, "metric"),
                         "looks at p%.10g of about %.3g values a period at most, which is too few: "
                         "under %.6g a handful of slow ones decides",
                         p, most, fewest);
    }
}

static const struct advice items[] = {
    {640, "late-alarm", "an alarm that takes longer than the spike",
     "An alarm counts whole datapoints, and each is visible only a while after its period. When "
     "that takes as long as the spike, instances are launched for a load "
     "that has gone, and are paid for while nothing comes.",
     "CW-3, CW-6, CW-8",
     "`alarm.*.alarms` is 1 after the spike; `queue.*.depth.max` is what the spike brought, as "
     "without scaling.",
     "Take fewer or shorter datapoints, a metric that tells earlier, or capacity for spikes of "
     "that length.",
     late_alarm},
    {641, "raw-depth", "target tracking on a queue's depth",
     "A target is tracked in proportion: twice the metric, twice the capacity. A queue's depth is "
     "not proportional to capacity: it is a sum over time, so the policy "
     "overshoots while a backlog is worked off, and sees nothing of how long a message waits.",
     "ASG-11, ASG-18", "`group.*.desired` jumps to several times what the load needs, and back.",
     "Track the backlog per instance (policy = \"backlog\"), whose target is acceptable latency "
     "over time per message.",
     raw_depth},
    {642, "from-zero", "a group that never comes back from zero",
     "Backlog per instance has no value without instances. Target tracking without a datapoint "
     "does nothing, so a group that has shrunk to nothing stays there.",
     "ASG-15, ASG-20", "`group.*.in_service` falls to 0 and `queue.*.depth` grows from then on.",
     "Keep one instance (min = 1), or scale by the number of messages (keda, a step policy).",
     from_zero},
    {643, "no-room", "a group that cannot change",
     "With min equal to max every wish of a policy is cut to the same number.", "ASG-1",
     "`group.*.desired` is a line, while `queue.*.depth` and `utilisation` swing with the load.",
     "Leave room between min and max.", no_room},
    {644, "out-of-reach", "a target that the metric cannot pass",
     "Instances are added when the metric is above its target. A share of busy workers is never "
     "above 100 %.",
     "ASG-11, ASG-14", "`scaling.*.scale_outs` is 0 while `utilisation` is 100 %.",
     "Track 70 % or so, low enough that the queue does not grow while instances start.",
     out_of_reach},
    {645, "no-drain", "scale-in without time to finish",
     "An instance that is taken away is killed when its drain is over, 0 s by default. What its "
     "workers had in hand comes back after the visibility timeout, is done "
     "again, and has used up a receive.",
     "ASG-4", "`group.*.killed` is above 0; `queue.*.redelivered` follows the scale-ins.",
     "Give drain more than the longest job, or protect those who are at work (protection = "
     "\"busy\").",
     no_drain},
    {646, "short-notice", "jobs longer than a spot instance's notice",
     "A spot instance goes two minutes after its notice, whatever it is doing. Jobs that take "
     "longer are lost again and again, the longest ones most often.",
     "ASG-4",
     "`group.*.killed` is above 0, `group.*.interrupted` too; long jobs have the most receives.",
     "Save progress, cut jobs into parts, or keep long ones on other instances.", short_notice},
    {647, "noisy-percentile", "a percentile of few values",
     "A percentile p says something when a period has ten values beyond it: 10 / (1 - p), for p99 "
     "1,000. With fewer it is one of the slowest few, by chance one or another, and the alarm goes "
     "off and back for nothing.",
     "CW-14, CW-16",
     "`alarm.*.transitions` is high while the load is even; chart alarms is a strip of stripes.",
     "Take a longer period, a lower percentile, M of N datapoints, or "
     "evaluate_low_sample_count_percentile = \"ignore\", which waits for enough values.",
     noisy_percentile},
};
const struct advice_set advice_scaling = {items, sizeof items / sizeof items[0]};
