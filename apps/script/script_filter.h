/* script_filter.h - the filter that a script works with. */
#ifndef SCRIPT_FILTER_H
#define SCRIPT_FILTER_H

#include "filter.h"

#define SCRIPT_RULES_MAX 64

struct script_filter {
    enum filter_dialect dialect;
    struct filter *filter; /* NULL: none, or it was refused */
    /* the rules of a bus, by `rule` */
    char name[SCRIPT_RULES_MAX][48];
    const struct filter *rule[SCRIPT_RULES_MAX];
    uint32_t n_rule;
};
void script_filter_clear(struct script_filter *);

#endif
