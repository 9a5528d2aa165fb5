/* mapping_end.c - what becomes of records: they are processed, given up, or have expired. A record stays in its stream, whatever a
 * mapping does with it. Of a batch that is given up the destination is told (KIN-89): one message, which stands for the request
 * of its first record. */
#include "mapping.h"

#include "caller.h"
#include "record.h"

#define LETTER_BYTES 600 /* KinesisBatchInfo and what is around it */

/* --- processed --- */

static void processed(struct mapping *m, const struct flight *f, const struct job *j)
{
    struct world *w = m->e.world;
    const struct request *r = request_at(&w->requests, j->request);
    bool again = w->requests.source[r->source]->done_at == &m->e && (r->flags & REQUEST_EFFECT) != 0;
    mapping_count(m, MM_DUPLICATES, again);
    if (job_recorded(j))
        record_job(w, j, LIFE_DONE, &m->e)->value = world_now(w) - f->began;
    request_effect(w, j->request, &m->e);
}

static void done(struct mapping *m, struct flight *f, uint32_t n)
{
    mapping_count(m, MM_PROCESSED, n);
    mapping_part_count(m, f->shard, MP_PROCESSED, n);
    for (uint32_t i = 0; i < f->n_job; i++)
        if (f->record[i] >= f->gone && f->record[i] < f->gone + n)
            processed(m, f, &f->job[i]);
    f->gone += n;
    m->n_ended += n;
}

/* --- given up --- */

static void letter(struct mapping *m, const struct job *of)
{
    struct push_answer answer = {.retry_at = SIM_NEVER};
    struct job j = *of;
    j.size = LETTER_BYTES;
    j.key = JOB_NO_KEY;
    j.flags |= JOB_LETTER;
    if (job_recorded(&j))
        record_job(m->e.world, &j, LIFE_DEAD, &m->e)->other = m->letters->index;
    m->letters->room->push->offer(m->letters, &j, 1, &answer);
    mapping_count(m, answer.verdict == PUSH_ACCEPTED ? MM_LETTERS : MM_LETTERS_REFUSED, 1);
}

/* The first job of the batch that is given up; false: the stream has let go of it. */
static bool first_job(struct mapping *m, const struct effect *fx, const struct flight *f, struct job *out)
{
    struct log_record r;
    for (uint32_t i = 0; f != NULL && i < f->n_job; i++)
        if (f->record[i] >= f->gone) {
            *out = f->job[i];
            return true;
        }
    if (!m->log->record(m->source, fx->a / m->config.factor, fx->b, &r))
        return false;
    *out = r.job[0];
    return true;
}

static void tell(struct mapping *m, uint32_t shard, uint64_t seq, enum esm_condition why)
{
    struct log_record r = {.n = 0};
    m->log->record(m->source, shard, seq, &r);
    for (uint32_t i = 0; i < r.n; i++)
        if (job_recorded(&r.job[i]))
            life_why(record_job(m->e.world, &r.job[i], LIFE_FAILED, &m->e), esm_condition_name(why));
}

static void discarded(struct mapping *m, const struct effect *fx, struct flight *f)
{
    static const enum mapping_metric metric[ESM_CONDITIONS] = {[ESM_RETRIES_EXHAUSTED] = MM_DISCARDED_ATTEMPTS,
                                                               [ESM_AGE_EXCEEDED] = MM_DISCARDED_AGE,
                                                               [ESM_TOO_LARGE] = MM_DISCARDED_SIZE};
    uint32_t n = (uint32_t)fx->c, shard = fx->a / m->config.factor;
    enum esm_condition why = (enum esm_condition)(fx->c >> 32);
    struct job j;
    mapping_count(m, metric[why], n);
    mapping_part_count(m, shard, MP_DISCARDED, n);
    entity_trace(&m->e, MAPPING_TRACE_DISCARDED, fx->b << 16 ^ n);
    for (uint32_t i = 0; i < n; i++)
        tell(m, shard, esm_gone(m->core, fx, i)->seq, why);
    if (n > 0 && m->letters != NULL && first_job(m, fx, f, &j))
        letter(m, &j);
    for (uint32_t i = 0; i < n; i++)
        m->log->give_up(m->source, &m->reader, shard, esm_gone(m->core, fx, i)->seq);
    m->n_ended += n;
    if (f != NULL)
        f->gone += n;
}

static void expired(struct mapping *m, const struct effect *fx)
{
    mapping_count(m, MM_EXPIRED, fx->c);
    mapping_part_count(m, fx->a / m->config.factor, MP_DISCARDED, fx->c);
    entity_trace(&m->e, MAPPING_TRACE_EXPIRED, fx->b);
    m->n_ended += fx->c;
}

/* --- all --- */

void mapping_effects(struct mapping *m, const struct call *c, struct flight *f)
{
    for (uint32_t i = 0; i < c->n_fx; i++) {
        const struct effect *fx = &c->fx[i];
        switch ((enum esm_fx)fx->kind) {
        case ESM_FX_INVOKE:
            mapping_invoke(m, fx->a);
            break;
        case ESM_FX_DONE:
            done(m, f, (uint32_t)fx->c);
            break;
        case ESM_FX_DISCARD:
            discarded(m, fx, f);
            break;
        case ESM_FX_EXPIRED:
            expired(m, fx);
            break;
        case ESM_FX_SPLIT:
            mapping_count(m, MM_BISECTIONS, 1);
            break;
        case ESM_FX_FINISHED:
            mapping_finished(m, fx->a);
            break;
        case ESM_FX_KINDS:
            break;
        }
    }
    if (f != NULL && f->shard < m->n_part)
        obs_level_set(&m->part[f->shard].blocked, mapping_now(m), esm_blocked_in(m->core, f->shard));
}
