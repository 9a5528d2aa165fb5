/* reading.c - see reading.h. */
#include "reading.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "room.h"

static const struct key *key_of(const struct spec_entity *e, const char *name)
{
    for (uint32_t i = 0; i < e->room->n_key; i++) {
        if (strcmp(e->room->key[i].name, name) == 0)
            return &e->room->key[i];
    }
    return NULL;
}

const struct value *setting(const struct spec_entity *e, const char *key)
{
    const struct value *v = spec_named(e, key);
    return v == NULL || v->absent ? NULL : v;
}

bool setting_given(const struct spec_entity *e, const char *key)
{
    const struct value *v = setting(e, key);
    return v != NULL && v->given;
}

/* The text of choice number i of "a|b|c". */
static bool choice_is(const char *choices, int64_t i, const char *text)
{
    for (; i > 0 && choices != NULL; i--) {
        choices = strchr(choices, '|');
        choices = choices == NULL ? NULL : choices + 1;
    }
    return choices != NULL && strlen(text) == strcspn(choices, "|") &&
           strncmp(choices, text, strlen(text)) == 0;
}

bool setting_is(const struct spec_entity *e, const char *key, const char *choice)
{
    const struct value *v = setting(e, key);
    return v != NULL && v->type == VALUE_CHOICE && choice_is(key_of(e, key)->choices, v->i, choice);
}

int64_t setting_int(const struct spec_entity *e, const char *key, int64_t otherwise)
{
    const struct value *v = setting(e, key);
    return v == NULL ? otherwise : v->i;
}

double setting_seconds(const struct spec_entity *e, const char *key, double otherwise)
{
    const struct value *v = setting(e, key);
    return v == NULL ? otherwise : sim_seconds(v->i);
}

struct timelaw setting_law(const struct spec_entity *e, const char *key)
{
    const struct value *v = setting(e, key);
    return v == NULL || v->type != VALUE_DIST || v->dist == NULL ? timelaw_constant(0)
                                                                 : timelaw_of(v->dist);
}

const struct spec_entity *setting_ref(const struct spec_entity *e, const char *key)
{
    const struct value *v = setting(e, key);
    return v == NULL || v->type != VALUE_REF ? NULL : v->ref;
}

const struct value *setting_field(const struct spec_entity *e, const char *key,
                                  const struct value *group, const char *field)
{
    const struct key *k = key_of(e, key);
    if (k == NULL || group == NULL)
        return NULL;
    for (uint32_t i = 0; i < k->n_sub && i < group->list.n; i++) {
        const struct value *v = value_field(group, i);
        if (strcmp(k->sub[i].name, field) == 0)
            return v->absent ? NULL : v;
    }
    return NULL;
}

uint32_t steps_n(const struct spec_entity *e, const char *list)
{
    const struct value *v = setting(e, list);
    return v == NULL || v->type != VALUE_LIST ? 0 : v->list.n;
}

const struct value *steps_item(const struct spec_entity *e, const char *list, uint32_t i)
{
    return &setting(e, list)->list.item[i];
}

const struct spec_entity *steps_target(const struct spec_entity *e, const char *list, uint32_t i)
{
    const struct value *v = setting_field(e, list, steps_item(e, list, i), "target");
    return v == NULL ? NULL : v->ref;
}

bool kind_is(const struct spec_entity *e, const char *kind)
{
    return strcmp(e->kind, kind) == 0;
}

bool lends(const struct spec_entity *e)
{
    return kind_is(e, "pool") || kind_is(e, "proxy");
}

bool is_lent(const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++)
        if (lends(&spec->entity[i]) && setting_ref(&spec->entity[i], "target") == e)
            return true;
    return false;
}

const struct spec_entity *store_behind(const struct spec_entity *e)
{
    while (e != NULL && lends(e))
        e = setting_ref(e, "target");
    return e;
}

bool size_is_driven(const struct spec *spec, const struct spec_entity *e)
{
    for (uint32_t i = 0; i < spec->n_entity; i++)
        if ((kind_is(&spec->entity[i], "group") || kind_is(&spec->entity[i], "scaling")) &&
            setting_ref(&spec->entity[i], "target") == e)
            return true;
    return false;
}

const char *settings_beyond(struct findings *f, const struct spec_entity *e,
                            const char *const *known)
{
    char text[400];
    size_t n = 0;
    for (uint32_t i = 0; i < e->room->n_key; i++) {
        const char *name = e->room->key[i].name;
        bool is_known = !e->value[i].given || e->value[i].absent;
        for (size_t k = 0; known[k] != NULL && !is_known; k++)
            is_known = strcmp(known[k], name) == 0;
        if (!is_known && n < sizeof text)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n > 0 ? ", " : "", name);
    }
    return n == 0 ? NULL : findings_text(f, "%s", text);
}

const char *law_text(const struct spec_entity *e, const char *key)
{
    const struct value *v = setting(e, key);
    return v == NULL || v->dist == NULL ? "0s" : dist_text(v->dist);
}

/* Four significant digits by whole numbers only, so that no locale changes them. */
static void digits(double x, char *out, size_t size)
{
    int e = x > 0 ? (int)floor(log10(x)) : 0, decimals = e >= 3 ? 0 : 3 - e;
    bool tiny = e < -6 || e > 15;
    double shown = tiny ? x / pow(10, e) : x;
    decimals = tiny ? 3 : decimals;
    long long scale = llround(pow(10, decimals)), whole = llround(shown * (double)scale),
              part = whole % scale;
    int n = snprintf(out, size, "%lld", whole / scale);
    if (part > 0)
        n += snprintf(out + n, size - (size_t)n, ".%0*lld", decimals, part);
    while (part > 0 && out[n - 1] == '0')
        out[--n] = 0;
    if (tiny)
        snprintf(out + n, size - (size_t)n, "e%d", e);
}

const char *number_note(struct findings *f, double x, const char *unit)
{
    char text[48];
    if (!isfinite(x))
        return isnan(x) ? "unknown" : "infinite";
    digits(fabs(x), text, sizeof text);
    return findings_text(f, "%s%s%s", x < 0 ? "-" : "", text, unit);
}

const char *rate_note(struct findings *f, double per_second)
{
    if (per_second > 0 && per_second < 0.01)
        return number_note(f, per_second * 3600, "/h");
    return number_note(f, per_second, "/s");
}

const char *time_note(struct findings *f, double s)
{
    if (!isfinite(s))
        return "for ever";
    if (s == 0)
        return "0 s";
    double shown = s * 1.00005; /* 999.99 ms is written as 1 s */
    if (shown < 1e-3)
        return number_note(f, s * 1e6, " us");
    if (shown < 1)
        return number_note(f, s * 1e3, " ms");
    if (shown < 300)
        return number_note(f, s, " s");
    return s < 3 * 3600 ? number_note(f, s / 60, " min") : number_note(f, s / 3600, " h");
}

const char *share_note(struct findings *f, double share)
{
    return number_note(f, share * 100, " %");
}
