/* record.h - the lives of chosen requests (`run.record`). A request that is not chosen pays for one
 * look at a bit; what is chosen is a matter of its number alone, so it is the same in every
 * configuration. */
#ifndef RECORD_H
#define RECORD_H

#include "life.h"
#include "request.h"
#include "wire.h"

/* Numbers of one producer's requests, counted from 1: first, first + step … last. */
struct record_rule {
    const struct spec_entity *producer;
    uint64_t first, last, step;
};

struct spec;
struct problems;
struct place;
/* "producer.orders: 1-100, 4711, every 1000; producer.web: 5" into spec->record, a producer's rules
 * together. Reports what is wrong with it at `place`. */
void record_parse(struct spec *, const char *text, const struct place *, struct problems *);
/* A producer's rules, of which there are *n. */
const struct record_rule *record_rules(const struct spec *, const struct spec_entity *producer,
                                       uint32_t *n);
bool record_wants(const struct record_rule *, uint32_t n, uint64_t item);

static inline bool job_recorded(const struct job *j)
{
    return __builtin_expect((j->flags & JOB_RECORDED) != 0, 0);
}
/* The flag that jobs for the request carry. */
static inline uint16_t record_flag(const struct request *r)
{
    return r->flags & REQUEST_RECORDED ? JOB_RECORDED : 0;
}
/* A new event of a request that is recorded, to be filled in. */
struct life_event *record_add(struct world *, uint32_t request, enum life_what,
                              const struct entity *where);
/* The same, for a copy of it. */
struct life_event *record_job(struct world *, const struct job *, enum life_what,
                              const struct entity *where);
/* A caller's side of an attempt: what became of it. */
void record_attempt(struct world *, const struct job *, enum life_what, const struct entity *owner,
                    const struct entity *target, uint32_t attempt, enum call_verdict);
const char *record_verdict(enum call_verdict);
/* NULL: it was settled. */
const char *record_settled(enum settle_verdict);
/* A consumer's worker (LIFE_NONE: it has none) has deleted a message from its source, or tried to. why: of a delete before any
 * work, RECORD_UNMATCHED; NULL: it is done. */
#define RECORD_UNMATCHED "no filter matches it"
void record_delete(struct world *, const struct pulled *, enum settle_verdict, const struct entity *source,
                   const struct entity *consumer, uint32_t worker, const char *why);

#endif
