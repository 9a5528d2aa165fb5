/* chart_data.c - see chart_data.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "chart_data.h"
#include "made_up.h"

const struct page_size pages[PAGES] = {{0, 0}, {360, 260}, {1200, 900}, {500, 0}, {1, 1}, {1e9, 300}};

const char *const names[NAMES] = {"orders", LONG_NAME, "주문 대기열 대한민국 서울", "", "<b>&amp;\n\t\"x\"", "\xFF\xC0\x80"};

void judge(bool ok, struct sheet *s, struct err *err, const char *what)
{
    char why[500];
    if (!ok)
        fail_msg("%s: %s", what, err->text);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s, %g x %g: %s", what, s->width, s->height, why);
    sheet_free(s);
}

const char *const kind_name[N_KIND] = {"ordinary", "zero", "one spike", "constant", "huge", "infinite", "NAN", "tiny"};

double value_of(enum kind kind, size_t r, size_t b, size_t n, uint64_t *state)
{
    switch (kind) {
    case ORDINARY:
        return 1000 * fabs(sin((double)b / (double)n * 6)) + 30 * made_up_uniform(state) + (double)r;
    case ONE:
        return b == n / 2 ? 100 : 0;
    case SAME:
        return 7;
    case HUGE_NUMBERS:
        return 1e17 * made_up_uniform(state);
    case INFINITE:
        return b % 7 == 3 ? INFINITY : b % 5 == 1 ? -INFINITY : 5;
    case MISSING:
        return b % 3 == 0 ? NAN : b % 11 == 0 ? -4 : 12;
    case TINY:
        return 1e-12 * made_up_uniform(state);
    default:
        return 0;
    }
}

double *values(enum kind kind, size_t n_replication, size_t n)
{
    double *v = malloc((n_replication * n + 1) * sizeof(*v));
    uint64_t state = 88172645463325252ull;
    for (size_t i = 0; i < n_replication * n; i++)
        v[i] = value_of(kind, i / n, i % n, n, &state);
    return v;
}

const struct fault_span fault[FAULTS] = {
    {"database.orders down", 20, 25},   {"a second fault that overlaps " LONG_NAME " slow", 22, 60},
    {"after the end", 5000, 6000},      {"no length", 70, 70},
    {"to the end", 90, INFINITY},       {"odd", NAN, NAN},
};
