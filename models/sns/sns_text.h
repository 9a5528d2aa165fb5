/* sns_text.h - what texts may look like: names, subjects, ids, message attributes (SNS-1, 13, 14,
 * 16, 21), and the forms in which a message arrives (SNS-33, 35). Pure functions. */
#ifndef SNS_TEXT_H
#define SNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "simtime.h"

struct sns_text { /* bytes, not ended by NUL; at NULL: absent */
    const char *at;
    size_t n;
};
struct sns_text sns_text_of(const char *);
bool sns_text_same(struct sns_text, struct sns_text);
bool sns_text_is(struct sns_text, const char *);
bool sns_text_ends(struct sns_text, const char *end);

bool sns_text_topic(struct sns_text name, bool fifo);
bool sns_text_subject(struct sns_text);
bool sns_text_id(struct sns_text);    /* of a group, of deduplication: 1 to 128 printable */
bool sns_text_entry(struct sns_text); /* id in a batch */

struct sns_attribute {
    struct sns_text name, type, value;
    bool binary; /* given as BinaryValue */
};
bool sns_text_attribute(const struct sns_attribute *);
static inline uint64_t sns_attribute_bytes(const struct sns_attribute *a)
{
    return a->name.n + a->type.n + a->value.n;
}

/* "2026-11-21T19:42:00.000Z" for a time since 1970. */
void sns_text_time(char out[32], sim_time);
/* A message id: the form of a UUID, made from numbers. */
void sns_text_uuid(char out[40], uint64_t topic, uint64_t number);

struct sns_string { /* grows; release with sns_string_free */
    char *at;
    size_t n, cap;
    bool failed;
};
void sns_string_add(struct sns_string *, const char *text, size_t n);
void sns_string_free(struct sns_string *);

struct sns_envelope {
    const char *id, *topic_arn, *subscription_arn, *region;
    struct sns_text subject, message;
    sim_time published;
    uint64_t sequence; /* 0: a standard topic's: with signature, and without SequenceNumber */
    uint32_t n_attribute;
    const struct sns_attribute *attribute;
    bool replayed;
};
void sns_envelope_write(struct sns_string *, const struct sns_envelope *);
/* The event that a function is invoked with (SNS-33). */
void sns_envelope_lambda(struct sns_string *, const struct sns_envelope *);

#endif
