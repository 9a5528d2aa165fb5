/* script_scaling_group.c - calls to groups and their policies. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"
#include "script_scaling.h"

static void hook_keys(const struct line *l, const char *key, const char *otherwise, struct group_hook *h)
{
    h->timeout = seconds_key(l, key, h->timeout);
    h->on = line_key(l, key) != NULL;
    h->abandon = strcmp(text_key(l, otherwise, "abandon"), "abandon") == 0;
}

static void group_keys(const struct line *l, struct group_config *c)
{
    const char *victim = text_key(l, "victim", "oldest");
    group_config_default(c);
    c->min = line_int(l, "min", 0);
    c->desired = line_int(l, "desired", c->min);
    c->max = line_int(l, "max", c->desired);
    c->warmup = seconds_key(l, "warmup", c->warmup);
    c->cooldown = seconds_key(l, "cooldown", c->cooldown);
    c->grace = seconds_key(l, "grace", c->grace);
    c->drain = seconds_key(l, "drain", c->drain);
    c->zones = (uint32_t)line_int(l, "zones", 1);
    c->victim = strcmp(victim, "newest") == 0 ? GROUP_NEWEST : strcmp(victim, "hour") == 0 ? GROUP_NEXT_HOUR : GROUP_OLDEST;
    c->protect = line_int(l, "protect", 0) != 0;
    c->balanced = line_int(l, "balanced", 0) != 0;
    c->ready = line_int(l, "ready", 1) != 0;
    c->spot_drain = line_int(l, "spot_drain", 0) != 0;
    c->checked = line_int(l, "checked", 0) != 0;
    c->at_a_time = (uint32_t)line_int(l, "at_a_time", c->at_a_time);
    c->most = (uint32_t)line_int(l, "most", 0);
    c->refresh = strcmp(text_key(l, "refresh", "wait"), "ignore") == 0    ? GROUP_IGNORE
                 : strcmp(text_key(l, "refresh", "wait"), "refresh") == 0 ? GROUP_REFRESH_ALL
                                                                          : GROUP_WAIT;
    hook_keys(l, "launch_hook", "launch_default", &c->launch);
    hook_keys(l, "end_hook", "end_default", &c->terminate);
}

static bool run_group(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct group_config c;
    struct err err = {0};
    if (name == NULL || t->n_group == SCALING_MAX)
        return false;
    struct scaling_group *g = &t->group[t->n_group];
    *g = (struct scaling_group){.launch = seconds_key(l, "launch", 0)};
    snprintf(g->name, sizeof(g->name), "%s", name->value);
    group_keys(l, &c);
    if (!group_open(&g->core, &c, t->now, &err)) {
        result_text(r, "ValidationError");
        result_field(r, "why", "%s", err.text);
        return true;
    }
    t->n_group++;
    scaling_settle(t, g);
    result_text(r, "ok");
    return true;
}

/* --- what a group is asked --- */

static struct scaling_group *group_word(struct script *s, const struct line *l, uint32_t *i)
{
    struct script_scaling *t = scaling_at(s);
    const struct arg *name = line_word(l, i);
    return name == NULL ? NULL : scaling_group(t, name->value);
}

static bool run_state(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    struct group_view v;
    char until[32] = "running";
    if (g == NULL)
        return false;
    sim_time now = s->scaling->now, cooldown = group_cooldown_end(g->core);
    group_view(g->core, now, &v);
    if (cooldown != SIM_NEVER)
        streams_seconds(until, cooldown);
    result_text(r, "%" PRId64, v.desired);
    result_field(r, "pending", "%" PRId64, v.pending);
    result_field(r, "in_service", "%" PRId64, v.in_service);
    result_field(r, "terminating", "%" PRId64, v.terminating);
    result_field(r, "warm", "%" PRId64, v.warm);
    result_field(r, "warming", "%" PRId64, v.warming);
    result_field(r, "unhealthy", "%" PRId64, v.unhealthy);
    result_field(r, "refreshing", "%d", v.refreshing);
    result_field(r, "refreshes", "%" PRIu64, g->refreshed);
    result_field(r, "failed_refreshes", "%" PRIu64, g->refreshes_failed);
    result_field(r, "launched", "%" PRIu64, group_launches(g->core));
    result_field(r, "ended", "%" PRIu64, g->ended);
    result_field(r, "billed", "%" PRIu64, group_billed(g->core, now));
    result_field(r, "cooldown_end", "%s", until);
    return true;
}

/* "1:InService,2:Pending", the oldest first. */
static bool run_list(struct script *s, const struct line *l, struct result *r)
{
    uint32_t at = 0;
    struct scaling_group *g = group_word(s, l, &at);
    size_t n = 1;
    if (g == NULL)
        return false;
    result_text(r, "[");
    for (uint32_t i = 0; i < group_size(g->core) && n + 64 < sizeof(r->text); i++) {
        const struct group_instance *x = group_instance(g->core, i);
        n += (size_t)snprintf(r->text + n, sizeof(r->text) - n, "%s%" PRIu64 ":%s", i == 0 ? "" : ",", x->id,
                              group_state_name(x->state));
    }
    snprintf(r->text + n, sizeof(r->text) - n, "]");
    return true;
}

/* --- what a group is told --- */

static bool whole_word(const struct line *l, uint32_t *i, int64_t *n)
{
    const struct arg *a = line_word(l, i);
    return a != NULL && text_integer(text_of(a->value), n);
}

static bool finish(struct script *s, struct scaling_group *g, struct result *r)
{
    struct group_view v;
    scaling_settle(s->scaling, g);
    group_view(g->core, s->scaling->now, &v);
    result_text(r, "%" PRId64, v.desired);
    return true;
}

static bool run_desired(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    int64_t n;
    if (g == NULL || !whole_word(l, &i, &n))
        return false;
    group_set_desired(g->core, s->scaling->now, n);
    return finish(s, g, r);
}

static bool run_limits(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    int64_t low, high;
    if (g == NULL || !whole_word(l, &i, &low) || !whole_word(l, &i, &high) || low < 0 || high < low)
        return false;
    group_set_limits(g->core, s->scaling->now, low, high);
    return finish(s, g, r);
}

static bool run_simple(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    int64_t n;
    if (g == NULL || !whole_word(l, &i, &n))
        return false;
    bool may = group_simple(g->core, s->scaling->now, n);
    finish(s, g, r);
    result_field(r, "did", "%s", may ? "yes" : "no");
    return true;
}

static bool run_refresh(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    int64_t percent;
    if (g == NULL || !whole_word(l, &i, &percent))
        return false;
    group_refresh(g->core, s->scaling->now, (uint32_t)percent);
    return finish(s, g, r);
}

/* asg_tell GROUP INSTANCE WHAT */
static bool run_tell(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct scaling_group *g = group_word(s, l, &i);
    int64_t id;
    if (g == NULL || !whole_word(l, &i, &id))
        return false;
    const struct arg *a = line_word(l, &i);
    const char *what = a == NULL ? "" : a->value;
    sim_time now = s->scaling->now;
    if (strcmp(what, "continue") == 0 || strcmp(what, "abandon") == 0)
        group_complete(g->core, now, (uint64_t)id, what[0] == 'c');
    else if (strcmp(what, "idle") == 0)
        group_idle(g->core, now, (uint64_t)id);
    else if (strcmp(what, "sick") == 0)
        group_sick(g->core, now, (uint64_t)id);
    else if (strcmp(what, "lost") == 0)
        group_lost(g->core, now, (uint64_t)id);
    else if (strcmp(what, "unhealthy") == 0 || strcmp(what, "healthy") == 0)
        group_health(g->core, now, (uint64_t)id, what[0] == 'u' ? GROUP_UNHEALTHY : GROUP_HEALTHY);
    else if (strcmp(what, "interrupt") == 0)
        group_interrupt(g->core, now, (uint64_t)id);
    else if (strcmp(what, "protect") == 0 || strcmp(what, "unprotect") == 0)
        group_protect(g->core, now, (uint64_t)id, what[0] == 'p');
    else
        return false;
    return finish(s, g, r);
}

/* --- policies --- */

static bool target_keys(const struct line *l, struct script_scaling *t, struct scaling_policy *p)
{
    struct scale_target_config c;
    scale_target_default(&c);
    c.in = line_int(l, "in", 1) != 0;
    c.period = seconds_key(l, "period", c.period);
    p->metric = scaling_metric(t, text_key(l, "metric", ""));
    if (p->metric == NULL || !ratio_key(l, "target", &c.target) || c.target.num <= 0)
        return false;
    scale_target_init(&p->target, &c, t->now);
    return true;
}

static bool step_keys(const struct line *l, struct script_scaling *t, struct scaling_policy *p)
{
    p->alarm = scaling_alarm(t, text_key(l, "alarm", ""));
    p->steps.magnitude = line_int(l, "magnitude", 0);
    p->steps.n = 1;
    p->steps.step[0].adjustment = line_int(l, "by", 0);
    return p->alarm != NULL && adjust_word(text_key(l, "adjust", "change"), &p->steps.adjust) &&
           (p->kind == SCALING_SIMPLE || steps_word(text_key(l, "steps", ""), &p->steps));
}

static bool run_policy(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    const char *kind = text_key(l, "type", "target");
    if (name == NULL || t->n_policy == SCALING_MAX)
        return false;
    struct scaling_policy *p = &t->policy[t->n_policy];
    *p = (struct scaling_policy){.group = scaling_group(t, text_key(l, "group", ""))};
    snprintf(p->name, sizeof(p->name), "%s", name->value);
    p->kind = strcmp(kind, "simple") == 0 ? SCALING_SIMPLE : strcmp(kind, "step") == 0 ? SCALING_STEP : SCALING_TARGET;
    if (p->group == NULL || !(p->kind == SCALING_TARGET ? target_keys(l, t, p) : step_keys(l, t, p)))
        return false;
    t->n_policy++;
    result_text(r, "ok");
    return true;
}

/* The alarms of a target tracking policy. */
static bool run_alarms(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0, k = 0;
    const struct arg *name = line_word(l, &i);
    while (name != NULL && k < t->n_policy && strcmp(t->policy[k].name, name->value) != 0)
        k++;
    if (name == NULL || k == t->n_policy)
        return false;
    const struct scale_target *x = &t->policy[k].target;
    char at[32];
    result_text(r, "ok");
    result_field(r, "high", "%s", cw_state_name(x->high.state));
    result_field(r, "low", "%s", cw_state_name(x->low.state));
    streams_seconds(at, x->high.since);
    result_field(r, "high_since", "%s", at);
    streams_seconds(at, x->low.since);
    result_field(r, "low_since", "%s", at);
    return true;
}

const struct verb verbs_group[] = {
    {"asg", run_group, "asg NAME [min=N] [desired=N] [max=N] [launch=S] [warmup=S] [cooldown=S] [grace=S] [drain=S] …"},
    {"asg_state", run_state, "asg_state GROUP"},
    {"asg_instances", run_list, "asg_instances GROUP"},
    {"asg_desired", run_desired, "asg_desired GROUP N"},
    {"asg_limits", run_limits, "asg_limits GROUP MIN MAX"},
    {"asg_simple", run_simple, "asg_simple GROUP N"},
    {"asg_refresh", run_refresh, "asg_refresh GROUP PERCENT"},
    {"asg_tell", run_tell, "asg_tell GROUP INSTANCE continue|abandon|idle|sick|lost|unhealthy|healthy|interrupt|protect|unprotect"},
    {"asg_policy", run_policy, "asg_policy NAME group=G type=target|step|simple metric=M target=V | alarm=A adjust=A steps=…|by=N"},
    {"asg_alarms", run_alarms, "asg_alarms POLICY"},
    {NULL, NULL, NULL},
};
