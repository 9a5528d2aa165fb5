/* ties.h - who is tied to whom in a scenario, and how: messages that go, readers that fetch, hands that steer. */
#ifndef TIES_H
#define TIES_H

#include "spec.h"

enum tie_kind {
    TIE_SENDS,   /* messages, records or calls go from `from` to `to` */
    TIE_READS,   /* `from` fetches them: they go from `to` to `from` */
    TIE_DEAD,    /* what failed goes to `to` */
    TIE_STEERS,  /* alarms, policies, groups and faults change what `to` does */
    TIE_WATCHES, /* `from` looks at a metric of `to` */
    TIE_NAMES    /* mentioned only: an event's template, whose success counts */
};
struct tie {
    const struct spec_entity *from, *to;
    enum tie_kind             kind;
    char                      key[48]; /* the setting: "sends", "async.on_failure" */
};
struct ties {
    struct tie *tie; /* in the order of entities and of their settings */
    size_t      n;
};
/* false: memory is short. */
bool ties_open(struct ties *, const struct spec *);
void ties_close(struct ties *);

#endif
