/* advise_load.c - more comes than can be done: rates against servers, deadlines against work,
 * places against callers. */
#include "advisor.h"

#include <math.h>

/* --- more than can be done, all the time --- */

static void overloaded_station(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i];
        double servers = servers_of(a, e), rate = steady_rate(a, e);
        if (!(kind_is(e, "service") || kind_is(e, "database") || kind_is(e, "endpoint")) ||
            !isfinite(servers))
            continue;
        double mean = given_at(e, NULL, "batch") ? 0 : work_of(a, e, 0.99).mean;
        if (servers > 0 && rate * mean >= servers)
            advise_about(a, e, NULL,
                         "%s come, each takes %s, and %g at a time are served: that is %s at most",
                         rate_text(a, rate), time_text(a, mean), servers,
                         rate_text(a, servers / mean));
    }
}

static void overloaded_workers(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "fleet", NULL); f != NULL;
         f = next_of(a, "fleet", f)) {
        const struct spec_entity *q = ref_at(f, NULL, "source");
        uint32_t readers;
        if (q == NULL || !kind_is(q, "queue") || queue_reader(a->spec, q, &readers) != f ||
            readers != 1)
            continue;
        double rate = steady_rate(a, q), mean = work_of(a, f, 0.99).mean, size = servers_of(a, f);
        if (size > 0 && rate * mean >= size)
            advise_about(a, f, value_at(f, NULL, "size"),
                         "%s come into %s, each takes %s: %g workers do %s at most, and the queue "
                         "grows for ever",
                         rate_text(a, rate), q->path, time_text(a, mean), size,
                         rate_text(a, size / mean));
    }
}

/* --- more at a time than there is room for --- */

static bool shares_line(const struct spec_entity *e)
{
    return kind_is(e, "service") || kind_is(e, "database") || kind_is(e, "endpoint");
}

/* Calls that all fleets and services together may have under way to an entity. Producers have no
 * servers. */
static double callers_of(struct adviser *a, const struct spec_entity *to, uint32_t *who)
{
    double all = 0;
    *who = 0;
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        bool again = false;
        if (x->to != to || !x->waits || kind_is(x->from, "producer"))
            continue;
        for (uint32_t k = 0; k < i && !again; k++)
            again = a->edge[k].from == x->from && a->edge[k].to == to;
        if (again)
            continue;
        double n = x->through == NULL ? servers_of(a, x->from) : lent_at_most(a, x);
        all += isfinite(n) ? n : 0;
        (*who)++;
    }
    return all;
}

static void connections(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i];
        double room = servers_of(a, e) + places_of(e);
        uint32_t who;
        if (!shares_line(e) || !isfinite(room))
            continue;
        double all = callers_of(a, e, &who);
        if (all > room)
            advise_about(a, e,
                         value_at(e, NULL, kind_is(e, "database") ? "connections" : "servers"),
                         "those who call it can have %g calls under way, and it has room for %g: "
                         "what is over is refused",
                         all, room);
    }
}

/* --- work for those who have gone --- */

static const struct edge *who_leaves(const struct adviser *a, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        if (a->edge[i].to == e && a->edge[i].waits && isfinite(edge_timeout(&a->edge[i])))
            return &a->edge[i];
    }
    return NULL;
}

static void work_for_nobody(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i];
        const struct edge *x = who_leaves(a, e);
        double servers = servers_of(a, e);
        if (!shares_line(e) || x == NULL || !isfinite(servers) || isfinite(places_of(e)) ||
            given_at(e, NULL, "patience") || int_at(e, NULL, "drop_abandoned", 0) != 0 ||
            given_at(e, NULL, "batch"))
            continue;
        const struct value *cancel = edge_value(x, "cancel");
        double peak = peak_rate(a, e), mean = work_of(a, e, 0.99).mean;
        if (peak * mean > servers && (cancel == NULL || cancel->i == 0))
            advise_about(a, e, NULL,
                         "at the peak of %s it can do %s, and its waiting room has no bound: %s "
                         "gives up after %s, and it serves those who have gone",
                         rate_text(a, peak), rate_text(a, servers / mean), x->from->path,
                         time_text(a, edge_timeout(x)));
    }
}

/* --- deadlines --- */

/* Work on the way from an entity to where a request is done, to the quantile; least < 0: it is not
 * on this way. */
static struct work way(struct adviser *a, const struct spec_entity *e,
                       const struct spec_entity *done, int depth);

static struct work longer(struct work a, struct work b)
{
    return (struct work){a.least + b.least, a.mean + b.mean,
                         fmax(a.high + b.least, a.least + b.high)};
}

static struct work behind(struct adviser *a, const struct spec_entity *e,
                          const struct spec_entity *done, int depth)
{
    const struct work nowhere = {-1, 0, 0};
    for (uint32_t i = 0; i < a->n_edge; i++) {
        struct work w = a->edge[i].from == e ? way(a, a->edge[i].to, done, depth + 1) : nowhere;
        if (w.least >= 0)
            return w;
    }
    for (uint32_t i = 0; kind_is(e, "queue") && i < a->spec->n_entity; i++) {
        const struct spec_entity *reader = &a->spec->entity[i];
        struct work w =
            ref_at(reader, NULL, "source") == e ? way(a, reader, done, depth + 1) : nowhere;
        if (w.least >= 0)
            return w;
    }
    return nowhere;
}

static struct work way(struct adviser *a, const struct spec_entity *e,
                       const struct spec_entity *done, int depth)
{
    struct work own = own_work(e, 0.5);
    double delay = kind_is(e, "queue") ? seconds_at(e, NULL, "delay", 0) : 0;
    if (!may_go_on(a, depth) || e == done)
        return e == done ? own : (struct work){-1, 0, 0};
    struct work rest = behind(a, e, done, depth);
    return rest.least < 0 ? rest : longer(longer(own, (struct work){delay, delay, delay}), rest);
}

static void deadline_below_work(struct adviser *a)
{
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        const struct spec_entity *done = ref_at(p, NULL, "done_at"),
                                 *target = ref_at(p, NULL, "target");
        double deadline = seconds_at(p, NULL, "deadline", INFINITY);
        if (target == NULL || !isfinite(deadline))
            continue;
        if (done == NULL) {
            uint32_t readers;
            done = kind_is(target, "queue") ? queue_reader(a->spec, target, &readers) : target;
        }
        *a->steps = STEPS;
        struct work w = done == NULL ? (struct work){-1, 0, 0} : way(a, target, done, 0);
        if (w.least >= 0 && w.high > deadline)
            advise_about(a, p, value_at(p, NULL, "deadline"),
                         "half of its requests take %s or longer to %s, without any wait: they "
                         "cannot be there within %s",
                         time_text(a, w.high), done->path, time_text(a, deadline));
    }
}

static const struct advice items[] = {
    {540, "overloaded-server", "more calls than a server can do",
     "Rate times mean time is the number of servers that are needed at least. Below that the line "
     "grows for as long as the run lasts, or calls are "
     "refused; every delay that is measured says more about the length of the run than about the "
     "system.",
     "docs/reference/theory.md",
     "`utilisation` is 100 %; `waiting.max` grows with run.duration, or `refused` is above 0.",
     "Have more servers than rate x time, by a fifth at least: at 80 % the wait of one server is "
     "four times its work.",
     overloaded_station},
    {541, "overloaded-workers", "more messages than the workers can do",
     "A queue turns too much work into waiting, never into less work. Where more comes than the "
     "workers do, its depth and the age of its messages grow "
     "until the retention drops them.",
     "docs/reference/theory.md",
     "`queue.*.depth.last` is near `queue.*.depth.max`, and both grow with run.duration.",
     "Have more workers than rate x time, or let them scale.", overloaded_workers},
    {542, "connections", "more callers than connections",
     "A fleet that grows takes connections with it. When workers and servers can together have "
     "more calls under way than the database has connections "
     "and places to wait, the ones too many are refused: scaling out makes failures of slowness.",
     "docs/guides/call-policies.md",
     "`database.*.refused` is above 0 while `database.*.busy.max` stands at its connections.",
     "Keep the sum of all workers and servers below connections and places, pool connections in "
     "front, or bound what one caller may use. Calls through a pool count as far as it has connections.",
     connections},
    {543, "work-for-nobody", "an endless waiting room before callers who leave",
     "In an overload a line without bound gets longer than the callers' timeout. From then on the "
     "server works only on calls whose callers have gone, "
     "and of those who come nobody is served in time: all its work is for nobody, also after the "
     "peak.",
     "docs/guides/call-policies.md",
     "`abandoned` is near `completed`; `told_ok` falls to nothing during the peak, below what the "
     "servers could do.",
     "Bound the waiting room to what can be served within the timeout (waiting = …), or drop what "
     "is abandoned (drop_abandoned, patience).",
     work_for_nobody},
    {544, "deadline-below-work", "a deadline below the work itself",
     "The times of work on a request's way, without any wait, are longer than its deadline. No "
     "number of servers mends that.",
     "docs/reference/scenario-format.md",
     "`late` is above one half, at any rate and any number of servers.",
     "Shorten the way or the work, answer before it is done, or agree on another deadline.",
     deadline_below_work},
};
const struct advice_set advice_load = {items, sizeof items / sizeof items[0]};
