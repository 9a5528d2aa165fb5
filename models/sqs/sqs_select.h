/* sqs_select.h - which attributes a receive asks for (SQS-48). Message attributes are asked for by name, by prefix
 * ("order.*") or all together ("All", ".*"); system attributes by name or "All". What nobody asks for does not come.
 * Pure functions: the queue keeps everything, whoever answers a caller selects. */
#ifndef SQS_SELECT_H
#define SQS_SELECT_H

#include "sqs_account.h"

bool select_wanted(const struct text *wish, uint32_t n, struct text name);
bool select_system(const struct text *wish, uint32_t n, const char *name);
/* The attributes of a message that are wanted, in their order; their number. The digest that a caller sees is over these
 * (SQS-29). */
uint32_t select_attributes(const struct account_message *, const struct text *wish, uint32_t n,
                           struct account_attribute out[ACCOUNT_ATTRIBUTES_MAX]);

#endif
