/* templates.h - the scenarios that `new` writes, made into C from scenarios/templates/ by the build. */
#ifndef TEMPLATES_H
#define TEMPLATES_H

#include <stddef.h>

struct template {
    const char          *name;
    const unsigned char *text;
    size_t               bytes;
};
extern const struct template templates[];
extern const size_t          n_templates;

#endif
