/* event.h - events as a scenario describes them: templates with attributes and a body, so that what a filter says of an event is
 * worked out once per template and not once per event. The kind `event` declares them; a producer's `events` and a step's
 * `event` say which of them a message is. A job carries its template's number in its flags, through queues and services. */
#ifndef EVENT_H
#define EVENT_H

#include "spec.h"
#include "wire.h"

struct filter_event;
struct world;

#define EVENT_NONE  0    /* a job without template: no attributes, a body that is no JSON */
#define EVENTS_MAX  4095 /* templates of a scenario */
#define EVENT_SHIFT 2    /* of the number in job.flags, 12 bits: below are JOB_OPERATION, above JOB_RECORDED */
#define EVENT_BITS  (UINT16_C(4095) << EVENT_SHIFT)

static inline uint32_t job_event(const struct job *j)
{
    return (uint32_t)(j->flags & EVENT_BITS) >> EVENT_SHIFT;
}
static inline void job_set_event(struct job *j, uint32_t number)
{
    j->flags = (uint16_t)((j->flags & ~EVENT_BITS) | number << EVENT_SHIFT);
}

/* One template as filters see it: made with the world, read only from then on. NULL: it has none of that. */
struct event_views {
    struct filter_event *attributes; /* message attributes: SNS, scope MessageAttributes; those of EVENT_NONE are none */
    struct filter_event *body;       /* SNS, scope MessageBody; one that never matches when the body is no JSON object */
    struct filter_event *envelope;   /* as EventBridge delivers it (EB-14); NULL: it has no source, detail-type or detail */
    struct filter_event *record;     /* as a pipe takes it from a queue, parsed: its body under `body` (EB-50) */
    struct filter_event *streamed;   /* as a mapping takes it from a stream: under `data` */
    struct filter_event *record_event; /* the same, where a bus has put it there; NULL: no envelope */
    uint32_t attribute_bytes;        /* of names, types and values: counts in a message's size (SNS-12) */
    uint32_t n_attributes;           /* raw delivery to SQS takes ten (SNS-37) */
    uint32_t envelope_bytes;         /* of source, detail-type and resources: counts in an entry's size (EB-11) */
    int64_t size;                    /* of the body or detail, bytes; -1: the job's own size */
};

/* Templates of a scenario are numbered from 1, in the order of their ids. */
uint32_t event_count(const struct spec *);
uint32_t event_number(const struct spec *, const struct spec_entity *);
const struct spec_entity *event_entity(const struct spec *, uint32_t number);
/* For `wire` and later. number EVENT_NONE: of a job that is no template's. */
const struct event_views *event_views(const struct world *, uint32_t number);

/* Without a world, for `check`: the views of a template; what is wrong with it is silent here (its own check says it). false:
 * there is none. The caller clears them. */
bool event_views_read(struct event_views *, const struct spec_entity *);
void event_views_clear(struct event_views *);

/* Keys of an entry of `events` (a producer's): which templates its requests are, each with its weight. */
enum event_mix_key { EVENT_MIX_EVENT, EVENT_MIX_WEIGHT, N_EVENT_MIX_KEYS };
extern const struct key event_mix_keys[N_EVENT_MIX_KEYS];
struct event_mix {
    uint32_t n;
    uint32_t *number;
    uint64_t *until; /* parts of 2^32, added up */
};
/* false: memory is short. An absent list is an empty mix. */
bool event_mix_open(struct event_mix *, struct world *, const struct value *list);
void event_mix_check(const struct spec_entity *, const struct value *list, struct problems *);
/* x: 32 random bits. */
static inline uint32_t event_mix_pick(const struct event_mix *m, uint32_t x)
{
    uint32_t i = 0;
    while (x >= m->until[i])
        i++;
    return m->number[i];
}

#endif
