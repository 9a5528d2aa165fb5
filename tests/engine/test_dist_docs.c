/* docs/reference/distributions.md: every law has its section, and the table of examples says what
 * is so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "dist.h"
#include "quantity.h"

#define PAGE SOURCE_DIR "/docs/reference/distributions.md"

static void every_law_has_a_section(void **unused)
{
    (void)unused;
    for (size_t i = 0; dist_names[i] != NULL; i++) {
        char head[64], line[1024];
        int found = 0;
        int n = snprintf(head, sizeof head, "### %s(", dist_names[i]);
        FILE *f = fopen(PAGE, "r");
        assert_non_null(f);
        while (fgets(line, sizeof line, f) != NULL)
            found += strncmp(line, head, (size_t)n) == 0;
        fclose(f);
        if (found != 1)
            print_error("%s: %d sections\n", dist_names[i], found);
        assert_int_equal(found, 1);
    }
}

static void same(const char *printed, double value)
{
    int64_t ns;
    if (strcmp(printed, "infinite") == 0) {
        assert_true(isinf(value));
        return;
    }
    assert_true(quantity_duration(printed, &ns, NULL));
    assert_true(fabs((double)ns - value) <= 1e-5 * value);
}

static void examples_have_the_moments_printed(void **unused)
{
    (void)unused;
    char line[1024], law[200], mean[40], sd[40];
    int rows = 0;
    struct arena arena;
    FILE *f = fopen(PAGE, "r");
    assert_non_null(f);
    arena_init(&arena);
    while (fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "| `%199[^`]` | %39s | %39s |", law, mean, sd) != 3)
            continue;
        const struct dist *d = dist_parse(&arena, law, DIST_DURATION, NULL, NULL);
        assert_non_null(d);
        same(mean, dist_mean(d));
        same(sd, sqrt(dist_variance(d)));
        rows++;
    }
    fclose(f);
    arena_free(&arena);
    assert_int_equal(rows, 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_law_has_a_section),
        cmocka_unit_test(examples_have_the_moments_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
