/* event_presets.h - events as the services publish them: their shape in EventBridge (envelope and detail) and, where the
 * service also notifies topics and queues directly, the body that it sends there. Values are AWS's own examples. */
#ifndef EVENT_PRESETS_H
#define EVENT_PRESETS_H

struct event_preset {
    const char *name;        /* "s3-object-created" */
    const char *source;      /* "aws.s3" */
    const char *detail_type; /* "Object Created" */
    const char *resources;   /* JSON array */
    const char *detail;      /* JSON object */
    const char *body;        /* JSON of a notification to SNS or SQS; NULL: it has none */
    const char *doc;         /* one line */
};

/* NULL: there is none of that name. */
const struct event_preset *event_preset_find(const char *name);
/* All, ended by a NULL name. */
extern const struct event_preset event_presets[];

#endif
