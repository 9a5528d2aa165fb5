/* advise_functions.c - functions: what they take, how many run at once, and where events go that
 * failed. */
#include "advisor.h"

#include <math.h>

static void short_function(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "function", NULL); f != NULL;
         f = next_of(a, "function", f)) {
        double high = work_of(a, f, 0.99).high, timeout = seconds_at(f, NULL, "timeout", 3);
        if (high > timeout)
            advise_about(a, f, value_at(f, NULL, "timeout"),
                         "is stopped after %s, but one invocation in a hundred takes %s or longer",
                         time_text(a, timeout), time_text(a, high));
    }
}

static void few_reserved(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "function", NULL); f != NULL;
         f = next_of(a, "function", f)) {
        const struct value *reserved = value_at(f, NULL, "reserved");
        double rate = steady_rate(a, f), mean = own_work(f, 0.99).mean;
        if (reserved != NULL && rate * mean > (double)reserved->i)
            advise_about(
                a, f, reserved,
                "%s come, each takes %s: that is %s at a time on average, and %g are reserved",
                rate_text(a, rate), time_text(a, mean), number_note(&a->findings, rate * mean, ""),
                (double)reserved->i);
    }
}

/* Invoked as an event: by a send, a topic or a bus. */
static bool gets_events(const struct adviser *a, const struct spec_entity *f)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        if (a->edge[i].to == f && !a->edge[i].waits)
            return true;
    }
    for (const struct spec_entity *t = next_of(a, "topic", NULL); t != NULL;
         t = next_of(a, "topic", t)) {
        uint32_t n;
        const struct value *sub = list_at(t, "subscriptions", &n);
        for (uint32_t i = 0; i < n; i++) {
            if (ref_at(t, &sub[i], "subscriptions.target") == f)
                return true;
        }
    }
    return false;
}

static void events_dropped(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "function", NULL); f != NULL;
         f = next_of(a, "function", f)) {
        bool fails = int_at(f, NULL, "poison.share", 0) > 0 || int_at(f, NULL, "errors", 0) > 0 ||
                     int_at(f, NULL, "crash", 0) > 0;
        if (fails && gets_events(a, f) && !given_at(f, NULL, "async.on_failure") &&
            !given_at(f, NULL, "async.dead_letter"))
            advise_about(a, f, NULL,
                         "events over which it fails are dropped after their retries: it has "
                         "neither a destination on failure nor a dead-letter queue");
    }
}

static double cold_start(const struct spec_entity *f)
{
    static const struct {
        const char *runtime;
        double seconds;
    } starts[] = {{"python", 0.25},        {"nodejs", 0.25}, {"go", 0.12},
                  {"rust", 0.12},          {"dotnet", 0.5},  {"java", 2},
                  {"java_snapstart", 0.12}};
    const struct value *law = value_at(f, NULL, "cold_start");
    if (law != NULL && law->type == VALUE_DIST && law->dist != NULL)
        return dist_quantile(law->dist, 0.5) / 1e9;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (is_at(f, NULL, "runtime", starts[i].runtime))
            return starts[i].seconds + (is_at(f, NULL, "package", "image") ? 0.2 : 0);
    }
    return 0;
}

static void cold_callers(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (!kind_is(x->to, "function") || !x->waits || int_at(x->to, NULL, "provisioned", 0) > 0)
            continue;
        if (cold_start(x->to) >= edge_timeout(x))
            advise_about(a, x->from, edge_value(x, "timeout"),
                         "waits %s for %s, whose cold start alone takes %s",
                         time_text(a, edge_timeout(x)), x->to->path,
                         time_text(a, cold_start(x->to)));
    }
}

static const struct advice items[] = {
    {620, "short-function", "a function's timeout below its p99",
     "An invocation that takes longer than the timeout is stopped. Its work so far is paid for and "
     "lost, and of a batch all messages come again, those that were "
     "done too.",
     "LAM-22", "`function.*.timeouts` is above 0 without any fault.",
     "Set the timeout well above the p99, with the calls that it makes.", short_function},
    {621, "few-reserved", "less reserved concurrency than the load needs",
     "Rate times duration is the number of invocations at a time. What comes above the reserved "
     "concurrency is throttled, however much the account has left.",
     "LAM-6, LAM-11",
     "`function.*.throttles` is above 0 all the time; `concurrent.max` stands at what is reserved.",
     "Reserve a third more than rate x duration, or nothing.", few_reserved},
    {622, "events-dropped", "events that fail without a trace",
     "An event is tried twice more, after one and two minutes, and dropped. Whoever sent it was "
     "told that it is accepted.",
     "LAM-25, LAM-27", "`function.*.events_dropped` and `lost` are above 0.",
     "Give it async = { on_failure = \"queue.failed\"; }.", events_dropped},
    {623, "cold-callers", "callers who do not wait for a cold start",
     "A caller whose timeout is shorter than a cold start gives up on every invocation that has to "
     "wait for a new environment: the first, and each one more at a time.",
     "LAM-19, LAM-20", "`timeouts` of the caller follow `function.*.cold_starts`.",
     "Provision environments for what callers cannot wait for, take another runtime, or a longer "
     "timeout.",
     cold_callers},
};
const struct advice_set advice_functions = {items, sizeof items / sizeof items[0]};
