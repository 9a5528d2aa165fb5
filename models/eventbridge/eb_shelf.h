/* eb_shelf.h - an archive's events and their replay (EB-46, EB-47): what is kept is a tag of the owner's and the event's time.
 * A replay copies the tags of its range when it starts, in slices of one minute of event time, and sends them at a rate;
 * inside a slice the order is that of arrival, or by lot. */
#ifndef EB_SHELF_H
#define EB_SHELF_H

#include <stdbool.h>
#include <stdint.h>

#include "dice.h"
#include "simtime.h"

struct eb_shelved {
    sim_time at, in; /* the event's time; when it is in the archive */
    uint64_t user;
    uint64_t bytes;
};
struct eb_shelf {
    struct eb_shelved *item; /* [first, n) are kept, by order of arrival */
    uint32_t first, n, cap;
    sim_time retention; /* SIM_NEVER: for ever */
    uint64_t bytes;     /* of those that are kept */
};
void eb_shelf_init(struct eb_shelf *, sim_time retention);
void eb_shelf_free(struct eb_shelf *);
bool eb_shelf_put(struct eb_shelf *, const struct eb_shelved *); /* false: memory is short */
/* The next one whose retention is over; false: none. */
bool eb_shelf_expired(struct eb_shelf *, sim_time now, struct eb_shelved *);
/* When the next is over; SIM_NEVER. */
sim_time eb_shelf_deadline(const struct eb_shelf *);

struct eb_playback {
    uint64_t *user;
    sim_time *slice;
    uint32_t n, sent;
    uint32_t rate;
    sim_time began;
    struct dice *dice; /* NULL: in order of arrival */
};
/* What is in the archive now, of event time from <= t < to. rate: events a second. false: memory is short. */
bool eb_playback_open(struct eb_playback *, const struct eb_shelf *, sim_time from, sim_time to, sim_time now, uint32_t rate,
                      struct dice *);
void eb_playback_close(struct eb_playback *);
/* The next event that is due; false: none now. */
bool eb_playback_next(struct eb_playback *, sim_time now, uint64_t *user);
sim_time eb_playback_deadline(const struct eb_playback *); /* SIM_NEVER: it is over */

#endif
