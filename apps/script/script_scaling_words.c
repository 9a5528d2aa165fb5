/* script_scaling_words.c - how scripts write fractions, bounds of steps and the words of CloudWatch. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_scaling.h"

bool ratio_key(const struct line *l, const char *key, struct ratio *r)
{
    const struct arg *a = line_key(l, key);
    return a == NULL || ratio_parse(a->value, r);
}

/* A whole number, or a decimal of up to nine digits rounded down. */
void ratio_words(char out[64], struct ratio r)
{
    int64_t whole = ratio_floor(r);
    struct ratio rest = ratio_mul(ratio_sub(r, ratio_int(whole)), ratio_int(1000000000));
    int n = snprintf(out, 64, "%" PRId64 ".%09" PRId64, whole, ratio_floor(rest));
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[--n] = '\0';
}

const char *text_key(const struct line *l, const char *key, const char *otherwise)
{
    const struct arg *a = line_key(l, key);
    return a == NULL ? otherwise : a->value;
}

static bool one_of(const char *word, const char *const *known, unsigned n, unsigned *which)
{
    for (*which = 0; *which < n; ++*which)
        if (strcmp(known[*which], word) == 0)
            return true;
    return false;
}

bool adjust_word(const char *word, enum scale_adjust *out)
{
    static const char *const known[] = {"change", "exact", "percent"};
    unsigned i;
    bool ok = one_of(word, known, 3, &i);
    *out = (enum scale_adjust)i;
    return ok;
}

bool compare_word(const char *word, enum cw_compare *out)
{
    static const char *const known[] = {">=", ">", "<", "<="};
    unsigned i;
    bool ok = one_of(word, known, 4, &i);
    *out = (enum cw_compare)i;
    return ok;
}

bool missing_word(const char *word, enum cw_missing *out)
{
    static const char *const known[] = {"missing", "ignore", "breaching", "notBreaching"};
    unsigned i;
    bool ok = one_of(word, known, 4, &i);
    *out = (enum cw_missing)i;
    return ok;
}

static bool bound(const char *text, size_t n, bool *has, struct ratio *r)
{
    char copy[32];
    *has = n > 0;
    if (n == 0)
        return true;
    snprintf(copy, sizeof(copy), "%.*s", (int)(n < 31 ? n : 31), text);
    return ratio_parse(copy, r);
}

static bool step_word(const char *text, struct scale_step *s)
{
    size_t low = strcspn(text, ":"), high = text[low] == ':' ? strcspn(text + low + 1, ":") : 0;
    if (text[low] != ':' || text[low + 1 + high] != ':')
        return false;
    s->adjustment = strtoll(text + low + high + 2, NULL, 10);
    return bound(text, low, &s->has_low, &s->low) && bound(text + low + 1, high, &s->has_high, &s->high);
}

bool steps_word(const char *text, struct scale_steps *s)
{
    s->n = 0;
    while (s->n < SCALE_STEPS_MAX && *text != '\0') {
        if (!step_word(text, &s->step[s->n++]))
            return false;
        text += strcspn(text, ",");
        text += *text == ',';
    }
    return *text == '\0' && s->n > 0;
}

struct scaling_group *scaling_group(struct script_scaling *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_group; i++)
        if (strcmp(t->group[i].name, name) == 0)
            return &t->group[i];
    return NULL;
}

struct scaling_metric *scaling_metric(struct script_scaling *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_metric; i++)
        if (strcmp(t->metric[i].name, name) == 0)
            return &t->metric[i];
    return NULL;
}

struct scaling_alarm *scaling_alarm(struct script_scaling *t, const char *name)
{
    for (uint32_t i = 0; i < t->n_alarm; i++)
        if (strcmp(t->alarm[i].name, name) == 0)
            return &t->alarm[i];
    return NULL;
}

struct scale_view scaling_view(const struct scaling_group *g, sim_time now)
{
    struct group_view v;
    group_view(g->core, now, &v);
    return (struct scale_view){v.desired, v.min, v.max, v.warm, v.warming, v.refreshing, v.in_service};
}
