/* script_scaling_spread.c - metrics of scripts that have many values a minute, for percentiles. A value is kept in billionths. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "script_kinesis.h"
#include "script_scaling.h"

#define BILLION INT64_C(1000000000)

bool spread_open(struct scaling_metric *m, const struct line *l)
{
    const struct arg *statistic = line_key(l, "statistic");
    if (statistic == NULL)
        return true;
    m->tally = true;
    m->period = seconds_key(l, "period", SIM_MIN);
    return cw_stat_parse(statistic->value, &m->stat) && m->period % m->core.granularity == 0 &&
           cw_spread_open(&m->spread, (uint32_t)(m->period / m->core.granularity));
}

void spread_close(struct scaling_metric *m)
{
    cw_spread_close(&m->spread);
    free(m->bin);
}

/* Where the value stands, or is to stand. */
static uint32_t place_of(const struct scaling_metric *m, int64_t value)
{
    uint32_t i = 0;
    while (i < m->n_bin && m->bin[i].value < value)
        i++;
    return i;
}

static bool add(struct scaling_metric *m, int64_t value, uint64_t n)
{
    uint32_t i = place_of(m, value);
    if (i < m->n_bin && m->bin[i].value == value) {
        m->bin[i].n += n;
        return true;
    }
    struct cw_bin *bin = realloc(m->bin, (m->n_bin + 1) * sizeof(*bin));
    if (bin == NULL)
        return false;
    m->bin = bin;
    memmove(bin + i + 1, bin + i, (m->n_bin - i) * sizeof(*bin));
    bin[i] = (struct cw_bin){value, n};
    m->n_bin++;
    return true;
}

/* "0.2x99": 99 values of 0.2. */
bool spread_add(struct scaling_metric *m, const char *word)
{
    char number[32];
    const char *times = strchr(word, 'x');
    size_t length = times == NULL ? strlen(word) : (size_t)(times - word);
    struct ratio v;
    if (length >= sizeof(number))
        return false;
    memcpy(number, word, length);
    number[length] = '\0';
    long n = times == NULL ? 1 : strtol(times + 1, NULL, 10);
    if (n < 1 || !ratio_parse(number, &v))
        return false;
    v = ratio_mul(v, ratio_int(BILLION));
    return v.den == 1 && add(m, v.num, (uint64_t)n);
}

static struct ratio of_billionths(__int128 x)
{
    return ratio_of(x, BILLION);
}

bool spread_take(struct scaling_metric *m, struct cw_point *p)
{
    __int128 sum = 0;
    struct ratio spread = ratio_int(0);
    *p = (struct cw_point){.n = 0};
    for (uint32_t i = 0; i < m->n_bin; i++) {
        p->n += m->bin[i].n;
        sum += (__int128)m->bin[i].value * (__int128)m->bin[i].n;
    }
    p->sum = of_billionths(sum);
    p->low = of_billionths(m->n_bin > 0 ? m->bin[0].value : 0);
    p->high = of_billionths(m->n_bin > 0 ? m->bin[m->n_bin - 1].value : 0);
    bool ok = cw_spread_put(&m->spread, m->bin, m->n_bin);
    m->n_bin = 0;
    if (cw_stat_spreads(&m->stat))
        cw_spread_read(&m->spread, &m->stat, &spread);
    p->spread = m->stat.kind == CW_TRIMMED_COUNT ? spread : ratio_of(spread.num, (__int128)spread.den * BILLION);
    return ok;
}
