/* Exports byte for byte, worked out from the head of fixture_store.h; doubles as text; awkward
 * names. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "digits.h"
#include "export.h"
#include "fixture_store.h"

static struct query *q;

static int setup(void **state)
{
    (void)state;
    struct err err = {0};
    struct store *s;
    int64_t run;
    fixture_clean();
    struct store_run awkward = fixture_run;
    awkward.title = "a \"title\",\nin two lines\\";
    const char *path = fixture_path("export.db");
    struct result *r = fixture_result(0);
    bool ok = store_open(&s, path, &err) && store_begin(s, &awkward, &run, &err) &&
              store_point(s, 0, NULL, 0, &err) && store_result(s, 0, 0, r, &err) &&
              store_commit(s, &err);
    result_free(r);
    store_close(s);
    if (!ok || !query_open(&q, path, &err))
        fail_msg("%s", err.text);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    query_close(q);
    fixture_clean();
    return 0;
}

static char *exported(const char *table, enum export_format format, bool head)
{
    struct err err = {0};
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    if (!export_run(q, 1, export_find(table), format, head, out, &err))
        fail_msg("%s", err.text);
    fclose(out);
    return text;
}

static void expect(const char *table, enum export_format format, bool head, const char *expected)
{
    char *text = exported(table, format, head);
    assert_string_equal(text, expected);
    free(text);
}

static void csv(void **state)
{
    (void)state;
    expect("fates", EXPORT_CSV, false,
           "point,replication,offered,in_time,late,waiting,lost,repeated,gave_up_done,unit\n0,0,10,"
           "6,2,1,1,3,1,1\n");
    expect("fates-by-birth", EXPORT_CSV, false,
           "point,replication,from_s,to_s,offered,in_time,late,waiting,lost,repeated,gave_up_done,"
           "unit\n"
           "0,0,0,15,6,4,1,0,1,3,1,1\n0,0,15,30,4,2,1,1,0,0,0,1\n");
    expect("histograms", EXPORT_CSV, false,
           "point,entity,metric,low,high,unit,count,count_unit\n"
           "0,,latency,9961472,10223616,ns,1,1\n0,,latency,989855744,1006632960,ns,1,1\n"
           "0,queue.orders,depth,0,1,1,10000000000,ns\n0,queue.orders,depth,2,3,1,5000000000,ns\n"
           "0,queue.orders,depth,4,5,1,15000000000,ns\n");
    expect("series", EXPORT_CSV, false,
           "point,replication,entity,metric,from_s,to_s,value,max,unit\n"
           "0,0,,latency,0,10,10000000,10000000,ns\n0,0,,latency,10,20,,,ns\n"
           "0,0,,latency,20,30,1000000000,1000000000,ns\n"
           "0,0,queue.orders,depth,0,10,0,0,1\n0,0,queue.orders,depth,10,20,4,4,1\n"
           "0,0,queue.orders,depth,20,30,3,4,1\n"
           "0,0,queue.orders,sent,0,10,50,,1\n0,0,queue.orders,sent,10,20,50,,1\n0,0,queue.orders,"
           "sent,20,30,0,,1\n");
}

static void metrics(void **state)
{
    (void)state;
    char *text = exported("metrics", EXPORT_CSV, false);
    assert_non_null(strstr(text, "point,replication,entity,metric,stat,value,unit\n"));
    assert_non_null(strstr(text, "\n0,0,,latency,count,2,1\n"));
    assert_non_null(strstr(text, "\n0,0,queue.orders,depth,mean,2.3333333333333335,1\n"));
    assert_non_null(strstr(text, "\n0,0,queue.orders,depth,p99.9,4,1\n"));
    free(text);
}

static void jsonl(void **state)
{
    (void)state;
    expect(
        "fates", EXPORT_JSONL, true,
        "{\"export\":\"fates\",\"run\":\"1\",\"title\":\"a \\\"title\\\",\\u000ain two lines\\\\\","
        "\"scenario\":\"scenarios/order-intake/decoupled.cfg\",\"seed\":\"18446744073709551615\","
        "\"version\":\"0.1.0\",\"quotas\":\"aws-2026\",\"fingerprint\":\"a81140f741e8c984\"}\n"
        "{\"point\":0,\"replication\":0,\"offered\":10,\"in_time\":6,\"late\":2,\"waiting\":1,"
        "\"lost\":1,"
        "\"repeated\":3,\"gave_up_done\":1,\"unit\":\"1\"}\n");
    char *text = exported("series", EXPORT_JSONL, false);
    assert_non_null(
        strstr(text, "{\"point\":0,\"replication\":0,\"entity\":\"\",\"metric\":\"latency\","
                     "\"from_s\":10,\"to_s\":20,\"value\":null,\"max\":null,\"unit\":\"ns\"}\n"));
    free(text);
}

static void head_of_a_csv(void **state)
{
    (void)state;
    char *text = exported("fates", EXPORT_CSV, true);
    const char *expected =
        "# afterbay export: fates\n# run: 1\n# title: a \"title\", in two lines\\\n"
        "# scenario: scenarios/order-intake/decoupled.cfg\n# seed: 18446744073709551615\n"
        "# version: 0.1.0\n# quotas: aws-2026\n# fingerprint: ";
    assert_memory_equal(text, expected, strlen(expected));
    free(text);
}

static void a_full_disk_is_noticed(void **state)
{
    (void)state;
    struct err err = {0};
    FILE *out = fopen("/dev/full", "w");
    assert_non_null(out);
    assert_false(export_run(q, 1, export_find("series"), EXPORT_CSV, true, out, &err));
    assert_int_equal(err.class, ERR_IO);
    assert_non_null(strstr(err.text, "No space left on device"));
    fclose(out);
    struct err none = {0};
    assert_false(export_run(q, 9, export_find("series"), EXPORT_CSV, true, stdout, &none));
    assert_int_equal(none.class, ERR_DATA);
    assert_null(export_find("serie"));
}

/* 15 digits where they are enough, else 17. */
static void digits(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {1e300, "1e+300"},
        {1.0 / 3, "0.33333333333333331"},
        {9007199254740993.0, "9007199254740992"},
        {0x1p-1074, "4.94065645841247e-324"},
        {NAN, "nan"},
        {-INFINITY, "-inf"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[DIGITS_SIZE];
        assert_int_equal(digits_text(cases[i].x, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

/* Pashto: the decimal sign is U+066B, two bytes. Not installed anywhere, so it is built. */
static void under_a_foreign_locale(void **state)
{
    (void)state;
    char command[1200], text[DIGITS_SIZE];
    mkdir(BUILD_DIR "/locale", 0777);
    snprintf(command, sizeof(command),
             "test -d '%1$s' || localedef -i ps_AF -f UTF-8 '%1$s' >/dev/null 2>&1",
             BUILD_DIR "/locale/ps_AF.UTF-8");
    (void)!system(command);
    setenv("LOCPATH", BUILD_DIR "/locale", 1);
    if (setlocale(LC_ALL, "ps_AF.UTF-8") == NULL)
        fail_msg("the locale cannot be set, so this test would prove nothing");
    snprintf(text, sizeof(text), "%g", 0.5);
    assert_string_not_equal(text, "0.5");
    digits_text(1.0 / 3, text);
    assert_string_equal(text, "0.33333333333333331");
    digits_text(-1.5e-9, text);
    assert_string_equal(text, "-1.5e-09");
    char *rows = exported("metrics", EXPORT_CSV, false);
    setlocale(LC_ALL, "C");
    assert_non_null(strstr(rows, "\n0,0,queue.orders,depth,mean,2.3333333333333335,1\n"));
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv),
        cmocka_unit_test(metrics),
        cmocka_unit_test(jsonl),
        cmocka_unit_test(head_of_a_csv),
        cmocka_unit_test(digits),
        cmocka_unit_test(a_full_disk_is_noticed),
        cmocka_unit_test(under_a_foreign_locale),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
