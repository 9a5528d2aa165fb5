/* scale.c - ticks at 1, 2, 5 times a power of ten; for time at the steps of a clock; on log axes at decades, with 2 and 5
 * between them when few decades are shown. */
#include "scale.h"

#include <math.h>
#include <stdio.h>

#include "check.h"

#define HUGE_VALUE 1e300

static double tame(double v, double otherwise)
{
    return isnan(v) ? otherwise : v > HUGE_VALUE ? HUGE_VALUE : v < -HUGE_VALUE ? -HUGE_VALUE : v;
}

struct scale scale_linear(double lo, double hi, double from, double to)
{
    lo = tame(lo, 0);
    hi = tame(hi, lo);
    if (hi < lo) {
        double swap = lo;
        lo = hi;
        hi = swap;
    }
    if (hi - lo <= fabs(hi) * 1e-12)
        hi = lo + (lo == 0 ? 1 : fabs(lo) * 0.1);
    return (struct scale){SCALE_LINEAR, lo, hi, from, to};
}

struct scale scale_log(double lo, double hi, double from, double to)
{
    lo = lo > 0 ? tame(lo, 1) : 1e-9;
    hi = tame(hi, lo);
    if (hi < lo * 1.001)
        hi = lo * 10;
    return (struct scale){SCALE_LOG, lo, hi, from, to};
}

struct scale scale_percentile(double p_max, double from, double to)
{
    return (struct scale){SCALE_PERCENTILE, 0, p_max > 0.5 && p_max < 1 ? p_max : 0.9, from, to};
}

static double stretch(enum scale_kind kind, double v)
{
    switch (kind) {
    case SCALE_LOG:
        return log10(v);
    case SCALE_PERCENTILE:
        return -log10(1 - v);
    default:
        return v;
    }
}

double scale_at(const struct scale *s, double v)
{
    if (isnan(v) || v <= s->lo)
        return s->from;
    if (v >= s->hi)
        return s->to;
    double lo = stretch(s->kind, s->lo), hi = stretch(s->kind, s->hi);
    return s->from + (s->to - s->from) * ((stretch(s->kind, v) - lo) / (hi - lo));
}

/* --- linear --- */

static double step_decimal(double span, size_t want)
{
    double rough = span / (double)want;
    double unit = pow(10, floor(log10(rough)));
    double m = rough / unit;
    return unit * (m <= 1.0001 ? 1 : m <= 2.0001 ? 2 : m <= 5.0001 ? 5 : 10);
}

/* The steps of a clock in seconds: finer ones and those above a day are decimal. */
static double step_clock(double span, size_t want)
{
    static const double steps[] = {1,    2,    5,     10,    15,    30,    60,    120,   300,   600,
                                   900,  1800, 3600,  7200,  10800, 21600, 43200, 86400};
    double rough = span / (double)want;
    if (rough < 0.5)
        return step_decimal(span, want);
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (rough <= steps[i] * 1.0001)
            return steps[i];
    return 86400 * step_decimal(span / 86400, want);
}

static double step_of(const struct scale *s, enum tick_style style, size_t want)
{
    double span = s->hi - s->lo;
    if (style == TICK_MOMENT || (style == TICK_DURATION && span >= 60))
        return step_clock(span, want);
    double step = step_decimal(span, want);
    return style == TICK_COUNT && step < 1 ? 1 : step;
}

void scale_nice(struct scale *s, enum tick_style style, size_t want)
{
    double step = step_of(s, style, want);
    s->hi = ceil(s->hi / step - 1e-9) * step;
    s->lo = floor(s->lo / step + 1e-9) * step;
}

/* All labels of an axis carry the same number of digits. */
static void label_linear(struct tick *t, enum tick_style style, double step)
{
    char number[FORMAT_SIZE];
    int digits = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    switch (style) {
    case TICK_MOMENT:
        format_moment(t->label, t->value);
        break;
    case TICK_DURATION:
        format_duration(t->label, t->value);
        break;
    case TICK_SHARE:
        digits = digits > 11 ? 9 : digits > 2 ? digits - 2 : 0;
        format_fixed(number, t->value * 100, digits);
        snprintf(t->label, sizeof(t->label), "%.40s %%", number);
        break;
    default:
        if (digits > 9 || fabs(t->value) >= 1e9)
            format_number(t->label, t->value);
        else
            format_fixed(t->label, t->value, digits);
    }
}

static size_t ticks_linear(const struct scale *s, enum tick_style style, size_t want, struct tick *tick)
{
    double step = step_of(s, style, want), slack = (s->hi - s->lo) * 1e-9;
    double first = ceil((s->lo - slack) / step);
    size_t n = 0;
    for (double k = first; n < TICKS_MAX && k * step <= s->hi + slack; k++) {
        if (k * step + step == k * step) /* finer than a double can tell */
            break;
        tick[n].value = k == 0 ? 0 : k * step;
        label_linear(&tick[n], style, step);
        n++;
    }
    return n;
}

/* --- log --- */

/* Times that people count with; the coarse ones alone when many decades are shown. */
static const struct {
    double seconds;
    bool   coarse;
} clock_log[] = {
    {1e-6, true},  {2e-6, false}, {5e-6, false}, {1e-5, true},  {2e-5, false}, {5e-5, false},
    {1e-4, true},  {2e-4, false}, {5e-4, false}, {1e-3, true},  {2e-3, false}, {5e-3, false},
    {1e-2, true},  {2e-2, false}, {5e-2, false}, {0.1, true},   {0.2, false},  {0.5, false},
    {1, true},     {2, false},    {5, false},    {10, true},    {20, false},   {30, false},
    {60, true},    {120, false},  {300, false},  {600, true},   {1200, false}, {1800, false},
    {3600, true},  {7200, false}, {18000, false}, {36000, true}, {86400, false}, {4 * 86400.0, true},
};

static size_t ticks_clock_log(const struct scale *s, size_t want, struct tick *tick)
{
    for (int coarse = 0; coarse < 2; coarse++) {
        size_t n = 0, labelled = 0;
        for (size_t i = 0; i < ARRAY_LEN(clock_log) && n < TICKS_MAX; i++) {
            double v = clock_log[i].seconds;
            if (v < s->lo * 0.999 || v > s->hi * 1.001)
                continue;
            tick[n].value = v;
            tick[n].label[0] = 0;
            labelled += !coarse || clock_log[i].coarse;
            if (coarse && !clock_log[i].coarse)
                ; /* a tick only */
            else if (v >= 60)
                format_moment(tick[n].label, v);
            else
                format_duration(tick[n].label, v);
            n++;
        }
        if (labelled <= want || coarse)
            return n;
    }
    return 0;
}

static size_t ticks_log(const struct scale *s, enum tick_style style, size_t want, struct tick *tick)
{
    double decades = log10(s->hi / s->lo);
    int first = (int)floor(log10(s->lo) + 1e-9), last = (int)floor(log10(s->hi) + 1e-9);
    int stride = 1 + (int)(decades / (double)want);
    size_t n = 0;
    for (int e = first; e <= last; e++) {
        for (int m = 0; m < 3 && n < TICKS_MAX; m++) {
            double v = (m == 0 ? 1 : m == 1 ? 2 : 5) * pow(10, e);
            bool shown = m == 0 ? (e - first) % stride == 0 : decades * 3 <= (double)want;
            if (style == TICK_COUNT && v < 1)
                continue;
            if ((m > 0 && stride > 1) || v < s->lo * 0.999 || v > s->hi * 1.001)
                continue;
            tick[n].value = v;
            tick[n].label[0] = 0;
            if (shown && style == TICK_SHARE)
                format_share(tick[n].label, v);
            else if (shown)
                format_number(tick[n].label, v);
            n++;
        }
    }
    return n;
}

/* --- percentile --- */

static size_t ticks_percentile(const struct scale *s, struct tick *tick)
{
    static const struct {
        double      p;
        const char *name;
    } all[] = {{0, "p0"},           {0.5, "p50"},         {0.9, "p90"},
               {0.99, "p99"},       {0.999, "p99.9"},     {0.9999, "p99.99"},
               {0.99999, "p99.999"}, {0.999999, "p99.9999"}};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].p > s->hi + (1 - s->hi) * 1e-6)
            break;
        tick[n].value = all[i].p;
        snprintf(tick[n].label, sizeof(tick[n].label), "%s", all[i].name);
        n++;
    }
    return n;
}

size_t scale_ticks(const struct scale *s, enum tick_style style, size_t want, struct tick *tick)
{
    CHECK(want > 0);
    if (s->kind == SCALE_PERCENTILE)
        return ticks_percentile(s, tick);
    if (s->kind == SCALE_LINEAR)
        return ticks_linear(s, style, want, tick);
    return style == TICK_DURATION ? ticks_clock_log(s, want, tick) : ticks_log(s, style, want, tick);
}
