/* theory_print.h - findings for people and for machines. */
#ifndef THEORY_PRINT_H
#define THEORY_PRINT_H

#include <jansson.h>

#include "theory_vs.h"

void theory_print(const struct findings *, const struct theory_vs *);
void theory_print_little(const struct spec *, const struct theory_vs *);
json_t *theory_json(const struct findings *, const struct theory_vs *);
json_t *theory_little_json(const struct spec *, const struct theory_vs *);

#endif
