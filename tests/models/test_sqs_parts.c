/* Parts of the SQS core on their own: errors and their codes, texts, chance, bounded memory, memory
 * that runs short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "mem.h"
#include "quota.h"
#include "room.h"
#include "sqs_account.h"
#include "sqs_text.h"
#include "sqsworld.h"
#include "testrand.h"

/* --- errors: the table of the service model, typed anew. rules: SQS-129 --- */

static void codes_and_status(void **state)
{
    static const struct {
        enum sqs_outcome outcome;
        const char *code;
        int http;
    } row[] = {
        {SQS_NO_QUEUE, "AWS.SimpleQueueService.NonExistentQueue", 400},
        {SQS_DELETED_RECENTLY, "AWS.SimpleQueueService.QueueDeletedRecently", 400},
        {SQS_EXISTS, "QueueAlreadyExists", 400},
        {SQS_PURGE_IN_PROGRESS, "AWS.SimpleQueueService.PurgeQueueInProgress", 403},
        {SQS_EMPTY_BATCH, "AWS.SimpleQueueService.EmptyBatchRequest", 400},
        {SQS_TOO_MANY_ENTRIES, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400},
        {SQS_BAD_ENTRY_ID, "AWS.SimpleQueueService.InvalidBatchEntryId", 400},
        {SQS_SAME_ENTRY_ID, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400},
        {SQS_BATCH_TOO_LONG, "AWS.SimpleQueueService.BatchRequestTooLong", 400},
        {SQS_NOT_IN_FLIGHT, "AWS.SimpleQueueService.MessageNotInflight", 400},
        {SQS_UNSUPPORTED, "AWS.SimpleQueueService.UnsupportedOperation", 400},
        {SQS_INVALID_RECEIPT, "ReceiptHandleIsInvalid", 404},
        {SQS_OVER_LIMIT, "OverLimit", 403},
        {SQS_THROTTLED, "RequestThrottled", 403},
        {SQS_BAD_CONTENTS, "InvalidMessageContents", 400},
        {SQS_BAD_ATTRIBUTE_NAME, "InvalidAttributeName", 400},
        {SQS_BAD_ATTRIBUTE_VALUE, "InvalidAttributeValue", 400},
        {SQS_BAD_PARAMETER, "InvalidParameterValue", 400},
        {SQS_MISSING_BODY, "MissingParameter", 400},
        {SQS_NO_TASK, "ResourceNotFoundException", 404},
        {SQS_INVALID_ADDRESS, "InvalidAddress", 404},
        {SQS_INVALID_SECURITY, "InvalidSecurity", 403},
        {SQS_ACCESS_DENIED, "AccessDenied", 403},
        {SQS_KMS_DISABLED, "KmsDisabled", 400},
        {SQS_KMS_OPT_IN, "KmsOptInRequired", 403},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(row); i++) {
        assert_string_equal(sqs_outcome_row(row[i].outcome)->code, row[i].code);
        assert_int_equal(sqs_outcome_row(row[i].outcome)->http, row[i].http);
    }
    for (enum sqs_outcome o = SQS_OK; o < SQS_OUTCOMES; o++) {
        assert_non_null(sqs_outcome_row(o)->name);
        assert_int_equal(sqs_outcome_row(o)->code != NULL, sqs_refused(o));
    }
}

/* --- texts. rules: SQS-26 --- */

static void numbers(void **state)
{
    static const char *const good[] = {"0",
                                       "-1",
                                       "+1.5",
                                       "1e126",
                                       "1E-128",
                                       "0.00",
                                       ".5",
                                       "5.",
                                       "100000000000000000000000000000000000000e0",
                                       "9.99e125",
                                       "00000000000000000000000000000000000000000000000001"};
    static const char *const wrong[] = {"",
                                        "-",
                                        ".",
                                        "1e",
                                        "1e127",
                                        "1e-129",
                                        "1.2.3",
                                        "0x10",
                                        "1 ",
                                        "abc",
                                        "1.00000000000000000000000000000000000001" /* 39 digits */};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!text_number(text_of(good[i])))
            fail_msg("'%s' is a number", good[i]);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        if (text_number(text_of(wrong[i])))
            fail_msg("'%s' is no number", wrong[i]);
}

static void receipts(void **state)
{
    char text[64];
    uint64_t a, b;
    (void)state;
    text_receipt(text, 0x123456789abcdef0, 42);
    assert_true(text_receipt_parse(text, &a, &b));
    assert_int_equal(a, 0x123456789abcdef0);
    assert_int_equal(b, 42);
    text[10] = text[10] == '0' ? '1' : '0';
    assert_false(text_receipt_parse(text, &a, &b));
    assert_false(text_receipt_parse("", &a, &b));
}

/* --- chance --- */

static struct testrand *the_rand;
static uint64_t rolls[SQS_DICE_KINDS];
static uint64_t answer(unsigned kind, uint64_t n)
{
    rolls[kind]++;
    return testrand_below(the_rand, n);
}
static uint64_t roll_0(struct dice *d, uint64_t n)
{
    (void)d;
    return answer(0, n);
}
static uint64_t roll_1(struct dice *d, uint64_t n)
{
    (void)d;
    return answer(1, n);
}
static uint64_t roll_2(struct dice *d, uint64_t n)
{
    (void)d;
    return answer(2, n);
}
static uint64_t roll_3(struct dice *d, uint64_t n)
{
    (void)d;
    return answer(3, n);
}
static struct dice dice[SQS_DICE_KINDS] = {{roll_0}, {roll_1}, {roll_2}, {roll_3}};

static void send_one(struct sqsworld *w, uint64_t user)
{
    struct sqs_send s = {.user = user, .group = SQS_NO_GROUP, .delay = SQS_DEFAULT};
    struct sqs_sent sent;
    assert_int_equal(sqs_send(w->core, sqsworld_begin(w), &s, &sent), SQS_OK);
}

static uint32_t receive_up_to(struct sqsworld *w, uint32_t max, struct sqs_batch *b)
{
    struct sqs_poll p = {.max = max, .visibility = SQS_DEFAULT};
    assert_int_equal(sqs_receive(w->core, sqsworld_begin(w), &p, b), SQS_OK);
    return b->n;
}

/* TV-SQS-33: five messages spread anew for each poll, 4 of 10 shards asked: 0.6^5 = 0.0778 of the
 * polls are empty. Four standard deviations of 20,000 polls are 0.0076. rules: SQS-42 */
static void empty_short_polls(void **state)
{
    (void)state;
    struct testrand r = testrand_open("polls", 7);
    the_rand = &r;
    struct sqs_config c;
    sqs_config_default(&c, false);
    c.shards = 10;
    c.sampled = 4;
    struct sqsworld w;
    struct sqs_batch b;
    uint32_t empty = 0;
    sqsworld_open(&w, &c, dice);
    for (int i = 0; i < 20000; i++) {
        for (uint64_t k = 0; k < 5; k++)
            send_one(&w, k);
        empty += receive_up_to(&w, 10, &b) == 0;
        sqs_purge(w.core, sqsworld_begin(&w));
    }
    assert_in_range(empty, 1555 - 152, 1555 + 152);
    sqs_close(w.core);
}

/* An effect that is off asks nothing, and one that is on asks its own dice only. rules: SQS-4 */
static void uses_of_chance(void **state)
{
    static const struct {
        const char *what;
        uint64_t asked[SQS_DICE_KINDS];
    } expected[] = {
        {"ideal", {0, 0, 0, 0}},
        {"shards", {8, 0, 0, 0}}, /* 4 sends, and 2 of 4 shards chosen in each of 2 polls */
        {"duplicates", {0, 2, 0, 0}},
        {"order", {0, 0, 2, 0}},
    };
    (void)state;
    struct testrand r = testrand_open("uses", 7);
    the_rand = &r;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct sqs_config c;
        sqs_config_default(&c, false);
        c.shards = i == 1 ? 4 : 1;
        c.sampled = i == 1 ? 2 : 1;
        c.dup_in_flight = i == 2;
        c.reorder_window = i == 3 ? 3 : 1;
        struct sqsworld w;
        struct sqs_batch b;
        uint32_t n = 0;
        sqsworld_open(&w, &c, dice);
        memset(rolls, 0, sizeof(rolls));
        for (uint64_t k = 0; k < 4; k++)
            send_one(&w, k);
        n = receive_up_to(&w, 1, &b);
        n += receive_up_to(&w, 1, &b);
        if (i == 2 || i == 3)
            assert_int_equal(n, 2);
        assert_memory_equal(rolls, expected[i].asked, sizeof(rolls));
        sqs_close(w.core);
    }
    the_rand = NULL;
}

/* --- memory --- */

static void fill_and_drain(struct sqsworld *w, uint32_t n, bool fifo)
{
    struct sqs_batch b;
    for (uint32_t i = 0; i < n; i++) {
        struct sqs_send s = {.user = i,
                             .dedup = fifo ? i + 1 : SQS_NO_DEDUP_ID,
                             .group = fifo ? i % 7 : SQS_NO_GROUP,
                             .delay = SQS_DEFAULT};
        struct sqs_sent sent;
        assert_int_equal(sqs_send(w->core, sqsworld_begin(w), &s, &sent), SQS_OK);
    }
    for (uint32_t left = n; left > 0;) {
        left -= receive_up_to(w, 10, &b);
        for (uint32_t i = 0; i < b.n; i++)
            assert_int_equal(sqs_delete(w->core, sqsworld_begin(w), b.got[i].handle), SQS_OK);
    }
    sqsworld_drain(w);
}

/* After the first thousand messages nothing more is allocated, except what deduplication remembers
 * for five minutes. */
static void no_growth(void **state)
{
    (void)state;
    for (int fifo = 0; fifo < 2; fifo++) {
        struct sqs_config c;
        sqs_config_default(&c, fifo);
        c.call_rate = 0;
        struct sqsworld w;
        sqsworld_open(&w, &c, dice);
        mem_fail_at(0);
        for (int i = 0; i < 4; i++) {
            fill_and_drain(&w, 1000, fifo);
            sqsworld_to(&w, w.now + 301 * SIM_S);
        }
        long before = mem_count();
        for (int i = 0; i < 200; i++) {
            fill_and_drain(&w, 1000, fifo);
            sqsworld_to(&w, w.now + 301 * SIM_S);
        }
        /* the map of ids shrinks and grows again with each round; nothing else may */
        assert_true(mem_count() - before <= (fifo ? 200 * 20 : 0));
        sqs_close(w.core);
    }
}

/* Each allocation of a busy little account fails once: the call says so, and all that is there
 * stays whole. */
static bool busy(struct account *a, bool *refused)
{
    struct account_pair fifo = {text_of("FifoQueue"), text_of("true")};
    struct account_queue *q = NULL, *f = NULL;
    static struct account_answer answer;
    char handle[64];
    *refused = account_create(a, "s", NULL, 0, &q) == SQS_NO_MEMORY;
    if (*refused || account_create(a, "f.fifo", &fifo, 1, &f) == SQS_NO_MEMORY) {
        *refused = true;
        return true;
    }
    for (int i = 0; i < 40; i++) {
        struct account_queue *to = i % 2 == 0 ? q : f;
        struct account_send m = {.body = text_of("body"), .delay = -1};
        struct account_sent sent;
        struct account_receive r = {.max = 10, .wait = i % 3 == 0 ? 20 : 0, .visibility = i};
        char id[8] = {'a', (char)('a' + i / 26), (char)('a' + i % 26)};
        m.group = to == f || i % 4 == 0 ? text_of(id) : (struct text){NULL, 0};
        m.dedup = to == f ? text_of(id) : (struct text){NULL, 0};
        r.attempt = to == f ? text_of(id) : (struct text){NULL, 0};
        enum sqs_outcome out = account_send(a, to, &m, &sent);
        *refused |= out == SQS_NO_MEMORY;
        out = account_receive(a, to, &r, &answer);
        *refused |= out == SQS_NO_MEMORY;
        if (out == SQS_OK && answer.n > 0) {
            memcpy(handle, answer.message[0].receipt, sizeof(handle));
            out = i % 5 == 0 ? account_change(a, to, handle, i + 100)
                             : account_delete_message(a, to, handle);
            *refused |= out == SQS_NO_MEMORY;
        }
        if (account_tag(a, q, id, "value") == SQS_NO_MEMORY)
            *refused = true;
        while (account_advance(a, account_now(a) + SIM_S / 2))
            while (account_answered(a, &answer))
                ;
        sqs_check(account_core(q), account_now(a));
        sqs_check(account_core(f), account_now(a));
    }
    return true;
}

static void memory_runs_short(void **state)
{
    (void)state;
    struct testrand r = testrand_open("short", 3);
    the_rand = &r;
    long n = 1, quiet = 0;
    for (; quiet < 3; n++) {
        struct account_config c;
        struct account *a = NULL;
        bool refused = false;
        account_config_default(&c);
        c.dice = dice;
        mem_fail_at(n);
        if (account_open(&a, &c, NULL))
            busy(a, &refused);
        else
            refused = true;
        quiet = mem_count() < n ? quiet + 1 : 0; /* it did not come so far */
        mem_fail_at(0);
        account_close(a);
        if (quiet > 0)
            assert_false(refused);
    }
    assert_true(n > 60); /* so many allocations were made to fail */
}

/* --- quotas --- */

static void quota_profiles_differ(void **state)
{
    (void)state;
    assert_string_equal(quota_profiles[0]->name, "aws-2026");
    assert_int_equal(quota_find(quota_profiles[0], "sqs.message_size")->value, 1048576);
    assert_int_equal(quota_find(quota_profile_find("aws-2023"), "sqs.message_size")->value, 262144);
    assert_int_equal(quota_find(quota_profile_find("study-notes"), "sqs.in_flight_fifo")->value,
                     20000);
    assert_null(quota_find(quota_profiles[0], "sqs.nothing"));
    assert_null(quota_profile_find("aws-1999"));
    for (const struct quota_profile *const *p = quota_profiles; *p != NULL; p++)
        for (size_t i = 0; i < (*p)->n; i++) {
            assert_non_null((*p)->quota[i].rule);
            assert_non_null((*p)->quota[i].source);
            assert_non_null(quota_find(quota_profiles[0], (*p)->quota[i].name));
        }
}

/* --- CloudWatch: names of its page on SQS, typed anew. rules: SQS-79 SQS-132 SQS-134 --- */

static void metrics_by_name(void **state)
{
    static const char *const name[] = {
        "ApproximateAgeOfOldestMessage",
        "ApproximateAgeOfOldestMessageInQuietGroups",
        "ApproximateNumberOfGroupsWithInflightMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesDelayedInQuietGroups",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesNotVisibleInQuietGroups",
        "ApproximateNumberOfMessagesVisible",
        "ApproximateNumberOfMessagesVisibleInQuietGroups",
        "ApproximateNumberOfNoisyGroups",
        "NumberOfDeduplicatedSentMessages",
        "NumberOfEmptyReceives",
        "NumberOfMessagesDeleted",
        "NumberOfMessagesReceived",
        "NumberOfMessagesSent",
        "SentMessageSize",
    };
    (void)state;
    const struct room *r = room_find("queue");
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->n_metric; i++)
        n += r->metric[i].cloudwatch != NULL;
    assert_int_equal(n, ARRAY_LEN(name));
    for (size_t k = 0; k < ARRAY_LEN(name); k++) {
        uint32_t i = 0;
        while (i < r->n_metric && (r->metric[i].cloudwatch == NULL ||
                                   strcmp(r->metric[i].cloudwatch, name[k]) != 0))
            i++;
        if (i == r->n_metric)
            fail_msg("no metric %s", name[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_and_status),  cmocka_unit_test(numbers),
        cmocka_unit_test(receipts),          cmocka_unit_test(empty_short_polls),
        cmocka_unit_test(uses_of_chance),    cmocka_unit_test(no_growth),
        cmocka_unit_test(memory_runs_short), cmocka_unit_test(quota_profiles_differ),
        cmocka_unit_test(metrics_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
