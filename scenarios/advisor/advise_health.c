/* advise_health.c - groups whose health is checked: checks that kill who is about to come up, or who
 * works, and checks that see nothing. */
#include "advisor.h"

#include <string.h>

/* Of a group's health check, with the defaults of its kind. */
struct check {
    double interval, timeout, grace, start;
    double bad, good; /* failures, successes in a row */
    bool status, balancer, container, workers;
};

static bool check_of(const struct spec_entity *g, struct check *c)
{
    bool ec2 = is_at(g, NULL, "health.check", "ec2"), elb = is_at(g, NULL, "health.check", "elb"),
         container = is_at(g, NULL, "health.check", "container");
    *c = (struct check){.interval = seconds_at(g, NULL, "health.interval", ec2 ? 60 : 30),
                        .timeout = seconds_at(g, NULL, "health.timeout", 5),
                        .grace = seconds_at(g, NULL, "grace", 0),
                        .start = seconds_at(g, NULL, "health.start", 0),
                        .bad = (double)int_at(g, NULL, "health.unhealthy", elb ? 2 : 3),
                        .good = (double)int_at(g, NULL, "health.healthy", elb ? 5 : 1),
                        .status = ec2,
                        .balancer = elb,
                        .container = container,
                        .workers = is_at(g, NULL, "health.asks", "workers")};
    return given_at(g, NULL, "health") && (ec2 || elb || container);
}

/* --- those that come up --- */

/* When a new instance has surely passed a check and may stay, if it starts for so long: an unhealthy
 * target needs its successes in a row. 0: it is not found unhealthy before. */
static double stays_after(const struct check *c, double startup)
{
    if (c->balancer)
        return startup > (c->bad - 1) * c->interval ? startup + (c->good - 1) * c->interval : 0;
    return startup > c->start + c->bad * c->interval ? startup : 0;
}

static void short_grace(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct value *startup = value_at(g, NULL, "startup");
        struct check c;
        if (!check_of(g, &c) || c.status || startup == NULL || startup->dist == NULL)
            continue;
        double takes = dist_quantile(startup->dist, 0.99) / 1e9, needs = stays_after(&c, takes);
        if (needs > c.grace)
            advise_about(a, g, given_at(g, NULL, "grace") ? value_at(g, NULL, "grace") : startup,
                         "one application in a hundred takes %s or longer to start, and its instance "
                         "counts as healthy after %s at the earliest; with %s of grace it is killed "
                         "before, and so is the next",
                         time_text(a, takes), time_text(a, needs), time_text(a, c.grace));
    }
}

/* --- those that work --- */

static bool is_kind(const struct spec_entity *e, const char *kind)
{
    return e != NULL && strcmp(e->kind, kind) == 0;
}

static void deep_check(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *to = ref_at(g, NULL, "target");
        struct check c;
        if (!check_of(g, &c) || !c.workers || !is_kind(to, "service"))
            continue;
        double servers = (double)(int_at(g, NULL, "max", 10) * int_at(g, NULL, "threads", 1)),
               load = peak_rate(a, to) * work_of(a, to, 0.5).mean;
        if (load > servers)
            advise_about(a, g, value_at(g, NULL, "health.asks"),
                         "at its peak %s needs %.3g servers and has %.3g: a check that waits for one "
                         "finds instances unhealthy that work as well as they can, and has them "
                         "killed",
                         to->path, load, servers);
    }
}

/* A job that is longer than all the checks that it takes. */
static void busy_is_dead(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        const struct spec_entity *to = ref_at(g, NULL, "target");
        struct check c;
        if (!check_of(g, &c) || !c.workers || !is_kind(to, "fleet"))
            continue;
        struct work job = work_of(a, to, 0.99);
        double takes = int_at(g, NULL, "threads", 1) == 1 ? job.high : job.least,
               patience = (c.container ? c.interval + c.timeout : c.interval) * c.bad;
        if (takes > patience)
            advise_about(a, g, value_at(g, NULL, "health.asks"),
                         "a worker answers between two jobs, and one job in a hundred takes %s or "
                         "longer; after %s without an answer its instance is killed",
                         time_text(a, takes), time_text(a, patience));
    }
}

/* --- those that nobody finds --- */

static bool is_seen(const struct spec_entity *g, const struct check *c)
{
    const struct value *factor = value_at(g, NULL, "illness.factor");
    if (is_at(g, NULL, "illness.mode", "impaired"))
        return true;
    if (c->status)
        return false;
    if (!is_at(g, NULL, "illness.mode", "slow") || c->workers || factor == NULL)
        return true;
    return seconds_at(g, NULL, "health.time", 0) * factor->number > c->timeout;
}

static void blind_check(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        struct check c;
        bool checked = check_of(g, &c);
        if (!given_at(g, NULL, "illness") || given_at(g, NULL, "illness.lasts"))
            continue;
        if (!checked)
            advise_about(a, g, value_at(g, NULL, "illness"),
                         "its instances fall ill and nobody looks: in the end all are");
        else if (!is_seen(g, &c))
            advise_about(a, g, value_at(g, NULL, "health"),
                         "its instances fall ill in a way that this check does not see: in the end "
                         "all are");
    }
}

/* --- a refresh in vain --- */

static void refresh_waits(struct adviser *a)
{
    for (const struct spec_entity *g = next_of(a, "group", NULL); g != NULL;
         g = next_of(a, "group", g)) {
        if (given_at(g, NULL, "refresh") && is_at(g, NULL, "protection", "all") &&
            is_at(g, NULL, "refresh.protected", "wait"))
            advise_about(a, g, value_at(g, NULL, "protection"),
                         "all its instances are protected, and its refresh waits an hour for them: "
                         "then it fails");
    }
}

static const struct advice items[] = {
    {680, "short-grace", "a grace period shorter than the start",
     "A new instance fails its checks until its application is up, and a balancer's target that was "
     "found unhealthy needs five successes after that. When the grace period is over before, the "
     "instance is killed, another one is launched and killed, and so on: the group pays for "
     "instances and has none.",
     "ASG-3, ASG-41",
     "`group.*.stillborn` rises with `launches`; `group.*.in_service` is full and "
     "`service.*.servers` is not.",
     "Set grace above the start and the successes that follow, hold the instance with a launch hook "
     "until it is up, or give a container a start period.",
     short_grace},
    {681, "deep-check", "a health check that waits behind an overload",
     "A check that needs a server waits as a request does. Under overload it comes too late on every "
     "instance at once; instances that work as well as they can are killed, those that are left have "
     "more to do, and new ones are checked in the same line. What was a spike becomes an outage that "
     "outlasts it.",
     "ASG-43, ASG-48, https://aws.amazon.com/builders-library/implementing-health-checks/",
     "`group.*.replaced` rises with `service.*.waiting`, and `service.*.servers` falls while the load "
     "is high.",
     "Let the process answer (asks = \"process\"), refuse early instead of queueing, and leave "
     "overload to scaling.",
     deep_check},
    {682, "busy-is-dead", "a health check that takes a busy worker for a dead one",
     "A worker that answers only between two jobs does not answer while it works. When a job takes "
     "longer than all the checks that may fail, its instance is killed over it; the job comes back, "
     "and kills the next one.",
     "ASG-42, ASG-48",
     "`group.*.replaced` and `fleet.*.crashed` rise while nothing is wrong; long jobs have the most "
     "receives.",
     "Let the process answer beside its work, or allow more failures than the longest job takes.",
     busy_is_dead},
    {683, "blind-check", "an illness that no check sees",
     "EC2's status checks see the machine, not the application; a light page is answered in time by "
     "an instance that takes twenty times as long for everything else. Instances that are ill stay in "
     "service until nobody well is left.",
     "ASG-41, ASG-47",
     "`group.*.ill` rises and `group.*.replaced` does not.",
     "Check the application (check = \"elb\" or \"container\"), with an answer that costs as much time "
     "as a request (time) and a timeout that tells slow from well.",
     blind_check},
    {684, "refresh-in-vain", "a refresh of protected instances",
     "An instance refresh waits an hour for instances that are protected from scale-in, and then "
     "fails. Instances keep their old template.",
     "ASG-45", "`group.*.failed_refreshes` is 1; `group.*.launches` is 0.",
     "Let the refresh replace them too (protected = \"refresh\"), or take their protection away.",
     refresh_waits},
};
const struct advice_set advice_health = {items, sizeof items / sizeof items[0]};
