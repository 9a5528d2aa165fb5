/* cw_statistic.c - statistics by their names. Percentages are exact fractions: p99.9 is 999 / 1000. */
#include "cw_statistic.h"

#include <stddef.h>
#include <string.h>

#include "check.h"

#define DECIMALS_MAX 10

static const struct {
    const char *word;
    enum cw_statistic kind;
} plain[] = {{"average", CW_AVERAGE},     {"mean", CW_AVERAGE}, {"sum", CW_SUM}, {"min", CW_MINIMUM},     {"minimum", CW_MINIMUM},
             {"max", CW_MAXIMUM},         {"maximum", CW_MAXIMUM}, {"count", CW_SAMPLES}, {"samples", CW_SAMPLES},
             {"Average", CW_AVERAGE},     {"Sum", CW_SUM},      {"Minimum", CW_MINIMUM}, {"Maximum", CW_MAXIMUM},
             {"SampleCount", CW_SAMPLES}};

static const struct {
    const char *prefix;
    enum cw_statistic kind;
} spread[] = {{"p", CW_PERCENTILE}, {"tm", CW_TRIMMED_MEAN}, {"ts", CW_TRIMMED_SUM}, {"tc", CW_TRIMMED_COUNT}, {"wm", CW_WINSORIZED_MEAN}};

/* "99.9" as 999 / 1000. */
static bool percent(const char *text, struct ratio *out)
{
    const char *dot = strchr(text, '.');
    size_t n = strlen(text), decimals = dot == NULL ? 0 : n - (size_t)(dot - text) - 1;
    if (n == 0 || strspn(text, "0123456789.") != n || n - decimals > 4 || decimals > DECIMALS_MAX || (dot != NULL && decimals == 0))
        return false;
    if (dot == text || !ratio_parse(text, out))
        return false;
    *out = ratio_div(*out, ratio_int(100));
    return ratio_cmp(*out, ratio_int(1)) <= 0;
}

bool cw_stat_parse(const char *word, struct cw_stat *s)
{
    *s = (struct cw_stat){CW_AVERAGE, ratio_int(0), ratio_int(1)};
    for (unsigned i = 0; i < ARRAY_LEN(plain); i++)
        if (strcmp(plain[i].word, word) == 0) {
            s->kind = plain[i].kind;
            return true;
        }
    for (unsigned i = 0; i < ARRAY_LEN(spread); i++) {
        size_t n = strlen(spread[i].prefix);
        s->kind = spread[i].kind;
        if (strncmp(word, spread[i].prefix, n) == 0 && percent(word + n, &s->high))
            return s->kind == CW_PERCENTILE || s->high.num > 0;
    }
    *s = (struct cw_stat){CW_TRIMMED_MEAN, ratio_of(1, 4), ratio_of(3, 4)};
    return strcmp(word, "IQM") == 0 || strcmp(word, "iqm") == 0;
}

uint64_t cw_stat_samples(const struct cw_stat *s)
{
    struct ratio p = s->high, rest = ratio_sub(ratio_int(1), p);
    if (s->kind != CW_PERCENTILE || p.num == 0 || rest.num == 0)
        return 0;
    return (uint64_t)ratio_ceil(ratio_div(ratio_int(10), ratio_cmp(p, rest) >= 0 ? rest : p));
}
