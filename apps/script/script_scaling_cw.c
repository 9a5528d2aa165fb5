/* script_scaling_cw.c - calls to metrics and alarms, and what follows from them without a clock. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cw_math.h"
#include "script_kinesis.h"
#include "script_scaling.h"

static void take_name(char name[48], const struct arg *a)
{
    snprintf(name, 48, "%s", a->value);
}

/* Values from before the script's start, one for each span. */
static void history(struct scaling_metric *m, struct ratio value)
{
    for (int64_t k = m->span - 20; k < m->span; k++)
        cw_metric_put(&m->core, k, cw_point_of(value));
}

static bool run_metric(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *before = line_key(l, "before"), *per = line_key(l, "per");
    struct ratio value = ratio_int(0);
    if (name == NULL || t->n_metric == SCALING_MAX || (before != NULL && !ratio_parse(before->value, &value)))
        return false;
    struct scaling_metric *m = &t->metric[t->n_metric];
    sim_time granularity = seconds_key(l, "every", SIM_MIN);
    *m = (struct scaling_metric){.value = value, .counter = line_int(l, "counter", 0) != 0, .span = t->now / granularity};
    take_name(m->name, name);
    m->per = per == NULL ? NULL : scaling_group(t, per->value);
    if ((per != NULL && m->per == NULL) || !cw_metric_open(&m->core, granularity, seconds_key(l, "delay", SIM_MIN), 2 * SIM_DAY))
        return false;
    if (!spread_open(m, l))
        return false;
    if (before != NULL)
        history(m, value);
    t->n_metric++;
    result_text(r, "ok");
    return true;
}

static bool run_gauge(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *value = line_word(l, &i);
    struct scaling_metric *m = name == NULL ? NULL : scaling_metric(t, name->value);
    struct ratio v = ratio_int(0);
    if (m == NULL || value == NULL)
        return false;
    m->none = strcmp(value->value, "none") == 0;
    if (!m->none && !ratio_parse(value->value, &v))
        return false;
    m->value = m->counter ? ratio_add(m->value, v) : v;
    result_text(r, "ok");
    return true;
}

static bool statistic_word(const char *word, enum cw_statistic *out)
{
    static const char *const known[] = {"average", "sum", "minimum", "maximum", "samples"};
    for (unsigned i = 0; i < 5; i++)
        if (strcmp(known[i], word) == 0) {
            *out = (enum cw_statistic)i;
            return true;
        }
    return false;
}

/* The metric's own statistic, if it has one, unless another is asked for. */
static bool statistic_of(const struct scaling_metric *m, const struct line *l, enum cw_statistic *out)
{
    bool own = m->tally && line_key(l, "statistic") == NULL;
    *out = m->stat.kind;
    return own || statistic_word(text_key(l, "statistic", "average"), out);
}

static bool run_values(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct scaling_metric *m = name == NULL ? NULL : scaling_metric(t, name->value);
    if (m == NULL || !m->tally)
        return false;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i))
        if (!spread_add(m, a->value))
            return false;
    result_text(r, "ok");
    return true;
}

/* The statistic of the last visible spans. */
static bool run_read(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct scaling_metric *m = name == NULL ? NULL : scaling_metric(t, name->value);
    enum cw_statistic statistic;
    struct ratio v;
    char text[64];
    if (m == NULL || !statistic_of(m, l, &statistic))
        return false;
    sim_time to = cw_metric_horizon(&m->core, t->now), period = seconds_key(l, "period", m->tally ? m->period : SIM_MIN);
    bool there = cw_metric_read(&m->core, to - period, to, statistic, &v);
    if (there)
        ratio_words(text, v);
    result_text(r, "%s", there ? text : "none");
    return true;
}

static bool alarm_config(const struct line *l, struct cw_alarm_config *c)
{
    const struct arg *when = line_key(l, "when");
    size_t n = when == NULL ? 0 : strspn(when->value, "<>=");
    char op[3] = "";
    if (n < 1 || n > 2)
        return false;
    memcpy(op, when->value, n);
    c->period = seconds_key(l, "period", SIM_MIN);
    c->n = (uint32_t)line_int(l, "n", 1);
    c->m = (uint32_t)line_int(l, "m", c->n);
    return compare_word(op, &c->compare) && ratio_parse(when->value + n, &c->threshold) &&
           missing_word(text_key(l, "missing", "missing"), &c->missing);
}

static bool run_alarm(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i), *metric = line_key(l, "metric");
    struct cw_alarm_config c;
    struct err err = {0};
    if (name == NULL || metric == NULL || t->n_alarm == SCALING_MAX || !alarm_config(l, &c))
        return false;
    struct scaling_alarm *a = &t->alarm[t->n_alarm];
    *a = (struct scaling_alarm){.metric = scaling_metric(t, metric->value)};
    if (a->metric == NULL || !statistic_of(a->metric, l, &a->statistic))
        return false;
    if (strcmp(text_key(l, "low", "evaluate"), "ignore") == 0)
        a->fewest = cw_stat_samples(&a->metric->stat);
    result_text(r, "ok");
    if (!cw_alarm_valid(&c, &err)) {
        result_text(r, "ValidationError");
        result_field(r, "why", "%s", err.text);
        return true;
    }
    take_name(a->name, name);
    cw_alarm_init(&a->core, &c, t->now);
    sim_time every = cw_alarm_every(&c);
    a->next = (t->now / every + (t->now % every > 0 || t->now == 0)) * every;
    result_field(r, "every", "%" PRId64, every / SIM_S);
    t->n_alarm++;
    return true;
}

static bool run_state(struct script *s, const struct line *l, struct result *r)
{
    struct script_scaling *t = scaling_at(s);
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct scaling_alarm *a = name == NULL ? NULL : scaling_alarm(t, name->value);
    char at[32];
    if (a == NULL)
        return false;
    streams_seconds(at, a->core.since);
    result_text(r, "%s", cw_state_name(a->core.state));
    result_field(r, "since", "%s", at);
    result_field(r, "changes", "%" PRIu64, a->changes);
    result_field(r, "invoked", "%" PRIu64, a->invoked);
    result_field(r, "held", "%" PRIu64, a->held);
    return true;
}

/* --- without a clock --- */

/* The state for each treatment of missing data; "keep": it stays what it was. */
static bool run_judge(struct script *s, const struct line *l, struct result *r)
{
    static const char *const treatment[] = {"missing", "ignore", "breaching", "notBreaching"};
    enum cw_data data[ARGS_MAX];
    uint32_t i = 0, n = 0, m = (uint32_t)line_int(l, "m", 3);
    (void)s;
    for (const struct arg *a = line_word(l, &i); a != NULL; a = line_word(l, &i))
        data[n++] = a->value[0] == 'X' ? CW_BREACH : a->value[0] == '0' ? CW_FINE : CW_NONE;
    if (n <= CW_LOOK_BACK)
        return false;
    for (uint32_t k = 0; k < n / 2; k++) { /* written oldest first */
        enum cw_data x = data[k];
        data[k] = data[n - 1 - k];
        data[n - 1 - k] = x;
    }
    result_text(r, "judged");
    for (unsigned k = 0; k < 4; k++) {
        enum cw_state after[3];
        for (enum cw_state b = CW_OK; b <= CW_ALARM; b++)
            after[b] = cw_alarm_judge(data, n - CW_LOOK_BACK, m, (enum cw_missing)k, b);
        bool keep = after[0] == CW_OK && after[1] == CW_INSUFFICIENT && after[2] == CW_ALARM;
        CHECK(keep || (after[0] == after[1] && after[1] == after[2]));
        result_field(r, treatment[k], "%s", keep ? "keep" : cw_state_name(after[0]));
    }
    return true;
}

struct names {
    const struct cw_math *m;
    const struct line *l;
};

static bool name_value(void *ctx, uint32_t name, struct ratio *out)
{
    const struct names *n = ctx;
    char key[48];
    snprintf(key, sizeof(key), "%.*s", (int)n->m->name[name].length, n->m->name[name].at);
    const struct arg *a = line_key(n->l, key);
    return a != NULL && ratio_parse(a->value, out);
}

static bool run_math(struct script *s, const struct line *l, struct result *r)
{
    struct cw_math m;
    struct cw_math_error e;
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    struct ratio v;
    char text[64] = "none";
    (void)s;
    if (a == NULL)
        return false;
    if (!cw_math_parse(&m, a->value, &e)) {
        result_text(r, "refused");
        result_field(r, "at", "%zu", e.column);
        result_field(r, "why", "%s", e.text);
        return true;
    }
    struct names names = {&m, l};
    if (cw_math_evaluate(&m, name_value, &names, &v))
        ratio_words(text, v);
    result_text(r, "%s", text);
    return true;
}

const struct verb verbs_cw[] = {
    {"cw_metric", run_metric, "cw_metric NAME [delay=S] [every=S] [counter=1] [before=V] [per=GROUP] [statistic=p99] [period=S]"},
    {"cw_values", run_values, "cw_values METRIC V… (0.2x99: 99 times)"},
    {"cw_gauge", run_gauge, "cw_gauge METRIC VALUE|none"},
    {"cw_read", run_read, "cw_read METRIC [period=S] [statistic=S]"},
    {"cw_alarm", run_alarm, "cw_alarm NAME metric=M when=OPVALUE [period=S] [n=N] [m=M] [statistic=S] [missing=T] [low=ignore]"},
    {"cw_state", run_state, "cw_state ALARM"},
    {"cw_judge", run_judge, "cw_judge [m=M] DATA… (0, X or -, the oldest first)"},
    {"cw_math", run_math, "cw_math EXPRESSION [name=V…]"},
    {NULL, NULL, NULL},
};
