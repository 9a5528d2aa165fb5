/* service_check.c - what of a service's settings does not go together: forwards that never end, a crash between no steps. */
#include "check_codes.h"
#include "service.h"
#include "steps.h"

#define PPB 1000000000

static void check_forwards(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    const struct value *forwards = spec_value(e, SERVICE_FORWARDS);
    int64_t sum = 0;
    for (uint32_t i = 0; i < forwards->list.n; i++)
        sum += value_field(&forwards->list.item[i], CALLER_CHANCE)->i;
    if (sum > PPB)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &forwards->place,
                    "%s: the chances of its forwards add up to more than 1", e->path);
    else if (!steps_ends(spec, e))
        problem_add(p, SEVERITY_ERROR, CHECK_NO_TIME, &forwards->place,
                    "what %s forwards goes round for ever: give one forward of the ring a chance below 100 %%", e->path);
}

static void check_crash(const struct spec_entity *e, struct problems *p)
{
    const struct value *crash = spec_value(e, SERVICE_CRASH);
    uint32_t steps = spec_value(e, SERVICE_CALLS)->list.n + spec_value(e, SERVICE_SENDS)->list.n;
    if (crash->list.n == 0)
        return;
    const struct value *after = value_field(crash, SERVICE_CRASH_AFTER);
    if (steps == 0)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &crash->place,
                    "%s: 'crash' is about what happens between its calls and sends, and it has none", e->path);
    else if (!after->absent && after->i > steps)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &after->place, "%s: 'after' is %lld, but it has %u steps", e->path,
                    (long long)after->i, steps);
}

void service_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    bool holds = spec_value(e, SERVICE_CALLS)->list.n > 0 || spec_value(e, SERVICE_SENDS)->list.n > 0;
    steps_check(spec, e, p);
    check_forwards(spec, e, p);
    check_crash(e, p);
    station_keys_check(e, SERVICE_STATION, spec_value(e, SERVICE_SERVERS), spec_value(e, SERVICE_WAITING), holds, p);
}
