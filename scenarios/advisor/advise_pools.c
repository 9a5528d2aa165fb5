/* advise_pools.c - connections that are held: how many pools can hold together, for whom, and where an idle timeout is of no
 * use. */
#include "advisor.h"

#include <math.h>

/* --- who holds how many --- */

/* Threads of one process of a caller (POOL-1). */
static double threads_of(const struct adviser *a, const struct spec_entity *pool, const struct spec_entity *caller)
{
    const struct spec_entity *group = NULL;
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL; g = next_of(a, "group", g))
        group = ref_at(g, NULL, "target") == caller ? g : group;
    double share = (double)int_at(pool, NULL, "threads", 0);
    double all = group != NULL && !kind_is(caller, "consumer") ? (double)int_at(group, NULL, "threads", 1)
                 : kind_is(caller, "service")                  ? servers_of(a, caller)
                                                               : 1;
    if (kind_is(caller, "function"))
        return 1;
    return share > 0 && (share < all || (group == NULL && !kind_is(caller, "service"))) ? share : all;
}

/* Environments that the peak needs, without any wait: a function does not bring up more because it may. */
static double environments(struct adviser *a, const struct spec_entity *f)
{
    return fmin(servers_of(a, f), peak_rate(a, f) * work_of(a, f, 0.99).mean);
}

static double processes_of(struct adviser *a, const struct spec_entity *pool, const struct spec_entity *caller)
{
    if (kind_is(caller, "producer"))
        return 1;
    if (kind_is(caller, "function"))
        return environments(a, caller);
    if (kind_is(caller, "consumer"))
        return (double)int_at(caller, NULL, "workers", 1);
    return ceil(servers_of(a, caller) / threads_of(a, pool, caller));
}

static bool seen_before(const struct adviser *a, uint32_t edge)
{
    for (uint32_t k = 0; k < edge; k++)
        if (a->edge[k].from == a->edge[edge].from && a->edge[k].through == a->edge[edge].through && a->edge[k].to == a->edge[edge].to)
            return true;
    return false;
}

static bool is_pool(const struct spec_entity *e)
{
    return e != NULL && kind_is(e, "pool");
}

/* Connections that are open to it when all who may call it are there: those that pools keep, and one for each call without. */
static double held_at(struct adviser *a, const struct spec_entity *to)
{
    double all = 0;
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (x->to != to || !is_pool(x->through) || ref_at(x->through, NULL, "target") != to || seen_before(a, i))
            continue;
        int64_t size = int_at(x->through, NULL, "size", 10);
        double each = (double)int_at(x->through, NULL, "min_idle", size), n = processes_of(a, x->through, x->from);
        all += isfinite(n) ? n * each : 0;
    }
    return all;
}

/* INFINITY: there is no maximum. */
static double maximum_of(const struct spec_entity *e)
{
    static const char *const engines[] = {"none", "mysql", "postgres", "mariadb", "oracle"};
    static const double bytes[] = {0, 12582880, 9531392, 25165760, 9868951}, most[] = {0, INFINITY, 5000, 12000, 20000};
    int64_t max = int_at(e, NULL, "max_connections", 0), memory = int_at(e, NULL, "memory", 0);
    if (max > 0)
        return (double)max;
    for (int i = 1; i < 5 && memory > 0; i++)
        if (is_at(e, NULL, "engine", engines[i]))
            return fmin(floor((double)memory / bytes[i]), most[i]);
    return INFINITY;
}

static void exhausted(struct adviser *a)
{
    for (const struct spec_entity *d = next_of(a, "database", NULL); d != NULL; d = next_of(a, "database", d)) {
        double max = maximum_of(d), held = held_at(a, d);
        if (held > max)
            advise_about(a, d, value_at(d, NULL, "max_connections"),
                         "pools hold %.0f connections when all who call it are there, used or not, and it takes %.0f: those who come last get none",
                         held, max);
    }
}

double lent_at_most(struct adviser *a, const struct edge *x)
{
    const struct spec_entity *pool = is_pool(x->through) ? x->through : NULL, *proxy = pool == NULL ? x->through : ref_at(pool, NULL, "target");
    double n = servers_of(a, x->from);
    if (pool != NULL)
        n = fmin(n, processes_of(a, pool, x->from) * (double)int_at(pool, NULL, "size", 10));
    if (proxy != NULL && kind_is(proxy, "proxy"))
        n = fmin(n, maximum_of(x->to) * (double)int_at(proxy, NULL, "max_connections_percent", 100) / 100);
    return n;
}

/* --- more than can be used --- */

static bool calls_at_once(const struct edge *x)
{
    const struct value *parallel = edge_value(x, "parallel");
    return parallel != NULL && parallel->i > 1;
}

static void wide(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (!is_pool(x->through) || kind_is(x->from, "producer") || seen_before(a, i) || calls_at_once(x) ||
            (kind_is(x->from, "consumer")))
            continue;
        int64_t size = int_at(x->through, NULL, "size", 10), kept = int_at(x->through, NULL, "min_idle", size);
        double threads = threads_of(a, x->through, x->from);
        if ((double)kept > threads)
            advise_about(a, x->through, value_at(x->through, NULL, "size"),
                         "each process of %s keeps %lld connections and has %.0f thread%s to use them", x->from->path, (long long)kept, threads,
                         threads == 1 ? "" : "s");
    }
}

/* --- timers that stand still --- */

static void frozen(struct adviser *a)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        if (is_pool(x->through) && kind_is(x->from, "function") && given_at(x->through, NULL, "idle_timeout") && !seen_before(a, i) &&
            isfinite(maximum_of(x->to)) && ref_at(x->through, NULL, "target") == x->to)
            advise_about(a, x->through, value_at(x->through, NULL, "idle_timeout"),
                         "%s's environments are frozen when they are idle: none of their connections is closed after %s, but when they are reaped",
                         x->from->path, time_text(a, seconds_at(x->through, NULL, "idle_timeout", 0)));
    }
}

/* --- proxies that take all --- */

/* Somebody who does not come through this proxy. */
static const struct spec_entity *stranger(const struct adviser *a, const struct spec_entity *proxy, const struct spec_entity *d)
{
    for (uint32_t i = 0; i < a->n_edge; i++) {
        const struct edge *x = &a->edge[i];
        const struct spec_entity *via = x->through == NULL ? NULL : kind_is(x->through, "proxy") ? x->through : ref_at(x->through, NULL, "target");
        if (x->to == d && (via == NULL || !kind_is(via, "proxy")))
            return x->from;
    }
    for (const struct spec_entity *o = next_of(a, "proxy", NULL); o != NULL; o = next_of(a, "proxy", o))
        if (o != proxy && ref_at(o, NULL, "target") == d)
            return o;
    return NULL;
}

static void proxies(struct adviser *a)
{
    for (const struct spec_entity *x = next_of(a, "proxy", NULL); x != NULL; x = next_of(a, "proxy", x)) {
        const struct spec_entity *d = ref_at(x, NULL, "target"), *other = stranger(a, x, d);
        if (int_at(x, NULL, "max_connections_percent", 100) == 100 && other != NULL)
            advise_about(a, x, value_at(x, NULL, "max_connections_percent"), "it may take all connections of %s, which %s needs too", d->path,
                         other->path);
    }
}

static const struct advice items[] = {
    {545, "held-connections", "pools that hold more than the database takes",
     "A pool holds its connections whether it uses them or not. Processes times size is what the database sees when the last instance has come; above "
     "max_connections the new ones get none, and what was added to help fails instead, while the database has nothing to do.",
     "RDS-5, POOL-3",
     "`database.*.connections_refused` is above 0 and `connections_open.max` stands at max_connections, with `in_system.mean` far below.",
     "Have small pools: as many connections as a process has in use, not as many as it has threads. Bound the group, or put a proxy between.", exhausted},
    {546, "wide-pool", "a pool with more connections than threads",
     "A thread has one connection at a time. What a pool keeps above the threads of its process is never used, and counts against the maximum of the "
     "database: ten by default, in a function's environment nine too many.",
     "POOL-1, POOL-3", "`pool.*.idle.mean` is near `pool.*.connections.mean`; `in_use.max` never comes near `connections.max`.",
     "Set size to the threads of a process at most; 1 in a function.", wide},
    {547, "frozen-timeout", "an idle timeout in environments that are frozen",
     "Between two calls an environment stands still, and its timers too. A pool's idle timeout is looked at when the next call comes, which uses the "
     "connection: after a peak all connections stay until the environments are reaped, and longer, for nobody tells the database.",
     "POOL-10, RDS-12", "After a peak `database.*.connections_open` stays up for idle_life and `notice`, while `pool.*.in_use` is near 0.",
     "Put a proxy between, bound the environments (reserved), or have the database close idle connections (idle_timeout).", frozen},
    {548, "greedy-proxy", "a proxy that may take all connections",
     "A proxy opens connections as calls need them, up to its percentage, and leaves half of them open afterwards. With 100 % there is nothing left for "
     "those who connect directly, or by another proxy.",
     "RDS-9", "`database.*.connections_refused` is above 0 while `proxy.*.connections.max` is all that there are.",
     "Give each proxy a share, and leave a third free for peaks, failover and administrators.", proxies},
};
const struct advice_set advice_pools = {items, sizeof items / sizeof items[0]};
