/* Text, numbers, scales and the display list: what every chart is made of. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "check.h"
#include "format.h"
#include "frame.h"
#include "mem.h"
#include "scale.h"
#include "sheet_check.h"
#include "text.h"

/* --- numbers --- */

static void numbers_are_grouped_and_signed(void **state)
{
    static const struct {
        double      x;
        int         digits;
        const char *text;
    } row[] = {
        {0, 0, "0"},           {-0.0, 2, "0.00"},         {1234.5, 2, "1,234.50"},    {999999.5, 0, "1,000,000"},
        {-1234, 0, "−1,234"},  {-0.004, 2, "0.00"},       {-0.005001, 2, "−0.01"},    {0.1 + 0.2, 9, "0.300000000"},
        {NAN, 1, "none"},      {INFINITY, 1, "∞"},        {-INFINITY, 1, "−∞"},       {1e18, 0, "1.00e18"},
        {9.999e17, 0, "1.00e18"}, {1e300, 3, "1.00e300"}, {123456789012.0, 0, "123,456,789,012"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        char out[FORMAT_SIZE];
        format_fixed(out, row[i].x, row[i].digits);
        assert_string_equal(out, row[i].text);
    }
}

static void numbers_have_three_digits(void **state)
{
    static const struct {
        double      x;
        const char *number, *rounded;
    } row[] = {
        {0.00123, "0.00123", "0.00123"}, {1.2345, "1.23", "1.23"},    {12.34, "12.3", "12.3"},
        {5, "5", "5"},                   {210043, "210,043", "210,000"}, {999.7, "1,000", "1,000"},
        {1234567, "1,234,567", "1,230,000"}, {1e-9, "1.00e-9", "1.00e-9"}, {-0.05, "−0.0500", "−0.0500"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        char out[FORMAT_SIZE];
        format_number(out, row[i].x);
        assert_string_equal(out, row[i].number);
        format_round(out, row[i].x);
        assert_string_equal(out, row[i].rounded);
    }
}

static void times_have_the_unit_that_fits(void **state)
{
    static const struct {
        double      s;
        const char *duration, *moment;
    } row[] = {
        {0, "0 s", "0"},           {85e-5, "850 µs", "850 µs"},  {0.9999, "1 s", "1 s"},      {2.1, "2.10 s", "2.10 s"},
        {45, "45 s", "45 s"},      {119, "119 s", "1 min 59 s"}, {1398, "23.3 min", "23 min 18 s"},
        {4200, "70 min", "1 h 10 min"}, {9000, "2.50 h", "2 h 30 min"}, {100800, "28 h", "1 d 4 h"},
        {5e-9, "5 ns", "5 ns"},    {INFINITY, "∞", "∞"},         {NAN, "none", "none"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        char out[FORMAT_SIZE];
        format_duration(out, row[i].s);
        assert_string_equal(out, row[i].duration);
        format_moment(out, row[i].s);
        assert_string_equal(out, row[i].moment);
    }
}

/* A share that is not 0 or 1 never reads as if it were. */
static void shares_are_never_rounded_away(void **state)
{
    static const struct {
        double      x;
        const char *text;
    } row[] = {{0, "0 %"},          {1, "100 %"},         {0.139, "13.9 %"},     {0.00004, "0.004 %"},
               {0.99998, "99.998 %"}, {0.5, "50.0 %"},    {1e-12, "< 0.0001 %"}, {1 - 1e-9, "> 99.9999 %"}, {NAN, "none"}, {0.9996, "99.96 %"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        char out[FORMAT_SIZE];
        format_share(out, row[i].x);
        assert_string_equal(out, row[i].text);
    }
}

static void ranges_tell_their_ends_apart(void **state)
{
    char out[FORMAT_RANGE_SIZE];
    (void)state;
    format_range(out, 0.1376, 0.1404, UNIT_SHARE, true);
    assert_string_equal(out, "+13.76 to +14.04 points");
    format_range(out, -0.02, 0.5, UNIT_SHARE, true);
    assert_string_equal(out, "−2.0 to +50.0 points");
    format_range(out, 0, 0, UNIT_SHARE, false);
    assert_string_equal(out, "0 %");
    format_range(out, -5e7, 12e6, UNIT_NS, true);
    assert_string_equal(out, "−50 to +12 ms");
    format_range(out, 194.92e6, 195.08e6, UNIT_NS, false);
    assert_string_equal(out, "194.92 to 195.08 ms");
    format_range(out, 1679819, 1681041, UNIT_ONE, false);
    assert_string_equal(out, "1,679,819 to 1,681,041");
    format_range(out, 100.01, 100.05, UNIT_PER_SECOND, false);
    assert_string_equal(out, "100.010 to 100.050 /s");
    format_range(out, -INFINITY, 1, UNIT_ONE, false);
    assert_string_equal(out, "−∞ to 1");
}

/* --- text --- */

static void bad_bytes_become_replacement_characters(void **state)
{
    static const struct {
        const char *bytes;
        uint32_t    first;
        size_t      used;
    } row[] = {{"A", 'A', 1},          {"é", 0xE9, 2},           {"한", 0xD55C, 3},          {"😀", 0x1F600, 4},
               {"\x80", 0xFFFD, 1},    {"\xC0\xAF", 0xFFFD, 1},  {"\xE2\x82", 0xFFFD, 1},    {"\xED\xA0\x80", 0xFFFD, 1},
               {"\xF5\x80\x80\x80", 0xFFFD, 1}, {"\xFF", 0xFFFD, 1}, {"\xEF\xBF\xBD", 0xFFFD, 3}, {"", 0, 0}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        const char *p = row[i].bytes;
        assert_int_equal(text_next(&p), row[i].first);
        assert_int_equal(p - row[i].bytes, row[i].used);
    }
}

static void long_texts_are_cut_to_width(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a);
    const char *path = "scenarios/a/very/long/path/to/decoupled.cfg";
    for (double width = 20; width < 400; width += 7) {
        char *end = text_fit(&a, path, 10, width), *middle = text_fit_middle(&a, path, 10, width);
        assert_true(text_width(end, 10) <= width);
        assert_true(text_width(middle, 10) <= width);
    }
    char *middle = text_fit_middle(&a, path, 10, 120);
    assert_memory_equal(middle, "scen", 4);
    assert_string_equal(middle + strlen(middle) - 4, ".cfg");
    assert_string_equal(text_fit(&a, "short", 10, 400), "short");
    arena_free(&a);
}

static void lines_break_at_blanks_and_between_hangul(void **state)
{
    struct arena a;
    char *line[8];
    (void)state;
    arena_init(&a);
    double width = text_width("peaks at 210", 10);
    size_t n = text_wrap(&a, "it peaks at 210,000 at 1 h", 10, width, line, 8);
    assert_true(n >= 3);
    assert_string_equal(line[0], "it peaks at ");
    for (size_t i = 0; i < n; i++)
        assert_true(text_width(line[i], 10) <= width + text_width(" ", 10));
    n = text_wrap(&a, "주문대기열의메시지가쌓입니다", 10, text_width("주문대기", 10) + 1, line, 8);
    assert_int_equal(n, 4);
    assert_string_equal(line[0], "주문대기");
    /* A long name is parted between its parts, not within one. */
    n = text_wrap(&a, "queue.orders-of-the-northern-region.depth", 10, text_width("queue.orders-of-the-nor", 10), line, 8);
    assert_true(n >= 2);
    assert_string_equal(line[0], "queue.orders-of-the-");
    /* A number is not parted from its unit. */
    n = text_wrap(&a, "reached 23 min", 10, text_width("reached 23 m", 10), line, 8);
    assert_int_equal(n, 2);
    assert_string_equal(line[1], "23 min");
    n = text_wrap(&a, "abcdefghijklmnopqrstuvwxyz", 10, 1, line, 3); /* no room at all: still ends */
    assert_int_equal(n, 3);
    arena_free(&a);
}

/* --- scales --- */

struct axis {
    enum scale_kind kind;
    double          lo, hi;
    enum tick_style style;
    size_t          want;
    const char     *labels; /* joined by '|' */
};

static void expect_ticks(const struct axis *a)
{
    char joined[TICKS_MAX * FORMAT_SIZE] = "";
    struct tick tick[TICKS_MAX];
    struct scale s = a->kind == SCALE_LINEAR ? scale_linear(a->lo, a->hi, 0, 100)
                     : a->kind == SCALE_LOG  ? scale_log(a->lo, a->hi, 0, 100)
                                             : scale_percentile(a->hi, 0, 100);
    size_t n = scale_ticks(&s, a->style, a->want, tick);
    for (size_t i = 0; i < n; i++) {
        if (tick[i].label[0] == 0)
            continue;
        strcat(joined, joined[0] != 0 ? "|" : "");
        strcat(joined, tick[i].label);
    }
    assert_string_equal(joined, a->labels);
}

static void axes_have_ticks_to_count_with(void **state)
{
    static const struct axis row[] = {
        {SCALE_LINEAR, 0, 100, TICK_NUMBER, 5, "0|20|40|60|80|100"},
        {SCALE_LINEAR, 0, 1, TICK_NUMBER, 5, "0.0|0.2|0.4|0.6|0.8|1.0"},
        {SCALE_LINEAR, 0, 2, TICK_COUNT, 5, "0|1|2"},
        {SCALE_LINEAR, -0.15, 0.1, TICK_NUMBER, 5, "−0.15|−0.10|−0.05|0.00|0.05|0.10"},
        {SCALE_LINEAR, 0, 250000, TICK_COUNT, 5, "0|50,000|100,000|150,000|200,000|250,000"},
        {SCALE_LINEAR, 0, 1, TICK_SHARE, 4, "0 %|50 %|100 %"},
        {SCALE_LINEAR, 0, 16200, TICK_MOMENT, 7, "0|1 h|2 h|3 h|4 h"},
        {SCALE_LINEAR, 0, 600, TICK_MOMENT, 7, "0|2 min|4 min|6 min|8 min|10 min"},
        {SCALE_LINEAR, 0, 3, TICK_MOMENT, 3, "0|1 s|2 s|3 s"},
        {SCALE_LINEAR, 0, 0.003, TICK_MOMENT, 3, "0|1 ms|2 ms|3 ms"},
        {SCALE_LINEAR, 0, 14 * 86400.0, TICK_MOMENT, 7, "0|2 d|4 d|6 d|8 d|10 d|12 d|14 d"},
        {SCALE_LOG, 1, 100, TICK_NUMBER, 9, "1|2|5|10|20|50|100"},
        {SCALE_LOG, 1, 1e6, TICK_NUMBER, 9, "1|10|100|1,000|10,000|100,000|1,000,000"},
        {SCALE_LOG, 0.01, 3600, TICK_DURATION, 8, "10 ms|100 ms|1 s|10 s|1 min|10 min|1 h"},
        {SCALE_LOG, 0.1, 1, TICK_DURATION, 8, "100 ms|200 ms|500 ms|1 s"},
        {SCALE_PERCENTILE, 0, 0.9999, TICK_NUMBER, 8, "p0|p50|p90|p99|p99.9|p99.99"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++)
        expect_ticks(&row[i]);
}

static void percentiles_are_equally_far_apart(void **state)
{
    struct scale s = scale_percentile(0.9999, 0, 400);
    (void)state;
    assert_float_equal(scale_at(&s, 0), 0, 1e-9);
    assert_float_equal(scale_at(&s, 0.9), 100, 1e-6);
    assert_float_equal(scale_at(&s, 0.99), 200, 1e-6);
    assert_float_equal(scale_at(&s, 0.999), 300, 1e-6);
    assert_float_equal(scale_at(&s, 0.9999), 400, 1e-6);
    assert_float_equal(scale_at(&s, 1), 400, 1e-6);
}

/* Whatever range is asked for, places stay between the ends and ticks come to an end. */
static void strange_ranges_are_mended(void **state)
{
    static const double odd[] = {0, -0.0, 1, -1, 1e-300, 1e300, 1e308, -1e308, INFINITY, -INFINITY, NAN, 1e-9, 5e15};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        for (size_t k = 0; k < ARRAY_LEN(odd); k++) {
            struct scale both[] = {scale_linear(odd[i], odd[k], 300, 20), scale_log(odd[i], odd[k], 300, 20)};
            for (size_t b = 0; b < 2; b++) {
                struct tick tick[TICKS_MAX];
                assert_true(both[b].lo < both[b].hi);
                for (int style = TICK_NUMBER; style <= TICK_SHARE; style++)
                    assert_true(scale_ticks(&both[b], (enum tick_style)style, 5, tick) <= TICKS_MAX);
                for (size_t m = 0; m < ARRAY_LEN(odd); m++) {
                    double at = scale_at(&both[b], odd[m]);
                    assert_true(at >= 20 && at <= 300);
                }
            }
        }
    }
}

/* --- display list --- */

static struct sheet *page(void)
{
    struct sheet *s = sheet_open(200, 100);
    assert_non_null(s);
    sheet_title_set(s, "t");
    sheet_alt_set(s, "a");
    sheet_table_head(s, (const char *const[]){"x", "y"}, 2);
    return s;
}

/* The judge must be able to say no. */
static void the_judge_finds_what_is_wrong(void **state)
{
    static const struct type black = {.size = 10, .rgb = 0x000000}, pale = {.size = 10, .rgb = 0xBBBBBB};
    char why[300];
    struct sheet *s = page();
    (void)state;
    sheet_text(s, 10, 20, "one", black);
    assert_true(sheet_check(s, why, sizeof(why)));
    sheet_text(s, 15, 22, "two", black);
    assert_false(sheet_check(s, why, sizeof(why)));
    assert_non_null(strstr(why, "overlaps"));
    sheet_free(s);
    s = page();
    sheet_text(s, 190, 20, "outside", black);
    assert_false(sheet_check(s, why, sizeof(why)));
    assert_non_null(strstr(why, "leaves the page"));
    sheet_free(s);
    s = page();
    sheet_text(s, 10, 20, "pale", pale);
    assert_false(sheet_check(s, why, sizeof(why)));
    assert_non_null(strstr(why, "contrast"));
    sheet_free(s);
    s = page();
    sheet_rect(s, (struct box){0, 0, 100, 50}, (struct ink){0x222222, 1});
    sheet_text(s, 10, 20, "dark", black);
    assert_false(sheet_check(s, why, sizeof(why)));
    sheet_free(s);
    s = page();
    sheet_segment(s, 0, 0, 300, 10, (struct ink){0, 1}, 1, DASH_SOLID);
    assert_false(sheet_check(s, why, sizeof(why)));
    sheet_free(s);
    assert_true(fabs(contrast(0x000000, 0xFFFFFF) - 21) < 1e-9);
}

static void turned_text_has_a_turned_box(void **state)
{
    struct type t = {.size = 10, .rgb = 0, .upright = true, .align = ALIGN_CENTRE};
    double w = text_width("turned", 10);
    struct box b = text_box(50, 50, "turned", t);
    (void)state;
    assert_float_equal(b.y1 - b.y0, w, 1e-9);
    assert_float_equal((b.y1 + b.y0) / 2, 50, 1e-9);
    assert_true(b.x0 < 50 && b.x1 > 50 && b.x1 - b.x0 < 12);
}

static void tables_grow_and_are_whole(void **state)
{
    struct sheet *s = page();
    struct err err = {0};
    size_t rows, columns;
    (void)state;
    for (int i = 0; i < 500; i++) {
        sheet_cell(s, sheet_format(s, "x%d", i));
        sheet_cell(s, sheet_format(s, "y%d", i));
    }
    assert_true(sheet_close(s, &s, &err));
    const char *const *cell = sheet_table(s, &rows, &columns);
    assert_int_equal(rows, 500);
    assert_int_equal(columns, 2);
    assert_string_equal(cell[0], "x");
    assert_string_equal(cell[2 + 2 * 499 + 1], "y499");
    sheet_free(s);
}

static void side_labels_never_overlap(void **state)
{
    char why[300];
    struct sheet *s = sheet_open(300, 200);
    struct side_label label[8];
    (void)state;
    sheet_title_set(s, "t");
    sheet_alt_set(s, "a");
    sheet_table_head(s, (const char *const[]){"x"}, 1);
    for (int i = 0; i < 8; i++)
        label[i] = (struct side_label){100, "same end", i % 2 ? "detail" : NULL, 0x1F1F1F};
    side_labels(s, label, 8, 150, 120, 10, 190);
    if (!sheet_check(s, why, sizeof(why)))
        fail_msg("%s", why);
    assert_non_null(sheet_find(s, "same end"));
    sheet_free(s);
}

static void short_memory_is_told_once_at_the_end(void **state)
{
    (void)state;
    for (long n = 1; n < 40; n++) {
        struct err err = {0};
        struct sheet *s;
        mem_fail_at(n);
        s = sheet_open(300, 200);
        for (int i = 0; s != NULL && i < 100; i++) {
            sheet_text(s, 10, 10, "some text", type_label);
            sheet_rect(s, (struct box){0, 0, 10, 10}, (struct ink){0, 1});
        }
        bool fired = mem_count() >= n;
        mem_fail_at(0);
        bool ok = sheet_close(s, &s, &err);
        assert_true(ok != fired);
        if (ok)
            sheet_free(s);
        else
            assert_int_equal(err.class, ERR_OS);
    }
}

/* Every role's text can be read on paper, every fate's text on its fill. */
static void palette_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < 12; i++)
        assert_true(contrast(role_of(i)->text, 0xFFFFFF) >= 4.5);
    for (size_t i = 0; i < ROLE_N; i++) /* also on the shade of a fault */
        assert_true(contrast(role_of(i)->text, RGB_FAULT) >= 4.5);
    for (size_t f = 0; f < 4; f++)
        assert_true(contrast(fate_ink[f].text, fate_ink[f].fill) >= 4.5);
    assert_int_equal(role_of(ROLE_COUPLED)->line, 0xD55E00);
    assert_int_equal(role_of(ROLE_DECOUPLED)->line, 0x0072B2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_grouped_and_signed),
        cmocka_unit_test(numbers_have_three_digits),
        cmocka_unit_test(times_have_the_unit_that_fits),
        cmocka_unit_test(shares_are_never_rounded_away),
        cmocka_unit_test(ranges_tell_their_ends_apart),
        cmocka_unit_test(bad_bytes_become_replacement_characters),
        cmocka_unit_test(long_texts_are_cut_to_width),
        cmocka_unit_test(lines_break_at_blanks_and_between_hangul),
        cmocka_unit_test(axes_have_ticks_to_count_with),
        cmocka_unit_test(percentiles_are_equally_far_apart),
        cmocka_unit_test(strange_ranges_are_mended),
        cmocka_unit_test(the_judge_finds_what_is_wrong),
        cmocka_unit_test(turned_text_has_a_turned_box),
        cmocka_unit_test(tables_grow_and_are_whole),
        cmocka_unit_test(side_labels_never_overlap),
        cmocka_unit_test(short_memory_is_told_once_at_the_end),
        cmocka_unit_test(palette_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
