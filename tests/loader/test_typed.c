/* Values of every type, from text to spec, on a registry of its own (gadget.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <locale.h>

#include "backoff.h"
#include "gadget.h"
#include "loading.h"
#include "quota.h"
#include "room.h"

#define RUN "run = { duration = \"1h\"; };\n"

static struct loaded one(const char *settings)
{
    char text[2000];
    snprintf(text, sizeof(text), RUN "gadget = { g = { %s }; other = { }; };\n", settings);
    return loading_text(text, NULL);
}

static const struct value *value_of(const struct loaded *l, unsigned key)
{
    const struct spec_entity *e = spec_find(scenario_spec(l->scenario), "gadget.g");
    assert_non_null(e);
    return spec_value(e, key);
}

static void check_int(const char *setting, unsigned key, int64_t expected)
{
    struct loaded l = one(setting);
    if (!l.ok)
        loading_show(&l);
    assert_true(l.ok);
    const struct value *v = value_of(&l, key);
    assert_true(v->given && !v->absent);
    if (v->i != expected)
        fail_msg("%s: %lld, expected %lld", setting, (long long)v->i, (long long)expected);
    loading_close(&l);
}

static void check_refused(const char *setting, int code, const char *says)
{
    struct loaded l = one(setting);
    if (l.ok || l.problems.n != 1 || l.problems.item[0].code != code ||
        strstr(l.problems.item[0].text, says) == NULL) {
        loading_show(&l);
        fail_msg("%s: expected AB%04d \"%s\"", setting, code, says);
    }
    loading_close(&l);
}

static void integers_of_all_types(void **state)
{
    (void)state;
    check_int("time = \"1h\";", GADGET_TIME, 3600 * SIM_S);
    check_int("time = \"1ms\";", GADGET_TIME, SIM_MS);
    check_int("time = \"1\" \".5s\";", GADGET_TIME, 1500 * SIM_MS); /* adjacent pieces join */
    check_int("whole = \"2s\";", GADGET_WHOLE, 2 * SIM_S);
    check_int("whole = \"2000ms\";", GADGET_WHOLE, 2 * SIM_S);
    check_int("size = \"1MiB\";", GADGET_SIZE, 1048576);
    check_int("size = \"64KB\";", GADGET_SIZE, 64000);
    check_int("count = 7;", GADGET_COUNT, 7);
    check_int("count = -5;", GADGET_COUNT, -5);
    check_int("count = 0x1F;", GADGET_COUNT, 31);
    check_int("count = 2147483647;", GADGET_COUNT, 2147483647);
    check_int("count = 10000000000L;", GADGET_COUNT, INT64_C(10000000000));
    check_int("count = 9223372036854775807L;", GADGET_COUNT, INT64_MAX);
    check_int("count = 1e3;", GADGET_COUNT, 1000);
    check_int("count = 20.0;", GADGET_COUNT, 20);
    check_int("share = 0.01;", GADGET_SHARE, 10000000);
    check_int("share = \"1%\";", GADGET_SHARE, 10000000);
    check_int("share = 1;", GADGET_SHARE, 1000000000);
    check_int("flag = false;", GADGET_FLAG, 0);
    check_int("flag = TRUE;", GADGET_FLAG, 1);
    check_int("choice = \"blue\";", GADGET_CHOICE, 2);
}

static void what_is_refused(void **state)
{
    (void)state;
    check_refused("time = \"999us\";", 212, "is below the limit 1ms");
    check_refused("time = \"61min\";", 212, "is above the limit 1h");
    check_refused("time = true;", 205, "a duration");
    check_refused("whole = \"1500ms\";", 213, "1500ms");
    check_refused("size = \"1025KiB\";", 212, "above the limit 1MiB (SQS-25, quotas aws-2026)");
    check_refused("count = 2147483648;", 250, "write 2147483648L");
    check_refused("count = -2147483649;", 250, "write -2147483649L");
    check_refused("count = 0xFFFFFFFF;", 250, "0xFFFFFFFFL");
    check_refused("count = 9223372036854775808L;", 250, "64 bits");
    check_refused("count = 1e19;", 250, "1e19");
    check_refused("count = -6;", 212, "below the limit -5");
    check_refused("count = 2.5;", 252, "2.5");
    check_refused("share = 1.5;", 210, "a share is at most 1");
    check_refused("flag = 1;", 205, "true or false");
    check_refused("flag = \"true\";", 205, "true or false");
    check_refused("choice = \"grey\";", 214, "\"grey\"");
    check_refused("rate = \"1001/s\";", 212, "above the limit 1000/s");
    check_refused("rate = \"1/d\";", 212, "below the limit 1/h");
    check_refused("number = \"2\";", 205, "a number");
    check_refused("number = -0.5;", 212, "below the limit 0");
    check_refused("text = 5;", 205, "a text");
    check_refused("ref = \"gadget.nobody\";", 220, "gadget.nobody");
    check_refused("law = \"11s\";", 212, "above the limit 10s");
    check_refused("law = 30;", 211, "30 could be \"30s\"");
    check_refused("law = \"5m\";", 210, "min or ms?");
    check_refused("numbers = \"roundrobin(4)\";", 240, "roundrobin");
    check_refused("backoff = \"linear(1s)\";", 241, "backoff");
    check_refused("group = { weight = 2; };", 204, "needs 'at'");
    check_refused("group = 5;", 205, "a group");
    check_refused("parts = ( 5 );", 205, "gadget.g.parts[0] is a group");
    check_refused("parts = ( { at = \"1s\"; }, { at = 2; } );", 211, "gadget.g.parts[1].at");
    check_refused("times = [ \"1s\", \"61s\" ];", 212, "gadget.g.times[1]");
    check_refused("times = { at = \"1s\"; };", 205, "a list of values");
    check_refused("times = \"61s\";", 212, "gadget.g.times");
    check_refused("time = { low = \"2s\"; mid = \"1s\"; high = \"3s\"; };", 215,
                  "low <= mid <= high");
    check_refused("time = { low = \"2s\"; mid = 3; high = \"4s\"; };", 211, "gadget.g.time.mid");
    check_refused("time = { low = \"2s\"; mid = \"3s\"; high = \"2h\"; };", 212,
                  "gadget.g.time.high");
}

static void the_other_types(void **state)
{
    (void)state;
    struct loaded l = one(
        "rate = \"6000/min\"; number = 2.5e3; text = \"say \\\"hi\\\" \xec\x95\x88\xeb\x85\x95\";"
        "ref = \"gadget.other\"; law = \"exponential(100ms)\"; numbers = 7;"
        "backoff = \"exponential(base=100ms, cap=2s)\";");
    if (!l.ok)
        loading_show(&l);
    assert_true(l.ok);
    assert_int_equal(value_of(&l, GADGET_RATE)->rate.events *
                         (60 * SIM_S / value_of(&l, GADGET_RATE)->rate.ns),
                     6000);
    assert_true(value_of(&l, GADGET_NUMBER)->number == 2500.0);
    assert_string_equal(value_of(&l, GADGET_TEXT)->text, "say \"hi\" \xec\x95\x88\xeb\x85\x95");
    assert_ptr_equal(value_of(&l, GADGET_REF)->ref,
                     spec_find(scenario_spec(l.scenario), "gadget.other"));
    assert_string_equal(dist_name(value_of(&l, GADGET_LAW)->dist), "exponential");
    assert_int_equal(value_of(&l, GADGET_BACKOFF)->backoff->law, BACKOFF_EXPONENTIAL);
    assert_int_equal(value_of(&l, GADGET_BACKOFF)->backoff->cap, 2 * SIM_S);
    int64_t seven = 0;
    assert_true(dist_is_constant(value_of(&l, GADGET_NUMBERS)->dist, &seven));
    assert_int_equal(seven, 7);
    loading_close(&l);
}

static void groups_and_lists(void **state)
{
    (void)state;
    struct loaded l =
        one("group = { at = \"3s\"; }; parts = ( { at = \"1s\"; weight = 4; }, { at = \"2s\"; } );"
            "times = [ \"5s\", \"6s\", \"1min\" ];");
    assert_true(l.ok);
    const struct value *group = value_of(&l, GADGET_GROUP), *parts = value_of(&l, GADGET_PARTS),
                       *times = value_of(&l, GADGET_TIMES);
    assert_int_equal(group->list.n, 2);
    assert_int_equal(value_field(group, 0)->i, 3 * SIM_S);
    assert_true(value_field(group, 1)->number == 1.5 && !value_field(group, 1)->given);
    assert_int_equal(parts->list.n, 2);
    assert_true(value_field(&parts->list.item[0], 1)->number == 4.0);
    assert_int_equal(value_field(&parts->list.item[1], 0)->i, 2 * SIM_S);
    assert_int_equal(times->list.n, 3);
    assert_int_equal(times->list.item[2].i, 60 * SIM_S);
    loading_close(&l);
    l = one("times = \"5s\";"); /* a list of one */
    assert_true(l.ok && value_of(&l, GADGET_TIMES)->list.n == 1);
    assert_int_equal(value_of(&l, GADGET_TIMES)->list.item[0].i, 5 * SIM_S);
    loading_close(&l);
}

static void defaults_and_what_is_absent(void **state)
{
    (void)state;
    struct loaded l = one("");
    assert_true(l.ok);
    assert_int_equal(value_of(&l, GADGET_TIME)->i, 250 * SIM_MS);
    assert_int_equal(value_of(&l, GADGET_CHOICE)->i, 1);
    assert_int_equal(value_of(&l, GADGET_FLAG)->i, 1);
    assert_false(value_of(&l, GADGET_TIME)->given);
    assert_null(value_of(&l, GADGET_TIME)->place.file);
    assert_true(value_of(&l, GADGET_RATE)->absent);
    assert_true(value_of(&l, GADGET_LAW)->absent);
    assert_null(value_of(&l, GADGET_LAW)->dist);
    assert_null(value_of(&l, GADGET_REF)->ref);
    assert_true(value_of(&l, GADGET_GROUP)->absent && value_of(&l, GADGET_GROUP)->list.n == 0);
    assert_true(value_of(&l, GADGET_PARTS)->list.n == 0);
    loading_close(&l);
}

static void an_interval_runs_with_mid_and_keeps_the_others(void **state)
{
    (void)state;
    struct loaded l =
        one("rate = { low = \"80/s\"; mid = \"100/s\"; high = \"160/s\"; }; law = { low = \"1s\"; "
            "mid = \"exponential(2s)\"; high = \"3s\"; }; count = 4;");
    if (!l.ok)
        loading_show(&l);
    assert_true(l.ok);
    const struct value *rate = value_of(&l, GADGET_RATE), *law = value_of(&l, GADGET_LAW);
    assert_true(rate_per_second(rate->rate) == 100.0);
    assert_non_null(rate->span);
    assert_true(rate_per_second(rate->span[0].rate) == 80.0);
    assert_true(rate_per_second(rate->span[1].rate) == 160.0);
    assert_string_equal(dist_text(law->dist), "exponential(2s)");
    assert_string_equal(dist_text(law->span[1].dist), "3s");
    assert_null(value_of(&l, GADGET_COUNT)->span);
    loading_close(&l);
}

static void places_are_where_the_value_stands(void **state)
{
    (void)state;
    struct loaded l = loading_text(
        RUN "gadget = {\n  g = {\n\ttime = \"2s\";  /* x */ text = \"\xeb\xb0\xa5\"; count = 3;\n"
            "  };\n};\n",
        NULL);
    assert_true(l.ok);
    const struct place *time = &value_of(&l, GADGET_TIME)->place,
                       *count = &value_of(&l, GADGET_COUNT)->place;
    assert_int_equal(time->line, 4);
    assert_int_equal(time->column, 9);
    assert_int_equal(time->width, 4);
    assert_int_equal(count->line, 4);
    assert_int_equal(count->column, 44); /* characters, not bytes */
    assert_int_equal(count->width, 1);
    loading_close(&l);
}

static void numbers_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    const char *german = setlocale(LC_NUMERIC, "de_DE.UTF-8");
    struct loaded l = one("number = 1.5; share = 0.25;");
    assert_true(l.ok);
    assert_true(value_of(&l, GADGET_NUMBER)->number == 1.5);
    assert_int_equal(value_of(&l, GADGET_SHARE)->i, 250000000);
    assert_non_null(strstr(scenario_canonical(l.scenario), "number = 1.5;"));
    loading_close(&l);
    setlocale(LC_NUMERIC, "C");
    if (german == NULL)
        skip(); /* not installed here; the end-to-end tests build theirs */
}

static void order_in_the_file_means_nothing(void **state)
{
    (void)state;
    struct loaded a = loading_text(
        RUN "gadget = { b = { count = 2; }; a = { count = 1; time = \"60s\"; }; };", NULL);
    assert_true(a.ok);
    assert_string_equal(scenario_spec(a.scenario)->entity[0].path, "gadget.a");
    assert_int_equal(scenario_spec(a.scenario)->entity[0].index, 0);
    struct loaded b = loading_text(
        "gadget = { a = { time = \"1min\"; count = 1; }; b = { count = 2; }; };" RUN, NULL);
    assert_true(b.ok);
    assert_string_equal(scenario_canonical(a.scenario), scenario_canonical(b.scenario));
    loading_close(&a);
    loading_close(&b);
}

static void the_canonical_text(void **state)
{
    (void)state;
    struct loaded l = one(
        "time = \"0.25s\"; size = \"2048B\"; count = 10000000000L; text = \"a\\\\b \\\"c\\\"\\n\";"
        "group = { at = \"90s\"; }; times = [ \"60s\" ]; share = 0.5; flag = false;"
        "rate = { low = \"1/s\"; mid = \"120/min\"; high = \"3/s\"; };");
    assert_true(l.ok);
    /* `time` and `size` are the defaults in another spelling, so they go; empty groups stay. */
    const char *expected =
        "run = {\n  duration = \"1h\";\n};\n"
        "gadget = {\n  g = {\n    count = 10000000000L;\n    flag = false;\n"
        "    group = {\n      at = \"1min30s\";\n    };\n"
        "    rate = { low = \"1/s\"; mid = \"2/s\"; high = \"3/s\"; };\n"
        "    share = \"50%\";\n    text = \"a\\\\b \\\"c\\\"\\n\";\n    times = ( \"1min\" );\n"
        "  };\n  other = {\n  };\n};\n";
    assert_string_equal(scenario_canonical(l.scenario), expected);
    struct loaded again = loading_text(scenario_canonical(l.scenario), NULL);
    assert_true(again.ok);
    assert_string_equal(scenario_canonical(again.scenario), expected);
    loading_close(&again);
    loading_close(&l);
}

static int remove_files(void **state)
{
    (void)state;
    loading_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_of_all_types),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(the_other_types),
        cmocka_unit_test(groups_and_lists),
        cmocka_unit_test(defaults_and_what_is_absent),
        cmocka_unit_test(an_interval_runs_with_mid_and_keeps_the_others),
        cmocka_unit_test(places_are_where_the_value_stands),
        cmocka_unit_test(numbers_do_not_depend_on_the_locale),
        cmocka_unit_test(order_in_the_file_means_nothing),
        cmocka_unit_test(the_canonical_text),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
