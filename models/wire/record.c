/* record.c - what is written down of a recorded request. */
#include "record.h"

#include "world.h"

struct life_event *record_add(struct world *w, uint32_t request, enum life_what what,
                              const struct entity *where)
{
    const struct request *r = request_at(&w->requests, request);
    struct life_event *e = life_add(&w->life, &w->life_spare);
    e->at = world_now(w);
    e->item = request_item(r);
    e->producer = w->requests.source[r->source]->maker->index;
    e->entity = where->index;
    e->what = (uint16_t)what;
    return e;
}

struct life_event *record_job(struct world *w, const struct job *j, enum life_what what,
                              const struct entity *where)
{
    struct life_event *e = record_add(w, j->request, what, where);
    e->attempt = j->attempt;
    return e;
}

const char *record_verdict(enum call_verdict v)
{
    static const char *const word[] = {
        [CALL_OK] = "ok",
        [CALL_FAILED] = "failed",
        [CALL_REFUSED] = "refused",
        [CALL_THROTTLED] = "throttled",
        [CALL_DOWN] = "down",
        [CALL_TIMEOUT] = "timeout",
        [CALL_CONFLICT] = "conflict",
        [CALL_SHORT] = "circuit open",
        [CALL_REJECTED] = "rejected",
    };
    return word[v];
}

void record_attempt(struct world *w, const struct job *j, enum life_what what,
                    const struct entity *owner, const struct entity *target, uint32_t attempt,
                    enum call_verdict verdict)
{
    struct life_event *e = record_job(w, j, what, owner);
    e->other = target->index;
    e->value = attempt;
    if (verdict != CALL_OK)
        life_why(e, record_verdict(verdict));
}

const char *record_settled(enum settle_verdict v)
{
    static const char *const word[] = {
        [SETTLED] = NULL,
        [SETTLE_STALE] = "stale",
        [SETTLE_REFUSED] = "refused",
        [SETTLE_THROTTLED] = "throttled",
        [SETTLE_IS_DOWN] = "down",
    };
    return word[v];
}

void record_delete(struct world *w, const struct pulled *got, enum settle_verdict v, const struct entity *source,
                   const struct entity *consumer, uint32_t worker, const char *why)
{
    struct life_event *e = record_job(w, &got->job, v == SETTLED ? LIFE_DELETED : LIFE_DELETED_LATE, source);
    e->other = consumer->index;
    e->worker = worker;
    e->receives = got->receive_count;
    life_why(e, v == SETTLED ? why : record_settled(v));
}
