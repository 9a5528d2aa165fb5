/* naive_filter.h - filter policies by the book and slowly: walks the JSON trees of policy and
 * event, tries everything, remembers nothing. Written from the rules, without a look at the engine.
 */
#ifndef NAIVE_FILTER_H
#define NAIVE_FILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "filter.h"

/* The policy is a valid one. FILTER_SNS_ATTRIBUTES: the event is an object of names, each with a
 * scalar (String, Number) or an array (String.Array). */
bool naive_filter_matches(enum filter_dialect, const json_t *policy, const json_t *event);

#endif
