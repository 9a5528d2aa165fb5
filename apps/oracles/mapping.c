/* mapping.c - the families of mappings; an addition is a line. */
#include <string.h>

#include "check.h"
#include "oracle.h"
#include "table.h"

static const struct mapping *const families[] = {
    mappings_service, /* "M/M/1 retrial" before "M/M/1" */
    mappings_calls,    mappings_network, mappings_published, mappings_fluid,
    mappings_arrivals, mappings_queue,   mappings_stream,  mappings_station,   mappings_function,
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

const char *mapping_refuse(const struct mapping *map, const struct row *row)
{
    return map->text != NULL ? table_refuse(map, row) : map->refuse(row);
}

bool mapping_scenario(const struct mapping *map, const struct row *row, double customers, FILE *out)
{
    return map->text != NULL ? table_write(map, row, customers, out) : map->scenario(row, customers, out);
}

double mapping_sample(const struct mapping *map, const struct row *row, const struct view *view)
{
    return map->text != NULL ? table_sample(map, row, view) : map->sample(row, view);
}

double mapping_tolerance(const struct mapping *map, const struct row *row)
{
    double tolerance = 0, load = 0;
    /* Limits of infinitely many servers, held against a thousand. */
    if (strcmp(row->kind, "exact (N->inf)") == 0)
        return (param_number(row, "rho", &load) && load >= 0.99 ? 0.03 : 0.01) * row->value;
    if (param_number(row, "tol", &tolerance))
        return tolerance;
    return map->text != NULL ? table_tolerance(map, row) : 0;
}
