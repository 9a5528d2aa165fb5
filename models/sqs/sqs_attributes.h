/* sqs_attributes.h - queue attributes: their names, kinds, ranges and defaults (SQS-17) in one
 * table. */
#ifndef SQS_ATTRIBUTES_H
#define SQS_ATTRIBUTES_H

#include "sqs_outcome.h"
#include "sqs_text.h"

enum attribute {
    ATTR_DELAY,
    ATTR_MAX_MESSAGE,
    ATTR_RETENTION,
    ATTR_WAIT,
    ATTR_VISIBILITY,
    ATTR_KMS_REUSE,
    ATTR_SSE,
    ATTR_FIFO,
    ATTR_CONTENT_DEDUP,
    ATTR_DEDUP_SCOPE,
    ATTR_THROUGHPUT,
    ATTR_NUMBERS, /* those above hold a number, those below a text */
    ATTR_POLICY = ATTR_NUMBERS,
    ATTR_REDRIVE,
    ATTR_REDRIVE_ALLOW,
    ATTR_KMS_KEY,
    ATTR_TEXTS_END,
    ATTR_VISIBLE = ATTR_TEXTS_END, /* read only */
    ATTR_NOT_VISIBLE,
    ATTR_DELAYED,
    ATTR_CREATED,
    ATTR_MODIFIED,
    ATTR_ARN,
    ATTRS
};
enum attribute_kind { KIND_WHOLE, KIND_FLAG, KIND_CHOICE, KIND_TEXT, KIND_READ_ONLY };

struct attribute_row {
    const char *name;
    enum attribute_kind kind;
    int64_t low, high, fallback;
    const char *choice[2];
    bool fifo_only;
};
extern const struct attribute_row attribute_table[ATTRS];

/* ATTRS: there is none of that name. */
enum attribute attribute_find(struct text name);
/* The number of a value; an outcome other than SQS_OK: it is none, or out of range. */
enum sqs_outcome attribute_number(enum attribute, struct text value, int64_t *number);
/* The value in print. */
void attribute_print(enum attribute, int64_t number, char out[32]);

#define ALLOW_SOURCES_MAX 10
struct redrive {         /* RedrivePolicy */
    char target[128];    /* ARN; "" : missing */
    int64_t max_receive; /* -1: missing or no number */
};
enum allow_mode { ALLOW_ALL, ALLOW_NONE, ALLOW_BY_QUEUE };
struct redrive_allow { /* RedriveAllowPolicy */
    enum allow_mode mode;
    uint32_t n;
    char source[ALLOW_SOURCES_MAX][128];
};
/* JSON is parsed by who has a parser; false: the text is no policy. */
struct attribute_parsers {
    bool (*redrive)(struct text, struct redrive *);
    bool (*redrive_allow)(struct text, struct redrive_allow *);
};

#endif
