/* advise_runs.c - the measurement itself: what a run of this length, so many times, cannot show. */
#include "advisor.h"

#include <math.h>
#include <string.h>

#include "room.h"
#include "run_keys.h"

#define FEW 3

/* --- replications --- */

static bool varies(const struct value *v)
{
    int64_t constant;
    if (v->absent)
        return false;
    if (v->type == VALUE_DIST)
        return v->dist != NULL && !dist_is_constant(v->dist, &constant) &&
               strcmp(dist_name(v->dist), "round_robin") != 0;
    for (uint32_t i = 0; (v->type == VALUE_GROUP || v->type == VALUE_LIST) && i < v->list.n; i++) {
        if (varies(&v->list.item[i]))
            return true;
    }
    return false;
}

/* Anything left to chance: when requests come, or a law that is no constant. */
static bool is_random(const struct spec *spec)
{
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        const struct spec_entity *e = &spec->entity[i];
        if (is_at(e, NULL, "arrivals", "poisson") || is_at(e, NULL, "arrivals", "mmpp"))
            return true;
        for (uint32_t k = 0; k < e->room->n_key; k++) {
            if (varies(&e->value[k]))
                return true;
        }
    }
    return false;
}

/* Who asks for one on the command line wants to see it, not to measure. */
static void one_replication(struct adviser *a)
{
    const struct value *n = &a->spec->run[RUN_REPLICATIONS];
    bool asked = n->place.file != NULL && strncmp(n->place.file, "--", 2) == 0;
    if (a->spec->replications == 1 && !asked && is_random(a->spec))
        advise_run(a, n,
                   "one replication: no interval says how far chance has carried its results");
}

/* --- rare events --- */

struct chance {
    const char *kind, *path, *what;
};
static const struct chance chances[] = {
    {"fleet", "crash.probability", "crash"},
    {"fleet", "hang.probability", "hang"},
    {"fleet", "poison.share", "poison message"},
    {"service", "crash.probability", "crash"},
    {"endpoint", "errors", "error"},
    {"endpoint", "rejections", "rejection"},
};

static double comes_to(const struct adviser *a, const struct spec_entity *e)
{
    const struct spec_entity *source = ref_at(e, NULL, "source");
    return flow_into(&a->flows, source != NULL ? source : e)->rate;
}

static void rare_event(struct adviser *a)
{
    double length = sim_seconds(a->spec->duration - a->spec->warmup) * a->spec->replications;
    for (size_t c = 0; c < sizeof chances / sizeof chances[0]; c++) {
        for (const struct spec_entity *e = next_of(a, chances[c].kind, NULL); e != NULL;
             e = next_of(a, chances[c].kind, e)) {
            double share = share_at(e, NULL, chances[c].path),
                   expected = share * comes_to(a, e) * length;
            if (share > 0 && expected > 0 && expected < FEW)
                advise_about(a, e, value_at(e, NULL, chances[c].path),
                             "in all replications together %.2g %s%s expected: whether there is "
                             "one at all is chance",
                             expected, chances[c].what, expected == 1 ? " is" : "s are");
        }
    }
}

/* --- the end of the run --- */

static void short_drain(struct adviser *a)
{
    double drain = sim_seconds(a->spec->drain);
    for (const struct spec_entity *f = next_of(a, "fleet", NULL); f != NULL;
         f = next_of(a, "fleet", f)) {
        const struct spec_entity *q = ref_at(f, NULL, "source");
        if (q == NULL || !kind_is(q, "queue") || drain <= 0 || drain >= hidden_for(f, q) ||
            is_at(f, NULL, "on_failure", "return"))
            continue;
        if (int_at(f, NULL, "crash.probability", 0) > 0 || may_fail(a, f))
            advise_run(a, &a->spec->run[RUN_DRAIN],
                       "after the last arrival there are %s, but what a worker of %s has lost "
                       "comes back after %s: it is counted as waiting",
                       time_text(a, drain), f->path, time_text(a, hidden_for(f, q)));
    }
}

static void beyond(struct adviser *a, const struct spec_entity *e, const char *path, double end)
{
    const struct value *at = value_at(e, NULL, path);
    if (at != NULL && at->given && sim_seconds(at->i) >= end)
        advise_about(a, e, at, "begins after %s, when the run of %s is over: nothing of it is seen",
                     time_text(a, sim_seconds(at->i)), time_text(a, end));
}

static void never_happens(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "fault", NULL); f != NULL;
         f = next_of(a, "fault", f))
        beyond(a, f, "at", run_seconds(a));
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p))
        beyond(a, p, "start", sim_seconds(a->spec->duration));
}

#define PAGE "docs/statistics.md"
static const struct advice items[] = {
    {570, "one-replication", "one replication of what chance decides",
     "One run is one draw. Its mean may lie far from the truth, and nothing in it tells how far: "
     "intervals, and every verdict on an expectation, come "
     "from the differences between replications.",
     PAGE,
     "The same scenario with another --seed gives another answer, further away than the difference "
     "that matters.",
     "Take ten replications or more, or let the program decide: --precision.", one_replication},
    {571, "rare-event", "an event too rare for this run",
     "Something that is expected once or twice in everything that is simulated may well not happen "
     "at all. A zero then says nothing: with no event in n "
     "requests the chance may still be 3 / n.",
     PAGE, "The counter is 0 in most replications, and its interval is as wide as its mean.",
     "Simulate longer or more often, until some ten of them are expected; or raise the chance and "
     "scale the result.",
     rare_event},
    {572, "short-drain", "a drain shorter than the visibility timeout",
     "What a worker loses near the end of the run is hidden until its timeout is over. When the "
     "run ends before, these requests count as waiting, "
     "neither done nor lost, and the more of them the shorter the run.",
     "SQS-50", "`waiting` is above 0 although the workers idle at the end.",
     "Drain for longer than the visibility timeout, times the receives that a message may need.",
     short_drain},
    {573, "never-happens", "something that begins after the end",
     "A fault that begins when the run is over, or a producer that starts after the last arrival, "
     "changes nothing; the results look as if the system "
     "had stood it.",
     "docs/reference/scenario-format.md", "Counters that the fault should move are 0.",
     "Move it into the run, or make the run longer.", never_happens},
};
const struct advice_set advice_runs = {items, sizeof items / sizeof items[0]};
