/* topic_publish.c - Publish and PublishBatch as other entities make them: latency, faults, quotas,
 * and the request that is held as long as a copy is on its way. */
#include "fault_state.h"
#include "sns_price.h"
#include "topic_actor.h"

enum { DEDUP_NONE, DEDUP_CONTENT, DEDUP_ID, DEDUP_KEY };

static sim_time latency(struct entity *e, const struct job *j)
{
    struct topic *t = topic_of(e);
    sim_time time = t->latency_constant;
    if (time < 0) {
        struct rng cell = job_cell(e->world, &t->latency_stream, j);
        time = dist_sample(t->latency, &cell);
    }
    return t->fault.active & FAULT_SLOW ? fault_slowed(&t->fault, time) : time;
}

/* This call, by a fault. */
static bool fails(struct topic *t)
{
    if (!(t->fault.active & FAULT_FAIL))
        return false;
    struct rng cell = rng_at(&t->fail_stream, 0, t->n_calls++, 0);
    return (int64_t)rng_below(&cell, 1000000000) < t->fault.probability;
}

/* Retries of one request carry the same content and the same id; a key may be that of many. */
static uint64_t dedup_id(const struct topic *t, const struct job *j)
{
    if (!sns_config(t->core)->fifo)
        return SNS_NO_DEDUP_ID;
    if (t->dedup == DEDUP_NONE)
        return SNS_UNIQUE;
    if (t->dedup == DEDUP_KEY)
        return (uint64_t)j->key + 1;
    const struct request *r = request_at(&t->e.world->requests, j->request);
    return ((uint64_t)r->source << 40 | request_item(r)) + 1;
}

static struct sns_publish publish_of(const struct topic *t, const struct job *j)
{
    uint32_t event = job_event(j);
    const struct event_views *v = event_views(t->e.world, event);
    return (struct sns_publish){.user = topic_user(j),
                                .dedup = dedup_id(t, j),
                                .size = j->size,
                                .group = j->key, /* JOB_NO_KEY is SNS_NO_GROUP */
                                .attribute_bytes = v->attribute_bytes,
                                .n_attributes = v->n_attributes,
                                .event = event,
                                .attributes = v->attributes,
                                .body = v->body};
}

static void all(struct push_answer *a, uint32_t n, enum push_verdict verdict, enum sns_outcome why)
{
    for (uint32_t i = 0; i < n; i++)
        a[i] = (struct push_answer){verdict, sns_outcome_row(why)->code, SIM_NEVER};
}

static void note_refused(struct topic *t, const struct job *j, uint32_t n,
                         const struct push_answer *a)
{
    topic_count(t, a->verdict == PUSH_THROTTLED ? TM_THROTTLED : TM_REFUSED, n);
    for (uint32_t i = 0; i < n; i++) {
        entity_trace(&t->e, TOPIC_TRACE_REFUSED,
                     request_item(request_at(&t->e.world->requests, j[i].request)));
        if (job_recorded(&j[i]))
            life_why(record_job(t->e.world, &j[i], LIFE_REFUSED, &t->e), a[i].why);
    }
}

/* --- filters --- */

static bool passes(struct topic_sub *s, const struct sns_publish *p)
{
    if (s->filter == NULL)
        return true;
    uint8_t *known = &s->passes[p->event];
    if (*known == 0)
        *known = sns_gets(s->topic->core, s->line, p) ? 2 : 1;
    return *known == 2;
}

static void count_filtered(struct topic *t, const struct sns_publish *p,
                           const uint64_t before[SNS_REASONS])
{
    const struct sns_counts *c = sns_counts(t->core);
    for (unsigned r = 0; r < SNS_REASONS; r++)
        if (c->filtered[r] > before[r]) {
            topic_count(t, TM_FILTERED_ATTRIBUTES + r, c->filtered[r] - before[r]);
            topic_count(t, TM_FILTERED, c->filtered[r] - before[r]);
        }
    for (uint32_t i = 0; i < t->n_sub; i++)
        if (world_now(t->e.world) >= t->sub[i].from && !t->sub[i].left && !passes(&t->sub[i], p))
            sub_count(&t->sub[i], PM_FILTERED, t->sub[i].count);
}

/* --- one message --- */

static void accepted(struct topic *t, const struct job *j, const struct sns_publish *p,
                     const struct sns_published *out)
{
    struct world *w = t->e.world;
    topic_count(t, TM_PUBLISHED, 1);
    obs_tally_add(&t->size, world_now(w), p->size + p->attribute_bytes);
    if (out->copies == 0)
        return;
    request_hold(w, j->request);
    t->holds++;
    topic_count(t, TM_MATCHED, out->copies);
    topic_enters(t, out->copies);
}

static void publish(struct topic *t, const struct job *j, const struct sns_publish *p,
                    struct push_answer *a)
{
    struct sns_published out;
    uint64_t before[SNS_REASONS];
    for (unsigned r = 0; r < SNS_REASONS; r++)
        before[r] = sns_counts(t->core)->filtered[r];
    enum sns_outcome o = sns_publish(t->core, topic_begin_call(t), p, &out);
    *a = (struct push_answer){PUSH_ACCEPTED, NULL, SIM_NEVER};
    if (sns_refused(o)) {
        t->e.world->failed |= o == SNS_NO_MEMORY;
        all(a, 1, PUSH_REFUSED, o);
        note_refused(t, j, 1, a);
        return;
    }
    entity_trace(&t->e, o == SNS_OK ? TOPIC_TRACE_PUBLISHED : TOPIC_TRACE_DUPLICATE,
                 request_item(request_at(&t->e.world->requests, j->request)) << 16 ^ j->attempt);
    if (o == SNS_OK) {
        accepted(t, j, p, &out);
        if (out.filtered > 0)
            count_filtered(t, p, before);
    } else {
        topic_count(t, TM_PUBLISHED, 1);
        topic_count(t, TM_DEDUPLICATED, 1);
        if (job_recorded(j))
            record_job(t->e.world, j, LIFE_DEDUPLICATED, &t->e)->group = j->key;
    }
    topic_collect(t);
}

/* --- calls --- */

static void publish_call(struct topic *t, const struct job *jobs, uint32_t n, struct push_answer *a)
{
    struct sns_publish p[SNS_BATCH_MAX];
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++) {
        p[i] = publish_of(t, &jobs[i]);
        bytes += p[i].size + p[i].attribute_bytes;
    }
    enum sns_outcome o = n > 1 && bytes > sns_config(t->core)->max_message
                             ? SNS_BATCH_TOO_LONG
                             : sns_admit(t->core, topic_begin_call(t), p, n);
    if (o != SNS_OK) {
        all(a, n, o == SNS_THROTTLED ? PUSH_THROTTLED : PUSH_REFUSED, o);
        note_refused(t, jobs, n, a);
        return;
    }
    topic_count(t, TM_CALLS, 1);
    uint64_t billed = 0; /* what is refused costs nothing */
    for (uint32_t i = 0; i < n; i++) {
        publish(t, &jobs[i], &p[i], &a[i]);
        if (a[i].verdict == PUSH_ACCEPTED)
            billed += p[i].size + p[i].attribute_bytes;
    }
    if (billed > 0)
        topic_count(t, TM_BILLED, sns_price_requests(billed));
}

static void offer(struct entity *e, const struct job *jobs, uint32_t n, struct push_answer *answers)
{
    struct topic *t = topic_of(e);
    for (uint32_t i = 0; i < n; i += SNS_BATCH_MAX) {
        uint32_t some = n - i < SNS_BATCH_MAX ? n - i : SNS_BATCH_MAX;
        if (t->fault.active & FAULT_DOWN || fails(t)) {
            all(&answers[i], some, t->fault.active & FAULT_DOWN ? PUSH_DOWN : PUSH_LOST,
                SNS_INTERNAL);
            note_refused(t, &jobs[i], some, &answers[i]);
        } else {
            publish_call(t, &jobs[i], some, &answers[i]);
        }
    }
    topic_pump(t);
}

const struct push_ops topic_push = {.latency = latency, .offer = offer};
