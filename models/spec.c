/* spec.c - looking things up in a spec. */
#include "spec.h"

#include <string.h>

#include "room.h"

/* Orders (kind, id) against "kind.id" without building text. */
static int compare(const char *path, size_t kind_length, const struct spec_entity *e)
{
    int order = strncmp(path, e->kind, kind_length);
    if (order == 0 && e->kind[kind_length] != '\0')
        order = -1;
    return order != 0 ? order : strcmp(path + kind_length + 1, e->id);
}

const struct spec_entity *spec_find(const struct spec *spec, const char *path)
{
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return NULL;
    uint32_t low = 0, high = spec->n_entity;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = compare(path, (size_t)(dot - path), &spec->entity[middle]);
        if (order == 0)
            return &spec->entity[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct value *spec_named(const struct spec_entity *e, const char *key)
{
    for (uint32_t i = 0; i < e->room->n_key; i++) {
        if (strcmp(e->room->key[i].name, key) == 0)
            return &e->value[i];
    }
    return NULL;
}
