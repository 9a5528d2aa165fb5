/* sqs_text.h - what texts may look like: names, ids, bodies, message attributes (sections 2, 4 and
 * 19). Pure functions. */
#ifndef SQS_TEXT_H
#define SQS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text { /* bytes, not ended by NUL; at NULL: absent */
    const char *at;
    size_t n;
};

struct text text_of(const char *);
bool text_same(struct text, struct text);

bool text_queue_name(struct text, bool fifo); /* SQS-5 */
bool text_group_id(struct text);              /* SQS-73: 1 to 128 letters, digits, punctuation */
bool text_entry_id(struct text);              /* SQS-123 */
bool text_body(struct text);                  /* SQS-23: XML 1.0 characters in well-formed UTF-8 */
bool text_tag_key(struct text);               /* SQS-15 */
bool text_attribute_name(struct text);        /* SQS-26 */
bool text_attribute_type(struct text);
/* Value of that type: not empty; a Number has up to 38 digits within 10^-128 … 10^126. */
bool text_attribute_value(struct text type, struct text value);
bool text_number(struct text);
/* A whole number; false: it is none, or does not fit. */
bool text_integer(struct text, int64_t *);

/* Receipt handles in print. */
void text_receipt(char out[64], uint64_t a, uint64_t b);
bool text_receipt_parse(const char *, uint64_t *a, uint64_t *b);
/* A message id: the form of a UUID, made from a number. */
void text_message_id(char out[40], uint64_t number);

#endif
