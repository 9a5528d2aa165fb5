/* advise_calls.c - timeouts and retries: each caller's is sensible by itself, and does harm beside
 * those above and below it. */
#include "advisor.h"

#include <math.h>

/* --- timeouts --- */

static void timeout_below_work(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        double timeout = edge_timeout(x), high = x->waits ? work_of(a, x->to, 0.99).high : 0;
        if (high > timeout && !edge_is(x, "late_answer", "accept"))
            advise_about(a, x->from, edge_value(x, "timeout"),
                         "gives up on %s after %s, but one call in a hundred takes %s or longer "
                         "when all is well",
                         x->to->path, time_text(a, timeout), time_text(a, high));
    }
}

/* The shortest finite timeout of those who wait for an entity; NULL: none has one. */
static const struct edge *impatient(const struct adviser *a, const struct spec_entity *e)
{
    const struct edge *least = NULL;
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (x->to == e && x->waits && isfinite(edge_timeout(x)) &&
            (least == NULL || edge_timeout(x) < edge_timeout(least)))
            least = x;
    }
    return least;
}

static void caller_gives_up(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i], *above = impatient(a, x->from);
        if (!x->waits || above == NULL || !isfinite(edge_timeout(x)) ||
            edge_span(x) <= edge_timeout(above))
            continue;
        advise_about(
            a, x->from, edge_value(x, "timeout"),
            "tries %s for up to %s, but %s has given up after %s: the rest is work for nobody",
            x->to->path, time_text(a, edge_span(x)), above->from->path,
            time_text(a, edge_timeout(above)));
    }
}

static void no_timeout(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (x->waits && !isfinite(edge_timeout(x)) && !kind_is(x->from, "producer") &&
            isfinite(servers_of(a, x->from)) && hangs(a, x->to))
            advise_about(a, x->from, x->item,
                         "waits for %s without a timeout, and %s is to hang: one after the other "
                         "its %g servers are held by calls that nobody answers",
                         x->to->path, x->to->path, servers_of(a, x->from));
    }
}

/* --- retries --- */

static bool is_tamed(const struct edge *x)
{
    return edge_value(x, "budget.capacity") != NULL || edge_value(x, "breaker.threshold") != NULL;
}

/* The most attempts that reach an entity for one request, over all that wait above it. *layers: how
 * many of them try again. */
static double attempts_above(const struct adviser *a, const struct spec_entity *e, int depth,
                             int *layers)
{
    double most = 1;
    *layers = 0;
    for (uint32_t i = 0; i < a->n_edge && may_go_on(a, depth); i++) {
        const struct edge *x = &a->edge[i];
        int above;
        if (x->to != e || !x->waits || is_tamed(x))
            continue;
        double all = edge_attempts(x) * attempts_above(a, x->from, depth + 1, &above);
        if (all > most) {
            most = all;
            *layers = above + (edge_attempts(x) > 1);
        }
    }
    return most;
}

#define MULTIPLIED 6

static void amplification(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        int layers;
        if (!x->waits || edge_attempts(x) < 2 || is_tamed(x))
            continue;
        *a->steps = STEPS;
        double above = attempts_above(a, x->from, 0, &layers), all = above * edge_attempts(x);
        if (layers > 0 && all >= MULTIPLIED)
            advise_about(a, x->from, edge_value(x, "attempts"),
                         "%g attempts at %s for each of up to %g from above: one request is up to "
                         "%g calls, just when it fails",
                         edge_attempts(x), x->to->path, above, all);
    }
}

static void no_backoff(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        const struct value *where;
        if (!x->waits || edge_attempts(x) < 2 || edge_backoff(x) != NULL || is_tamed(x) ||
            !(outage_of(a, x->to, &where) > 0))
            continue;
        advise_about(a, x->from, edge_value(x, "attempts"),
                     "tries %s again at once, up to %g times: an outage outlasts them all, and "
                     "what comes back meets every attempt together",
                     x->to->path, edge_attempts(x));
    }
}

static void no_jitter(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        const struct backoff *b = edge_backoff(x);
        const struct value *where;
        if (!x->waits || edge_attempts(x) < 2 || b == NULL ||
            (b->law != BACKOFF_CONSTANT && b->law != BACKOFF_EXPONENTIAL) ||
            !(outage_of(a, x->to, &where) > 0) || !isfinite(places_of(x->to)))
            continue;
        advise_about(a, x->from, edge_value(x, "backoff"),
                     "pauses equally long after each failure of %s: all calls that an outage "
                     "breaks come again in the same instant",
                     x->to->path);
    }
}

/* --- breakers and hedges --- */

static void breaker_blind(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        const struct value *window = edge_value(x, "breaker.window"),
                           *calls = edge_value(x, "breaker.min_calls");
        double rate = kind_is(x->from, "producer") ? peak_rate(a, x->to) : peak_rate(a, x->from);
        if (window == NULL || calls == NULL || !(rate > 0) ||
            rate * sim_seconds(window->i) * edge_attempts(x) >= (double)calls->i)
            continue;
        advise_about(a, x->from, calls,
                     "the breaker towards %s judges %g calls or more in %s, but at most %s come: "
                     "it never opens",
                     x->to->path, (double)calls->i, time_text(a, sim_seconds(window->i)),
                     rate_text(a, rate));
    }
}

static void early_hedge(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        const struct value *after = edge_value(x, "hedge.after");
        double middle = x->waits && after != NULL ? work_of(a, x->to, 0.5).high : 0;
        if (after != NULL && middle > sim_seconds(after->i))
            advise_about(a, x->from, after,
                         "hedges after %s, but half of the calls to %s take %s or longer: most "
                         "calls are made twice",
                         time_text(a, sim_seconds(after->i)), x->to->path, time_text(a, middle));
    }
}

#define GUIDE "docs/guides/call-policies.md"
static const struct advice items[] = {
    {530, "timeout-below-work", "a timeout below the p99 of what is called",
     "A caller that gives up before the server is done gets a failure where nothing has failed, "
     "and the server's work is for nobody, or "
     "takes effect though the client was told no. With retries each such call is made again: load "
     "grows when times grow.",
     GUIDE, "`timeouts` of the caller are above 0 without any fault; `gave_up_done` is above 0.",
     "Take a timeout above the p99 of the server, the p99.9 where every failure hurts.",
     timeout_below_work},
    {531, "caller-gives-up-first", "a caller that gives up before its callee does",
     "Timeouts that are nested should get shorter on the way down. Where attempts x timeout below "
     "is longer than the timeout above, the server "
     "goes on trying, and holds its thread, for a client that has gone; and the client's retry "
     "begins the same again.",
     GUIDE, "`service.*.abandoned` and `gave_up_done` are above 0 during an outage.",
     "Let attempts x timeout, with the pauses, fit into what the caller waits.", caller_gives_up},
    {532, "retry-amplification", "retries that multiply",
     "When each of several layers tries again, attempts multiply: three by three by three is 27 "
     "calls at the bottom for one request at the "
     "top, and they come when the bottom can bear least.",
     GUIDE,
     "`arrived` at the bottom, over `offered`, jumps during a fault to the product of all "
     "attempts.",
     "Try again at one layer only, the one next to the client or next to the trouble; or give "
     "retries a budget (budget = { ratio = 0.1; … }).",
     amplification},
    {533, "no-backoff", "retries without a pause",
     "All attempts of a call are over within an instant of each other. An outage of a second "
     "outlasts them, so they help nobody, and a server that "
     "is struggling gets every call several times.",
     GUIDE, "`retries` jump during the fault, and `told_no` is hardly lower than with one attempt.",
     "Pause, longer each time and by chance: backoff = \"full_jitter(base=100ms, cap=2s)\".",
     no_backoff},
    {534, "no-jitter", "pauses without chance",
     "An outage breaks all calls under way in one instant. With equal pauses they come again in "
     "one instant too, on top of the usual load, and "
     "again after the next pause: the wave keeps its shape.",
     GUIDE,
     "`refused` has peaks at the pauses' distances from the outage; with jitter they are gone.",
     "Draw the pauses: full_jitter, equal_jitter or decorrelated.", no_jitter},
    {535, "no-timeout", "a call without timeout to what may hang",
     "A server that waits for an answer that never comes is gone for everybody else. One "
     "dependency that hangs takes all threads of those who call "
     "it, and then of those who call them.",
     GUIDE,
     "`service.*.busy` rises to `servers` and stays there; `refused` is above 0 for requests that "
     "do not need the hanging part.",
     "Give every call a timeout.", no_timeout},
    {536, "breaker-blind", "a circuit breaker that never judges",
     "A breaker that wants more calls in its window than ever come has never seen enough, and "
     "stays closed however many of them fail.",
     GUIDE, "`short_circuited` is 0 during an outage.", "Lower min_calls, or widen the window.",
     breaker_blind},
    {537, "early-hedge", "hedges that come before the answer can",
     "A hedge is meant for the slowest few calls. When it comes before the usual answer, most "
     "calls are made twice, and the server's load nearly doubles.",
     GUIDE, "`hedges` over `tries` is above 30 %.",
     "Hedge after the p95 of the answers: hedge = { quantile = \"95%\"; };", early_hedge},
};
const struct advice_set advice_calls = {items, sizeof items / sizeof items[0]};
