/* load_term.c - sums of metrics and settings as numbers, from what is written. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "mem.h"
#include "quantity.h"

static double combine(char sign, double a, double b)
{
    switch (sign) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '*':
        return a * b;
    default:
        return a / b;
    }
}

static enum metric_unit unit_of(char sign, enum metric_unit a, enum metric_unit b)
{
    if (sign == '/')
        return a == b ? UNIT_SHARE : a;
    return sign == '*' && (a == UNIT_ONE || a == UNIT_SHARE) ? b : a;
}

/* The next part and the sign behind it (0: the end). False: it is longer than any metric's name. */
static bool next_part(const char **text, char part[200], char *sign)
{
    const char *at = *text + strspn(*text, " ");
    size_t n = strcspn(at, " ");
    if (n == 0 || n >= 200)
        return false;
    memcpy(part, at, n);
    part[n] = 0;
    at += n;
    at += strspn(at, " ");
    *sign = *at;
    if (*at != 0) {
        if (strchr("+-*/", *at) == NULL || at[1] != ' ')
            return false;
        at++;
    }
    *text = at;
    return true;
}

static bool refuse(const char *metric, struct err *err)
{
    return err_set(err, ERR_USAGE,
                   "'%s' is no metric and no sum of metrics such as 'lost / offered'", metric);
}

bool load_term(struct query *q, int64_t run, uint32_t point, const char *metric,
               struct load_metric *out, double **x, size_t *n, struct err *err)
{
    char part[200], sign, next;
    const char *rest = metric;
    *x = NULL;
    if (strchr(metric, ' ') == NULL)
        return load_values_at(q, run, point, metric, false, out, x, n, err);
    if (!next_part(&rest, part, &sign))
        return refuse(metric, err);
    bool ok = load_values_at(q, run, point, part, true, out, x, n, err);
    for (; ok && sign != 0; sign = next) {
        struct load_metric other;
        double *y = NULL;
        size_t m;
        if (!next_part(&rest, part, &next)) {
            ok = refuse(metric, err);
            break;
        }
        ok = load_values_at(q, run, point, part, true, &other, &y, &m, err);
        for (size_t i = 0; ok && i < *n && i < m; i++)
            (*x)[i] = combine(sign, (*x)[i], y[i]);
        if (ok)
            out->unit = unit_of(sign, out->unit, other.unit);
        mem_release(y);
    }
    if (!ok) {
        mem_release(*x);
        *x = NULL;
        return false;
    }
    out->better = 0;
    snprintf(out->label, sizeof(out->label), "%s", metric);
    for (size_t i = 0; i < *n; i++)
        if (isinf((*x)[i]))
            (*x)[i] = NAN;
    return true;
}

static bool plain_number(const char *text, double *x)
{
    double value = 0, scale = 1;
    bool point = false, digits = false, minus = *text == '-';
    for (text += minus; *text != 0; text++) {
        if (*text == '.' && !point) {
            point = true;
        } else if (*text >= '0' && *text <= '9') {
            value = value * 10 + (*text - '0');
            scale *= point ? 10 : 1;
            digits = true;
        } else {
            return false;
        }
    }
    *x = (minus ? -value : value) / scale;
    return digits;
}

/* "uniform_key(20)", "round_robin(8)": as many keys as it says. */
static bool number_of_keys(const char *text, double *x)
{
    static const char *const law[] = {"uniform_key(", "round_robin("};
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(law[i]), m = strlen(text);
        char inside[24];
        if (strncmp(text, law[i], n) != 0 || m - n > sizeof(inside) || text[m - 1] != ')')
            continue;
        snprintf(inside, sizeof(inside), "%.*s", (int)(m - n - 1), text + n);
        return plain_number(inside, x);
    }
    return false;
}

bool load_setting(const char *text, double *x, enum setting_kind *kind)
{
    int64_t i;
    struct rate rate;
    if (plain_number(text, x) || number_of_keys(text, x))
        *kind = SETTING_NUMBER;
    else if (quantity_duration(text, &i, NULL))
        *kind = SETTING_DURATION, *x = (double)i / 1e9;
    else if (quantity_size(text, &i, NULL))
        *kind = SETTING_SIZE, *x = (double)i;
    else if (quantity_rate(text, &rate, NULL))
        *kind = SETTING_RATE, *x = rate_per_second(rate);
    else if (quantity_share(text, &i, NULL))
        *kind = SETTING_SHARE, *x = (double)i / 1e9;
    else
        return false;
    return true;
}
