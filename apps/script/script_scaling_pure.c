/* script_scaling_pure.c - what policies make of numbers, cooldowns and replicas: calls without groups. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"
#include "health.h"
#include "script_scaling.h"

static struct scale_view view_of(const struct line *l)
{
    int64_t desired = line_int(l, "desired", line_int(l, "capacity", 1));
    return (struct scale_view){.desired = desired,
                               .min = line_int(l, "min", 1),
                               .max = line_int(l, "max", 100),
                               .warm = line_int(l, "capacity", desired),
                               .warming = line_int(l, "warming", 0),
                               .held = line_int(l, "held", 0) != 0};
}

static bool run_target(struct script *s, const struct line *l, struct result *r)
{
    struct scale_view v = view_of(l);
    struct ratio metric = ratio_int(0), target = ratio_int(1);
    (void)s;
    if (!ratio_key(l, "metric", &metric) || !ratio_key(l, "target", &target) || target.num <= 0)
        return false;
    bool out = ratio_cmp(metric, target) > 0;
    result_text(r, "%" PRId64, out ? scale_target_out(&v, metric, target) : scale_target_in(&v, metric, target));
    return true;
}

static bool run_backlog(struct script *s, const struct line *l, struct result *r)
{
    char text[64];
    sim_time one = seconds_key(l, "each", 0);
    (void)s;
    if (one <= 0)
        return false;
    ratio_words(text, scale_target_backlog(seconds_key(l, "latency", 0), one));
    result_text(r, "%s", text);
    return true;
}

static bool run_choose(struct script *s, const struct line *l, struct result *r)
{
    struct scale_wish wish[ARGS_MAX];
    struct scale_view v = view_of(l);
    uint32_t i = 0, n = 0;
    (void)s;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i), n++) {
        char *rest;
        wish[n] = (struct scale_wish){.has = strcmp(a->value, "none") != 0, .desired = strtoll(a->value, &rest, 10)};
        wish[n].out_only = strcmp(rest, "!") == 0;
    }
    result_text(r, "%" PRId64, scale_choose(&v, wish, n));
    return n > 0;
}

static bool run_step(struct script *s, const struct line *l, struct result *r)
{
    struct scale_view v = view_of(l);
    struct scale_steps steps = {.magnitude = line_int(l, "magnitude", 0)};
    struct ratio metric = ratio_int(0), threshold = ratio_int(0);
    struct err err = {0};
    (void)s;
    if (!adjust_word(text_key(l, "adjust", "change"), &steps.adjust) || !steps_word(text_key(l, "steps", ""), &steps) ||
        !ratio_key(l, "metric", &metric) || !ratio_key(l, "threshold", &threshold))
        return false;
    bool above = strcmp(text_key(l, "when", "above"), "above") == 0;
    if (scale_steps_valid(&steps, &err))
        result_text(r, "%" PRId64, scale_step_desired(&steps, &v, above, metric, threshold));
    else
        result_text(r, "ValidationError");
    result_field(r, "why", "%s", err.text);
    return true;
}

static bool run_adjust(struct script *s, const struct line *l, struct result *r)
{
    struct scale_view v = view_of(l);
    enum scale_adjust adjust;
    (void)s;
    if (!adjust_word(text_key(l, "adjust", "change"), &adjust))
        return false;
    result_text(r, "%" PRId64, scale_simple_desired(adjust, line_int(l, "by", 0), line_int(l, "magnitude", 0), &v));
    return true;
}

static bool run_percent(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    size_t n = 0;
    (void)s;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i)) {
        struct ratio x;
        if (!ratio_parse(a->value, &x))
            return false;
        n += (size_t)snprintf(r->text + n, sizeof(r->text) - n, "%s%" PRId64, n == 0 ? "" : ",", scale_round_percent(x));
    }
    return n > 0;
}

/* Dollars to five decimals, rounded half up. */
static bool run_bill(struct script *s, const struct line *l, struct result *r)
{
    struct ratio price = ratio_int(0);
    uint64_t seconds = 0;
    uint32_t i = 0;
    (void)s;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i))
        seconds += group_billed_one(0, strtoll(a->value, NULL, 10) * SIM_S);
    if (!ratio_key(l, "price", &price))
        return false;
    int64_t nano = (int64_t)group_cost(seconds, ratio_floor(ratio_mul(price, ratio_int(1000000000))));
    int64_t parts = (nano + 5000) / 10000;
    result_text(r, "%" PRId64 ".%05d", parts / 100000, (int)(parts % 100000));
    result_field(r, "seconds", "%" PRIu64, seconds);
    return true;
}

/* --- cooldowns of Application Auto Scaling --- */

static bool run_aas(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    if (name == NULL || t->n_cooldown == SCALING_MAX)
        return false;
    struct scaling_cooldown *c = &t->cooldown[t->n_cooldown++];
    snprintf(c->name, sizeof(c->name), "%s", name->value);
    c->current = line_int(l, "current", 1);
    scale_cooldown_init(&c->core, seconds_key(l, "out", 300 * SIM_S), seconds_key(l, "in", 300 * SIM_S));
    result_text(r, "%" PRId64, c->current);
    return true;
}

static bool run_wants(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0, k = 0;
    const struct arg *name = line_word(l, &i), *wants = line_word(l, &i);
    while (name != NULL && k < t->n_cooldown && strcmp(t->cooldown[k].name, name->value) != 0)
        k++;
    if (name == NULL || k == t->n_cooldown)
        return false;
    struct scaling_cooldown *c = &t->cooldown[k];
    int64_t base = scale_cooldown_base(&c->core, t->now, c->current);
    int64_t n = line_key(l, "add") != NULL ? base + line_int(l, "add", 0) : wants == NULL ? c->current : strtoll(wants->value, NULL, 10);
    c->current = scale_cooldown_apply(&c->core, t->now, c->current, n);
    result_text(r, "%" PRId64, c->current);
    return true;
}

/* --- replicas --- */

static struct scaling_keda *keda_word(struct script_scaling *t, const struct line *l)
{
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    for (uint32_t k = 0; name != NULL && k < t->n_keda; k++)
        if (strcmp(t->keda[k].name, name->value) == 0)
            return &t->keda[k];
    return NULL;
}

static void keda_load(struct scaling_keda *k, const struct line *l)
{
    k->queue.visible = line_int(l, "visible", k->queue.visible);
    k->queue.in_flight = line_int(l, "in_flight", k->queue.in_flight);
    k->queue.delayed = line_int(l, "delayed", k->queue.delayed);
}

/* Its first poll is made with it. */
static bool run_keda(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct scale_keda_config c;
    if (name == NULL || t->n_keda == SCALING_MAX)
        return false;
    scale_keda_default(&c);
    c.polling = seconds_key(l, "polling", c.polling);
    c.cooldown = seconds_key(l, "cooldown", c.cooldown);
    c.initial_cooldown = seconds_key(l, "initial", c.initial_cooldown);
    c.min = line_int(l, "min", c.min);
    c.max = line_int(l, "max", c.max);
    c.activation = line_int(l, "activation", c.activation);
    c.per_replica = line_int(l, "queue_length", c.per_replica);
    struct scaling_keda *k = &t->keda[t->n_keda++];
    *k = (struct scaling_keda){.in_flight = line_int(l, "on_in_flight", 1) != 0, .delayed = line_int(l, "on_delayed", 0) != 0};
    snprintf(k->name, sizeof(k->name), "%s", name->value);
    keda_load(k, l);
    scale_keda_init(&k->core, &c, line_int(l, "replicas", 0), t->now);
    k->poll = t->now + c.polling;
    k->sync = t->now + c.sync;
    int64_t load = scale_keda_load(&k->queue, k->in_flight, k->delayed);
    scale_keda_poll(&k->core, t->now, load);
    result_text(r, "%" PRId64, k->core.replicas);
    result_field(r, "wants", "%" PRId64, scale_keda_replicas(load, c.per_replica));
    return true;
}

static bool run_keda_load(struct script *s, const struct line *l, struct result *r)
{
    struct scaling_keda *k = keda_word(scaling_at(s), l);
    if (k == NULL)
        return false;
    keda_load(k, l);
    result_text(r, "ok");
    return true;
}

static bool run_keda_state(struct script *s, const struct line *l, struct result *r)
{
    struct scaling_keda *k = keda_word(scaling_at(s), l);
    if (k == NULL)
        return false;
    result_text(r, "%" PRId64, k->core.replicas);
    return true;
}

static bool run_pods(struct script *s, const struct line *l, struct result *r)
{
    (void)s;
    result_text(r, "%" PRId64, scale_keda_replicas(line_int(l, "load", 0), line_int(l, "each", 2)));
    return true;
}

static bool run_keda_limits(struct script *s, const struct line *l, struct result *r)
{
    struct scaling_keda *k = keda_word(scaling_at(s), l);
    if (k == NULL)
        return false;
    scale_keda_limits(&k->core, line_int(l, "min", k->core.config.min), line_int(l, "max", k->core.config.max));
    result_text(r, "%" PRId64, k->core.replicas);
    return true;
}

static bool health_keys(const struct line *l, struct health_config *c)
{
    const char *kind = text_key(l, "check", "elb");
    health_config_default(c, strcmp(kind, "ec2") == 0 ? HEALTH_STATUS : strcmp(kind, "elb") == 0 ? HEALTH_BALANCER : HEALTH_CONTAINER);
    c->interval = seconds_key(l, "interval", c->interval);
    c->timeout = seconds_key(l, "timeout", c->timeout);
    c->start = seconds_key(l, "start", c->start);
    c->unhealthy = (uint32_t)line_int(l, "unhealthy", c->unhealthy);
    c->healthy = (uint32_t)line_int(l, "healthy", c->healthy);
    return health_config_valid(c, NULL);
}

/* asg_health 30+ 60- …: checks that were sent then, and passed or failed; what is judged after each. */
static bool run_health(struct script *s, const struct line *l, struct result *r)
{
    struct health_config c;
    struct health h;
    uint32_t i = 0;
    (void)s;
    if (!health_keys(l, &c))
        return false;
    health_begin(&h, 0);
    size_t n = 0;
    for (const struct arg *a = line_word(l, &i); a != NULL && n + 16 < sizeof(r->text); a = line_word(l, &i)) {
        health_judge(&h, &c, strtoll(a->value, NULL, 10) * SIM_S, strchr(a->value, '+') != NULL);
        n += (size_t)snprintf(r->text + n, sizeof(r->text) - n, "%s%s", n == 0 ? "" : ",", health_state_name(h.state));
    }
    char interval[32], timeout[32];
    streams_seconds(interval, c.interval);
    streams_seconds(timeout, c.timeout);
    result_field(r, "interval", "%s", interval);
    result_field(r, "timeout", "%s", timeout);
    return true;
}

const struct verb verbs_scaling_pure[] = {
    {"scale_target", run_target, "scale_target capacity=N metric=V target=V [desired=N] [warming=N] [min=N] [max=N] [held=1]"},
    {"scale_backlog", run_backlog, "scale_backlog latency=S each=S"},
    {"scale_choose", run_choose, "scale_choose desired=N WISH… (a number, with ! when its scale-in is disabled, or none)"},
    {"scale_step", run_step, "scale_step adjust=A steps=LOW:HIGH:BY,… [when=above|below] threshold=V metric=V desired=N [magnitude=N]"},
    {"scale_adjust", run_adjust, "scale_adjust adjust=A by=N desired=N [magnitude=N]"},
    {"scale_percent", run_percent, "scale_percent VALUE…"},
    {"asg_bill", run_bill, "asg_bill price=USD SECONDS…"},
    {"aas", run_aas, "aas NAME current=N [out=S] [in=S]"},
    {"aas_wants", run_wants, "aas_wants NAME N|add=N"},
    {"keda", run_keda, "keda NAME [replicas=N] [visible=N] [in_flight=N] [queue_length=N] [polling=S] [cooldown=S] [min=N] [max=N]"},
    {"keda_load", run_keda_load, "keda_load NAME [visible=N] [in_flight=N] [delayed=N]"},
    {"keda_limits", run_keda_limits, "keda_limits NAME [min=N] [max=N]"},
    {"asg_health", run_health, "asg_health [check=ec2|elb|container] [interval=S] [unhealthy=N] [healthy=N] [start=S] SECOND+|SECOND-…"},
    {"keda_state", run_keda_state, "keda_state NAME"},
    {"keda_pods", run_pods, "keda_pods load=N each=N"},
    {NULL, NULL, NULL},
};
