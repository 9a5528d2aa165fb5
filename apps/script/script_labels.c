/* script_labels.c - the names by which a script calls messages: their bodies, or what `as=` says.
 */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "hash.h"

static struct label *look_up(const struct script *s, const struct map64 *map, const char *key)
{
    uint64_t i;
    return map64_get(map, hash_text(key), &i) ? &s->label[i] : NULL;
}

struct label *label_by_name(struct script *s, const char *name)
{
    return look_up(s, &s->by_name, name);
}

struct label *label_by_id(struct script *s, const char *id)
{
    return look_up(s, &s->by_id, id);
}

/* A name used again means the newer message. */
struct label *label_add(struct script *s, const char *name, const char *id)
{
    if (s->n_label == s->cap_label) {
        uint32_t cap = s->cap_label == 0 ? 64 : 2 * s->cap_label;
        struct label *wider = realloc(s->label, cap * sizeof(*wider));
        if (wider == NULL)
            return NULL;
        s->label = wider;
        s->cap_label = cap;
    }
    struct label *l = &s->label[s->n_label];
    *l = (struct label){0};
    snprintf(l->name, sizeof(l->name), "%s", name);
    snprintf(l->id, sizeof(l->id), "%s", id);
    map64_put(&s->by_name, hash_text(l->name), s->n_label);
    map64_put(&s->by_id, hash_text(l->id), s->n_label);
    s->n_label++;
    return l;
}

void label_known(struct script *s, const char *name, const char *id)
{
    const struct label *old = label_by_name(s, name);
    uint32_t before = old == NULL ? UINT32_MAX : (uint32_t)(old - s->label);
    if (label_add(s, name, id) != NULL && before != UINT32_MAX)
        map64_put(&s->by_name, hash_text(name), before);
}
