/* Broken scenario files, each with everything that must be said about it: broken/ holds the files,
 * broken.txt the messages.
 *
 *   == NAME exit CODE
 *   set PATH=VALUE                                   an override, if the case is one
 *   ABnnnn [FILE:]LINE:COLUMN+WIDTH TEXT [| LABEL]   one line per problem, in order; `-` for a
 * problem without a place
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codes.h"
#include "render.h"
#include "scenario.h"

#define LINES_MAX 40
#define TEXT_MAX  500

struct broken {
    char name[200], set[TEXT_MAX];
    int exit, n;
    char line[LINES_MAX][TEXT_MAX];
};

static void write_problem(char *out, const struct problem *p, const char *main_file)
{
    size_t n = (size_t)snprintf(out, TEXT_MAX, "%sAB%04d ",
                                p->severity == SEVERITY_WARNING ? "warning " : "", p->code);
    if (p->place.file == NULL)
        n += (size_t)snprintf(out + n, TEXT_MAX - n, "-");
    else if (strcmp(p->place.file, main_file) == 0)
        n += (size_t)snprintf(out + n, TEXT_MAX - n, "%d:%d+%d", p->place.line, p->place.column,
                              p->place.width);
    else
        n += (size_t)snprintf(out + n, TEXT_MAX - n, "%s:%d:%d+%d", p->place.file, p->place.line,
                              p->place.column, p->place.width);
    snprintf(out + n, TEXT_MAX - n, " %s%s%s", p->text, p->label == NULL ? "" : " | ",
             p->label == NULL ? "" : p->label);
}

/* The renderer must cope with whatever the file is made of. */
static void render(const struct problems *p, const struct scenario *s)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *f = open_memstream(&text, &bytes);
    assert_non_null(f);
    render_problems(f, p, s, false, 0);
    fclose(f);
    assert_true(bytes > 0);
    free(text);
}

static int differences(const struct broken *b, const struct problems *p)
{
    int wrong = 0, n = (int)p->n > b->n ? (int)p->n : b->n;
    for (int i = 0; i < n; i++) {
        char actual[TEXT_MAX] = "(nothing)";
        if (i < (int)p->n)
            write_problem(actual, &p->item[i], b->name);
        if (i < b->n && strcmp(actual, b->line[i]) == 0)
            continue;
        print_error("%s %s\n  expected %s\n  actual   %s\n", b->name, b->set,
                    i < b->n ? b->line[i] : "(nothing)", actual);
        wrong++;
    }
    return wrong;
}

static int check(const struct broken *b)
{
    struct scenario *s = NULL;
    struct problems p;
    const char *set = b->set;
    struct scenario_options options = {&set, b->set[0] != '\0'};
    problems_init(&p);
    bool ok = scenario_load(&s, b->name, &options, &p);
    int wrong = differences(b, &p);
    if (ok != (b->exit == 0) || (int)render_class(&p) != b->exit) {
        print_error("%s %s: exit %d, expected %d\n", b->name, b->set, (int)render_class(&p),
                    b->exit);
        wrong++;
    }
    for (size_t i = 0; i < p.n; i++)
        assert_non_null(code_find(p.item[i].code));
    render(&p, s);
    scenario_free(s);
    problems_free(&p);
    return wrong;
}

/* Reads the next case; false at the end. */
static bool next_case(FILE *f, struct broken *b)
{
    char line[TEXT_MAX];
    memset(b, 0, sizeof(*b));
    do {
        if (fgets(line, sizeof(line), f) == NULL)
            return false;
    } while (sscanf(line, "== %199s exit %d", b->name, &b->exit) != 2);
    for (;;) {
        long here = ftell(f);
        if (fgets(line, sizeof(line), f) == NULL)
            return true;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "== ", 3) == 0) {
            fseek(f, here, SEEK_SET);
            return true;
        }
        if (strncmp(line, "set ", 4) == 0)
            snprintf(b->set, sizeof(b->set), "%s", line + 4);
        else if (line[0] != '\0' && line[0] != '#')
            snprintf(b->line[b->n++], TEXT_MAX, "%s", line);
    }
}

static void every_broken_file_is_told_of(void **state)
{
    static struct broken b;
    (void)state;
    FILE *f = fopen(TESTS_DIR "/loader/broken.txt", "r");
    int cases = 0, wrong = 0;
    assert_non_null(f);
    assert_int_equal(chdir(TESTS_DIR "/loader/broken"), 0);
    for (; next_case(f, &b); cases++)
        wrong += check(&b);
    fclose(f);
    assert_int_equal(wrong, 0);
    assert_true(cases >= 100);
}

/* A file that no case names tests nothing. */
static void every_file_has_a_case(void **state)
{
    static struct broken b;
    (void)state;
    DIR *folder = opendir(TESTS_DIR "/loader/broken");
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder)) != NULL;) {
        bool found = strstr(e->d_name, ".cfg") == NULL || strncmp(e->d_name, "part-", 5) == 0;
        FILE *f = fopen(TESTS_DIR "/loader/broken.txt", "r");
        assert_non_null(f);
        while (!found && next_case(f, &b))
            found = strcmp(b.name, e->d_name) == 0;
        fclose(f);
        if (!found)
            fail_msg("%s is in no case", e->d_name);
    }
    closedir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_broken_file_is_told_of),
        cmocka_unit_test(every_file_has_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
