/* run_same.c - number by number: statistics, the bars of histograms, the buckets of series. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hist.h"
#include "run_same.h"

static bool same_number(double a, double b)
{
    return a == b || (a != a && b != b);
}

static bool same_series(const struct series *a, const struct series *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    for (uint32_t i = 0; i < a->n; i++) {
        if (a->sum[i] != b->sum[i] || (a->max != NULL && a->max[i] != b->max[i]))
            return false;
    }
    return true;
}

static bool same_hist(const struct hist *a, const struct hist *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    struct bar {
        uint32_t cursor;
        int64_t low, high;
        uint64_t count;
    } x = {0}, y = {0};
    bool more;
    do {
        more = hist_next(a, &x.cursor, &x.low, &x.high, &x.count);
        if (more != hist_next(b, &y.cursor, &y.low, &y.high, &y.count))
            return false;
    } while (more && x.low == y.low && x.high == y.high && x.count == y.count);
    return !more;
}

static bool same_metric(const struct metric_value *a, const struct metric_value *b)
{
    return a->n == b->n && same_number(a->mean, b->mean) && same_number(a->sd, b->sd) && same_number(a->min, b->min) &&
           same_number(a->max, b->max) && same_number(a->last, b->last) && same_number(a->sum, b->sum) &&
           same_number(a->min_at, b->min_at) && same_number(a->max_at, b->max_at) && same_hist(a->hist, b->hist) &&
           same_series(a->series, b->series);
}

void run_same(const struct run *a, const struct run *b, const char *text)
{
    for (uint32_t i = 0; i < a->n; i++) {
        if (!same_metric(&a->result->metric[i], &b->result->metric[i]))
            fail_msg("%s.%s differs:\n%s", a->id[i].entity, a->id[i].name, text);
    }
    for (uint32_t i = 0; i < a->result->n_entity; i++) {
        if (a->result->fingerprint[i] != b->result->fingerprint[i])
            fail_msg("fingerprint %u differs:\n%s", (unsigned)i, text);
    }
    assert_memory_equal(&a->result->fates, &b->result->fates, sizeof a->result->fates);
    if (a->result->events != b->result->events)
        fail_msg("%llu events, not %llu:\n%s", (unsigned long long)a->result->events, (unsigned long long)b->result->events, text);
}
