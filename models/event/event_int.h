/* event_int.h - the settings of an event template, shared by its room and its reader. */
#ifndef EVENT_INT_H
#define EVENT_INT_H

#include "event.h"

enum event_key {
    EVENT_PRESET,
    EVENT_REPLACE,
    EVENT_SOURCE,
    EVENT_DETAIL_TYPE,
    EVENT_RESOURCES,
    EVENT_DETAIL,
    EVENT_DETAIL_FILE,
    EVENT_BODY,
    EVENT_BODY_FILE,
    EVENT_ATTRIBUTES,
    EVENT_SIZE,
    N_EVENT_KEYS
};
enum { REPLACE_FROM, REPLACE_TO, N_REPLACE_KEYS };
extern const struct key event_keys[N_EVENT_KEYS];

/* The same as event_views_read, and says what is wrong. problems NULL: nobody asks. */
bool event_read(struct event_views *, const struct spec_entity *, struct problems *);

#endif
