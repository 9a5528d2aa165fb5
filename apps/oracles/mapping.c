/* mapping.c - the families of mappings; an addition is a line. */
#include <string.h>

#include "check.h"
#include "oracle.h"

static const struct mapping *const families[] = {
    mappings_station,
    mappings_arrivals,
};

const struct mapping *mapping_find(const struct row *row)
{
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        for (const struct mapping *m = families[i]; m->model != NULL; m++) {
            if (strncmp(row->model, m->model, strlen(m->model)) == 0)
                return m;
        }
    }
    return NULL;
}
