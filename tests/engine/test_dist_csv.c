/* Empirical laws: what is read from a CSV file, and what is said about a file that cannot be used.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dist.h"
#include "mem.h"

static char folder[256];
static struct arena arena;

static void write_file(const char *name, const char *text, size_t n)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static const struct dist *parse(const char *content, const char *text, enum dist_unit unit,
                                struct dist_error *e)
{
    *e = (struct dist_error){.column = -1};
    write_file("times.csv", content, strlen(content));
    return dist_parse(&arena, text, unit, folder, e);
}

/* All hold 1.5, 2, 10 and 2 ms (in some unit): mean 3.875 ms. */
static const struct {
    const char *content, *text;
} READ[] = {
    {"1.5\n2\n10\n2\n", "empirical(file='times.csv', unit=ms)"},
    {"ms\n1.5\n2\n10\n2", "empirical(file='times.csv', column='ms', unit=ms)"},
    {"ms\r\n1.5\r\n2\r\n10\r\n2\r\n", "empirical('times.csv', 'ms', ms)"},
    {"id,ms\n1,1.5\n2,2\n3,10\n4,2\n", "empirical(file='times.csv', column='ms', unit='ms')"},
    {"id,ms\n1,1.5\n2,2\n3,10\n4,2\n", "empirical(file='times.csv', column=2, unit=ms)"},
    {"1,1.5\n2,2\n3,10\n4,2\n", "empirical(file='times.csv', column=2, unit=ms)"},
    {"id;ms\n1;1.5\n2;2\n3;10\n4;2\n", "empirical(file='times.csv', column='ms', unit=ms)"},
    {"id\tms\n1\t1.5\n2\t2\n3\t10\n4\t2\n", "empirical(file='times.csv', column='ms', unit=ms)"},
    {"\"a,b\",\"ms\"\n\"x,y\",\"1.5\"\n\"\",2\nz , 10 \n,2\n",
     "empirical(file='times.csv', column='ms', unit=ms)"},
    {"\xef\xbb\xbfms\n1.5\n2\n10\n2\n", "empirical(file='times.csv', column='ms', unit=ms)"},
    {"s\n0.0015\n2e-3\n1E-2\n0.002\n\n\n", "empirical(file='times.csv', unit=s)"},
    {"us\n\n1500\n2000\n\n10000\n2000", "empirical(file='times.csv', unit=us)"},
};

static void values_are_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof READ / sizeof *READ; i++) {
        struct dist_error e;
        const struct dist *d = parse(READ[i].content, READ[i].text, DIST_DURATION, &e);
        if (d == NULL)
            print_error("%zu: %d: %s\n", i, e.column, e.text);
        assert_non_null(d);
        assert_true(fabs(dist_mean(d) - 3.875e6) < 1e-3);
        /* (2.375^2 + 2 * 1.875^2 + 6.125^2) / 4 */
        assert_true(fabs(dist_variance(d) - 12.546875e12) < 1);
        assert_true(dist_cdf(d, 1.4e6) == 0 && dist_cdf(d, 1.6e6) == 0.25 &&
                    dist_cdf(d, 2.1e6) == 0.75);
        assert_true(dist_quantile(d, 0.25) == 1.5e6 && dist_quantile(d, 0.26) == 2e6 &&
                    dist_quantile(d, 0.9) == 1e7);
    }
}

static void samples_are_the_values(void **unused)
{
    (void)unused;
    enum { N = 40000 };
    struct dist_error e;
    const struct dist *d = parse(READ[0].content, READ[0].text, DIST_DURATION, &e);
    struct rng_stream s = rng_stream(3, "csv", 0);
    int small = 0, two = 0, ten = 0;
    for (uint64_t i = 0; i < N; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        int64_t x = dist_sample(d, &r);
        small += x == 1500000;
        two += x == 2000000;
        ten += x == 10000000;
    }
    assert_int_equal(small + two + ten, N);
    assert_true(fabs(small - N / 4.0) < 4.5 * sqrt(N * 3 / 16.0) &&
                fabs(two - N / 2.0) < 4.5 * sqrt(N / 4.0));
}

static void sizes_and_counts_are_read(void **unused)
{
    (void)unused;
    struct dist_error e;
    const struct dist *d = parse("1\n2\n", "empirical('times.csv', unit=KiB)", DIST_SIZE, &e);
    assert_non_null(d);
    assert_true(dist_mean(d) == 1536);
    d = parse("items\n1\n2\n6\n", "empirical('times.csv')", DIST_COUNT, &e);
    assert_non_null(d);
    assert_true(dist_mean(d) == 3);
}

static const struct {
    const char *content, *text;
    int column;
    const char *message;
} REFUSED[] = {
    {"1", "empirical(file='none.csv', unit=ms)", 15, "empirical: none.csv: no such file"},
    {"1", "empirical(file='.', unit=ms)", 15, "empirical: .: cannot be read"},
    {"", "empirical(file='times.csv', unit=ms)", 15, "empirical: times.csv: no values in it"},
    {"ms\n", "empirical(file='times.csv', unit=ms)", 15, "empirical: times.csv: no values in it"},
    {"1\n2\nx\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:3: no number: x"},
    {"1\n\n2,5 \n", "empirical(unit=ms, file='times.csv')", 24,
     "empirical: times.csv:3: this line has more columns than the first"},
    {"1\n-2\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:2: a negative value: -2"},
    {"-2\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:1: a negative value: -2"},
    {"1\nnan\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:2: no number: nan"},
    {"1\n1e300\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:2: too large: 1e300"},
    {"a,b\n1,\n", "empirical(file='times.csv', column='b', unit=ms)", 15,
     "empirical: times.csv:2: no number: the field is empty"},
    {"a,b\n1,2\n3\n", "empirical(file='times.csv', column='b', unit=ms)", 15,
     "empirical: times.csv:3: this line has too few columns"},
    {"a,b\n1,2\n", "empirical(file='times.csv', column='c', unit=ms)", 15,
     "empirical: times.csv:1: no column is called c"},
    {"a,b\n1,2\n", "empirical(file='times.csv', unit=ms)", 15,
     "empirical: times.csv:1: more than one column: which is wanted? add column='…'"},
    {"a,b\n1,2\n", "empirical(file='times.csv', column=3, unit=ms)", 15,
     "empirical: times.csv:1: this line has too few columns"},
    {"1", "empirical(file='times.csv', column=0, unit=ms)", 35,
     "empirical: 'column' must be between 1 and 100000"},
    {"1", "empirical(file='times.csv', unit=m)", 33, "empirical: unit \"m\": min or ms?"},
    {"1", "empirical(file='times.csv', unit=KiB)", 33,
     "empirical: unknown unit \"KiB\"; there are ns us ms s min h d"},
};

static void what_is_wrong_in_a_file_has_its_line(void **unused)
{
    (void)unused;
    int wrong = 0;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct dist_error e;
        const struct dist *d = parse(REFUSED[i].content, REFUSED[i].text, DIST_DURATION, &e);
        if (d == NULL && e.column == REFUSED[i].column && strcmp(e.text, REFUSED[i].message) == 0)
            continue;
        print_error("%s\n  expected %d: %s\n  got      %d: %s\n", REFUSED[i].text,
                    REFUSED[i].column, REFUSED[i].message, e.column, d != NULL ? "a law" : e.text);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void a_binary_file_is_refused(void **unused)
{
    (void)unused;
    struct dist_error e;
    write_file("binary.csv", "1\n\0\n", 4);
    assert_null(dist_parse(&arena, "empirical('binary.csv', unit=ms)", DIST_DURATION, folder, &e));
    assert_string_equal(e.text, "empirical: binary.csv: not a text file: it holds a NUL byte");
}

/* More than one read, more than one arena block. */
static void long_files_are_read(void **unused)
{
    (void)unused;
    enum { LINES = 60000 };
    char *text = malloc(LINES * 8);
    size_t n = 0;
    for (int i = LINES; i >= 1; i--)
        n += (size_t)sprintf(text + n, "%d\n", i);
    write_file("long.csv", text, n);
    free(text);
    struct dist_error e;
    const struct dist *d = dist_parse(&arena, "empirical('long.csv')", DIST_COUNT, folder, &e);
    assert_non_null(d);
    assert_true(fabs(dist_mean(d) - (LINES + 1) / 2.0) < 1e-6);
    assert_true(dist_quantile(d, 0.5) == LINES / 2);
}

static void memory_may_be_short(void **unused)
{
    (void)unused;
    for (long n = 1;; n++) {
        struct arena own;
        struct dist_error e = {0};
        arena_init(&own);
        mem_fail_at(n);
        const struct dist *d = dist_parse(&own, "empirical('long.csv')", DIST_COUNT, folder, &e);
        mem_fail_at(0);
        arena_free(&own);
        if (d != NULL) {
            assert_true(n > 2);
            break;
        }
        assert_non_null(strstr(e.text, "memory is short"));
    }
}

static int setup(void **unused)
{
    (void)unused;
    snprintf(folder, sizeof folder, "%s/dist_csv_XXXXXX", BUILD_DIR);
    arena_init(&arena);
    return mkdtemp(folder) == NULL;
}

static int teardown(void **unused)
{
    (void)unused;
    static const char *const names[] = {"times.csv", "binary.csv", "long.csv"};
    char path[512];
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        remove(path);
    }
    arena_free(&arena);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(samples_are_the_values),
        cmocka_unit_test(sizes_and_counts_are_read),
        cmocka_unit_test(what_is_wrong_in_a_file_has_its_line),
        cmocka_unit_test(a_binary_file_is_refused),
        cmocka_unit_test(long_files_are_read),
        cmocka_unit_test(memory_may_be_short),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
