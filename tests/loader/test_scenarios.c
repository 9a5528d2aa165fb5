/* Every scenario of the repository loads without a word, and its canonical text loads again as the
 * same. The registry that it is checked against holds together: defaults and limits can be read,
 * names are unique. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>

#include "codes.h"
#include "loading.h"
#include "quota.h"
#include "room.h"

static int n_scenarios;

static void check_canonical(const struct scenario *s)
{
    struct loaded again = loading_text(scenario_canonical(s), NULL);
    if (!again.ok)
        loading_show(&again);
    assert_true(again.ok);
    assert_string_equal(scenario_canonical(again.scenario), scenario_canonical(s));
    loading_close(&again);
}

static void check_scenario(const char *path)
{
    struct problems p;
    struct scenario *s;
    problems_init(&p);
    bool ok = scenario_load(&s, path, NULL, &p);
    if (p.n > 0)
        render_problems(stderr, &p, s, false, 0);
    if (!ok || p.n > 0)
        fail_msg("%s", path);
    /* A trace's file is named as it was, from the scenario's folder: such a text means the same there only. */
    if (strstr(scenario_canonical(s), "file = \"") == NULL)
        check_canonical(s);
    scenario_free(s);
    problems_free(&p);
    n_scenarios++;
}

static int visit(const char *path, const struct stat *st, int type)
{
    size_t n = strlen(path);
    (void)st;
    /* common.cfg is what several scenarios of a folder share: no scenario by itself. */
    bool part = n > 11 && strcmp(path + n - 11, "/common.cfg") == 0;
    if (type == FTW_F && !part && n > 4 && strcmp(path + n - 4, ".cfg") == 0)
        check_scenario(path);
    return 0;
}

static void all_scenarios_load(void **state)
{
    (void)state;
    assert_int_equal(ftw(SOURCE_DIR "/scenarios", visit, 8), 0);
    check_scenario(TESTS_DIR "/loader/everything.cfg");
    assert_true(n_scenarios >= 6);
}

/* `new` copies a template anywhere, so none may lean on another file. */
static int stands_alone(const char *path, const struct stat *st, int type)
{
    char line[300];
    (void)st;
    FILE *f = type == FTW_F ? fopen(path, "r") : NULL;
    for (int n = 1; f != NULL && fgets(line, sizeof(line), f) != NULL; n++) {
        if (n == 1 && (line[0] != '#' || strchr(line, ':') == NULL))
            fail_msg("%s: the first line is \"# NAME: what it is\"", path);
        if (strstr(line, "extends") != NULL || strstr(line, "@include") != NULL)
            fail_msg("%s:%d leans on another file", path, n);
    }
    if (f != NULL)
        fclose(f);
    return 0;
}

static void templates_stand_alone(void **state)
{
    (void)state;
    assert_int_equal(ftw(SOURCE_DIR "/scenarios/templates", stands_alone, 8), 0);
}

/* The first example of the page is a whole scenario. */
static void the_example_of_the_page_loads(void **state)
{
    static char text[4000];
    char line[300];
    int fences = 0;
    (void)state;
    FILE *f = fopen(SOURCE_DIR "/docs/reference/scenario-format.md", "r");
    assert_non_null(f);
    while (fences < 2 && fgets(line, sizeof(line), f) != NULL) {
        if (strncmp(line, "```", 3) == 0)
            fences++;
        else if (fences == 1)
            strncat(text, line, sizeof(text) - strlen(text) - 1);
    }
    fclose(f);
    struct loaded l = loading_text(text, NULL);
    if (!l.ok)
        loading_show(&l);
    assert_true(l.ok);
    assert_int_equal(scenario_spec(l.scenario)->n_entity, 2);
    loading_close(&l);
}

/* --- the registry --- */

static void check_limit(const struct key *k, const char *text)
{
    struct value_limits {
        sim_time t;
        int64_t i;
        struct rate r;
    } v;
    if (text == NULL)
        return;
    enum value_type type = k->type == VALUE_LIST ? k->element : k->type;
    bool ok = type == VALUE_DURATION || (type == VALUE_DIST && k->unit == DIST_DURATION)
                  ? quantity_duration(text, &v.t, NULL)
              : type == VALUE_SIZE  ? quantity_size(text, &v.i, NULL)
              : type == VALUE_RATE  ? quantity_rate(text, &v.r, NULL)
              : type == VALUE_SHARE ? quantity_share(text, &v.i, NULL)
                                       : strspn(text, "-0123456789.e") == strlen(text);
    if (!ok)
        fail_msg("key %s: limit \"%s\"", k->name, text);
}

static void check_keys(const struct key *key, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct key *k = &key[i];
        assert_non_null(k->name);
        if (k->doc == NULL || k->doc[0] == '\0')
            fail_msg("key %s has no doc", k->name);
        for (uint32_t j = 0; j < i; j++)
            if (strcmp(key[j].name, k->name) == 0)
                fail_msg("key %s stands twice", k->name);
        assert_true((k->choices != NULL) == (k->type == VALUE_CHOICE));
        assert_true((k->sub != NULL) == (k->type == VALUE_GROUP ||
                                         (k->type == VALUE_LIST && k->element == VALUE_GROUP)));
        check_limit(k, k->low);
        check_limit(k, k->high);
        if (k->quota != NULL && quota_find(quota_profiles[0], k->quota) == NULL)
            fail_msg("key %s: no quota %s", k->name, k->quota);
        check_keys(k->sub, k->n_sub);
    }
}

static void tables_hold_together(void **state)
{
    (void)state;
    check_keys(run_keys, n_run_keys);
    for (size_t i = 0; rooms[i] != NULL; i++) {
        assert_true(i == 0 || strcmp(rooms[i - 1]->kind, rooms[i]->kind) < 0);
        check_keys(rooms[i]->key, rooms[i]->n_key);
        assert_ptr_equal(room_find(rooms[i]->kind), rooms[i]);
    }
}

/* --- the table of codes --- */

static void codes_are_sorted_and_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_codes; i++) {
        assert_true(i == 0 || codes[i - 1].number < codes[i].number);
        assert_ptr_equal(code_find(codes[i].number), &codes[i]);
        assert_true(codes[i].title[0] != '\0' && codes[i].text[0] != '\0' &&
                    codes[i].mend[0] != '\0');
    }
    assert_null(code_find(0));
    assert_null(code_find(9999));
}

/* Every "NAME = number" of the headers that number diagnostics. */
static int numbers_in(const char *path)
{
    char line[300];
    int n = 0, number;
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail_msg("no %s", path);
    while (fgets(line, sizeof(line), f) != NULL) {
        if (sscanf(line, " AB_%*[A-Z0-9_] = %d", &number) != 1 &&
            sscanf(line, " CHECK_%*[A-Z0-9_] = %d", &number) != 1)
            continue;
        if (code_find(number) == NULL)
            fail_msg("%s: AB%04d is in no table", path, number);
        n++;
    }
    fclose(f);
    return n;
}

static void every_code_is_in_the_table(void **state)
{
    (void)state;
    int n = numbers_in(SOURCE_DIR "/scenarios/loader/codes.h") +
            numbers_in(SOURCE_DIR "/models/check_codes.h");
    assert_int_equal(n, n_codes);
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
        cmocka_unit_test(all_scenarios_load),
        cmocka_unit_test(templates_stand_alone),
        cmocka_unit_test(the_example_of_the_page_loads),
        cmocka_unit_test(tables_hold_together),
        cmocka_unit_test(codes_are_sorted_and_whole),
        cmocka_unit_test(every_code_is_in_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
