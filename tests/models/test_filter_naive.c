/* The filter engine against the naive evaluator: random policies and events of a small world, in
 * which much matches and much nearly does. A million pairs in a release build, fewer with
 * sanitizers; TEST_PAIRS and TEST_SEED in the environment replace both. rules: EB-19 EB-35 SNS-58
 * SNS-67 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "check.h"
#include "filter_json.h"
#include "naive_filter.h"
#include "testrand.h"

#ifdef NDEBUG
#define PAIRS 1000000
#else
#define PAIRS 30000
#endif
#define POLICIES 50
#define EVENTS   50

static struct testrand rnd;

static size_t pick(size_t n)
{
    return (size_t)testrand_below(&rnd, n);
}

#define ONE_OF(list) list[pick(ARRAY_LEN(list))]

static const char *const words[] = {"x",        "y",       "xy",    "yx",   "X",  "xX",
                                    "",         "x*y",     "ä",     "Äx",   "жx", "10.0.0.1",
                                    "::1",      "100",     "1",     "true", "Жx", "10.0.0.9",
                                    "10.0.9.9", "2001::5", "xyxyx", "yxxy", "äX", "null"};
static const double numbers[] = {0,        1,        2,   100, 1.5,    -1,  1.00001,
                                 1.000001, 1.000004, 1e9, 2e9, 1e-300, -2.5};
static const char *const keys[] = {"a", "b", "a", "b", "c", "a.b", "b.a", ""};

/* --- policies --- */

static json_t *text(void)
{
    return json_string(ONE_OF(words));
}

static double policy_number(enum filter_dialect d)
{
    double x;
    do
        x = ONE_OF(numbers);
    while (d != FILTER_EVENTBRIDGE && x > 1e9);
    return x;
}

static json_t *wildcard(void)
{
    static const char *const list[] = {"*",     "x*",    "*x", "x*x", "*y*",
                                       "x\\*y", "*x*y*", "",   "y*x", "\\\\*"};
    return json_string(ONE_OF(list));
}

static json_t *network(void)
{
    static const char *const list[] = {"10.0.0.0/24", "10.0.0.8/29", "0.0.0.0/0",
                                       "::/0",        "2001::/16",   "10.0.0.1/31"};
    return json_pack("{s:s}", "cidr", ONE_OF(list));
}

static json_t *range(enum filter_dialect d)
{
    static const char *const one[] = {"=", "<", "<=", ">", ">="};
    double a = policy_number(d), b = policy_number(d);
    if (pick(2) == 0)
        return json_pack("{s:[s,f]}", "numeric", ONE_OF(one), a);
    if (a > b) {
        double c = a;
        a = b;
        b = c;
    }
    return json_pack("{s:[s,f,s,f]}", "numeric", pick(2) == 0 ? ">" : ">=", a,
                     pick(2) == 0 ? "<" : "<=", b);
}

static json_t *list_or_one(json_t *(*make)(void))
{
    if (pick(2) == 0)
        return make();
    json_t *list = json_array();
    for (size_t n = 1 + pick(3); n > 0; n--)
        json_array_append_new(list, make());
    return list;
}

static json_t *filled_text(void)
{
    const char *s;
    do
        s = ONE_OF(words);
    while (*s == '\0');
    return json_string(s);
}

static json_t *anything_but(enum filter_dialect d)
{
    size_t kinds = d == FILTER_EVENTBRIDGE ? 6 : 5;
    switch (pick(kinds)) {
    case 0:
        return json_pack("{s:o}", "anything-but", list_or_one(text));
    case 1:
        return json_pack("{s:[f,f]}", "anything-but", policy_number(d), policy_number(d));
    case 2:
        return json_pack("{s:{s:o}}", "anything-but", "prefix", list_or_one(filled_text));
    case 3:
        return json_pack("{s:{s:o}}", "anything-but", "suffix", list_or_one(filled_text));
    case 4:
        return json_pack("{s:{s:o}}", "anything-but", "wildcard", list_or_one(wildcard));
    default:
        return json_pack("{s:{s:o}}", "anything-but", "equals-ignore-case", list_or_one(text));
    }
}

static json_t *condition(enum filter_dialect d)
{
    switch (pick(d == FILTER_EVENTBRIDGE ? 17 : 15)) {
    case 0:
    case 1:
    case 2:
        return text();
    case 3:
        return json_real(policy_number(d));
    case 4:
        return json_true();
    case 5:
        return json_null();
    case 6:
        return json_pack("{s:o}", "prefix", text());
    case 7:
        return json_pack("{s:o}", "suffix", text());
    case 8:
        return json_pack("{s:o}", "equals-ignore-case", text());
    case 9:
        return json_pack("{s:o}", "wildcard", wildcard());
    case 10:
        return network();
    case 11:
        return range(d);
    case 12:
        return json_pack("{s:b}", "exists", 0);
    case 13:
        return json_pack("{s:b}", "exists", 1);
    case 14:
        return anything_but(d);
    case 15:
        return json_pack("{s:{s:o}}", "prefix", "equals-ignore-case", text());
    default:
        return json_pack("{s:{s:o}}", "suffix", "equals-ignore-case", text());
    }
}

static json_t *conditions(enum filter_dialect d)
{
    json_t *list = json_array();
    for (size_t n = 1 + pick(4); n > 0; n--)
        json_array_append_new(list, condition(d));
    return list;
}

static json_t *policy(enum filter_dialect d, int depth)
{
    json_t *object = json_object();
    for (size_t n = 1 + pick(depth == 0 ? 3 : 2); n > 0; n--) {
        const char *key = ONE_OF(keys);
        if (depth < 3 && pick(6) == 0) {
            json_t *list = json_array();
            for (size_t k = 2 + pick(2); k > 0; k--)
                json_array_append_new(list, policy(d, depth + 1));
            json_object_set_new(object, "$or", list);
        } else if (d != FILTER_SNS_ATTRIBUTES && depth < 2 && pick(3) == 0) {
            json_object_set_new(object, key, policy(d, depth + 1));
        } else {
            json_object_set_new(object, key, conditions(d));
        }
    }
    return object;
}

/* --- events --- */

static json_t *leaf_value(void)
{
    switch (pick(8)) {
    case 0:
        return json_real(ONE_OF(numbers));
    case 1:
        return json_boolean(pick(2));
    case 2:
        return json_null();
    default:
        return text();
    }
}

static json_t *node(int depth);

static json_t *object_node(int depth)
{
    json_t *object = json_object();
    for (size_t n = 1 + pick(4); n > 0; n--)
        json_object_set_new(object, ONE_OF(keys), node(depth + 1));
    return object;
}

static json_t *node(int depth)
{
    size_t kind = depth < 5 ? pick(6) : 0;
    if (kind < 2)
        return leaf_value();
    if (kind < 4)
        return object_node(depth);
    json_t *list = json_array();
    for (size_t n = pick(4); n > 0; n--)
        json_array_append_new(list, node(depth + 1));
    return list;
}

static json_t *attributes(void)
{
    json_t *object = json_object();
    for (size_t n = pick(4); n > 0; n--) {
        const char *key = ONE_OF(keys);
        if (pick(2) == 0) {
            json_object_set_new(object, key, pick(3) == 0 ? json_real(ONE_OF(numbers)) : text());
            continue;
        }
        json_t *list = json_array();
        for (size_t k = pick(4); k > 0; k--)
            json_array_append_new(list, leaf_value());
        json_object_set_new(object, key, list);
    }
    return object;
}

/* The attributes as a client sends them. */
static struct filter_event *sent(const json_t *object)
{
    struct filter_attribute list[8];
    char *copy[8];
    uint32_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        copy[n] = json_is_string(value) ? strdup(json_string_value(value))
                                        : json_dumps(value, JSON_ENCODE_ANY);
        list[n] = (struct filter_attribute){key,
                                            json_is_array(value)    ? FILTER_STRING_ARRAY
                                            : json_is_string(value) ? FILTER_STRING
                                                                    : FILTER_NUMBER,
                                            copy[n], strlen(copy[n])};
        n++;
    }
    struct filter_event *e = filter_event_attributes(list, n, 0);
    for (uint32_t i = 0; i < n; i++)
        free(copy[i]);
    return e;
}

/* --- rounds: each policy with each event, alone and in a set --- */

struct round {
    enum filter_dialect d;
    json_t *policy[POLICIES], *event[EVENTS];
    struct filter *filter[POLICIES];
    struct filter_event *prepared[EVENTS];
};

static void make_policy(struct round *r, int i)
{
    static const struct filter_limits limits = {UINT64_MAX, UINT32_MAX - 1, UINT32_MAX, 1 << 20,
                                                1 << 20};
    for (;;) {
        struct filter_error e;
        r->policy[i] = policy(r->d, 0);
        char *s = json_dumps(r->policy[i], 0);
        r->filter[i] = filter_compile(r->d, s, strlen(s), 0, &limits, &e);
        if (r->filter[i] == NULL && strcmp(e.reason, "Bottom must be less than top") != 0)
            fail_msg("%s: refused: %s", s, e.reason);
        free(s);
        if (r->filter[i] != NULL)
            return;
        json_decref(r->policy[i]);
    }
}

static void make_event(struct round *r, int i)
{
    r->event[i] = r->d == FILTER_SNS_ATTRIBUTES ? attributes() : object_node(0);
    char *s = json_dumps(r->event[i], 0);
    r->prepared[i] = r->d == FILTER_SNS_ATTRIBUTES ? sent(r->event[i])
                                                   : filter_event_json(r->d, s, strlen(s), 0, NULL);
    assert_non_null(r->prepared[i]);
    free(s);
}

static void tell(const struct round *r, int i, int j, const char *what)
{
    char *p = json_dumps(r->policy[i], 0), *e = json_dumps(r->event[j], 0);
    fail_msg("dialect %d: %s\npolicy %s\nevent  %s", (int)r->d, what, p, e);
}

static uint64_t judge_round(struct round *r)
{
    struct filter_set *set = filter_set_new((const struct filter *const *)r->filter, POLICIES);
    uint64_t matched[FILTER_WORDS(POLICIES)], yes = 0;
    for (int j = 0; j < EVENTS; j++) {
        uint32_t n = filter_set_match(set, r->prepared[j], matched), all = 0;
        for (int i = 0; i < POLICIES; i++) {
            bool naive = naive_filter_matches(r->d, r->policy[i], r->event[j]);
            if (filter_matches(r->filter[i], r->prepared[j]) != naive)
                tell(r, i, j,
                     naive ? "the naive evaluator alone says yes" : "the engine alone says yes");
            if ((matched[i / 64] >> i % 64 & 1) != naive)
                tell(r, i, j, naive ? "the set alone says no" : "the set alone says yes");
            all += naive;
        }
        assert_int_equal(n, all);
        yes += all;
    }
    filter_set_free(set);
    return yes;
}

static uint64_t play(enum filter_dialect d)
{
    static struct round r;
    r.d = d;
    for (int i = 0; i < POLICIES; i++)
        make_policy(&r, i);
    for (int j = 0; j < EVENTS; j++)
        make_event(&r, j);
    uint64_t yes = judge_round(&r);
    for (int i = 0; i < POLICIES; i++) {
        filter_free(r.filter[i]);
        json_decref(r.policy[i]);
    }
    for (int j = 0; j < EVENTS; j++) {
        filter_event_free(r.prepared[j]);
        json_decref(r.event[j]);
    }
    return yes;
}

static void pairs(enum filter_dialect d, const char *name, uint64_t seed)
{
    const char *given = getenv("TEST_PAIRS");
    uint64_t most = (given != NULL ? strtoull(given, NULL, 0) : PAIRS) / 3, n = 0, yes = 0;
    rnd = testrand_open(name, seed);
    for (; n < most; n += POLICIES * EVENTS)
        yes += play(d);
    printf("%s: %" PRIu64 " pairs, %.1f %% match\n", name, n, 100.0 * (double)yes / (double)n);
    assert_true(yes * 20 > n && yes * 20 < 19 * n); /* neither answer is rare */
}

static void attributes_scope(void **state)
{
    (void)state;
    pairs(FILTER_SNS_ATTRIBUTES, "attributes", 601);
}

static void body_scope(void **state)
{
    (void)state;
    pairs(FILTER_SNS_BODY, "body", 602);
}

static void patterns(void **state)
{
    (void)state;
    pairs(FILTER_EVENTBRIDGE, "patterns", 603);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_scope),
        cmocka_unit_test(body_scope),
        cmocka_unit_test(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
