/* remember.c - what a worker knows of the requests that were done already: ids, in its own memory or in that of all. */
#include "worker.h"

#include "hash.h"

static struct known *memory_of(struct worker *w)
{
    return w->fleet->idempotent.memory == MEMORY_OWN ? &w->known : &w->fleet->known;
}

/* Copies of one request have one id; or each message that was sent has its own. */
static uint64_t id_of(const struct worker *w)
{
    const struct request *r = w->request;
    uint64_t id = (uint64_t)r->source << 40 | request_item(r);
    if (w->fleet->idempotent.by == BY_MESSAGE)
        id = hash_mix(id << 8 ^ hash_mix(w->got[w->at].job.attempt));
    return id;
}

bool worker_remembers(struct worker *w)
{
    return known_has(memory_of(w), world_now(worker_world(w)), id_of(w));
}

void worker_remember(struct worker *w)
{
    if (!known_add(memory_of(w), world_now(worker_world(w)), id_of(w)))
        worker_world(w)->failed = true;
}

sim_time worker_memory_latency(struct worker *w, uint32_t which)
{
    const struct idempotence *m = &w->fleet->idempotent;
    int64_t t;
    if (m->latency == NULL)
        return 0;
    if (dist_is_constant(m->latency, &t))
        return t;
    struct job job = w->job;
    job.attempt = attempt_code(job.attempt, 2, which);
    struct rng cell = job_cell(worker_world(w), &m->stream, &job);
    return dist_sample(m->latency, &cell);
}
