/* test_cw_spread.c - percentiles and trimmed statistics of a sliding period against all its values laid out in a row; statistics by
 * their names; alarms that hear of few samples, in every short history.
 *
 * rules: CW-8 CW-14 CW-15 CW-16 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cw_alarm.h"
#include "cw_spread.h"

/* --- names --- */

static void test_names(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        enum cw_statistic kind;
        int64_t low, high, of; /* parts */
    } good[] = {{"p99", CW_PERCENTILE, 0, 99, 100},        {"p99.9", CW_PERCENTILE, 0, 999, 1000},
                {"p0", CW_PERCENTILE, 0, 0, 1},            {"p0.0", CW_PERCENTILE, 0, 0, 1},
                {"p100", CW_PERCENTILE, 0, 1, 1},          {"p100.00", CW_PERCENTILE, 0, 1, 1},
                {"p50", CW_PERCENTILE, 0, 1, 2},           {"p99.9999999999", CW_PERCENTILE, 0, 999999999999, 1000000000000},
                {"tm90", CW_TRIMMED_MEAN, 0, 9, 10},       {"tc99.5", CW_TRIMMED_COUNT, 0, 995, 1000},
                {"ts10", CW_TRIMMED_SUM, 0, 1, 10},        {"wm98", CW_WINSORIZED_MEAN, 0, 49, 50},
                {"average", CW_AVERAGE, 0, 1, 1},          {"SampleCount", CW_SAMPLES, 0, 1, 1}};
    static const char *const bad[] = {"",     "p",       "p101",  "p100.1", "p-1", "p.5", "p99.", "p9.9.9", "p99.99999999999",
                                      "P99",  "tm0",     "tm",    "q99",    "p 9", "p99%", "mx",  "tm90.0x"};
    struct cw_stat s;
    for (unsigned i = 0; i < sizeof(good) / sizeof(*good); i++) {
        assert_true(cw_stat_parse(good[i].word, &s));
        assert_int_equal(s.kind, good[i].kind);
        assert_int_equal(ratio_cmp(s.high, ratio_of(good[i].high, good[i].of)), 0);
        assert_int_equal(cw_stat_spreads(&s), i < 12);
    }
    assert_true(cw_stat_parse("IQM", &s) && s.kind == CW_TRIMMED_MEAN);
    assert_true(ratio_cmp(s.low, ratio_of(1, 4)) == 0 && ratio_cmp(s.high, ratio_of(3, 4)) == 0);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (cw_stat_parse(bad[i], &s))
            fail_msg("'%s' is no statistic", bad[i]);
}

static void test_few(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        uint64_t fewest;
    } row[] = {{"p99", 1000}, {"p99.9", 10000}, {"p50", 20}, {"p49.9", 21}, {"p10", 100}, {"p1", 1000}, {"p0", 0}, {"p100", 0},
               {"p90", 100},  {"p99.99", 100000}, {"p97", 334}, {"tm99", 0}, {"average", 0}};
    for (unsigned i = 0; i < sizeof(row) / sizeof(*row); i++) {
        struct cw_stat s;
        assert_true(cw_stat_parse(row[i].word, &s));
        assert_int_equal(cw_stat_samples(&s), row[i].fewest);
    }
}

/* --- a sliding period --- */

static uint64_t next(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return *x >> 33;
}

#define SPANS 6
#define MOST  40 /* values of a span */

struct row { /* values of the last spans, one by one */
    int64_t value[SPANS][MOST];
    uint32_t n[SPANS];
};

static uint32_t sorted(const struct row *r, uint32_t spans, int64_t *out)
{
    uint32_t n = 0;
    for (uint32_t s = 0; s < spans; s++)
        for (uint32_t i = 0; i < r->n[s]; i++) {
            uint32_t k = n++;
            for (; k > 0 && out[k - 1] > r->value[s][i]; k--)
                out[k] = out[k - 1];
            out[k] = r->value[s][i];
        }
    return n;
}

static void put(struct cw_spread *s, struct row *r, uint64_t *x)
{
    struct cw_bin bin[MOST];
    struct row one = {.n = {0}};
    int64_t all[MOST];
    uint32_t n_bin = 0;
    memmove(&r->value[1], &r->value[0], sizeof(r->value[0]) * (SPANS - 1));
    memmove(&r->n[1], &r->n[0], sizeof(r->n[0]) * (SPANS - 1));
    r->n[0] = (uint32_t)(next(x) % 4 == 0 ? 0 : next(x) % MOST);
    for (uint32_t i = 0; i < r->n[0]; i++)
        one.value[0][i] = r->value[0][i] = (int64_t)(next(x) % (next(x) % 2 ? 8 : 1000));
    one.n[0] = r->n[0];
    uint32_t n = sorted(&one, 1, all);
    for (uint32_t i = 0; i < n; i++)
        if (n_bin > 0 && bin[n_bin - 1].value == all[i])
            bin[n_bin - 1].n++;
        else
            bin[n_bin++] = (struct cw_bin){all[i], 1};
    assert_true(cw_spread_put(s, bin, n_bin));
}

/* p in thousandths. The smallest value that at least p of all are no larger than. */
static int64_t naive(const int64_t *all, uint32_t n, uint32_t p)
{
    for (uint32_t i = 0; i < n; i++)
        if ((uint64_t)(i + 1) * 1000 >= (uint64_t)p * n)
            return all[i];
    fail_msg("no value");
    return 0;
}

static void compare(const struct cw_spread *s, const int64_t *all, uint32_t n, uint32_t p, uint64_t seed)
{
    struct cw_stat stat = {CW_PERCENTILE, ratio_int(0), ratio_of(p, 1000)};
    struct ratio r, sum = ratio_int(0);
    bool there = cw_spread_read(s, &stat, &r);
    assert_int_equal(there, n > 0);
    if (!there)
        return;
    if (ratio_cmp(r, ratio_int(naive(all, n, p))) != 0)
        fail_msg("seed %" PRIu64 ": p%g of %u values", seed, p / 10.0, n);
    if (p == 0)
        return;
    /* Trimmed: each value with the part of it that lies below p n, in thousandths of a value. */
    for (uint32_t i = 0; i < n; i++) {
        int64_t left = (int64_t)p * n - (int64_t)i * 1000, part = left < 0 ? 0 : left > 1000 ? 1000 : left;
        sum = ratio_add(sum, ratio_of(part * all[i], 1000));
    }
    stat.kind = CW_TRIMMED_SUM;
    assert_true(cw_spread_read(s, &stat, &r) && ratio_cmp(r, sum) == 0);
    stat.kind = CW_TRIMMED_COUNT;
    assert_true(cw_spread_read(s, &stat, &r) && ratio_cmp(r, ratio_of((int64_t)p * n, 1000)) == 0);
    stat.kind = CW_TRIMMED_MEAN;
    assert_true(cw_spread_read(s, &stat, &r) && ratio_cmp(r, ratio_div(sum, ratio_of((int64_t)p * n, 1000))) == 0);
    stat.kind = CW_WINSORIZED_MEAN;
    struct ratio over = ratio_of((int64_t)(1000 - p) * n * naive(all, n, p), 1000);
    assert_true(cw_spread_read(s, &stat, &r) && ratio_cmp(r, ratio_div(ratio_add(sum, over), ratio_int(n))) == 0);
}

static void test_sliding(void **state)
{
    (void)state;
    uint64_t seed = 20261122;
    print_message("seed %" PRIu64 "\n", seed);
    for (uint32_t spans = 1; spans <= SPANS; spans++) {
        struct cw_spread s;
        struct row r = {.n = {0}};
        uint64_t x = seed + spans;
        int64_t all[SPANS * MOST];
        assert_true(cw_spread_open(&s, spans));
        for (uint32_t k = 0; k < 200; k++) {
            put(&s, &r, &x);
            uint32_t n = sorted(&r, spans, all);
            assert_int_equal(s.samples, n);
            for (uint32_t i = 0; i < 5; i++)
                compare(&s, all, n, (uint32_t)(next(&x) % 1001), seed);
            compare(&s, all, n, 0, seed);
            compare(&s, all, n, 1000, seed);
        }
        cw_spread_close(&s);
    }
}

/* --- every history of five minutes --- */

#define MINUTES 5
enum { NOTHING, FINE, BREACH, FEW_FINE, FEW_BREACH, SIGHTS };

struct history {
    unsigned sight[MINUTES];
};

static enum cw_seen reading(void *ctx, sim_time from, sim_time to, struct ratio *out)
{
    const struct history *h = ctx;
    (void)to;
    if (from < 0 || h->sight[from / SIM_MIN] == NOTHING)
        return CW_ABSENT;
    unsigned sight = h->sight[from / SIM_MIN];
    *out = ratio_int(sight == BREACH || sight == FEW_BREACH ? 9 : 1);
    return sight >= FEW_FINE ? CW_FEW : CW_SEEN;
}

/* The state after the minute by the rules: one of few samples keeps it, an older one is not there. */
static enum cw_state after(const struct history *h, int minute, const struct cw_alarm_config *c, enum cw_state before)
{
    enum cw_data data[MINUTES + CW_LOOK_BACK];
    if (h->sight[minute] >= FEW_FINE)
        return before;
    for (int i = 0; i < (int)c->n + CW_LOOK_BACK; i++) {
        unsigned sight = minute - i < 0 ? NOTHING : h->sight[minute - i];
        data[i] = sight == FINE ? CW_FINE : sight == BREACH ? CW_BREACH : CW_NONE;
    }
    return cw_alarm_judge(data, c->n, c->m, c->missing, before);
}

static void live(struct history *h, const struct cw_alarm_config *c)
{
    struct cw_alarm a;
    enum cw_state is = CW_INSUFFICIENT;
    bool changed_once = false;
    cw_alarm_init(&a, c, 0);
    for (int minute = 0; minute < MINUTES; minute++) {
        sim_time now = (minute + 1) * SIM_MIN;
        enum cw_state next = after(h, minute, c, is);
        bool changed = next != is;
        changed_once |= changed;
        is = next;
        unsigned did = cw_alarm_evaluate(&a, now, now, reading, h);
        assert_int_equal(a.state, is);
        assert_int_equal((did & CW_CHANGED) != 0, changed);
        /* whatever state it is, from its first change on: at once, then every minute */
        assert_int_equal((did & CW_INVOKES) != 0, changed_once);
        assert_int_equal((did & CW_HELD) != 0, h->sight[minute] >= FEW_FINE);
    }
}

static void test_every_history(void **state)
{
    (void)state;
    uint32_t worlds = 1, lived = 0;
    for (int i = 0; i < MINUTES; i++)
        worlds *= SIGHTS;
    for (uint32_t w = 0; w < worlds; w++) {
        struct history h;
        uint32_t rest = w;
        for (int i = 0; i < MINUTES; i++, rest /= SIGHTS)
            h.sight[i] = rest % SIGHTS;
        for (uint32_t n = 1; n <= 3; n++)
            for (unsigned missing = 0; missing < 4; missing++, lived++) {
                struct cw_alarm_config c = {SIM_MIN, n, (n + 1) / 2, CW_GREATER, ratio_int(5), (enum cw_missing)missing};
                live(&h, &c);
            }
    }
    assert_int_equal(lived, 3125 * 12);
}

/* Every ten seconds it is looked at; policies run every minute. */
static void test_ten_seconds(void **state)
{
    (void)state;
    struct cw_alarm_config c = {10 * SIM_S, 1, 1, CW_GREATER, ratio_int(5), CW_MISSING};
    struct history h = {{FINE, FINE, FINE, FINE, FINE}};
    struct cw_alarm a;
    uint32_t invoked = 0;
    cw_alarm_init(&a, &c, 0);
    for (sim_time now = 10 * SIM_S; now <= 3 * SIM_MIN; now += 10 * SIM_S)
        invoked += (cw_alarm_evaluate(&a, now, now, reading, &h) & CW_INVOKES) != 0;
    assert_int_equal(a.state, CW_OK);
    assert_int_equal(invoked, 3); /* at 10 s, 70 s and 130 s */
}

/* A backlog: 3,000,001 messages that are about a thousand seconds old, in half nanoseconds: their sum is 6e18, and 99 % of them are no
 * whole number. 2,970,000.99 are left of which 1,500,000 have 2,000 s: the others 1,000 s. */
static void test_backlog(void **state)
{
    (void)state;
    const int64_t s = 2 * SIM_S;
    const struct cw_bin bin[] = {{1000 * s, 1500001}, {2000 * s, 1500000}};
    struct cw_stat stat;
    struct cw_spread spread;
    struct ratio r;
    assert_true(cw_spread_open(&spread, 1) && cw_spread_put(&spread, bin, 2));
    assert_true(cw_stat_parse("tm99", &stat) && cw_spread_read(&spread, &stat, &r));
    /* (1,500,001 * 1,000 + 1,469,999.99 * 2,000) / 2,970,000.99 */
    assert_float_equal(ratio_double(r) / (double)s, 4440000980.0 / 2970000.99, 1e-6);
    assert_true(cw_stat_parse("wm99", &stat) && cw_spread_read(&spread, &stat, &r));
    assert_float_equal(ratio_double(r) / (double)s, 4500001000.0 / 3000001.0, 1e-6);
    assert_true(cw_stat_parse("tm99.0123456789", &stat) && cw_spread_read(&spread, &stat, &r));
    assert_float_equal(ratio_double(r) / (double)s, 1495.0123, 1e-3);
    cw_spread_close(&spread);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),         cmocka_unit_test(test_few),         cmocka_unit_test(test_sliding),
        cmocka_unit_test(test_every_history), cmocka_unit_test(test_ten_seconds),   cmocka_unit_test(test_backlog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
