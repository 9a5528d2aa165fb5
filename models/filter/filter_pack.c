/* filter_pack.c - a filter copied into one block of just its size. One walk measures, a second one
 * copies. */
#include <string.h>

#include "check.h"
#include "filter_int.h"
#include "mem.h"

struct packer {
    char *at; /* NULL: measuring */
    size_t used;
};

/* The copy, or NULL while measuring. */
static void *put(struct packer *p, const void *from, size_t bytes, size_t align)
{
    p->used = (p->used + align - 1) / align * align;
    char *to = p->at == NULL ? NULL : p->at + p->used;
    if (to != NULL && bytes > 0)
        memcpy(to, from, bytes);
    p->used += bytes;
    return to;
}

static void put_text(struct packer *p, const struct filter_text *from, struct filter_text *to)
{
    char *copy = put(p, from->at, from->n, 1);
    if (to != NULL)
        to->at = copy;
}

static void put_pieces(struct packer *p, const struct filter_condition *from,
                       struct filter_condition *to)
{
    struct filter_text *copy =
        put(p, from->piece, from->n_list * sizeof(*copy), _Alignof(struct filter_text));
    for (uint32_t i = 0; i < from->n_list; i++)
        put_text(p, &from->piece[i], copy == NULL ? NULL : &copy[i]);
    if (to != NULL)
        to->piece = copy;
}

static struct filter_condition *put_conditions(struct packer *p,
                                               const struct filter_condition *from, uint32_t n)
{
    struct filter_condition *to = put(p, from, n * sizeof(*to), _Alignof(struct filter_condition));
    for (uint32_t i = 0; i < n; i++) {
        struct filter_condition *copy = to == NULL ? NULL : &to[i];
        if (from[i].kind == COND_WILDCARD) {
            put_pieces(p, &from[i], copy);
        } else if (from[i].kind == COND_BUT) {
            struct filter_condition *but = put_conditions(p, from[i].but, from[i].n_list);
            if (copy != NULL)
                copy->but = but;
        } else if (from[i].kind == COND_STRING ||
                   (from[i].kind >= COND_PREFIX && from[i].kind <= COND_SUFFIX_SAME)) {
            put_text(p, &from[i].text, copy == NULL ? NULL : &copy->text);
        }
    }
    return to;
}

static void put_all(struct packer *p, const struct filter *from)
{
    struct filter *to = put(p, from, sizeof(*from), _Alignof(struct filter));
    struct filter_field *field =
        put(p, from->field, from->n_field * sizeof(*field), _Alignof(struct filter_field));
    for (uint32_t i = 0; i < from->n_field; i++) {
        const struct filter_field *f = &from->field[i];
        struct filter_condition *c = put_conditions(p, f->condition, f->n_condition);
        put_text(p, &f->path, field == NULL ? NULL : &field[i].path);
        if (field != NULL)
            field[i].condition = c;
    }
    struct filter_alternative *alternative =
        put(p, from->alternative, from->n_alternative * sizeof(*alternative),
            _Alignof(struct filter_alternative));
    for (uint32_t i = 0; i < from->n_alternative; i++) {
        const struct filter_alternative *a = &from->alternative[i];
        uint32_t *number = put(p, a->field, a->n_field * sizeof(*number), _Alignof(uint32_t));
        if (alternative != NULL)
            alternative[i].field = number;
    }
    if (to != NULL) {
        to->field = field;
        to->alternative = alternative;
    }
}

struct filter *filter_pack(const struct filter *from)
{
    struct packer p = {NULL, 0};
    put_all(&p, from);
    size_t bytes = p.used;
    p = (struct packer){mem_get(bytes), 0};
    if (p.at == NULL)
        return NULL;
    put_all(&p, from);
    CHECK(p.used == bytes);
    struct filter *f = (struct filter *)p.at;
    f->bytes = bytes;
    return f;
}

void filter_free(struct filter *f)
{
    mem_release(f);
}

size_t filter_bytes(const struct filter *f)
{
    return f->bytes;
}

enum filter_dialect filter_dialect_of(const struct filter *f)
{
    return f->dialect;
}

uint64_t filter_combinations(const struct filter *f)
{
    return f->combinations;
}

uint32_t filter_keys(const struct filter *f)
{
    return f->keys;
}

uint32_t filter_wildcards(const struct filter *f)
{
    return f->wildcards;
}
