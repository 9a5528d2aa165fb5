/* advise_fan_out.c - topics, buses and pipes: deliveries that nobody waits for, so that nobody
 * hears when they end. */
#include "advisor.h"

#include <math.h>
#include <string.h>

#include "event.h"
#include "filter_json.h"

/* --- subscriptions --- */

/* HTTP/S is given up after minutes; queues and functions are tried for weeks. */
static bool is_http(const struct spec_entity *topic, const struct value *sub,
                    const struct spec_entity *to)
{
    if (kind_is(to, "endpoint"))
        return is_at(to, NULL, "protocol", "https") || is_at(to, NULL, "protocol", "http");
    return kind_is(to, "service") && !is_at(topic, sub, "subscriptions.protocol", "lambda");
}

/* The delays of a delivery policy together, at most, and what attempts take that are not answered.
 */
static double policy_seconds(const struct spec_entity *topic, const struct value *sub, bool hang)
{
    bool own = given_at(topic, sub, "subscriptions.delivery_policy") &&
               !int_at(topic, NULL, "disable_overrides", 0);
    bool common = given_at(topic, NULL, "delivery_policy");
    double timeout = hang ? seconds_at(topic, sub, "subscriptions.timeout", 15) : 0;
    if (!own && !common)
        return 3 * 20 + 4 * timeout;
    char path[80];
    const char *at = own ? "subscriptions.delivery_policy" : "delivery_policy";
    double part[4];
    static const char *const keys[] = {"retries", "no_delay", "min_delay_retries", "min_delay"};
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s.%s", at, keys[i]);
        part[i] = i < 3 ? (double)int_at(topic, sub, path, 0) : seconds_at(topic, sub, path, 20);
    }
    snprintf(path, sizeof path, "%s.max_delay", at);
    return part[2] * part[3] +
           fmax(part[0] - part[1] - part[2], 0) * seconds_at(topic, sub, path, 20) +
           (part[0] + 1) * timeout;
}

static void each_subscription(struct adviser *a,
                              void (*visit)(struct adviser *, const struct spec_entity *topic,
                                            const struct value *sub, const struct spec_entity *to))
{
    for (const struct spec_entity *t = next_of(a, "topic", NULL); t != NULL;
         t = next_of(a, "topic", t)) {
        uint32_t n;
        const struct value *sub = list_at(t, "subscriptions", &n);
        for (uint32_t i = 0; i < n; i++) {
            const struct spec_entity *to = ref_at(t, &sub[i], "subscriptions.target");
            if (to != NULL)
                visit(a, t, &sub[i], to);
        }
    }
}

static void letterless_one(struct adviser *a, const struct spec_entity *t, const struct value *sub,
                           const struct spec_entity *to)
{
    const struct value *where;
    double outage = outage_of(a, to, &where);
    bool errs = int_at(to, NULL, "errors", 0) > 0 || int_at(to, NULL, "rejections", 0) > 0;
    bool fails =
        errs || (may_fail(a, to) && (outage == 0 || outage > policy_seconds(t, sub, hangs(a, to))));
    if (!kind_is(to, "queue") && fails && !given_at(t, sub, "subscriptions.dead_letter") &&
        is_http(t, sub, to))
        advise_about(a, t, value_at(t, sub, "subscriptions.target"),
                     "%s can fail, and its subscription has no dead-letter queue: what cannot be "
                     "delivered is discarded",
                     to->path);
}

static void subscription_dead_letter(struct adviser *a)
{
    each_subscription(a, letterless_one);
}

static void policy_one(struct adviser *a, const struct spec_entity *t, const struct value *sub,
                       const struct spec_entity *to)
{
    const struct value *where;
    double outage = outage_of(a, to, &where), patience = policy_seconds(t, sub, hangs(a, to));
    if (is_http(t, sub, to) && outage > patience &&
        !given_at(t, sub, "subscriptions.max_receives_per_second"))
        advise_about(a, t, value_at(t, sub, "subscriptions.target"),
                     "deliveries to %s are tried again for %s, and it is to be out for %s",
                     to->path, time_text(a, patience), time_text(a, outage));
}

static void policy_below_outage(struct adviser *a)
{
    each_subscription(a, policy_one);
}

/* --- filters and patterns that match nothing --- */

enum view { VIEW_ATTRIBUTES, VIEW_BODY, VIEW_ENVELOPE };

static bool matches_any(struct adviser *a, const char *policy, enum filter_dialect dialect,
                        enum view view)
{
    struct filter *f =
        filter_compile(dialect, policy, strlen(policy), FILTER_APOSTROPHES, NULL, NULL);
    bool any = f == NULL || filter_keys(f) == 0;
    for (const struct spec_entity *e = next_of(a, "event", NULL); e != NULL && !any;
         e = next_of(a, "event", e)) {
        struct event_views v = {0};
        if (!event_views_read(&v, e))
            any = true;
        const struct filter_event *seen = view == VIEW_ATTRIBUTES ? v.attributes
                                          : view == VIEW_BODY     ? v.body
                                                                  : v.envelope;
        any = any || (seen != NULL && filter_matches(f, seen));
        event_views_clear(&v);
    }
    filter_free(f);
    return any;
}

static void filter_one(struct adviser *a, const struct spec_entity *t, const struct value *sub,
                       const struct spec_entity *to)
{
    const struct value *policy = value_at(t, sub, "subscriptions.filter");
    bool body = is_at(t, sub, "subscriptions.filter_scope", "body");
    if (policy == NULL ||
        matches_any(a, policy->text, body ? FILTER_SNS_BODY : FILTER_SNS_ATTRIBUTES,
                    body ? VIEW_BODY : VIEW_ATTRIBUTES))
        return;
    advise_about(a, t, policy,
                 "no event template of this scenario passes the filter of %s: it gets nothing",
                 to->path);
}

static void filter_matches_nothing(struct adviser *a)
{
    each_subscription(a, filter_one);
}

/* --- rules and their targets --- */

static void each_rule(struct adviser *a,
                      void (*visit)(struct adviser *, const struct spec_entity *bus,
                                    const struct value *rule))
{
    for (const struct spec_entity *b = next_of(a, "bus", NULL); b != NULL;
         b = next_of(a, "bus", b)) {
        uint32_t n;
        const struct value *rule = list_at(b, "rules", &n);
        for (uint32_t i = 0; i < n; i++)
            visit(a, b, &rule[i]);
    }
}

static void pattern_one(struct adviser *a, const struct spec_entity *b, const struct value *rule)
{
    const struct value *pattern = value_at(b, rule, "rules.pattern"),
                       *name = value_at(b, rule, "rules.name");
    if (pattern == NULL || strstr(pattern->text, "replay-name") != NULL ||
        next_of(a, "event", NULL) == NULL || !int_at(b, rule, "rules.enabled", 1) ||
        matches_any(a, pattern->text, FILTER_EVENTBRIDGE, VIEW_ENVELOPE))
        return;
    advise_about(a, b, pattern,
                 "no event template of this scenario matches the pattern of rule '%s': its targets "
                 "get nothing",
                 name->text);
}

static void pattern_matches_nothing(struct adviser *a)
{
    each_rule(a, pattern_one);
}

/* Visits each target of a rule that is called, not only sent to. */
static void each_called(struct adviser *a, const struct spec_entity *b, const struct value *rule,
                        void (*visit)(struct adviser *, const struct spec_entity *bus,
                                      const struct value *target, const struct spec_entity *to))
{
    const struct value *targets = value_at(b, rule, "rules.targets");
    for (uint32_t i = 0; targets != NULL && i < targets->list.n; i++) {
        const struct spec_entity *to = ref_at(b, &targets->list.item[i], "rules.targets.target");
        if (to != NULL && (kind_is(to, "service") || kind_is(to, "endpoint")))
            visit(a, b, &targets->list.item[i], to);
    }
}

static void untried_one(struct adviser *a, const struct spec_entity *b, const struct value *target,
                        const struct spec_entity *to)
{
    const struct value *attempts = value_at(b, target, "rules.targets.maximum_retry_attempts");
    if (attempts == NULL || attempts->i > 0 || given_at(b, target, "rules.targets.dead_letter") ||
        !may_fail(a, to))
        return;
    advise_about(
        a, b, attempts,
        "%s can fail; without a retry and without a dead-letter queue each failure drops an event",
        to->path);
}

static void untried_rule(struct adviser *a, const struct spec_entity *b, const struct value *rule)
{
    each_called(a, b, rule, untried_one);
}

static void target_untried(struct adviser *a)
{
    each_rule(a, untried_rule);
}

static void age_one(struct adviser *a, const struct spec_entity *b, const struct value *target,
                    const struct spec_entity *to)
{
    const struct value *where, *age = value_at(b, target, "rules.targets.maximum_event_age");
    double outage = outage_of(a, to, &where);
    if (age == NULL || outage <= sim_seconds(age->i) ||
        given_at(b, target, "rules.targets.dead_letter"))
        return;
    advise_about(a, b, age, "events for %s are dropped at an age of %s, and it is to be out for %s",
                 to->path, time_text(a, sim_seconds(age->i)), time_text(a, outage));
}

static void age_rule(struct adviser *a, const struct spec_entity *b, const struct value *rule)
{
    each_called(a, b, rule, age_one);
}

static void age_below_outage(struct adviser *a)
{
    each_rule(a, age_rule);
}

/* --- pipes --- */

static bool is_called(const struct spec_entity *e)
{
    return e != NULL && (kind_is(e, "service") || kind_is(e, "endpoint"));
}

static void pipe_visibility(struct adviser *a)
{
    for (const struct spec_entity *p = next_of(a, "pipe", NULL); p != NULL;
         p = next_of(a, "pipe", p)) {
        const struct spec_entity *q = ref_at(p, NULL, "source"),
                                 *first = ref_at(p, NULL, "enrichment"),
                                 *then = ref_at(p, NULL, "target");
        double high = is_called(first) ? work_of(a, first, 0.99).high : 0;
        high += is_called(then) ? work_of(a, then, 0.99).least : 0;
        if (is_called(then))
            high = fmax(high, (is_called(first) ? work_of(a, first, 0.99).least : 0) +
                                  work_of(a, then, 0.99).high);
        high += seconds_at(p, NULL, "window", 0);
        if (q != NULL && kind_is(q, "queue") && high > hidden_for(p, q))
            advise_about(
                a, q, value_at(q, NULL, "visibility_timeout"),
                "messages are hidden for %s, but %s gathers, enriches and delivers for up to %s",
                time_text(a, hidden_for(p, q)), p->path, time_text(a, high));
    }
}

static void pipe_all_or_nothing(struct adviser *a)
{
    for (const struct spec_entity *p = next_of(a, "pipe", NULL); p != NULL;
         p = next_of(a, "pipe", p)) {
        const struct spec_entity *first = ref_at(p, NULL, "enrichment"),
                                 *then = ref_at(p, NULL, "target");
        const struct spec_entity *bad =
            is_called(then) && int_at(then, NULL, "errors", 0) > 0     ? then
            : is_called(first) && int_at(first, NULL, "errors", 0) > 0 ? first
                                                                       : NULL;
        if (bad != NULL && int_at(p, NULL, "batch", 10) > 1 &&
            int_at(p, NULL, "partial_failures", 0) == 0)
            advise_about(a, p, value_at(p, NULL, "batch"),
                         "one message over which %s fails brings back the whole batch, and the "
                         "others are done again",
                         bad->path);
    }
}

static const struct advice items[] = {
    {550, "subscription-dead-letter", "a subscription without a dead-letter queue",
     "A publisher learns nothing of deliveries. When an HTTP endpoint answers with an error of the "
     "caller's, or fails until the retries are over, the "
     "message is discarded for this subscriber, while all others have it.",
     "SNS-40, SNS-54", "`topic.*[*].dropped` and `lost` are above 0.",
     "Give the subscription a dead_letter, or put a queue between topic and subscriber.",
     subscription_dead_letter},
    {551, "policy-below-outage", "an HTTP delivery policy shorter than an outage",
     "By default a topic tries an HTTP/S endpoint three times more, 20 s apart. What is published "
     "in an outage longer than a minute is given up.",
     "SNS-43, SNS-44",
     "`topic.*[*].dropped`, or letters in its dead-letter queue, during the outage.",
     "Stretch the policy (up to an hour in all), or put a queue in front: it waits for days.",
     policy_below_outage},
    {552, "filter-matches-nothing", "a filter that matches nothing",
     "A filter policy that no message passes looks like a subscriber with nothing to do. Most "
     "often an attribute is misspelt, a number is compared with a "
     "text, or the scope is wrong: attributes are not the body.",
     "SNS-58, SNS-60, SNS-61",
     "`topic.*[*].delivered` is 0, `topic.*.filtered` is all that is published.",
     "Compare the policy with the events' attributes, or set filter_scope = \"body\".",
     filter_matches_nothing},
    {553, "pattern-matches-nothing", "a pattern that matches nothing",
     "An event that no rule matches is dropped silently. A pattern compares exactly, with regard "
     "to case, and every field that it names must be there.",
     "EB-19", "`bus.*[*].matched` is 0; `bus.*.unmatched` is above 0.",
     "Compare the pattern with source, detail-type and detail of the events.",
     pattern_matches_nothing},
    {554, "target-untried", "a bus target that is tried once",
     "Without retries and without a dead-letter queue an event is gone for this target with the "
     "first failed attempt, of whatever cause.",
     "EB-37, EB-41", "`bus.*[*].dropped` is above 0.",
     "Leave the retries on (185 over a day), or give the target a dead_letter.", target_untried},
    {555, "age-below-outage", "an event's largest age shorter than an outage",
     "Retries end at the largest age of an event. With a shorter one than the outage lasts, the "
     "events of its beginning are dropped.",
     "EB-37, EB-41", "`bus.*[*].dropped` is above 0 for events from the outage.",
     "Raise maximum_event_age, or give the target a dead_letter.", age_below_outage},
    {556, "pipe-short-visibility", "a visibility timeout below a pipe's own time",
     "A pipe deletes messages when its target has taken them. What it gathers for its window, "
     "enriches and delivers is hidden for the queue's "
     "timeout only; after that another execution has it as well.",
     "SQS-50, EB-50, EB-51", "`queue.*.redelivered` is above 0 though nothing has failed.",
     "Take a visibility timeout of six times the pipe's timeout, and the window on top.",
     pipe_visibility},
    {557, "pipe-all-or-nothing", "a batch that comes back as a whole",
     "When one call of a batch fails and the pipe is not told which, the whole batch stays in the "
     "queue. The others were done, and are done again with the "
     "next attempt: with errors of 2 % and batches of ten, one batch in six.",
     "EB-51", "`repeated` is above 0; `pipe.*.returned` is many times the target's errors.",
     "Let the target tell what failed (partial_failures = true), or take batches of one.",
     pipe_all_or_nothing},
};
const struct advice_set advice_fan_out = {items, sizeof items / sizeof items[0]};
