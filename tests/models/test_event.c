/* test_event.c - event templates: what filters see of them, their sizes, and a producer's mix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "event.h"
#include "filter_json.h"
#include "run_support.h"

#define BASE                                                                                                             \
    "run.duration = 1000s\nproducer.p.arrivals = constant\nproducer.p.rate = 10/s\nproducer.p.target = queue.q\n"        \
    "queue.q.wait_time = 20s\nfleet.f.source = queue.q\nfleet.f.size = 10\n"
#define CREATED                                                                                                          \
    "event.created.source = shop\nevent.created.detail_type = order created\n"                                            \
    "event.created.detail = {'total': 120, 'country': 'kr'}\n"                                                           \
    "event.created.attributes = {'store': 'seoul', 'price': 120, 'tags': ['a', 'b'], 'seal': {'Binary': 'AAAA'}}\n"

static bool matches(const struct filter_event *event, enum filter_dialect dialect, const char *policy)
{
    struct filter_error error;
    struct filter *f = filter_compile(dialect, policy, strlen(policy), FILTER_APOSTROPHES, NULL, &error);
    if (f == NULL)
        fail_msg("%s: %s", policy, error.reason);
    bool yes = filter_matches(f, event);
    filter_free(f);
    return yes;
}

/* Each kind of view, by what a policy finds in it. */
static void test_views(void **state)
{
    struct specbuild *b = specbuild_open(BASE CREATED);
    struct event_views v;
    (void)state;
    assert_true(event_views_read(&v, spec_find(specbuild_done(b), "event.created")));
    assert_true(matches(v.attributes, FILTER_SNS_ATTRIBUTES, "{'store': ['seoul'], 'price': [{'numeric': ['>', 100]}], 'tags': ['b']}"));
    assert_false(matches(v.attributes, FILTER_SNS_ATTRIBUTES, "{'store': ['busan']}"));
    assert_false(matches(v.attributes, FILTER_SNS_ATTRIBUTES, "{'seal': ['AAAA']}"));
    assert_true(matches(v.body, FILTER_SNS_BODY, "{'country': ['kr']}"));
    assert_true(matches(v.envelope, FILTER_EVENTBRIDGE, "{'source': ['shop'], 'detail-type': ['order created'], 'detail': {'total': [120]}}"));
    assert_false(matches(v.envelope, FILTER_EVENTBRIDGE, "{'source': ['store']}"));
    assert_int_equal(v.n_attributes, 4);
    /* store String seoul 5+6+5, price Number 120 5+6+3, tags String.Array ["a","b"] 4+12+9, seal Binary 3 bytes 4+6+3 */
    assert_int_equal(v.attribute_bytes, 16 + 14 + 25 + 13);
    assert_int_equal(v.envelope_bytes, 4 + 13);
    assert_int_equal(v.size, (int)strlen("{'total': 120, 'country': 'kr'}"));
    event_views_clear(&v);
    specbuild_close(b);
}

/* A preset, with a text of it replaced in both shapes; its size set. */
static void test_preset(void **state)
{
    struct specbuild *b = specbuild_open(BASE "event.photo.preset = s3-object-created\nevent.photo.replace[0].from = example-key\n"
                                              "event.photo.replace[0].to = photos/cat.png\nevent.photo.size = 2KiB\n");
    struct event_views v;
    (void)state;
    assert_true(event_views_read(&v, spec_find(specbuild_done(b), "event.photo")));
    assert_true(matches(v.envelope, FILTER_EVENTBRIDGE, "{'source': ['aws.s3'], 'detail': {'object': {'key': [{'suffix': '.png'}]}}}"));
    assert_true(matches(v.body, FILTER_SNS_BODY, "{'Records': {'s3': {'object': {'key': [{'prefix': 'photos/'}]}}}}"));
    assert_int_equal(v.size, 2048);
    event_views_clear(&v);
    specbuild_close(b);
}

/* A body that is no JSON matches no body policy; what is not said is not there. */
static void test_plain(void **state)
{
    struct specbuild *b = specbuild_open(BASE "event.plain.body = hello\n");
    struct event_views v;
    (void)state;
    assert_true(event_views_read(&v, spec_find(specbuild_done(b), "event.plain")));
    assert_false(matches(v.body, FILTER_SNS_BODY, "{'a': [{'exists': false}]}"));
    assert_false(matches(v.attributes, FILTER_SNS_ATTRIBUTES, "{'a': [{'exists': false}]}"));
    assert_null(v.envelope);
    assert_int_equal(v.size, 5);
    event_views_clear(&v);
    specbuild_close(b);
}

/* 10,000 requests of 3 : 1, with sizes of 300 and 100 bytes: 250 on average, standard error 0.9. */
static void test_mix(void **state)
{
    struct run r = run_lines(BASE "event.a.size = 300B\nevent.b.size = 100B\nproducer.p.events[0].event = event.a\n"
                                  "producer.p.events[0].weight = 3\nproducer.p.events[1].event = event.b\n");
    (void)state;
    double mean = run_stat(&r, "queue.q", "size", "mean");
    assert_true(mean > 246 && mean < 254);
    assert_true(run_stat(&r, "queue.q", "size", "min") == 100);
    assert_true(run_stat(&r, "queue.q", "size", "max") == 300);
    run_free(&r);
}

/* What a step sends is its own template; the number goes on through queues. */
static void test_step(void **state)
{
    struct run r = run_lines(BASE "event.a.size = 300B\nevent.b.size = 100B\nproducer.p.events[0].event = event.a\n"
                                  "producer.p.done_at = fleet.f\nfleet.f.sends[0].target = queue.next\nfleet.f.sends[0].event = "
                                  "event.b\nqueue.next.wait_time = 20s\nfleet.g.source = queue.next\nfleet.g.sends[0].target = "
                                  "queue.last\nqueue.last.wait_time = 20s\n");
    (void)state;
    assert_true(run_stat(&r, "queue.q", "size", "max") == 300);
    assert_true(run_stat(&r, "queue.next", "size", "max") == 100);
    assert_true(run_stat(&r, "queue.last", "size", "max") == 100);
    run_free(&r);
}

static uint32_t problems_of(const char *lines)
{
    struct specbuild *b = specbuild_open(lines);
    struct problems p;
    problems_init(&p);
    specbuild_check(b, &p);
    uint32_t n = p.n_errors;
    problems_free(&p);
    specbuild_close(b);
    return n;
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(problems_of(BASE CREATED), 0);
    assert_int_equal(problems_of(BASE "event.x.source = a\nevent.x.detail_type = b\nevent.x.detail = [1]\n"), 1); /* EB-12 */
    assert_int_equal(problems_of(BASE "event.x.source = a\nevent.x.detail_type = b\nevent.x.detail = {\n"), 1);
    assert_int_equal(problems_of(BASE "event.x.attributes = {'a': null}\n"), 1);
    assert_int_equal(problems_of(BASE "event.x.preset = s3-object-forgotten\n"), 1);
    assert_int_equal(problems_of(BASE "event.x.replace[0].from = a\nevent.x.replace[0].to = b\n"), 1);
    assert_int_equal(problems_of(BASE "event.x.size = 1B\nproducer.p.events[0].event = event.x\nproducer.p.events[0].weight = 0\n"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views), cmocka_unit_test(test_preset), cmocka_unit_test(test_plain),
        cmocka_unit_test(test_mix),   cmocka_unit_test(test_step),   cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
