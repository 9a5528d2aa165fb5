/* test_eventbridge_parts.c - tables and small parts: quotas by region, errors, buckets, archives, names, shapes of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>

#include "eb_bucket.h"
#include "eb_outcome.h"
#include "eb_region.h"
#include "eb_shelf.h"
#include "eb_text.h"
#include "event_presets.h"

/* rules: EB-16 */
static void regions(void **state)
{
    static const struct {
        const char *names;
        uint32_t puts, invocations;
    } rows[] = {{"us-east-1 us-west-2 eu-west-1", 10000, 18750},
                {"us-east-2 eu-central-1 eu-south-2", 2400, 4500},
                {"us-west-1 ap-northeast-1 ap-southeast-1 ap-southeast-2 eu-west-2", 1200, 2250},
                {"ap-east-1 ap-northeast-2 ap-south-1 ca-central-1 eu-north-1 eu-west-3 sa-east-1", 600, 1100},
                {"af-south-1 me-south-1 us-gov-west-1 il-central-1", 400, 750}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char copy[200], *end;
        snprintf(copy, sizeof(copy), "%s", rows[i].names);
        for (char *name = strtok_r(copy, " ", &end); name != NULL; name = strtok_r(NULL, " ", &end)) {
            uint32_t puts, invocations;
            assert_true(eb_region(name, &puts, &invocations));
            assert_int_equal(puts, rows[i].puts);
            assert_int_equal(invocations, rows[i].invocations);
        }
    }
    uint32_t a, b;
    assert_false(eb_region("Seoul", &a, &b));
    assert_false(eb_region("", &a, &b));
    assert_false(eb_region("us-east", &a, &b));
}

static bool has_code(const char *code, bool retryable, bool entry)
{
    for (int i = 0; i < EB_OUTCOMES; i++) {
        const struct eb_outcome_row *r = eb_outcome_row((enum eb_outcome)i);
        if (r->code != NULL && strcmp(r->code, code) == 0 && r->retryable == retryable && (r->http == 200) == entry)
            return true;
    }
    return false;
}

/* rules: EB-13 EB-61 */
static void errors(void **state)
{
    static const char *const entry[] = {"AccessDeniedException", "InvalidAccountIdException", "InvalidArgument", "MalformedDetail",
                                        "RedactionFailure", "NotAuthorizedForSourceException", "NotAuthorizedForDetailTypeException"};
    static const char *const request[] = {"ValidationException", "InvalidEventPatternException", "ResourceNotFoundException",
                                          "ResourceAlreadyExistsException", "LimitExceededException", "ManagedRuleException",
                                          "PolicyLengthExceededException", "OperationDisabledException", "IllegalStatusException",
                                          "InvalidStateException", "AccessDeniedException"};
    (void)state;
    assert_true(has_code("InternalFailure", true, true) && has_code("ThrottlingException", true, true));
    for (size_t i = 0; i < sizeof(entry) / sizeof(entry[0]); i++)
        assert_true(has_code(entry[i], false, true));
    for (size_t i = 0; i < sizeof(request) / sizeof(request[0]); i++)
        assert_true(has_code(request[i], false, false));
    assert_true(has_code("ConcurrentModificationException", true, false) && has_code("ThrottlingException", true, false) &&
                has_code("InternalException", true, false));
    for (int i = 0; i < EB_OUTCOMES; i++) {
        const struct eb_outcome_row *r = eb_outcome_row((enum eb_outcome)i);
        assert_non_null(r->name);
        assert_true((i == EB_OK) == (r->code == NULL) && (r->http == 200 || r->http == 400 || r->http == 500));
        for (int k = 0; k < i; k++)
            assert_string_not_equal(r->name, eb_outcome_row((enum eb_outcome)k)->name);
    }
}

/* Three a second: three at once, then one each third of a second, to the nanosecond. */
static void buckets(void **state)
{
    struct eb_bucket b;
    (void)state;
    eb_bucket_init(&b, 3, 0);
    assert_true(eb_bucket_take(&b, 0) && eb_bucket_take(&b, 0) && eb_bucket_take(&b, 0) && !eb_bucket_take(&b, 0));
    assert_int_equal(eb_bucket_next(&b, 0), 333333334);
    assert_false(eb_bucket_take(&b, 333333333));
    assert_true(eb_bucket_take(&b, 333333334));
    assert_true(eb_bucket_take_many(&b, 1333333334, 3));
    assert_false(eb_bucket_take_many(&b, 1333333334, 1));
    assert_false(eb_bucket_take_many(&b, 2 * SIM_S, 2)); /* 1.999999998: all of them or none */
    assert_true(eb_bucket_take_many(&b, 2 * SIM_S + 1, 2));
    eb_bucket_init(&b, 0, 0);
    assert_true(eb_bucket_take(&b, 0) && eb_bucket_next(&b, 7) == 7);
}

static uint64_t last_of(struct dice *d, uint64_t n)
{
    (void)d;
    return n - 1;
}

/* Events of the minutes 1, 0, 2, 0, 1, by order of arrival; a slice comes after the one before it. rules: EB-47 */
static void slices(void **state)
{
    static const sim_time minute[] = {1, 0, 2, 0, 1};
    static const uint64_t in_order[] = {1, 3, 0, 4, 2}, by_lot[] = {3, 1, 4, 0, 2};
    struct eb_shelf s;
    struct eb_playback p;
    struct dice last = {last_of};
    uint64_t user;
    (void)state;
    eb_shelf_init(&s, SIM_NEVER);
    for (uint64_t i = 0; i < 5; i++)
        assert_true(eb_shelf_put(&s, &(struct eb_shelved){minute[i] * SIM_MIN + 5, 0, i, 10}));
    for (int lot = 0; lot < 2; lot++) {
        assert_true(eb_playback_open(&p, &s, 0, SIM_H, SIM_H, 4, lot ? &last : NULL));
        for (int i = 0; i < 5; i++) {
            assert_int_equal(eb_playback_deadline(&p), SIM_H + i * SIM_S / 4);
            assert_false(eb_playback_next(&p, SIM_H + i * SIM_S / 4 - 1, &user));
            assert_true(eb_playback_next(&p, SIM_H + i * SIM_S / 4, &user));
            assert_int_equal(user, lot ? by_lot[i] : in_order[i]);
        }
        assert_int_equal(eb_playback_deadline(&p), SIM_NEVER);
        eb_playback_close(&p);
    }
    eb_shelf_free(&s);
}

/* A thousand events, each kept for 10 s. rules: EB-46 */
static void retention(void **state)
{
    struct eb_shelf s;
    struct eb_shelved x;
    uint64_t gone = 0;
    (void)state;
    eb_shelf_init(&s, 10 * SIM_S);
    for (uint64_t i = 0; i < 1000; i++) {
        sim_time now = (sim_time)i * SIM_S;
        for (; eb_shelf_expired(&s, now, &x); gone++)
            assert_true(x.user == gone && x.in + 10 * SIM_S <= now);
        assert_true(eb_shelf_put(&s, &(struct eb_shelved){now, now, i, 3}));
        assert_int_equal(s.n - s.first, i < 10 ? i + 1 : 10);
        assert_int_equal(s.bytes, 3 * (s.n - s.first));
    }
    assert_true(s.cap <= 128); /* room is used again */
    eb_shelf_free(&s);
}

/* rules: EB-2 EB-37 */
static void texts(void **state)
{
    (void)state;
    assert_true(eb_text_name("a.b-c_9", 64) && eb_text_name("a", 1));
    assert_false(eb_text_name("", 64) || eb_text_name("ab", 1) || eb_text_name("a b", 64) || eb_text_name("é", 64));
    assert_int_equal(eb_text_characters("주문"), 2);
    assert_true(eb_text_aws_source("aws.s3") && !eb_text_aws_source("aws") && !eb_text_aws_source("my.aws.s3"));
    assert_int_equal(eb_text_retry(-1, -1), EB_OK);
    assert_int_equal(eb_text_retry(0, 60), EB_OK);
    assert_int_equal(eb_text_retry(185, 86400), EB_OK);
    assert_int_equal(eb_text_retry(186, 60), EB_BAD_RETRY_ATTEMPTS);
    assert_int_equal(eb_text_retry(0, 59), EB_BAD_EVENT_AGE);
}

/* Each is JSON of its kind, and says whose it is. */
static void presets(void **state)
{
    (void)state;
    for (const struct event_preset *p = event_presets; p->name != NULL; p++) {
        json_error_t e;
        json_t *resources = json_loads(p->resources, 0, &e), *detail = json_loads(p->detail, 0, &e);
        json_t *body = p->body == NULL ? json_object() : json_loads(p->body, 0, &e);
        if (!json_is_array(resources) || !json_is_object(detail) || !json_is_object(body))
            fail_msg("%s: %s at %d", p->name, e.text, e.position);
        assert_true(eb_text_aws_source(p->source));
        assert_ptr_equal(event_preset_find(p->name), p);
        json_decref(resources);
        json_decref(detail);
        json_decref(body);
    }
    assert_null(event_preset_find("nothing"));
    json_t *s3 = json_loads(event_preset_find("s3-object-created")->detail, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json_object_get(s3, "bucket"), "name")), "example-bucket");
    json_decref(s3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions),   cmocka_unit_test(errors), cmocka_unit_test(buckets), cmocka_unit_test(slices),
        cmocka_unit_test(retention), cmocka_unit_test(texts),  cmocka_unit_test(presets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
