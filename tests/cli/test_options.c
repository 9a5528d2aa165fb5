/* test_options.c - command lines and what becomes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli.h"

static const struct option own[] = {
    {'o', "output", OPTION_TEXT, "FILE", "", NULL, 0, 0}, {'n', "number", OPTION_COUNT, "N", "", NULL, 1, 20},
    {'f', "flag", OPTION_FLAG, NULL, "", NULL, 0, 0},     {0, "set", OPTION_MANY, "P=V", "", NULL, 0, 0},
    {0, "when", OPTION_CHOICE, "W", "", "now|later", 0, 0}, {0},
};
static const struct option none[] = {{0}};

/* The command line is one text, split at blanks. */
static bool parse(struct args *a, char *line, struct err *err)
{
    static char              *word[32];
    int                       n = 0;
    const struct option_table table = {own, none};
    for (char *w = strtok(line, " "); w != NULL; w = strtok(NULL, " "))
        word[n++] = w;
    *err = (struct err){0};
    return options_parse(a, n, word, &table, false, err);
}

static void test_accepted(void **state)
{
    (void)state;
    char *line[] = {
        (char[]){"a -o x b --number 5 -f --when later"}, (char[]){"-ox a -n5 b --when=later --flag"},
        (char[]){"-fn5 a b --output=x --when later"},    (char[]){"--when later a b -fox --number=5"},
        (char[]){"-o y -n 7 -f --when now --when later -n 5 a -o x b"},
    };
    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        struct args a;
        struct err  err;
        assert_true(parse(&a, line[i], &err));
        assert_int_equal(a.n_operand, 2);
        assert_string_equal(a.operand[0], "a");
        assert_string_equal(a.operand[1], "b");
        assert_string_equal(option_text(&a, "output"), "x");
        assert_int_equal(option_count(&a, "number", -1), 5);
        assert_int_equal(option_count(&a, "when", -1), 1);
        assert_true(option_flag(&a, "flag"));
        assert_false(option_flag(&a, "set"));
        options_free(&a);
    }
}

static void test_operands(void **state)
{
    (void)state;
    char        line[] = "- --set a=1 -- -f --flag --set --set b=2";
    struct args a;
    struct err  err;
    assert_true(parse(&a, line, &err));
    assert_int_equal(a.n_operand, 6);
    assert_string_equal(a.operand[0], "-");
    assert_string_equal(a.operand[1], "-f");
    assert_int_equal(option_times(&a, "set"), 1);
    assert_string_equal(option_many(&a, "set", 0), "a=1");
    assert_null(option_many(&a, "set", 1));
    options_free(&a);
}

static void test_many(void **state)
{
    (void)state;
    char        line[] = "--set a=1 x --set=b=2 --set -c";
    struct args a;
    struct err  err;
    assert_true(parse(&a, line, &err));
    assert_string_equal(option_many(&a, "set", 1), "b=2");
    assert_string_equal(option_many(&a, "set", 2), "-c");
    assert_null(option_many(&a, "set", 3));
    options_free(&a);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } row[] = {
        {"--flagg", "unknown option '--flagg' (did you mean '--flag'?)"},
        {"--zzzzzz", "unknown option '--zzzzzz'"},
        {"--outp x", "unknown option '--outp'"},
        {"-x", "unknown option '-x'"},
        {"-fx", "unknown option '-x'"},
        {"--output", "--output needs a value (FILE)"},
        {"a -o", "--output needs a value (FILE)"},
        {"--flag=1", "--flag takes no value"},
        {"-n x", "--number needs a whole number, not 'x'"},
        {"-n 1.5", "--number needs a whole number, not '1.5'"},
        {"-n 5x", "--number needs a whole number, not '5x'"},
        {"-n +5", "--number needs a whole number, not '+5'"},
        {"--number=", "--number needs a whole number, not ''"},
        {"-n 0", "--number: 0 is not between 1 and 20"},
        {"-n 21", "--number: 21 is not between 1 and 20"},
        {"-n 99999999999999999999", "--number: 99999999999999999999 is not between 1 and 20"},
        {"--when soon", "--when is one of now|later, not 'soon'"},
        {"--when no", "--when is one of now|later, not 'no'"},
        {"--when nowlater", "--when is one of now|later, not 'nowlater'"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char        line[80];
        struct args a;
        struct err  err;
        strncpy(line, row[i].line, sizeof line - 1);
        line[sizeof line - 1] = 0;
        assert_false(parse(&a, line, &err));
        assert_int_equal(err.class, ERR_USAGE);
        assert_memory_equal(err.text, row[i].text, strlen(row[i].text));
        options_free(&a);
    }
}

/* The command is found before its table is known, so a name must mean the same to all: with a value or without. */
static void test_tables_agree(void **state)
{
    (void)state;
    for (size_t i = 0; commands[i] != NULL; i++)
        for (size_t k = 0; commands[k] != NULL; k++)
            for (const struct option *a = commands[i]->option; a->name != NULL; a++)
                for (const struct option *b = commands[k]->option; b->name != NULL; b++) {
                    bool flags = (a->kind == OPTION_FLAG) == (b->kind == OPTION_FLAG);
                    if (strcmp(a->name, b->name) == 0) {
                        assert_true(flags);
                        assert_int_equal(a->letter, b->letter);
                    }
                    if (a->letter != 0 && a->letter == b->letter)
                        assert_string_equal(a->name, b->name);
                }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_operands),     cmocka_unit_test(test_many),
        cmocka_unit_test(test_refused),  cmocka_unit_test(test_tables_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
