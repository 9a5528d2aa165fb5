/* topic_subs.c - a topic's subscriptions as the scenario has them: filters, policies, targets,
 * replays. */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "topic_actor.h"

#define FILE_MAX_BYTES 300000

/* --- what the settings say, for `check` as well --- */

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = f == NULL ? NULL : mem_get(FILE_MAX_BYTES + 1);
    size_t n = text == NULL ? 0 : fread(text, 1, FILE_MAX_BYTES, f);
    if (f != NULL)
        fclose(f);
    if (text != NULL)
        text[n] = '\0';
    return text;
}

struct filter *topic_filter(const struct value *sub, struct filter_error *err, bool *given)
{
    const struct value *text = value_field(sub, SUB_FILTER),
                       *file = value_field(sub, SUB_FILTER_FILE);
    enum filter_dialect dialect =
        value_field(sub, SUB_FILTER_SCOPE)->i == 1 ? FILTER_SNS_BODY : FILTER_SNS_ATTRIBUTES;
    *given = !text->absent || !file->absent;
    *err = (struct filter_error){.code = NULL};
    if (!*given)
        return NULL;
    char *read = text->absent ? file_text(file->path) : NULL;
    const char *json = text->absent ? read : text->text;
    if (json == NULL) {
        *err = (struct filter_error){.code = "NotFound"};
        snprintf(err->reason, sizeof(err->reason), "there is no file '%.120s'", file->text);
        return NULL;
    }
    struct filter *f = filter_compile(dialect, json, strlen(json), FILTER_APOSTROPHES, NULL, err);
    mem_release(read);
    return f;
}

static bool is_kind(const struct spec_entity *e, const char *kind)
{
    return e != NULL && strcmp(e->kind, kind) == 0;
}

static bool is_fifo(const struct spec_entity *queue)
{
    const struct value *type = spec_named(queue, "type");
    return type != NULL && type->i == 1;
}

enum sns_endpoint topic_endpoint(const struct value *sub)
{
    static const enum sns_endpoint of_service[] = {SNS_HTTP, SNS_HTTPS, SNS_LAMBDA};
    /* in the order of an endpoint's choices */
    static const enum sns_endpoint of_endpoint[] = {SNS_HTTPS,      SNS_HTTP,    SNS_EMAIL,
                                                    SNS_EMAIL_JSON, SNS_SMS,     SNS_APPLICATION,
                                                    SNS_LAMBDA,     SNS_FIREHOSE};
    const struct spec_entity *to = value_field(sub, SUB_TARGET)->ref;
    const struct value *own = value_field(sub, SUB_PROTOCOL), *its = spec_named(to, "protocol");
    if (is_kind(to, "queue"))
        return is_fifo(to) ? SNS_SQS_FIFO : SNS_SQS;
    if (is_kind(to, "firehose"))
        return SNS_FIREHOSE;
    if (is_kind(to, "function"))
        return SNS_LAMBDA;
    if (is_kind(to, "endpoint") && its != NULL)
        return of_endpoint[its->i];
    return own->absent ? SNS_HTTPS : of_service[own->i];
}

bool topic_policy(const struct value *group, struct sns_policy *p, struct err *err)
{
    *p = (struct sns_policy){.given = group->list.n > 0};
    if (!p->given)
        return true;
    const struct value *rate = value_field(group, POLICY_PER_SECOND);
    p->per_second = rate->absent ? 0 : (uint32_t)rate->i;
    return retry_law_policy(
        &p->law, value_field(group, POLICY_MIN)->i / SIM_S,
        value_field(group, POLICY_MAX)->i / SIM_S, value_field(group, POLICY_RETRIES)->i,
        value_field(group, POLICY_NO_DELAY)->i, value_field(group, POLICY_MIN_RETRIES)->i,
        value_field(group, POLICY_MAX_RETRIES)->i,
        (enum retry_curve)value_field(group, POLICY_BACKOFF)->i, err);
}

static const struct value *subs_of(const struct spec_entity *e)
{
    return spec_value(e, TOPIC_SUBSCRIPTIONS);
}

uint32_t topic_parts(const struct spec_entity *e)
{
    const struct value *v = subs_of(e);
    return v->absent ? 0 : v->list.n;
}

static const char *plain_name(const struct value *sub)
{
    const struct value *name = value_field(sub, SUB_NAME);
    const struct spec_entity *to = value_field(sub, SUB_TARGET)->ref;
    return !name->absent ? name->text
           : to != NULL  ? to->id
                         : "?"; /* wrong scenarios are asked, too */
}

/* Where a target has several subscriptions without names, the later ones get a number. */
const char *topic_part_name(const struct spec_entity *e, uint32_t part, struct arena *arena)
{
    const struct value *v = subs_of(e);
    const char *name = plain_name(&v->list.item[part]);
    uint32_t before = 0;
    for (uint32_t i = 0; i < part; i++)
        before += strcmp(plain_name(&v->list.item[i]), name) == 0;
    if (before == 0)
        return name;
    size_t size = strlen(name) + 16;
    char *text = arena_get(arena, size);
    if (text != NULL)
        snprintf(text, size, "%s-%u", name, before + 1);
    return text;
}

/* --- make --- */

static bool make_part(struct topic *t, uint32_t i)
{
    bool ok = true;
    for (unsigned m = 0; ok && m < PM_DELAY; m++)
        ok = part_counter(&t->e, i, m, &t->sub[i].part[m]);
    return ok && part_tally(&t->e, i, PM_DELAY, &t->sub[i].delay);
}

static const struct dist *law(struct world *w, const struct value *v, const char *otherwise)
{
    struct dist_error err;
    if (!v->absent)
        return v->dist;
    return w->spec->realistic ? dist_parse(&w->arena, otherwise, DIST_DURATION, NULL, &err) : NULL;
}

static void make_latency(struct topic *t, struct topic_sub *s, const struct value *v)
{
    char use[64];
    const struct value *region = value_field(v, SUB_REGION),
                       *home = spec_value(t->e.spec, TOPIC_REGION);
    const char *otherwise =
        sns_is_queue(s->kind) ? "lognormal(p50=25ms, p99=150ms)" : "lognormal(p50=50ms, p99=200ms)";
    s->latency = law(t->e.world, value_field(v, SUB_LATENCY), otherwise);
    s->cross = region->absent || strcmp(region->text, home->text) == 0
                   ? NULL
                   : spec_value(t->e.spec, TOPIC_CROSS_REGION)->dist;
    snprintf(use, sizeof(use), "delivery/%u", s->number);
    s->latency_stream = entity_stream(&t->e, use);
    snprintf(use, sizeof(use), "region/%u", s->number);
    s->cross_stream = entity_stream(&t->e, use);
}

static bool make_filter(struct topic *t, struct topic_sub *s, const struct value *v)
{
    struct filter_error err;
    bool given;
    s->filter = topic_filter(v, &err, &given);
    s->passes = arena_get(&t->e.world->arena, event_count(t->e.world->spec) + 1);
    return s->passes != NULL && (s->filter != NULL || !given);
}

static bool make_sub(struct topic *t, uint32_t i, const struct value *v)
{
    struct topic_sub *s = &t->sub[i];
    s->topic = t;
    s->number = i;
    s->kind = topic_endpoint(v);
    s->raw = value_field(v, SUB_RAW)->i == 1;
    s->count = (uint32_t)value_field(v, SUB_COUNT)->i;
    s->timeout = value_field(v, SUB_TIMEOUT)->i;
    s->from = value_field(v, SUB_FROM)->i;
    s->until = value_field(v, SUB_UNTIL)->absent ? SIM_NEVER : value_field(v, SUB_UNTIL)->i;
    s->forwards = s->kind != SNS_SQS || !sns_config(t->core)->fifo;
    make_latency(t, s, v);
    return make_filter(t, s, v) && make_part(t, i);
}

static bool subscribe(struct topic *t, struct topic_sub *s, const struct value *v)
{
    struct sns_policy own, common;
    const struct value *letters = value_field(v, SUB_DEAD_LETTER),
                       *rate = value_field(v, SUB_PER_SECOND);
    struct sns_subscription with = {
        .endpoint = s->kind,
        .raw = s->raw,
        .scope = value_field(v, SUB_FILTER_SCOPE)->i == 1 ? SNS_BODY : SNS_ATTRIBUTES,
        .filter = s->filter,
        .after = s->from};
    if (!letters->absent)
        with.dead_letter = is_fifo(letters->ref) ? SNS_DLQ_FIFO : SNS_DLQ_STANDARD;
    if (sns_is_http(s->kind) && topic_policy(value_field(v, SUB_DELIVERY_POLICY), &own, NULL) &&
        topic_policy(spec_value(t->e.spec, TOPIC_DELIVERY_POLICY), &common, NULL))
        sns_policy_effective(&with.policy, &common, &own,
                             spec_int(t->e.spec, TOPIC_DISABLE_OVERRIDES) == 1);
    if (!rate->absent)
        with.policy.per_second = (uint32_t)rate->i;
    for (uint32_t c = 0; c < s->count; c++) {
        uint32_t line;
        with.user = (uint64_t)s->number << 32 | c;
        if (sns_refused(sns_subscribe(t->core, topic_begin_call(t), &with, &line)))
            return false;
        s->line = c == 0 ? line : s->line;
    }
    struct retry_law of =
        with.policy.given ? with.policy.law
        : sns_is_queue(s->kind) || s->kind == SNS_LAMBDA || s->kind == SNS_FIREHOSE
            ? retry_law_aws()
            : retry_law_customer();
    s->digits = retry_count(&of) + 2;
    return true;
}

static bool make_replays(struct topic *t)
{
    const struct value *v = spec_value(t->e.spec, TOPIC_REPLAY);
    t->n_replay = v->absent ? 0 : v->list.n;
    t->replay = arena_get(&t->e.world->arena, (t->n_replay + 1) * sizeof(*t->replay));
    for (uint32_t i = 0; t->replay != NULL && i < t->n_replay; i++) {
        struct topic_replay *r = &t->replay[i];
        r->topic = t;
        r->value = &v->list.item[i];
        for (uint32_t k = 0; k < t->n_sub; k++) {
            const char *name = topic_part_name(t->e.spec, k, &t->e.world->arena);
            if (name != NULL && strcmp(name, value_field(r->value, REPLAY_SUBSCRIPTION)->text) == 0)
                r->sub = &t->sub[k];
        }
    }
    return t->replay != NULL;
}

bool topic_subs_make(struct topic *t)
{
    t->n_sub = topic_parts(t->e.spec);
    t->sub = arena_get(&t->e.world->arena, (t->n_sub + 1) * sizeof(*t->sub));
    for (uint32_t i = 0; t->sub != NULL && i < t->n_sub; i++) {
        const struct value *v = &subs_of(t->e.spec)->list.item[i];
        if (!make_sub(t, i, v) || !subscribe(t, &t->sub[i], v))
            return false;
    }
    return t->sub != NULL && make_replays(t);
}

/* --- wire --- */

/* Subscriptions that share a target have digits of their own, so that their attempts are different
 * work there. */
static void number_attempts(struct topic *t, struct topic_sub *s)
{
    s->first = s->radix = 0;
    for (uint32_t i = 0; i < t->n_sub; i++) {
        const struct topic_sub *x = &t->sub[i];
        if (x->to != s->to)
            continue;
        s->first = x == s ? s->radix : s->first;
        s->radix += x->digits * x->count;
    }
}

bool topic_subs_wire(struct topic *t)
{
    for (uint32_t i = 0; i < t->n_sub; i++) {
        const struct value *v = &subs_of(t->e.spec)->list.item[i];
        t->sub[i].to = world_entity(t->e.world, value_field(v, SUB_TARGET)->ref);
        t->sub[i].letters = world_entity(t->e.world, value_field(v, SUB_DEAD_LETTER)->ref);
    }
    for (uint32_t i = 0; i < t->n_sub; i++)
        number_attempts(t, &t->sub[i]);
    return true;
}

/* --- replays --- */

static void on_replay(struct sim *sim, struct sim_timer *timer)
{
    struct topic_replay *r = CONTAINER_OF(timer, struct topic_replay, timer);
    struct topic *t = r->topic;
    const struct value *to = value_field(r->value, REPLAY_TO);
    sim_time until = to->absent ? sim_now(sim) : to->i;
    for (uint32_t c = 0; r->sub != NULL && !r->sub->left && c < r->sub->count; c++)
        sns_replay(t->core, topic_begin_call(t), r->sub->line + c,
                   value_field(r->value, REPLAY_FROM)->i, until);
    topic_pump(t);
}

/* --- unsubscribing (SNS-9) --- */

/* What is due is done with first; a topic that is down hears nothing. */
void topic_subs_leave(struct topic *t)
{
    for (uint32_t i = 0; i < t->n_sub; i++) {
        struct topic_sub *s = &t->sub[i];
        if (!s->due || s->left || t->fault.active & FAULT_DOWN)
            continue;
        s->left = true;
        for (uint32_t c = 0; c < s->count; c++) {
            topic_pump(t);
            if (t->e.world->failed)
                return;
            sns_unsubscribe(t->core, topic_begin_call(t), s->line + c);
            topic_collect(t);
        }
    }
    topic_pump(t);
}

static void on_leave(struct sim *sim, struct sim_timer *timer)
{
    struct topic_sub *s = CONTAINER_OF(timer, struct topic_sub, leaves);
    (void)sim;
    s->due = true;
    topic_subs_leave(s->topic);
}

void topic_subs_start(struct topic *t)
{
    for (uint32_t i = 0; i < t->n_sub; i++) {
        sim_timer_init(&t->sub[i].leaves, SIM_STATE, on_leave);
        if (t->sub[i].until < t->e.world->end)
            sim_at(t->e.world->sim, &t->sub[i].leaves, t->sub[i].until);
    }
    for (uint32_t i = 0; i < t->n_replay; i++) {
        sim_timer_init(&t->replay[i].timer, SIM_STATE, on_replay);
        sim_at(t->e.world->sim, &t->replay[i].timer, value_field(t->replay[i].value, REPLAY_AT)->i);
    }
}

void topic_subs_close(struct topic *t)
{
    for (uint32_t i = 0; t->sub != NULL && i < t->n_sub; i++)
        filter_free(t->sub[i].filter);
}
