/* test_filter_locale.c - numbers of policies and events are read the same in a process that writes
 * decimals with a comma (German), or with a character of several bytes (Pashto). */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "filter_json.h"

static void numbers(void **state)
{
    static const char policy[] = "{\"n\":[{\"numeric\":[\">\",1.5,\"<\",2.5e0]}],\"m\":[0.25]}";
    static const char event[] = "{\"n\":1.75,\"m\":25.0e-2}", other[] = "{\"n\":1.25,\"m\":0.25}";
    struct filter_attribute list[] = {{"n", FILTER_NUMBER, "1.75", 4},
                                      {"m", FILTER_STRING_ARRAY, "[0.25]", 6}};
    const char *locale = *state;
    const char *now = setlocale(LC_ALL, locale);
    assert_non_null(now);
    assert_string_not_equal(localeconv()->decimal_point, ".");
    for (int d = FILTER_SNS_ATTRIBUTES; d <= FILTER_EVENTBRIDGE; d++) {
        bool attributes = d == FILTER_SNS_ATTRIBUTES;
        struct filter *f =
            filter_compile((enum filter_dialect)d, policy, strlen(policy), 0, NULL, NULL);
        struct filter_event *yes =
            attributes ? filter_event_attributes(list, 2, 0)
                       : filter_event_json((enum filter_dialect)d, event, strlen(event), 0, NULL);
        assert_non_null(f);
        assert_true(filter_matches(f, yes));
        filter_event_free(yes);
        list[0].value = "1.25";
        struct filter_event *no =
            attributes ? filter_event_attributes(list, 2, 0)
                       : filter_event_json((enum filter_dialect)d, other, strlen(other), 0, NULL);
        assert_false(filter_matches(f, no));
        filter_event_free(no);
        filter_free(f);
    }
    assert_string_equal(setlocale(LC_ALL, NULL), locale); /* and the process keeps its own */
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(numbers, (void *)"de_DE.UTF-8"),
        cmocka_unit_test_prestate(numbers, (void *)"ps_AF.UTF-8"),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
