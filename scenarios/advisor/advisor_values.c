/* advisor_values.c - settings by their paths. A path that a kind does not have, a group that is not
 * written and a value that is absent answer alike: NULL, or what the caller takes instead. */
#include "advisor.h"

#include <string.h>

#include "room.h"

struct found {
    const struct key *key;
    const struct value *value;
};

static const struct key *key_named(const struct key *key, uint32_t n, const char *name,
                                   size_t length, uint32_t *at)
{
    for (*at = 0; *at < n; (*at)++) {
        if (strlen(key[*at].name) == length && strncmp(key[*at].name, name, length) == 0)
            return &key[*at];
    }
    return NULL;
}

/* A list on the way stands for the item; in a list inside a list the inner one. */
static struct found find(const struct spec_entity *e, const struct value *item, const char *path)
{
    const struct key *keys = e->room->key;
    const struct value *values = e->value;
    uint32_t n_keys = e->room->n_key, n_values = n_keys, at;
    for (;;) {
        size_t length = strcspn(path, ".");
        const struct key *k = key_named(keys, n_keys, path, length, &at);
        bool last = path[length] == 0,
             is_item = k != NULL && !last && k->type == VALUE_LIST && item != NULL;
        const struct value *v = is_item ? item : k == NULL || at >= n_values ? NULL : &values[at];
        if (v == NULL || v->absent || (!last && !is_item && v->type != VALUE_GROUP))
            return (struct found){NULL, NULL};
        if (last)
            return (struct found){k, v};
        values = v->list.item;
        n_values = v->list.n;
        keys = k->sub;
        n_keys = k->n_sub;
        path += length + 1;
    }
}

const struct value *value_at(const struct spec_entity *e, const struct value *item,
                             const char *path)
{
    return find(e, item, path).value;
}

bool given_at(const struct spec_entity *e, const struct value *item, const char *path)
{
    const struct value *v = value_at(e, item, path);
    return v != NULL && v->given;
}

bool is_at(const struct spec_entity *e, const struct value *item, const char *path,
           const char *choice)
{
    struct found f = find(e, item, path);
    if (f.value == NULL || f.value->type != VALUE_CHOICE)
        return false;
    const char *text = f.key->choices;
    for (int64_t i = f.value->i; i > 0 && text != NULL; i--) {
        text = strchr(text, '|');
        text = text == NULL ? NULL : text + 1;
    }
    return text != NULL && strlen(choice) == strcspn(text, "|") &&
           strncmp(text, choice, strlen(choice)) == 0;
}

int64_t int_at(const struct spec_entity *e, const struct value *item, const char *path,
               int64_t otherwise)
{
    const struct value *v = value_at(e, item, path);
    return v == NULL ? otherwise : v->i;
}

double seconds_at(const struct spec_entity *e, const struct value *item, const char *path,
                  double otherwise)
{
    const struct value *v = value_at(e, item, path);
    return v == NULL ? otherwise : sim_seconds(v->i);
}

double share_at(const struct spec_entity *e, const struct value *item, const char *path)
{
    return (double)int_at(e, item, path, 0) / 1e9;
}

const struct spec_entity *ref_at(const struct spec_entity *e, const struct value *item,
                                 const char *path)
{
    const struct value *v = value_at(e, item, path);
    return v == NULL || v->type != VALUE_REF ? NULL : v->ref;
}

const struct value *list_at(const struct spec_entity *e, const char *path, uint32_t *n)
{
    const struct value *v = value_at(e, NULL, path);
    *n = v == NULL || v->type != VALUE_LIST ? 0 : v->list.n;
    return *n == 0 ? NULL : v->list.item;
}

const char *time_text(struct adviser *a, double seconds)
{
    return time_note(&a->findings, seconds);
}

const char *rate_text(struct adviser *a, double per_second)
{
    return rate_note(&a->findings, per_second);
}
