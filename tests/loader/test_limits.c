/* Limits of the loader: on sizes and numbers, so that no file can keep it busy for hours, and on
 * memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "gadget.h"
#include "loading.h"
#include "mem.h"
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

/* Ten files deep with ten of each: ten thousand million, if nobody counted. */
static void files_that_multiply_are_stopped(void **state)
{
    (void)state;
    char name[40], text[400];
    loading_write("multiply-0.cfg", "title = \"x\";");
    loading_write("multiply-0.inc", "# x\n");
    for (int i = 1; i <= 10; i++) {
        size_t n = (size_t)snprintf(text, sizeof(text), "extends = ( ");
        for (int k = 0; k < 10; k++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\"multiply-%d.cfg\"",
                                  k > 0 ? ", " : "", i - 1);
        snprintf(text + n, sizeof(text) - n, " );");
        snprintf(name, sizeof(name), "multiply-%d.cfg", i);
        loading_write(name, text);
        n = 0;
        for (int k = 0; k < 10; k++)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "@include \"multiply-%d.inc\"\n",
                                  i - 1);
        snprintf(name, sizeof(name), "multiply-%d.inc", i);
        loading_write(name, text);
    }
    struct loaded l = loading_file("multiply-10.cfg", NULL);
    assert_int_equal(l.problems.item[0].code, 111);
    loading_close(&l);
    l = loading_file("multiply-9.inc", NULL);
    assert_int_equal(l.problems.n, 1);
    assert_int_equal(l.problems.item[0].code, 116);
    loading_close(&l);
}

static void many_entities_load(void **state)
{
    (void)state;
    size_t cap = 200000;
    char *text = malloc(cap);
    assert_non_null(text);
    size_t n = (size_t)snprintf(text, cap, "run = { duration = \"1h\"; };\ngadget = {\n");
    for (int i = 0; i < 3000; i++)
        n += (size_t)snprintf(text + n, cap - n, "g%d = { count = %d; };\n", (i * 7919) % 3000, i);
    snprintf(text + n, cap - n, "};\n");
    struct loaded l = loading_text(text, NULL);
    assert_true(l.ok);
    assert_int_equal(scenario_spec(l.scenario)->n_entity, 3000);
    assert_int_equal(value_at(&l, "gadget.g0", GADGET_COUNT)->i, 0);
    assert_int_equal(value_at(&l, "gadget.g1919", GADGET_COUNT)->i, 1); /* 7919 = 2 * 3000 + 1919 */
    loading_close(&l);
    free(text);
}

static void ten_thousand_names_in_a_group_and_no_more(void **state)
{
    (void)state;
    size_t cap = 300000, n = 0;
    char *text = malloc(cap);
    assert_non_null(text);
    n += (size_t)snprintf(text, cap, "gadget = {\n");
    for (int i = 0; i <= 10000; i++)
        n += (size_t)snprintf(text + n, cap - n, "g%d = { };\n", i);
    snprintf(text + n, cap - n, "};\n");
    struct loaded l = loading_text(text, NULL);
    assert_false(l.ok);
    assert_int_equal(l.problems.n, 1);
    assert_int_equal(l.problems.item[0].code, 207);
    assert_int_equal(l.problems.item[0].place.line, 10002);
    assert_non_null(strstr(l.problems.item[0].note, "one entity with a count"));
    loading_close(&l);
    free(text);
}

static void a_file_of_more_than_eight_mebibytes_is_refused(void **state)
{
    (void)state;
    size_t bytes = (8u << 20) + 1;
    char *text = malloc(bytes + 1);
    assert_non_null(text);
    memset(text, ' ', bytes);
    text[bytes] = '\0';
    struct loaded l = loading_text(text, NULL);
    assert_false(l.ok);
    assert_int_equal(l.problems.item[0].code, 108);
    loading_close(&l);
    l = loading_file("../../../../../../../../../../../../../../dev/zero",
                     NULL); /* a device without an end */
    assert_false(l.ok);
    assert_int_equal(l.problems.item[0].code, 108);
    loading_close(&l);
    loading_write("test.cfg", "");
    free(text);
}

/* Each allocation fails once: the load must say so, and leave nothing behind (the sanitizer looks).
 */
static void memory_that_runs_short_is_reported(void **state)
{
    (void)state;
    const char *set[] = {"gadget.a.count=9", "gadget.a.parts=( { at = \"1s\"; } )", NULL};
    loading_write("base.cfg", base);
    long failed = 0;
    for (long at = 1;; at++) {
        mem_fail_at(at);
        struct loaded l = loading_text(
            "extends = \"base.cfg\";\nexpect = [ \"lost == 0\" ];\ngadget = { a = { law = "
            "\"exponential(1s)\"; text = 5; tuxt = 3; }; };",
            set);
        long made = mem_count();
        mem_fail_at(0);
        assert_false(l.ok);
        failed += l.problems.failed || (l.problems.n > 0 && l.problems.item[0].code == 190);
        loading_close(&l);
        if (made < at)
            break;
    }
    assert_true(failed > 5);
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
        cmocka_unit_test(files_that_multiply_are_stopped),
        cmocka_unit_test(many_entities_load),
        cmocka_unit_test(ten_thousand_names_in_a_group_and_no_more),
        cmocka_unit_test(a_file_of_more_than_eight_mebibytes_is_refused),
        cmocka_unit_test(memory_that_runs_short_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
