/* screen.h - filter criteria of a mapping (LAM-55): up to five patterns, of which one must match a record or message. Worked out once
 * per event template. */
#ifndef SCREEN_H
#define SCREEN_H

#include "filter.h"
#include "spec.h"
#include "world.h"

#define SCREEN_MAX 5

struct screen {
    struct filter *filter[SCREEN_MAX];
    uint32_t n;
    uint8_t *passes; /* by number of the event template */
};

/* false: memory is short. */
bool screen_open(struct screen *, const struct spec_entity *);
/* In `wire`. streamed: records of a stream, their data under `data`; else messages, with a `body`. */
bool screen_wire(struct screen *, struct world *, bool streamed);
void screen_close(struct screen *);
void screen_check(const struct spec_entity *, struct problems *);

#endif
