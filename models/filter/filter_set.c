/* filter_set.c - an index over many filters.
 *
 * Each alternative is entered once, under its anchor: one of its fields that allows nothing but
 * certain strings, if it has such a field, and among these the one whose strings the fewest other
 * alternatives ask for. The keys are path and string. An alternative without such a field is
 * entered under a path that must be there, and one without that is tried for every event. An event
 * looks up its own paths and strings, and what it finds is judged as a whole, so two keys with one
 * hash do no harm. */
#include <string.h>

#include "check.h"
#include "filter_int.h"
#include "hash.h"
#include "mem.h"

struct entry {
    uint32_t filter, alternative;
};
struct bucket { /* entries first … first + n - 1; the key says how it is found */
    uint64_t key;
    uint32_t first, n;
};
struct filter_set {
    const struct filter **filter; /* a copy of the list */
    uint32_t n_filter;
    enum filter_dialect dialect;
    struct bucket *bucket; /* open addressing; a bucket that was never asked for has known = 0 */
    uint8_t *known;
    uint32_t buckets;
    struct entry *entry;
    uint32_t n_entry;
    struct bucket always;
    uint32_t *open; /* filters that match whatever comes */
    uint32_t n_open;
};

/* --- keys --- */

static uint64_t path_key(const struct filter_text *path)
{
    return path->hash;
}

static uint64_t string_key(const struct filter_text *path, const struct filter_text *value)
{
    return path->hash * UINT64_C(0x9e3779b97f4a7c15) ^ value->hash;
}

static struct bucket *bucket_of(const struct filter_set *s, uint64_t key)
{
    uint32_t i = (uint32_t)(key ^ key >> 32) & (s->buckets - 1);
    while (s->known[i] && s->bucket[i].key != key)
        i = (i + 1) & (s->buckets - 1);
    return &s->bucket[i];
}

static struct bucket *make_bucket(struct filter_set *s, uint64_t key)
{
    struct bucket *b = bucket_of(s, key);
    s->known[b - s->bucket] = 1;
    b->key = key;
    return b;
}

static const struct bucket *look(const struct filter_set *s, uint64_t key)
{
    const struct bucket *b = bucket_of(s, key);
    return s->known[b - s->bucket] ? b : NULL;
}

/* --- entering --- */

/* How many times the field's strings are asked for, in all. */
static uint64_t crowd(const struct filter_set *s, const struct filter_field *f)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < f->n_condition; i++)
        sum += look(s, string_key(&f->path, &f->condition[i].text))->n;
    return sum;
}

/* NULL: none of the fields must be there. */
static const struct filter_field *anchor(const struct filter_set *s, const struct filter *f,
                                         const struct filter_alternative *a)
{
    const struct filter_field *best = NULL;
    uint64_t fewest = 0;
    for (uint32_t i = 0; i < a->n_field; i++) {
        const struct filter_field *field = &f->field[a->field[i]];
        uint64_t n = field->exact ? crowd(s, field) : UINT64_MAX;
        if (!field->absent_ok && (best == NULL || n < fewest)) {
            best = field;
            fewest = n;
        }
    }
    return best;
}

typedef void (*visit)(struct filter_set *, struct bucket *, struct entry);

static void count_one(struct filter_set *s, struct bucket *b, struct entry e)
{
    (void)s;
    (void)e;
    b->n++;
}

static void enter_one(struct filter_set *s, struct bucket *b, struct entry e)
{
    s->entry[b->first + b->n++] = e;
}

static void visit_strings(struct filter_set *s, const struct filter_field *f, struct entry e,
                          visit v)
{
    for (uint32_t i = 0; i < f->n_condition; i++)
        v(s, make_bucket(s, string_key(&f->path, &f->condition[i].text)), e);
}

static void visit_anchor(struct filter_set *s, const struct filter_field *f, struct entry e,
                         visit v)
{
    if (f == NULL)
        v(s, &s->always, e);
    else if (f->exact)
        visit_strings(s, f, e, v);
    else
        v(s, make_bucket(s, path_key(&f->path)), e);
}

/* How often a string is asked for by any field, before anchors are chosen. */
static void count_strings(struct filter_set *s, const struct filter *f)
{
    for (uint32_t i = 0; i < f->n_field; i++)
        if (f->field[i].exact)
            visit_strings(s, &f->field[i], (struct entry){0, 0}, count_one);
}

/* choice[] takes the anchors, so that both rounds see the same ones. */
static void visit_all(struct filter_set *s, const struct filter_field **choice, bool choose,
                      visit v)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < s->n_filter; i++)
        for (uint32_t j = 0; s->filter[i] != NULL && j < s->filter[i]->n_alternative; j++, k++) {
            const struct filter *f = s->filter[i];
            if (choose)
                choice[k] = anchor(s, f, &f->alternative[j]);
            else
                visit_anchor(s, choice[k], (struct entry){i, j}, v);
        }
}

static void clear_counts(struct filter_set *s)
{
    for (uint32_t i = 0; i < s->buckets; i++)
        s->bucket[i].n = 0;
}

/* Makes room in s->entry for what the buckets counted. */
static bool lay_out(struct filter_set *s)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->buckets; i++) {
        s->bucket[i].first = (uint32_t)sum;
        sum += s->bucket[i].n;
    }
    s->always.first = (uint32_t)sum;
    sum += s->always.n;
    s->entry = sum < UINT32_MAX ? mem_get(sum * sizeof(*s->entry)) : NULL;
    s->n_entry = (uint32_t)sum;
    clear_counts(s);
    s->always.n = 0;
    return s->entry != NULL;
}

/* A path that has strings is itself a key, so that an event's other paths cost one look. */
static void mark_paths(struct filter_set *s)
{
    for (uint32_t i = 0; i < s->n_filter; i++)
        for (uint32_t j = 0; s->filter[i] != NULL && j < s->filter[i]->n_field; j++)
            make_bucket(s, path_key(&s->filter[i]->field[j].path));
}

static bool build(struct filter_set *s, uint64_t n_alternative)
{
    const struct filter_field **choice = mem_get_zero(n_alternative + 1, sizeof(*choice));
    if (choice == NULL)
        return false;
    mark_paths(s);
    for (uint32_t i = 0; i < s->n_filter; i++)
        if (s->filter[i] != NULL)
            count_strings(s, s->filter[i]);
    visit_all(s, choice, true, NULL);
    clear_counts(s);
    visit_all(s, choice, false, count_one);
    bool good = lay_out(s);
    if (good)
        visit_all(s, choice, false, enter_one);
    mem_release(choice);
    return good;
}

/* Buckets for all keys there can be, half of them free. */
static bool open_buckets(struct filter_set *s, uint64_t keys)
{
    uint64_t n = 16;
    while (n < 2 * keys)
        n *= 2;
    if (n > UINT32_MAX / 2)
        return false;
    s->buckets = (uint32_t)n;
    s->bucket = mem_get_zero(n, sizeof(*s->bucket));
    s->known = mem_get_zero(n, 1);
    return s->bucket != NULL && s->known != NULL;
}

static bool copy_list(struct filter_set *s, const struct filter *const *filter, uint32_t n)
{
    s->filter = mem_get((n + (size_t)1) * sizeof(*s->filter));
    s->n_filter = n;
    for (uint32_t i = 0; s->filter != NULL && i < n; i++) {
        s->filter[i] = filter[i];
        if (filter[i] != NULL)
            s->dialect = filter[i]->dialect;
    }
    for (uint32_t i = 0; s->filter != NULL && i < n; i++)
        CHECK(filter[i] == NULL || filter[i]->dialect == s->dialect);
    return s->filter != NULL;
}

static bool list_open(struct filter_set *s)
{
    s->open = mem_get((s->n_filter + (size_t)1) * sizeof(*s->open));
    for (uint32_t i = 0; s->open != NULL && i < s->n_filter; i++)
        if (s->filter[i] == NULL || (s->filter[i]->n_field == 0 && s->filter[i]->n_alternative > 0))
            s->open[s->n_open++] = i;
    return s->open != NULL;
}

struct filter_set *filter_set_new(const struct filter *const *filter, uint32_t n)
{
    struct filter_set *s = mem_get_zero(1, sizeof(*s));
    uint64_t keys = 0, alternatives = 0;
    if (s == NULL)
        return NULL;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; filter[i] != NULL && j < filter[i]->n_field; j++)
            keys += 1 + filter[i]->field[j].n_condition;
    for (uint32_t i = 0; i < n; i++)
        alternatives += filter[i] == NULL ? 0 : filter[i]->n_alternative;
    if (copy_list(s, filter, n) && list_open(s) && open_buckets(s, keys) && build(s, alternatives))
        return s;
    filter_set_free(s);
    return NULL;
}

void filter_set_free(struct filter_set *s)
{
    if (s == NULL)
        return;
    mem_release(s->filter);
    mem_release(s->bucket);
    mem_release(s->known);
    mem_release(s->entry);
    mem_release(s->open);
    mem_release(s);
}

size_t filter_set_bytes(const struct filter_set *s)
{
    return sizeof(*s) + s->buckets * (sizeof(*s->bucket) + 1) + s->n_entry * sizeof(*s->entry) +
           (s->n_filter + (size_t)1) * (sizeof(*s->open) + sizeof(*s->filter));
}

/* --- judging --- */

struct matching {
    const struct filter_set *set;
    const struct filter_event *event;
    uint64_t *matched;
    uint32_t n;
};

static void mark(struct matching *m, uint32_t filter)
{
    uint64_t bit = UINT64_C(1) << filter % 64;
    m->n += (m->matched[filter / 64] & bit) == 0;
    m->matched[filter / 64] |= bit;
}

static void try_bucket(struct matching *m, const struct bucket *b)
{
    for (uint32_t i = 0; i < b->n; i++) {
        struct entry e = m->set->entry[b->first + i];
        const struct filter *f = m->set->filter[e.filter];
        if ((m->matched[e.filter / 64] >> e.filter % 64 & 1) == 0 &&
            filter_alternative_matches(f, &f->alternative[e.alternative], m->event))
            mark(m, e.filter);
    }
}

static void try_path(struct matching *m, const struct filter_path *p)
{
    const struct bucket *b = look(m->set, path_key(&p->text));
    if (b == NULL)
        return;
    try_bucket(m, b);
    for (uint32_t i = p->first; i != FILTER_NONE; i = m->event->occurrence[i].next) {
        const struct filter_value *v = &m->event->occurrence[i].value;
        const struct bucket *found =
            v->kind == VALUE_STRING ? look(m->set, string_key(&p->text, &v->text)) : NULL;
        if (found != NULL)
            try_bucket(m, found);
    }
}

/* Those that match without a look at the event: no policy, and {}. */
static void mark_open(struct matching *m)
{
    for (uint32_t i = 0; i < m->set->n_open; i++)
        mark(m, m->set->open[i]);
}

uint32_t filter_set_match(const struct filter_set *s, const struct filter_event *e,
                          uint64_t *matched)
{
    struct matching m = {s, e, matched, 0};
    memset(matched, 0, FILTER_WORDS((size_t)s->n_filter) * sizeof(*matched));
    mark_open(&m);
    if (m.n == s->n_filter || e == NULL || e->fault != FILTER_MATCH)
        return m.n;
    CHECK(e->dialect == s->dialect);
    try_bucket(&m, &s->always);
    for (uint32_t i = 0; i < e->n_path; i++)
        try_path(&m, &e->path[i]);
    return m.n;
}
