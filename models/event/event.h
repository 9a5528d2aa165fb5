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

/* One template as filters see it; parsed once per scenario, shared by all trials, read only. NULL: it has none of that. */
struct event_views {
    const struct filter_event *attributes; /* message attributes: SNS, scope MessageAttributes */
    const struct filter_event *body;       /* SNS, scope MessageBody; NULL: the body is no JSON object */
    const struct filter_event *envelope;   /* as EventBridge delivers it (EB-14) */
    uint32_t attribute_bytes;              /* of names, types and values: counts in a message's size (SNS-12) */
    uint32_t n_attributes;                 /* raw delivery to SQS takes ten (SNS-37) */
    int64_t size;                          /* of the body or detail, bytes; -1: the job's own size */
};
/* Templates of the scenario are numbered from 1, in the order of their ids. */
uint32_t event_count(const struct spec *);
const struct event_views *event_views(const struct spec *, uint32_t number);
const struct spec_entity *event_entity(const struct spec *, uint32_t number);
uint32_t event_number(const struct spec *, const struct spec_entity *);

#endif
