/* The filter engine from its own side: places in texts, sizes, memory that runs short, locales,
 * many rules at once. What policies mean is in tests/scripts/filter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "filter_json.h"
#include "mem.h"

static struct filter *compiled(enum filter_dialect d, const char *text)
{
    struct filter_error e;
    struct filter *f = filter_compile(d, text, strlen(text), FILTER_APOSTROPHES, NULL, &e);
    if (f == NULL)
        fail_msg("%s: %s", text, e.reason);
    return f;
}

static struct filter_event *event_of(enum filter_dialect d, const char *text)
{
    struct filter_event *e = filter_event_json(d, text, strlen(text), FILTER_APOSTROPHES, NULL);
    assert_non_null(e);
    return e;
}

static bool says(enum filter_dialect d, const char *policy, const char *event)
{
    struct filter *f = compiled(d, policy);
    struct filter_event *e = event_of(d, event);
    bool yes = filter_matches(f, e);
    filter_event_free(e);
    filter_free(f);
    return yes;
}

/* --- places --- */

static void places_are_of_the_text_as_written(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        size_t offset;
    } row[] = {
        {"{'a': []}", 1, 7, 6},
        {"{\n  'a': ['x'],\n  'b': [{'no': 1}]\n}", 3, 10, 25},
        {"{'a': ['\\'', [1]]}", 1, 14,
         13}, /* \' is one character of the JSON and two of the text */
        {"{'ä': ['ü'], 'b': 1}", 1, 19, 20}, /* columns count characters, offsets bytes */
        {"{'a': [1], 'a': [[]], 'b': ['x']}", 1, 18, 17}, /* the last of equal keys */
        {"{'a\\u0062': [{'prefix': 5}]}", 1, 25, 24},
        {"{'a': [{'numeric': ['>', 3, '<', 1]}]}", 1, 20, 19},
        {"{'$or': [{'a': [1]}, {'b': {'c': 3}}]}", 1, 34, 33},
        {"{\"a\": [{\"anything-but\": {\"prefix\": [\"x\", \"\"]}}]}", 1, 42, 41},
        {"{\"'\": []}", 1, 7, 6}, /* with a " in it, ' is a plain character */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct filter_error e;
        assert_null(filter_compile(FILTER_SNS_BODY, row[i].text, strlen(row[i].text),
                                   FILTER_APOSTROPHES, NULL, &e));
        if (e.line != row[i].line || e.column != row[i].column || e.offset != row[i].offset)
            fail_msg("%s: %u:%u (%zu) %s", row[i].text, e.line, e.column, e.offset, e.reason);
    }
}

static void apostrophes_only_where_they_are_asked_for(void **state)
{
    struct filter_error e;
    (void)state;
    assert_null(filter_compile(FILTER_SNS_BODY, "{'a':[1]}", 9, 0, NULL, &e));
    assert_string_equal(e.code, "InvalidParameter");
    assert_int_equal(strncmp(e.reason, "failed to parse JSON. ", 22), 0);
    assert_true(says(FILTER_SNS_BODY, "{'a':['it\\'s','\\u0041\\\\']}", "{'a':'it\\'s'}"));
    assert_true(says(FILTER_SNS_BODY, "{'a':['it\\'s','\\u0041\\\\']}", "{'a':'A\\\\'}"));
}

static void the_whole_text_of_an_error(void **state)
{
    struct filter_error e;
    char text[400];
    (void)state;
    assert_null(filter_compile(FILTER_SNS_BODY, "{\"a\":[]}", 8, 0, NULL, &e));
    filter_error_text(&e, FILTER_SUBSCRIBE, text, sizeof(text));
    assert_string_equal(
        text, "Invalid parameter: Attributes Reason: FilterPolicy: Empty arrays are not allowed");
    filter_error_text(&e, FILTER_SET_ATTRIBUTES, text, sizeof(text));
    assert_string_equal(text, "Invalid parameter: FilterPolicy: Empty arrays are not allowed");
    assert_null(filter_compile(FILTER_SNS_ATTRIBUTES, "{\"a\":{\"b\":[1]}}", 15, 0, NULL, &e));
    filter_error_text(&e, FILTER_SET_ATTRIBUTES, text, sizeof(text));
    assert_string_equal(
        text,
        "Invalid parameter: Filter policy scope MessageAttributes does not support nested filter "
        "policy");
    enum filter_dialect d;
    assert_false(filter_scope("RandomValue", &d, &e));
    filter_error_text(&e, FILTER_SET_ATTRIBUTES, text, sizeof(text));
    assert_string_equal(
        text,
        "Invalid parameter: FilterPolicyScope: Invalid value [RandomValue]. Please use either "
        "MessageBody or MessageAttributes");
    assert_null(filter_compile(FILTER_EVENTBRIDGE, "{\"a\":[]}", 8, 0, NULL, &e));
    filter_error_text(&e, FILTER_PUT_RULE, text, sizeof(text));
    assert_string_equal(text, "Event pattern is not valid. Reason: Empty arrays are not allowed");
}

/* A terminal is not steered by what a policy says, and no character is cut in two. */
static void reasons_are_plain_text(void **state)
{
    struct filter_error e;
    static char text[400];
    (void)state;
    snprintf(text, sizeof(text), "{'\\u001b[2Jx\\u009by\\u007f': 1}");
    assert_null(filter_compile(FILTER_SNS_BODY, text, strlen(text), FILTER_APOSTROPHES, NULL, &e));
    assert_string_equal(e.reason, "\"?[2Jx??y?\" must be an object or an array");
    snprintf(text, sizeof(text), "{'%.99sä': 1}",
             "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
             "xxxxxxxxxxxxxx");
    assert_null(filter_compile(FILTER_SNS_BODY, text, strlen(text), FILTER_APOSTROPHES, NULL, &e));
    assert_non_null(strstr(e.reason, "xx?\" must be"));
}

/* --- sizes: rules: SNS-74 --- */

static void a_policy_has_a_quarter_mebibyte(void **state)
{
    size_t most = 256 * 1024;
    char *text = malloc(most + 1);
    struct filter_error e;
    (void)state;
    memset(text, 'x', most + 1);
    memcpy(text, "{\"a\":[\"", 7);
    memcpy(text + most - 3, "\"]}", 3);
    struct filter *f = filter_compile(FILTER_SNS_BODY, text, most, 0, NULL, &e);
    assert_non_null(f);
    filter_free(f);
    memcpy(text + most - 3, "x\"]}", 4);
    assert_null(filter_compile(FILTER_SNS_BODY, text, most + 1, 0, NULL, &e));
    assert_string_equal(e.code, "InvalidParameter");
    free(text);
}

/* A million subscriptions may each have a policy of their own. */
static void a_small_policy_is_small(void **state)
{
    struct filter *f = compiled(FILTER_SNS_ATTRIBUTES, "{'store':['example_corp']}");
    (void)state;
    assert_true(filter_bytes(f) <= 256);
    filter_free(f);
}

static void deep_texts_end_the_search_not_the_program(void **state)
{
    enum { DEEP = 2000 };
    char *text = malloc(DEEP * 8);
    size_t n = 0;
    (void)state;
    for (int i = 0; i < DEEP; i++)
        n += (size_t)sprintf(text + n, "{\"a\":");
    n += (size_t)sprintf(text + n, "[1]");
    memset(text + n, '}', DEEP);
    n += DEEP;
    struct filter_limits limits = {UINT64_MAX, 5, 1000, DEEP * 8, DEEP * 8};
    struct filter *f = filter_compile(FILTER_SNS_BODY, text, n, 0, &limits, NULL);
    struct filter_event *e = filter_event_json(FILTER_SNS_BODY, text, n, 0, NULL);
    assert_non_null(f);
    assert_non_null(e);
    assert_true(filter_matches(f, e));
    filter_event_free(e);
    filter_free(f);
    free(text);
}

/* Independent arrays are not multiplied: five of 200 elements each would be 3 * 10^11 choices. */
static void choices_that_do_not_meet_are_not_multiplied(void **state)
{
    char *text = malloc(1 << 20);
    size_t n = (size_t)sprintf(text, "{");
    (void)state;
    for (int a = 0; a < 5; a++) {
        n += (size_t)sprintf(text + n, "\"a%d\":[", a);
        for (int i = 0; i < 200; i++)
            n += (size_t)sprintf(text + n, "%s{\"x\":%d}", i > 0 ? "," : "", i);
        n += (size_t)sprintf(text + n, "],");
    }
    n += (size_t)sprintf(text + n, "\"z\":[{\"x\":1},{\"y\":1}]}");
    struct filter *f =
        compiled(FILTER_EVENTBRIDGE, "{'a0':{'x':[{'exists':true}]},'a1':{'x':[{'exists':true}]},"
                                     "'a2':{'x':[{'exists':true}]},'a3':{'x':[{'exists':true}]},"
                                     "'a4':{'x':[{'exists':true}]},'z':{'x':[1],'y':[1]}}");
    struct filter_event *e = filter_event_json(FILTER_EVENTBRIDGE, text, n, 0, NULL);
    assert_false(filter_matches(f, e));
    filter_event_free(e);
    filter_free(f);
    free(text);
}

/* --- memory --- */

static const char *const policy = "{'source':['s',{'anything-but':{'wildcard':['a*b','c*']}}],'$or'"
                                  ":[{'m':['1']},{'n':[{'cidr':'10.0.0.0/8'}]}],"
                                  "'detail':{'a rather long key that needs "
                                  "room':[{'numeric':['>=',1.5,'<',3000000]},{'prefix':'x'}]}}";
static const char *const event = "{'source':'t','m':['1','2'],'detail':[{'a rather long key that "
                                 "needs room':7.25},{'b':[[{'c':'10.1.2.3'}]]}]}";

/* The n-th allocation fails, for each n until none is left. */
static void compile_when_memory_is_short(enum filter_dialect d, const char *text)
{
    for (long n = 1, all = n + 1; n <= all; n++) {
        struct filter_error e = {.code = "unset"};
        mem_fail_at(n);
        struct filter *f = filter_compile(d, text, strlen(text), FILTER_APOSTROPHES, NULL, &e);
        all = f == NULL ? n + 1 : n - 1;
        if (f == NULL)
            assert_null(e.code);
        mem_fail_at(0);
        filter_free(f);
    }
}

static void event_when_memory_is_short(enum filter_dialect d, const char *text)
{
    for (long n = 1, all = n + 1; n <= all; n++) {
        struct filter_error e = {.code = "unset"};
        mem_fail_at(n);
        struct filter_event *v = filter_event_json(d, text, strlen(text), FILTER_APOSTROPHES, &e);
        all = v == NULL ? n + 1 : n - 1;
        if (v == NULL)
            assert_null(e.code);
        mem_fail_at(0);
        filter_event_free(v);
    }
}

static void each_allocation_fails_once(void **state)
{
    (void)state;
    compile_when_memory_is_short(FILTER_EVENTBRIDGE, policy);
    event_when_memory_is_short(FILTER_EVENTBRIDGE, event);
    event_when_memory_is_short(FILTER_SNS_BODY, event);
    event_when_memory_is_short(FILTER_SNS_BODY, "{'no':'JSON"); /* an event all the same */
    for (long n = 1, all = n + 1; n <= all; n++) {
        struct filter_error e = {.code = "unset"};
        mem_fail_at(n);
        bool whole = filter_event_whole(event, strlen(event), FILTER_APOSTROPHES, &e);
        all = e.code == NULL ? n + 1 : n - 1;
        assert_false(whole);
        mem_fail_at(0);
    }
}

/* Ten times ten alternatives with a few fields each: more than the first blocks of the work's
 * memory hold. */
static void each_allocation_of_much_fails_once(void **state)
{
    char text[2000], *to = text;
    (void)state;
    to += sprintf(to, "{'s':['x',{'wildcard':'a*b'}]");
    for (int i = 0; i < 2; i++) {
        to += sprintf(to, ",'%c':{'$or':[", 'a' + i);
        for (int k = 0; k < 10; k++)
            to += sprintf(to, "%s{'k%d':[%d],'l%d':['text %d'],'m':[null]}", k > 0 ? "," : "", k, k,
                          k, k);
        to += sprintf(to, "]}");
    }
    sprintf(to, "}");
    compile_when_memory_is_short(FILTER_EVENTBRIDGE, text);
    to = text + sprintf(text, "{'a':[");
    for (int k = 0; k < 40; k++)
        to += sprintf(to, "%s{'key %d':[{'x':'text %d'}],'y':%d}", k > 0 ? "," : "", k, k, k);
    sprintf(to, "]}");
    event_when_memory_is_short(FILTER_EVENTBRIDGE, text);
}

static void attributes_when_memory_is_short(void **state)
{
    static const struct filter_attribute list[] = {
        {"s", FILTER_STRING, "text", 4},
        {"a", FILTER_STRING_ARRAY, "[\"a text of some length\",1,null]", 32},
        {"n", FILTER_NUMBER, "123456789.00001", 15},
        {"b", FILTER_BINARY, "x", 1},
    };
    struct filter *f =
        compiled(FILTER_SNS_ATTRIBUTES, "{'a':['a text of some length'],'n':[123456789.00001]}");
    (void)state;
    for (long n = 1, all = n + 1; n <= all; n++) {
        mem_fail_at(n);
        struct filter_event *v = filter_event_attributes(list, ARRAY_LEN(list), 0);
        mem_fail_at(0);
        all = v == NULL ? n + 1 : n - 1;
        assert_true(v == NULL || filter_matches(f, v)); /* never half an event */
        filter_event_free(v);
    }
    filter_free(f);
}

static void sets_when_memory_is_short(void **state)
{
    struct filter *f[2] = {compiled(FILTER_EVENTBRIDGE, policy),
                           compiled(FILTER_EVENTBRIDGE, "{'source':['t']}")};
    struct filter_event *v = event_of(FILTER_EVENTBRIDGE, event);
    uint64_t matched[1];
    (void)state;
    for (long n = 1, all = n + 1; n <= all; n++) {
        mem_fail_at(n);
        struct filter_set *s = filter_set_new((const struct filter *const *)f, 2);
        mem_fail_at(0);
        all = s == NULL ? n + 1 : n - 1;
        if (s != NULL)
            assert_int_equal(filter_set_match(s, v, matched), 2);
        filter_set_free(s);
    }
    mem_fail_at(0);
    struct filter_set *s = filter_set_new((const struct filter *const *)f, 2);
    mem_fail_at(1);
    assert_int_equal(filter_set_match(s, v, matched), 2); /* nor does judging allocate */
    assert_int_equal(mem_count(), 0);
    mem_fail_at(0);
    filter_set_free(s);
    filter_event_free(v);
    filter_free(f[0]);
    filter_free(f[1]);
}

/* --- sets --- */

static void a_set_with_filters_that_take_everything(void **state)
{
    struct filter *f[3] = {compiled(FILTER_SNS_BODY, "{}"), NULL,
                           compiled(FILTER_SNS_BODY, "{'a':[1]}")};
    struct filter_event *good = event_of(FILTER_SNS_BODY, "{'a':1}"),
                        *none = event_of(FILTER_SNS_BODY, "no JSON");
    struct filter_set *s = filter_set_new((const struct filter *const *)f, 3);
    uint64_t matched[1] = {~UINT64_C(0)};
    (void)state;
    assert_int_equal(filter_set_match(s, good, matched), 3);
    assert_int_equal(matched[0], 7);
    assert_int_equal(filter_set_match(s, none, matched), 2);
    assert_int_equal(matched[0], 3);
    filter_set_free(s);
    s = filter_set_new(NULL, 0);
    assert_int_equal(filter_set_match(s, good, matched), 0);
    filter_set_free(s);
    filter_event_free(good);
    filter_event_free(none);
    filter_free(f[0]);
    filter_free(f[2]);
}

static void no_event_at_all(void **state)
{
    static const struct {
        enum filter_dialect d;
        enum filter_verdict verdict;
    } row[] = {{FILTER_SNS_ATTRIBUTES, FILTER_ATTRIBUTES_NONE},
               {FILTER_SNS_BODY, FILTER_BODY_INVALID},
               {FILTER_EVENTBRIDGE, FILTER_EVENT_DIFFERS}};
    (void)state;
    assert_int_equal(filter_judge(NULL, NULL), FILTER_MATCH);
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        struct filter *f = compiled(row[i].d, "{'a':[{'exists':false}]}");
        struct filter_set *s = filter_set_new((const struct filter *const *)&f, 1);
        uint64_t matched[1];
        assert_int_equal(filter_judge(f, NULL), row[i].verdict);
        assert_int_equal(filter_set_match(s, NULL, matched), 0);
        filter_set_free(s);
        filter_free(f);
    }
}

/* A thousand rules that ask for 500 strings: bit i is set where filter i says so. */
static void a_thousand_rules(void **state)
{
    enum { RULES = 1000 };
    static struct filter *f[RULES];
    static uint64_t matched[FILTER_WORDS(RULES)];
    (void)state;
    for (int i = 0; i < RULES; i++) {
        char text[100];
        snprintf(text, sizeof(text),
                 "{'source':['s%d','t%d'],'detail':{'n':[{'numeric':['<',%d]}]}}", i % 500, i % 7,
                 i);
        f[i] = compiled(FILTER_EVENTBRIDGE, text);
    }
    struct filter_set *s = filter_set_new((const struct filter *const *)f, RULES);
    struct filter_event *v =
        event_of(FILTER_EVENTBRIDGE, "{'source':['s123','t3'],'detail':{'n':600}}");
    uint32_t n = 0;
    filter_set_match(s, v, matched);
    for (int i = 0; i < RULES; i++) {
        bool expected = (i % 500 == 123 || i % 7 == 3) && 600 < i;
        assert_int_equal(matched[i / 64] >> i % 64 & 1, expected);
        n += expected;
    }
    assert_int_equal(filter_set_match(s, v, matched), n);
    filter_set_free(s);
    filter_event_free(v);
    for (int i = 0; i < RULES; i++)
        filter_free(f[i]);
}

/* --- threads: read together, made side by side. What is wrong here is seen with ThreadSanitizer
 * --- */

struct shared {
    const struct filter *filter;
    const struct filter_event *event;
    const struct filter_set *set;
    uint64_t found;
};

static void *judge_often(void *arg)
{
    struct shared *s = arg;
    uint64_t matched[1];
    for (int i = 0; i < 100; i++) {
        struct filter_error e;
        struct filter *own = filter_compile(FILTER_EVENTBRIDGE, policy, strlen(policy),
                                            FILTER_APOSTROPHES, NULL, &e);
        struct filter_event *v =
            filter_event_json(FILTER_EVENTBRIDGE, event, strlen(event), FILTER_APOSTROPHES, &e);
        s->found += filter_matches(own, s->event) + filter_matches(s->filter, v) +
                    filter_matches(s->filter, s->event) +
                    filter_set_match(s->set, s->event, matched);
        filter_event_free(v);
        filter_free(own);
    }
    return NULL;
}

static void threads_share_filters(void **state)
{
    struct filter *f = compiled(FILTER_EVENTBRIDGE, policy);
    struct filter_event *v = event_of(FILTER_EVENTBRIDGE, event);
    struct filter_set *set = filter_set_new((const struct filter *const *)&f, 1);
    struct shared s[4];
    pthread_t thread[4];
    (void)state;
    for (int i = 0; i < 4; i++) {
        s[i] = (struct shared){f, v, set, 0};
        assert_int_equal(pthread_create(&thread[i], NULL, judge_often, &s[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(thread[i], NULL);
        assert_int_equal(s[i].found, 400);
    }
    filter_set_free(set);
    filter_event_free(v);
    filter_free(f);
}

/* --- types --- */

static void names_of_types(void **state)
{
    static const struct {
        const char *name;
        int type; /* -1: none */
    } row[] = {{"String", FILTER_STRING},
               {"String.Array", FILTER_STRING_ARRAY},
               {"Number", FILTER_NUMBER},
               {"Binary", FILTER_BINARY},
               {"String.color", FILTER_STRING},
               {"Number.int", FILTER_NUMBER},
               {"Binary.png", FILTER_BINARY},
               {"string", -1},
               {"Strings", -1},
               {"", -1},
               {"String.Arrays", FILTER_STRING}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        enum filter_type t;
        bool known = filter_type_read(row[i].name, &t);
        assert_int_equal(known, row[i].type >= 0);
        if (known)
            assert_int_equal(t, row[i].type);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_filters), /* before the tests that make memory short */
        cmocka_unit_test(places_are_of_the_text_as_written),
        cmocka_unit_test(apostrophes_only_where_they_are_asked_for),
        cmocka_unit_test(the_whole_text_of_an_error),
        cmocka_unit_test(reasons_are_plain_text),
        cmocka_unit_test(no_event_at_all),
        cmocka_unit_test(a_policy_has_a_quarter_mebibyte),
        cmocka_unit_test(a_small_policy_is_small),
        cmocka_unit_test(deep_texts_end_the_search_not_the_program),
        cmocka_unit_test(choices_that_do_not_meet_are_not_multiplied),
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(each_allocation_of_much_fails_once),
        cmocka_unit_test(attributes_when_memory_is_short),
        cmocka_unit_test(sets_when_memory_is_short),
        cmocka_unit_test(a_set_with_filters_that_take_everything),
        cmocka_unit_test(a_thousand_rules),
        cmocka_unit_test(names_of_types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
