/* filter_json.h - filters and events from JSON text, read with jansson.
 *
 * What is refused is refused with AWS's code and reason (SNS-75, EB-34), and with the place in the
 * text. Texts of scenarios may use ' for " (FILTER_APOSTROPHES): if the text holds no " at all,
 * every ' stands for one, and \' for an apostrophe. Places are those of the text as it was written.
 */
#ifndef FILTER_JSON_H
#define FILTER_JSON_H

#include "filter.h"

#define FILTER_APOSTROPHES 1u

struct filter_error {
    const char
        *code; /* "InvalidParameter", "InvalidEventPatternException", …; NULL: memory was short */
    char reason[256];
    size_t offset;         /* bytes from the start of the text */
    uint32_t line, column; /* of the text, from 1; column in characters */
};

/* What a policy may not exceed. */
struct filter_limits {
    uint64_t combinations; /* SNS-73: 150 */
    uint32_t keys;         /* SNS-72: 5 */
    uint32_t alternatives; /* that `$or` expands to; EventBridge: 1,000 */
    size_t length;         /* SNS-74: 262,144 bytes; EB-33: 2,048 characters, a quota */
    size_t length_max;     /* EB-33: 4,096 characters, whatever the quota */
};
void filter_limits_default(enum filter_dialect, struct filter_limits *);

/* limits NULL: the default ones. error may be NULL. NULL: *error says why.
 * SNS's {} is no policy: a filter that matches everything. */
struct filter *filter_compile(enum filter_dialect, const char *text, size_t n, unsigned flags,
                              const struct filter_limits *, struct filter_error *);

/* The whole text that AWS answers with. */
enum filter_call { FILTER_SUBSCRIBE, FILTER_SET_ATTRIBUTES, FILTER_PUT_RULE };
void filter_error_text(const struct filter_error *, enum filter_call, char *text, size_t size);

/* FilterPolicyScope; false: *error (SNS-60). */
bool filter_scope(const char *text, enum filter_dialect *, struct filter_error *);

/* ---- events ---- */

/* FILTER_SNS_BODY: a text that is no JSON object is an event that never matches (SNS-60).
 * FILTER_EVENTBRIDGE: the whole event with source, detail-type, detail …; NULL and *error if it is
 * no JSON object. Memory being short is NULL with error->code NULL in both. */
struct filter_event *filter_event_json(enum filter_dialect, const char *text, size_t n,
                                       unsigned flags, struct filter_error *);

/* Message attributes for FILTER_SNS_ATTRIBUTES. Binary ones are ignored; a Number that is none, or
 * a String.Array that is no JSON array of scalars, makes an event that never matches (SNS-76).
 * NULL: memory is short. */
enum filter_type { FILTER_STRING, FILTER_STRING_ARRAY, FILTER_NUMBER, FILTER_BINARY };
struct filter_attribute {
    const char *name;
    enum filter_type type;
    const char *value;
    size_t n;
};
struct filter_event *filter_event_attributes(const struct filter_attribute *, uint32_t n,
                                             unsigned flags);
/* "String", "String.Array", "Number", "Binary", also with a custom label ("Number.int"). */
bool filter_type_read(const char *text, enum filter_type *);

/* TestEventPattern: is this an event at all (EB-36)? */
bool filter_event_whole(const char *text, size_t n, unsigned flags, struct filter_error *);

#endif
