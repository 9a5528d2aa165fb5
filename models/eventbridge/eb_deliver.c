/* eb_deliver.c - attempts and how they end: retries by the target's policy (EB-37 … 39), dead letters with what AWS writes on
 * them (EB-40), metrics (EB-43). What is due by itself - schedules, replays - becomes events here. */
#include "eb_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

static const struct {
    const char *code;
    bool retried;
} answers[EB_ANSWERS] = {
    [EB_ACCEPTED] = {NULL, false},
    [EB_ANSWER_THROTTLED] = {"THROTTLING", true},
    [EB_ANSWER_TIMEOUT] = {"TIMEOUT", true},
    [EB_ANSWER_ERROR] = {"INTERNAL_ERROR", true},
    [EB_ANSWER_NO_PERMISSIONS] = {"NO_PERMISSIONS", false},
    [EB_ANSWER_NO_RESOURCE] = {"NO_RESOURCE", false},
};

const char *eb_answer_code(enum eb_answer a)
{
    return answers[a].code;
}

bool eb_answer_retried(enum eb_answer a)
{
    return answers[a].retried;
}

static uint64_t delivery_key(uint32_t line, uint64_t event)
{
    return event << 24 | line;
}

/* --- ends --- */

static void add_letter(struct eb *e, const struct letter *l)
{
    if (e->n_letter == e->cap_letter) {
        uint32_t cap = e->cap_letter == 0 ? 64 : e->cap_letter * 2;
        struct letter *more = mem_resize(e->letter, cap * sizeof(*more));
        if (more == NULL) {
            e->failed = true;
            return;
        }
        e->letter = more;
        e->cap_letter = cap;
    }
    e->letter[e->n_letter++] = *l;
}

static void carry_out(struct eb *e, const struct effect *fx, enum eb_answer answer)
{
    struct letter l = {.target = e->by_line[fx->a],
                       .answer = answer,
                       .end = (enum delivery_end)(fx->c & 0xff),
                       .retries = (uint32_t)(fx->c >> 8),
                       .event = fx->b};
    uint64_t last;
    e->metric[EB_INVOCATIONS]++;
    e->metric[EB_FAILED]++;
    if (map64_get(&e->last_answer, delivery_key(fx->a, fx->b), &last)) {
        if (l.end == DELIVERY_AGE_EXCEEDED)
            l.answer = (enum eb_answer)last;
        map64_remove(&e->last_answer, delivery_key(fx->a, fx->b));
    }
    if (fx->kind == DELIVERY_FX_DEAD)
        add_letter(e, &l);
}

void eb_effects(struct eb *e, struct call *c, enum eb_answer answer)
{
    for (uint32_t i = 0; i < c->n_fx; i++)
        carry_out(e, &c->fx[i], answer);
    c->n_fx = 0;
}

void eb_settle(struct eb *e, uint32_t id, enum eb_answer answer)
{
    uint64_t key = 0;
    struct call *c = eb_begin(e);
    map64_get(&e->under_way, id, &key);
    map64_remove(&e->under_way, id);
    if (answer == EB_ACCEPTED) {
        uint64_t before = delivery_counts(e->delivery)->delivered;
        delivery_settle(e->delivery, c, id, DELIVERY_OK);
        e->metric[EB_INVOCATIONS] += delivery_counts(e->delivery)->delivered - before;
        map64_remove(&e->last_answer, key);
        return;
    }
    if (!map64_put(&e->last_answer, key, answer))
        e->failed = true;
    delivery_settle(e->delivery, c, id, eb_answer_retried(answer) ? DELIVERY_AGAIN : DELIVERY_NEVER);
    eb_effects(e, c, answer);
}

/* --- attempts --- */

static void forward(struct eb *e, const struct eb_attempt *a, const struct target *t)
{
    struct bus *b = eb_bus(e, t->arn);
    struct event *copy = arena_get(&e->arena, sizeof(*copy));
    if (b == NULL) {
        eb_settle(e, a->id, EB_ANSWER_NO_RESOURCE);
        return;
    }
    const struct eb_entry none = {.source = "", .detail_type = "", .detail = "", .time_s = 0};
    struct event *v = copy == NULL ? NULL : eb_event_new(e, &none);
    if (v == NULL) {
        e->failed = true;
        return;
    }
    uint64_t id = v->id;
    *v = *e->event[a->event];
    v->id = id;
    v->hops++;
    v->lines = NULL;
    v->parsed = NULL;
    eb_settle(e, a->id, EB_ACCEPTED);
    eb_publish(e, b, v, NULL, true);
}

/* One rule that is due by its schedule; false: none is (EB-48). */
static bool fire(struct eb *e)
{
    for (struct rule *r = e->bus->rule; r != NULL; r = r->next) {
        if (r->fires_s > eb_clock_s(e))
            continue;
        const char *arn = arena_format(&e->arena, "arn:aws:events:%s:%s:rule/%s", e->config.region, e->config.account, r->name);
        const struct eb_entry x = {.source = "aws.events",
                                   .detail_type = "Scheduled Event",
                                   .detail = "{}",
                                   .time_s = r->fires_s,
                                   .resource = &arn,
                                   .n_resource = 1};
        r->fires_s = eb_schedule_next(&r->schedule, r->since_s, r->fires_s);
        eb_rule_settle(e, r);
        struct event *v = arn == NULL ? NULL : eb_event_new(e, &x);
        if (v != NULL && r->now.enabled)
            eb_publish_to(e, r, v);
        e->failed |= v == NULL;
        return true;
    }
    return false;
}

static void tell(struct eb *e, const struct delivery_attempt *d, struct eb_attempt *a)
{
    const struct target *t = e->by_line[d->line];
    *a = (struct eb_attempt){d->id, d->number, d->message.user, t->rule->name, t->id, t->arn, d->again};
    e->metric[EB_ATTEMPTS]++;
    e->metric[EB_RETRIES] += d->number > 0;
    e->metric[EB_THROTTLED_RULES] += d->number == 0 && !d->again && d->began < e->now;
    if (!map64_put(&e->under_way, d->id, delivery_key(d->line, d->message.user)))
        e->failed = true;
}

bool eb_next(struct eb *e, struct eb_attempt *a)
{
    struct delivery_attempt d;
    for (;;) {
        struct call *c = eb_begin(e);
        bool got = delivery_next(e->delivery, c, &d);
        eb_effects(e, c, EB_ANSWER_ERROR);
        if (got) {
            tell(e, &d, a);
            const struct target *t = e->by_line[d.line];
            if (t->kind != EB_TARGET_BUS)
                return true;
            forward(e, a, t);
        } else if (eb_failed(e) || (delivery_deadline(e->delivery) > e->now && !fire(e) && !eb_replays_next(e))) {
            return false;
        }
    }
}

/* --- letters --- */

static const char *rule_arn(struct eb *e, const struct rule *r)
{
    bool on_default = r->bus == e->bus;
    return arena_format(&e->arena, "arn:aws:events:%s:%s:rule/%s%s%s", e->config.region, e->config.account,
                        on_default ? "" : r->bus->name, on_default ? "" : "/", r->name);
}

bool eb_letter(struct eb *e, struct eb_letter *out)
{
    static const char *const exhausted[] = {[DELIVERY_REFUSED] = NULL,
                                            [DELIVERY_ATTEMPTS_EXHAUSTED] = "MaximumRetryAttempts",
                                            [DELIVERY_AGE_EXCEEDED] = "MaximumEventAgeInSeconds",
                                            [DELIVERY_LINE_CLOSED] = NULL};
    if (e->first_letter == e->n_letter)
        return false;
    const struct letter *l = &e->letter[e->first_letter];
    *out = (struct eb_letter){.queue = l->target->dead_letter,
                              .rule_arn = rule_arn(e, l->target->rule),
                              .target_arn = l->target->arn,
                              .error_code = answers[l->answer].code,
                              .exhausted = exhausted[l->end],
                              .retries = l->retries,
                              .event = l->event};
    e->letter_out = true;
    return true;
}

void eb_letter_sent(struct eb *e, bool taken)
{
    CHECK(e->letter_out);
    e->letter_out = false;
    e->first_letter++;
    e->metric[taken ? EB_TO_DLQ : EB_NOT_TO_DLQ]++;
}

/* --- the event in print --- */

/* Id in the form of a UUID, made from a number. */
static void event_id(char out[40], uint64_t number)
{
    snprintf(out, 40, "%08x-%04x-4%03x-8%03x-%012" PRIx64, (unsigned)(number >> 32), (unsigned)(number >> 16 & 0xffff),
             (unsigned)(number >> 4 & 0xfff), (unsigned)(number & 0xf), number);
}

static bool room_for_text(struct eb *e, size_t n)
{
    if (n <= e->cap_text)
        return true;
    char *more = mem_resize(e->text, n);
    if (more == NULL)
        return false;
    e->text = more;
    e->cap_text = n;
    return true;
}

const char *eb_event_json(struct eb *e, uint64_t number)
{
    const struct event *v = e->event[number];
    char id[40], time[32];
    size_t n = strlen(v->detail_type) + strlen(v->source) + strlen(v->resources) + strlen(v->detail) + 512;
    if (!room_for_text(e, n)) {
        e->failed = true;
        return "";
    }
    event_id(id, number);
    eb_date_text(v->time_s, time);
    snprintf(e->text, n,
             "{\"version\":\"0\",\"id\":\"%s\",\"detail-type\":\"%s\",\"source\":\"%s\",\"account\":\"%s\","
             "\"time\":\"%s\",\"region\":\"%s\",\"resources\":%s,%s%s%s\"detail\":%s}",
             id, v->detail_type, v->source, e->config.account, time, e->config.region, v->resources,
             v->replay == NULL ? "" : "\"replay-name\":\"", v->replay == NULL ? "" : v->replay,
             v->replay == NULL ? "" : "\",", v->detail);
    return e->text;
}
