/* Loading: files laid over each other, overrides, and what a scenario gives back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "gadget.h"
#include "loading.h"
#include "room.h"

static const char base[] =
    "run = { duration = \"1h\"; seed = 7; };\n"
    "gadget = {\n"
    "  a = { count = 1; text = \"base\"; group = { at = \"1s\"; weight = 2; }; };\n"
    "  b = { count = 2; times = [ \"1s\", \"2s\" ]; };\n"
    "};\n";

static const struct value *value_at(const struct loaded *l, const char *entity, unsigned key)
{
    const struct spec_entity *e = spec_find(scenario_spec(l->scenario), entity);
    assert_non_null(e);
    return spec_value(e, key);
}

static struct loaded good(const char *text, const char *const *set)
{
    loading_write("base.cfg", base);
    struct loaded l = loading_text(text, set);
    if (!l.ok)
        loading_show(&l);
    assert_true(l.ok);
    assert_int_equal(l.problems.n, 0);
    return l;
}

static void groups_merge_and_values_replace(void **state)
{
    (void)state;
    struct loaded l = good(
        "extends = \"base.cfg\";\ntitle = \"over\";\n"
        "gadget = { a = { text = \"over\"; group = { weight = 3; }; }; b = { times = [ \"9s\" ]; };"
        " c = { }; };",
        NULL);
    assert_string_equal(scenario_title(l.scenario), "over");
    assert_int_equal(scenario_spec(l.scenario)->n_entity, 3);
    assert_int_equal(scenario_spec(l.scenario)->seed, 7);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i, 1);
    assert_string_equal(value_at(&l, "gadget.a", GADGET_TEXT)->text, "over");
    const struct value *group = value_at(&l, "gadget.a", GADGET_GROUP);
    assert_int_equal(value_field(group, 0)->i, SIM_S);
    assert_true(value_field(group, 1)->number == 3.0);
    assert_int_equal(value_at(&l, "gadget.b", GADGET_TIMES)->list.n, 1);
    loading_close(&l);
}

static void values_remember_their_file(void **state)
{
    (void)state;
    struct loaded l =
        good("extends = \"base.cfg\";\ngadget = { a = { text = \"over\"; }; };", NULL);
    const struct place *count = &value_at(&l, "gadget.a", GADGET_COUNT)->place,
                       *text = &value_at(&l, "gadget.a", GADGET_TEXT)->place;
    size_t length = 0;
    assert_non_null(strstr(count->file, "/base.cfg"));
    assert_int_equal(count->line, 3);
    assert_non_null(strstr(text->file, "/test.cfg"));
    assert_int_equal(text->line, 2);
    const char *line = scenario_line(count->file, count->line, &length, l.scenario);
    assert_memory_equal(line, "  a = { count = 1;", 18);
    assert_null(scenario_line(count->file, 99, &length, l.scenario));
    assert_null(scenario_line("other.cfg", 1, &length, l.scenario));
    loading_close(&l);
}

static void several_files_lie_left_to_right(void **state)
{
    (void)state;
    loading_write("second.cfg", "gadget = { a = { count = 22; }; };");
    loading_write("third.cfg", "gadget = { a = { text = \"third\"; }; };");
    struct loaded l = good("extends = ( \"base.cfg\", \"second.cfg\", \"third.cfg\" );", NULL);
    size_t n = 0;
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i, 22);
    assert_string_equal(value_at(&l, "gadget.a", GADGET_TEXT)->text, "third");
    const struct scenario_file *files = scenario_files(l.scenario, &n);
    assert_int_equal(n, 4);
    assert_non_null(strstr(files[0].name, "/test.cfg"));
    assert_non_null(strstr(files[3].name, "/third.cfg"));
    assert_string_equal(files[1].text, base);
    loading_close(&l);
}

static void names_are_relative_to_the_file_that_says_them(void **state)
{
    (void)state;
    char path[600];
    snprintf(path, sizeof(path), "%s/deep", loading_folder());
    mkdir(path, 0700);
    loading_write("deep/one.cfg", "extends = \"two.cfg\";\n@include \"part.inc\"\n");
    loading_write("deep/two.cfg", "extends = \"../base.cfg\";");
    loading_write("deep/part.inc", "title = \"from deep\";\n@include \"more.inc\"\n");
    loading_write("deep/more.inc", "gadget = { c = { count = 3; }; };");
    struct loaded l = good("extends = \"deep/one.cfg\";", NULL);
    assert_string_equal(scenario_title(l.scenario), "from deep");
    assert_int_equal(scenario_spec(l.scenario)->n_entity, 3);
    loading_close(&l);
}

/* Both arms of a diamond may extend the same file. */
static void a_diamond_is_no_loop(void **state)
{
    (void)state;
    loading_write("left.cfg", "extends = \"base.cfg\"; gadget = { a = { count = 11; }; };");
    loading_write("right.cfg", "extends = \"base.cfg\"; gadget = { b = { count = 12; }; };");
    struct loaded l = good("extends = [ \"left.cfg\", \"right.cfg\" ];", NULL);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i,
                     1); /* right's base lies over left */
    assert_int_equal(value_at(&l, "gadget.b", GADGET_COUNT)->i, 12);
    loading_close(&l);
}

static void sixteen_files_deep_and_no_deeper(void **state)
{
    (void)state;
    char name[40], text[100];
    loading_write("base.cfg", base);
    for (int i = 1; i <= 16; i++) {
        snprintf(name, sizeof(name), "chain-%d.cfg", i);
        if (i == 1)
            snprintf(text, sizeof(text), "extends = \"base.cfg\";");
        else
            snprintf(text, sizeof(text), "extends = \"chain-%d.cfg\";", i - 1);
        loading_write(name, text);
    }
    struct loaded l = loading_file("chain-15.cfg", NULL);
    assert_true(l.ok);
    loading_close(&l);
    l = loading_file("chain-16.cfg", NULL);
    assert_false(l.ok);
    assert_int_equal(l.problems.n, 1);
    assert_int_equal(l.problems.item[0].code, 111);
    loading_close(&l);
}

/* A law's file lies beside the file that names it, not beside the one that extends that. */
static void files_of_laws_lie_beside_the_file_that_names_them(void **state)
{
    (void)state;
    char path[600];
    double mean;
    snprintf(path, sizeof(path), "%s/laws", loading_folder());
    mkdir(path, 0700);
    loading_write("laws/times.csv", "ms\n10\n20\n60\n");
    loading_write(
        "laws/law.cfg",
        "gadget = { a = { law = \"empirical(file='times.csv', column='ms', unit=ms)\"; }; };");
    struct loaded l = good("extends = [ \"base.cfg\", \"laws/law.cfg\" ];", NULL);
    mean = dist_mean(value_at(&l, "gadget.a", GADGET_LAW)->dist);
    assert_true(mean > 29.9e6 && mean < 30.1e6);
    loading_close(&l);
}

static void unset_takes_away_what_lies_below(void **state)
{
    (void)state;
    struct loaded l = good(
        "extends = \"base.cfg\"; unset = [ \"gadget.b\", \"gadget.a.group.weight\", \"run.seed\" ];"
        "gadget = { a = { count = 5; }; };",
        NULL);
    assert_int_equal(scenario_spec(l.scenario)->n_entity, 1);
    assert_int_equal(scenario_spec(l.scenario)->seed, 1);
    assert_true(value_field(value_at(&l, "gadget.a", GADGET_GROUP), 1)->number == 1.5);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i, 5);
    loading_close(&l);
    l = good("extends = \"base.cfg\"; unset = \"gadget.b.times[0]\";", NULL);
    assert_int_equal(value_at(&l, "gadget.b", GADGET_TIMES)->list.n, 1);
    assert_int_equal(value_at(&l, "gadget.b", GADGET_TIMES)->list.item[0].i, 2 * SIM_S);
    loading_close(&l);
}

/* --- overrides --- */

static void overrides_change_and_add_settings(void **state)
{
    (void)state;
    const char *set[] = {"gadget.a.count=41",
                         "gadget.a.count=42",
                         "gadget.a.time=45s",
                         "gadget.a.group.weight=0.5",
                         "gadget.b.times[1]=3s",
                         "gadget.b.group.at=4s",
                         "run.seed=123456789012",
                         "gadget.a.flag=false",
                         "gadget.a.text=two words = one text",
                         "gadget.b.law=uniform(1s, 2s)",
                         "gadget.b.ref=gadget.a",
                         "title=By hand",
                         "gadget.a.rate={ low = \"1/s\"; mid = \"2/s\"; high = \"3/s\"; }",
                         "gadget.a.parts=( { at = \"1s\"; } )",
                         "gadget.a.choice=\"blue\"",
                         NULL};
    struct loaded l = good(base, set);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i, 42);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_TIME)->i, 45 * SIM_S);
    assert_true(value_field(value_at(&l, "gadget.a", GADGET_GROUP), 1)->number == 0.5);
    assert_int_equal(value_field(value_at(&l, "gadget.a", GADGET_GROUP), 0)->i, SIM_S);
    assert_int_equal(value_at(&l, "gadget.b", GADGET_TIMES)->list.item[0].i, SIM_S);
    assert_int_equal(value_at(&l, "gadget.b", GADGET_TIMES)->list.item[1].i, 3 * SIM_S);
    assert_int_equal(value_field(value_at(&l, "gadget.b", GADGET_GROUP), 0)->i, 4 * SIM_S);
    assert_int_equal(scenario_spec(l.scenario)->seed, 123456789012);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_FLAG)->i, 0);
    assert_string_equal(value_at(&l, "gadget.a", GADGET_TEXT)->text, "two words = one text");
    assert_string_equal(value_at(&l, "gadget.b", GADGET_REF)->ref->path, "gadget.a");
    assert_string_equal(scenario_title(l.scenario), "By hand");
    assert_true(rate_per_second(value_at(&l, "gadget.a", GADGET_RATE)->span[1].rate) == 3.0);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_PARTS)->list.n, 1);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_CHOICE)->i, 2);
    assert_string_equal(value_at(&l, "gadget.a", GADGET_COUNT)->place.file, "--set 2");
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->place.column, 16);
    loading_close(&l);
}

static void overrides_come_before_checks(void **state)
{
    (void)state;
    const char *set[] = {"gadget.a.count=3", "gadget.a.time=2s", NULL};
    /* What the file says wrongly does not matter once it is replaced. */
    struct loaded l = good(
        "run = { duration = \"1h\"; };\ngadget = { a = { count = \"three\"; time = 2; }; };", set);
    assert_int_equal(value_at(&l, "gadget.a", GADGET_COUNT)->i, 3);
    loading_close(&l);
}

/* --- what comes back --- */

struct walked {
    char text[4000];
};

static void note(void *ctx, const char *path, const char *text, const struct place *place,
                 const struct key *key)
{
    struct walked *w = ctx;
    size_t n = strlen(w->text);
    const char *slash = place->file == NULL ? NULL : strrchr(place->file, '/');
    snprintf(w->text + n, sizeof(w->text) - n, "%s = %s (%s:%d)%s\n", path, text,
             place->file == NULL ? "default"
             : slash == NULL     ? place->file
                                 : slash + 1,
             place->line, key == NULL ? "!" : "");
}

static void the_walk_tells_where_each_value_comes_from(void **state)
{
    (void)state;
    static struct walked w;
    const char *set[] = {"gadget.a.count=9", NULL};
    struct loaded l =
        good("extends = \"base.cfg\";\nunset = \"gadget.b\";\nexpect = [ \"lost == 0\" ];\n"
             "gadget = { a = { times = [ \"1s\", \"2s\" ];\n"
             "  time = { low = \"1s\"; mid = \"2s\"; high = \"3s\"; }; parts = ( { at = \"5s\"; } "
             "); }; };",
             set);
    scenario_walk(l.scenario, note, &w);
    assert_string_equal(w.text, "expect = [ lost == 0 ] (test.cfg:3)!\n"
                                "gadget.a.choice = green (default:0)\n"
                                "gadget.a.count = 9 (--set 1:1)\n"
                                "gadget.a.flag = true (default:0)\n"
                                "gadget.a.group.at = 1s (base.cfg:3)\n"
                                "gadget.a.group.weight = 2 (base.cfg:3)\n"
                                "gadget.a.parts[0].at = 5s (test.cfg:5)\n"
                                "gadget.a.parts[0].weight = 1.5 (default:0)\n"
                                "gadget.a.size = 2KiB (default:0)\n"
                                "gadget.a.text = base (base.cfg:3)\n"
                                "gadget.a.time = { low = 1s, mid = 2s, high = 3s } (test.cfg:5)\n"
                                "gadget.a.times = [ 1s, 2s ] (test.cfg:4)\n"
                                "run.behaviour = ideal (default:0)\n"
                                "run.drain = 0s (default:0)\n"
                                "run.duration = 1h (base.cfg:1)\n"
                                "run.histograms = true (default:0)\n"
                                "run.quotas = aws-2026 (default:0)\n"
                                "run.replications = 20 (default:0)\n"
                                "run.seed = 7 (base.cfg:1)\n"
                                "run.series = true (default:0)\n"
                                "run.warmup = 0s (default:0)\n");
    loading_close(&l);
}

static void the_title_is_the_file_when_there_is_none(void **state)
{
    (void)state;
    struct loaded l = good(base, NULL);
    assert_string_equal(scenario_title(l.scenario), "test");
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
        cmocka_unit_test(groups_merge_and_values_replace),
        cmocka_unit_test(values_remember_their_file),
        cmocka_unit_test(several_files_lie_left_to_right),
        cmocka_unit_test(names_are_relative_to_the_file_that_says_them),
        cmocka_unit_test(a_diamond_is_no_loop),
        cmocka_unit_test(sixteen_files_deep_and_no_deeper),
        cmocka_unit_test(files_of_laws_lie_beside_the_file_that_names_them),
        cmocka_unit_test(unset_takes_away_what_lies_below),
        cmocka_unit_test(overrides_change_and_add_settings),
        cmocka_unit_test(overrides_come_before_checks),
        cmocka_unit_test(the_walk_tells_where_each_value_comes_from),
        cmocka_unit_test(the_title_is_the_file_when_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
