/* hold.c - how long a server is held: its own time, and the delays of those that it calls and waits
 * for. See flows.h. */
#include <math.h>

#include "flows.h"
#include "mginf.h"
#include "reading.h"

#define RARE 1e-6

static const char *servers_key(const struct spec_entity *e)
{
    return kind_is(e, "service") || kind_is(e, "endpoint") ? "servers"
           : kind_is(e, "database") ? "connections"
           : kind_is(e, "fleet")    ? "size"
                                    : NULL;
}

bool station_is(const struct spec_entity *e)
{
    return kind_is(e, "service") || kind_is(e, "database");
}

static unsigned servers(const struct spec_entity *e)
{
    const char *key = servers_key(e);
    return key == NULL ? 0 : (unsigned)setting_int(e, key, 1); /* 0: there is no formula */
}

struct station_question station_question(const struct flows *f, const struct spec_entity *e)
{
    const struct value *waiting = setting(e, "waiting");
    return (struct station_question){
        .arrivals = flow_into(f, e)->stream,
        .rate = flow_into(f, e)->rate,
        .service = setting_law(e, kind_is(e, "database") ? "write_time" : "time"),
        .servers = servers(e),
        .places = waiting == NULL ? INFINITY : (double)waiting->i,
    };
}

/* The sojourn at a station that is called. Its arrivals are taken as Poisson, for what they are is
 * found out later. */
static struct timelaw delay_at(const struct flows *f, const struct spec_entity *e)
{
    struct station_question q = station_question(f, e);
    if (steps_n(e, "calls") > 0) {
        struct timelaw hold = hold_law(f, e);
        return hold_never_binds(f, e) ? hold : timelaw_moments(NAN, NAN);
    }
    if (!(q.rate > 0) || !(q.service.mean > 0) || q.servers == 0)
        return q.servers == 0 ? timelaw_moments(NAN, NAN) : q.service;
    q.arrivals = STREAM_POISSON;
    struct station_answer a = station_choose(&q);
    if (a.unstable)
        return timelaw_moments(NAN, NAN);
    if (a.wq == 0)
        return q.service;
    return timelaw_moments(a.w, NAN);
}

static struct timelaw find_hold(const struct flows *f, const struct spec_entity *e)
{
    struct timelaw law = setting_law(e, kind_is(e, "database") ? "write_time" : "time");
    for (uint32_t i = 0; i < steps_n(e, "calls"); i++) {
        const struct spec_entity *to = steps_target(e, "calls", i);
        law =
            timelaw_sum(law, to == NULL || isnan(flow_into(f, to)->rate) ? timelaw_moments(NAN, NAN)
                                                                         : delay_at(f, to));
    }
    return law;
}

struct timelaw hold_law(const struct flows *f, const struct spec_entity *e)
{
    if (!f->held[e->index]) {
        f->hold[e->index] = find_hold(f, e); /* calls make no rings */
        f->held[e->index] = 1;
    }
    return f->hold[e->index];
}

bool hold_never_binds(const struct flows *f, const struct spec_entity *e)
{
    double rate = flow_into(f, e)->rate, mean = hold_law(f, e).mean;
    return isfinite(rate * mean) && mginf_at_least(rate * mean, servers(e)) < RARE;
}
