/* script_message.h - what the calls about messages share. */
#ifndef SCRIPT_MESSAGE_H
#define SCRIPT_MESSAGE_H

#include "script.h"

#define ATTRIBUTES (ACCOUNT_ATTRIBUTES_MAX + 2) /* some may be too many */

struct parcel_text { /* storage of one message's made-up texts */
    char *body;      /* of *N: N times 'a' */
    char dedup[32], content[65], numbered[64], group[64];
    struct account_attribute attribute[ATTRIBUTES];
};

/* false: wrongly used */
bool read_send(struct script *, struct account_queue *, const struct arg *body, const struct arg *,
               uint32_t n, bool repeated, struct account_send *, struct parcel_text *);
void sent_result(struct script *, const char *name, const struct account_sent *, struct result *);
/* h(a): from the latest receive; h1(a): from the first; anything else is itself. */
const char *receipt_of(struct script *, const char *word);

#endif
