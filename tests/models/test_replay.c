/* test_replay.c - traces: rows by hand, what is wrong with a line, numbers and dates against the C library, JSON against
 * jansson, memory, and replayed in a world. */
#define _GNU_SOURCE /* timegm */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <jansson.h>

#include "expect.h"
#include "mem.h"
#include "replay_int.h"
#include "run_support.h"
#include "testrand.h"

#define LEN(a) (sizeof(a) / sizeof(*(a)))

static char path[300];

static void write_bytes(const char *text, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(fwrite(text, 1, n, f) == n);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

static struct replay_config seconds(void)
{
    return (struct replay_config){.path = path, .unit_ns = SIM_S, .time = "t"};
}

/* --- rows --- */

struct row {
    double  at;
    int64_t count, size;
    uint64_t line;
};

static void expect_rows(struct replay_config c, const char *text, const struct row *want, size_t n)
{
    struct replay_error e = {0};
    struct replay_row row;
    write_text(text);
    struct replay *r = replay_open(&c, &e);
    assert_non_null(r);
    for (int turn = 0; turn < 2; turn++) {
        for (size_t i = 0; i < n; i++) {
            if (replay_next(r, &row, &e) != REPLAY_ROW)
                fail_msg("row %zu: %llu: %s", i, (unsigned long long)e.line, e.text);
            if (row.at != (int64_t)llround(want[i].at * 1e9) || row.count != (uint64_t)want[i].count ||
                row.size != want[i].size || row.line != want[i].line)
                fail_msg("row %zu is %.9f, %llu, %lld, line %llu", i, (double)row.at / 1e9, (unsigned long long)row.count,
                         (long long)row.size, (unsigned long long)row.line);
        }
        assert_int_equal(replay_next(r, &row, &e), REPLAY_END);
        assert_int_equal(replay_position(r), strlen(text));
        assert_true(replay_rewind(r, &e));
    }
    replay_close(r);
}

static void test_csv(void **state)
{
    (void)state;
    struct replay_config c = seconds(), sized = seconds(), counted = seconds(), number = seconds();
    static const struct row two[] = {{0.25, 1, -1, 2}, {1.5, 1, -1, 4}};
    expect_rows(c, "t,x\n0.25,a\n\n1.5,\"b, \"\"c\"\"\"\n", two, 2);
    expect_rows(c, "\xef\xbb\xbft;x\r\n0.25;a\r\n\r\n1.5;b", two, 2);
    expect_rows(c, "x\t t \na\t0.25\n  \nb\t\"1.5\"\n", two, 2);
    sized.size = "bytes";
    static const struct row sizes[] = {{0, 1, 100, 2}, {0, 1, -1, 3}, {3, 1, 0, 4}};
    expect_rows(sized, "bytes,t\n100,0\n,0\n0,3\n", sizes, 3);
    number.time = "2";
    static const struct row plain[] = {{7, 1, -1, 1}, {8, 1, -1, 2}};
    expect_rows(number, "\"a\",\"7\"\nb,8\n", plain, 2);
    static const struct row headed[] = {{7, 1, -1, 2}, {8, 1, -1, 3}};
    expect_rows(number, "who,when\na,7\nb,8\n", headed, 2);
    counted.count = "n";
    counted.interval = 60 * SIM_S;
    static const struct row counts[] = {{0, 5, -1, 2}, {60, 0, -1, 3}, {180, 2, -1, 4}};
    expect_rows(counted, "t,n\n0,5\n60,0\n180,2\n", counts, 3);
    counted.time = NULL;
    static const struct row minutes[] = {{0, 5, -1, 2}, {60, 0, -1, 3}, {120, 2, -1, 4}};
    expect_rows(counted, "n\n5\n0\n2\n", minutes, 3);
    /* Two types count the same minutes. */
    struct replay_config typed = counted;
    typed.time = "t", typed.type = "kind", typed.only = "b";
    static const struct row b[] = {{0, 7, -1, 3}, {60, 9, -1, 5}};
    expect_rows(typed, "t,kind,n\n0,a,5\n0,b,7\n60,a,8\n60,b,9\n", b, 2);
    typed.time = NULL;
    expect_rows(typed, "t,kind,n\n0,a,5\n0,b,7\n60,a,8\n60,b,9\n", b, 2);
}

static void test_jsonl(void **state)
{
    (void)state;
    struct replay_config c = seconds();
    c.format = REPLAY_JSONL;
    c.size = "size";
    c.type = "kind";
    c.only = "b\"uy";
    static const struct row want[] = {{0.125, 1, 12, 1}, {2, 1, -1, 3}, {3, 1, -1, 5}};
    expect_rows(c, "{\"t\": 0.125, \"size\": 12, \"kind\": \"b\\\"uy\"}\n"
                   " { \"kind\" : \"sell\", \"t\": 1 } \n"
                   "{\"deep\": {\"t\": 99, \"l\": [1, {\"t\": 5}]}, \"\\u0074\": \"2e0\", \"kind\": \"b\\u0022uy\", \"size\": null}\n\n"
                   "{\"t\":3,\"kind\":\"b\\\"uy\"}", want, 3);
}

static uint32_t key_of(const char *text)
{
    struct replay_config c = seconds();
    struct replay_error e = {0};
    struct replay_row row;
    c.key = "k";
    write_text(text);
    struct replay *r = replay_open(&c, &e);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_ROW);
    replay_close(r);
    return row.key;
}

static void test_keys(void **state)
{
    (void)state;
    assert_int_equal(key_of("t,k\n0,17\n"), 17);
    assert_int_equal(key_of("t,k\n0,\n"), REPLAY_NO_KEY);
    assert_int_equal(key_of("t,k\n0,4294967294\n"), 4294967294u);
    assert_true(key_of("t,k\n0,alice\n") == key_of("k,t\nalice,5\n"));
    assert_true(key_of("t,k\n0,alice\n") != key_of("t,k\n0,bob\n"));
    assert_true(key_of("t,k\n0,4294967295\n") != REPLAY_NO_KEY); /* hashed, as any other text */
}

/* --- what is wrong --- */

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        int line, column;
        bool json;
    } row[] = {
        {"t\n1\n0.5\n", "time '0.5' is before the time of line 2", 3, 1, false},
        {"t\nx\n", "time 'x': no number", 2, 1, false},
        {"a,t\n1,\n", "time '': no number", 2, 3, false},
        {"t\n-1\n", "negative", 2, 1, false},
        {"t\n1e30\n", "beyond 146 years", 2, 1, false},
        {"t,x\n1\n", "1 columns; the first line has 2", 2, 0, false},
        {"t,x\n1,2,3\n", "3 columns", 2, 0, false},
        {"x\n1\n", "no column is called 't'", 1, 1, false},
        {"t,x\n1,\"a\n", "a quote that is not closed", 2, 3, false},
        {"t,x\n1,\"a\"b\n", "text behind a closing quote", 2, 6, false},
        {"{\"t\":1}\n{\"x\":1}\n", "no time", 2, 0, true},
        {"{\"t\":1}\n{\"t\":null}\n", "no time", 2, 6, true},
        {"{\"t\":1\n", "',' or '}' is missing", 1, 7, true},
        {"[1]\n", "one object", 1, 1, true},
        {"{\"t\":1} x\n", "something follows", 1, 9, true},
        {"{\"t\":01}\n", "',' or '}' is missing", 1, 7, true},
        {"{\"t\":tru}\n", "a value is missing", 1, 6, true},
    };
    for (size_t i = 0; i < LEN(row); i++) {
        struct replay_config c = seconds();
        struct replay_error e = {0};
        struct replay_row x;
        enum replay_got got;
        c.format = row[i].json ? REPLAY_JSONL : REPLAY_CSV;
        write_text(row[i].text);
        struct replay *r = replay_open(&c, &e);
        while ((got = replay_next(r, &x, &e)) == REPLAY_ROW)
            continue;
        if (got != REPLAY_WRONG || strstr(e.text, row[i].says) == NULL || (int)e.line != row[i].line ||
            e.column != row[i].column || e.class != ERR_DATA)
            fail_msg("row %zu: %d, %llu:%d: %s", i, (int)got, (unsigned long long)e.line, e.column, e.text);
        replay_close(r);
    }
}

/* Intervals that overlap. */
static void test_overlap(void **state)
{
    (void)state;
    struct replay_config c = seconds();
    struct replay_error e = {0};
    struct replay_row row;
    c.count = "n";
    c.interval = 60 * SIM_S;
    write_text("t,n\n0,5\n59.9,1\n");
    struct replay *r = replay_open(&c, &e);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_ROW);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_WRONG);
    assert_non_null(strstr(e.text, "'59.9' is before the end of the interval of line 2"));
    replay_close(r);
}

static void expect_no_file(const char *where, enum err_class class)
{
    struct replay_config c = seconds();
    struct replay_error e = {0};
    c.path = where;
    assert_null(replay_open(&c, &e));
    assert_int_equal(e.class, class);
}

static void test_files(void **state)
{
    (void)state;
    struct replay_config c = seconds();
    struct replay_error e = {0};
    struct replay_row row;
    expect_no_file("/nowhere/at/all.csv", ERR_NOINPUT);
    expect_no_file("/tmp", ERR_NOINPUT);
    write_bytes("t\n1\n\0\n", 6);
    struct replay *r = replay_open(&c, &e);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_ROW);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_WRONG);
    assert_non_null(strstr(e.text, "NUL"));
    replay_close(r);
    mem_fail_at(1);
    assert_null(replay_open(&c, &e));
    assert_int_equal(e.class, ERR_OS);
    mem_fail_at(0);
}

/* Lines around the size of the buffer and of the longest line, so that every cut through the buffer is met. */
static void test_long_lines(void **state)
{
    (void)state;
    struct replay_config c = seconds();
    struct replay_error e = {0};
    struct replay_row row;
    struct testrand rand = testrand_open("test_long_lines", 5);
    size_t cap = 4 << 20, n = 0;
    char *text = malloc(cap);
    int rows = 0;
    n += (size_t)sprintf(text, "t,x\n");
    while (n + 70000 < cap) {
        size_t length = testrand_below(&rand, 8) == 0 ? REPLAY_LINE_MAX - 20 - testrand_below(&rand, 50) : testrand_below(&rand, 3000);
        n += (size_t)sprintf(text + n, "%d,", rows++);
        memset(text + n, 'y', length);
        n += length;
        text[n++] = '\n';
    }
    write_bytes(text, n);
    struct replay *r = replay_open(&c, &e);
    for (int i = 0; i < rows; i++) {
        if (replay_next(r, &row, &e) != REPLAY_ROW || row.at != i * SIM_S)
            fail_msg("row %d: %s", i, e.text);
    }
    assert_int_equal(replay_next(r, &row, &e), REPLAY_END);
    replay_close(r);
    memset(text, 'y', REPLAY_LINE_MAX + 1);
    memcpy(text, "t\n", 2);
    write_bytes(text, REPLAY_LINE_MAX + 3);
    r = replay_open(&c, &e);
    assert_int_equal(replay_next(r, &row, &e), REPLAY_WRONG);
    assert_non_null(strstr(e.text, "65536 bytes"));
    assert_int_equal(e.line, 2);
    replay_close(r);
    free(text);
}

/* --- numbers and dates --- */

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t factor, value;
        bool whole;
        enum replay_number got;
    } row[] = {
        {"1700000000.123456789", SIM_S, 1700000000123456789, false, NUMBER_GOOD}, /* a double knows no such number */
        {"0.1", SIM_S, 100000000, false, NUMBER_GOOD},
        {"1e-9", SIM_S, 1, false, NUMBER_GOOD},
        {"4e-10", SIM_S, 0, false, NUMBER_GOOD},
        {"5e-10", SIM_S, 1, false, NUMBER_GOOD},
        {"1.5E+3", 1, 1500, true, NUMBER_GOOD},
        {"0.000000000000000000000000000000000000000000001", SIM_DAY, 0, false, NUMBER_GOOD},
        {"00012", 1, 12, true, NUMBER_GOOD},
        {"12.0", 1, 12, true, NUMBER_GOOD},
        {"12.5", 1, 0, true, NUMBER_NOT_WHOLE},
        {"-0", 1, 0, true, NUMBER_GOOD},
        {"-3", 1, 0, true, NUMBER_NEGATIVE},
        {"", 1, 0, true, NUMBER_NONE},
        {".", 1, 0, true, NUMBER_NONE},
        {"1e", 1, 0, true, NUMBER_NONE},
        {"1 ", 1, 0, true, NUMBER_NONE},
        {"nan", 1, 0, true, NUMBER_NONE},
        {"99999999999999999999999999999999", 1, 0, true, NUMBER_LARGE},
        {"1e400", 1, 0, true, NUMBER_LARGE},
        {"0e400", 1, 0, true, NUMBER_GOOD},
    };
    for (size_t i = 0; i < LEN(row); i++) {
        int64_t value = 0;
        enum replay_number got = replay_decimal(row[i].text, strlen(row[i].text), row[i].factor, row[i].whole, &value);
        if (got != row[i].got || (got == NUMBER_GOOD && value != row[i].value))
            fail_msg("'%s': %d, %lld", row[i].text, (int)got, (long long)value);
    }
}

static void test_dates(void **state)
{
    (void)state;
    struct testrand rand = testrand_open("test_dates", 9);
    for (int i = 0; i < 20000; i++) {
        char text[80];
        int64_t at, ms = (int64_t)testrand_below(&rand, 1000);
        time_t s = (time_t)testrand_below(&rand, INT64_C(7000000000));
        struct tm tm;
        gmtime_r(&s, &tm);
        snprintf(text, sizeof text, "%04d-%02d-%02d%c%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                 i % 2 == 0 ? 'T' : ' ', tm.tm_hour, tm.tm_min, tm.tm_sec, (int)ms);
        if (!replay_iso(text, strlen(text), &at) || at != s * SIM_S + ms * SIM_MS)
            fail_msg("%s", text);
    }
    static const struct {
        const char *text;
        int64_t at; /* seconds; -1: refused */
    } row[] = {
        {"1970-01-01", 0},
        {"2000-02-29T00:00Z", 951782400},
        {"2024-11-29T12:34:56", 1732883696},
        {"2024-11-29T12:34:56+09:00", 1732851296},
        {"2024-11-29T12:34:56-0530", 1732903496},
        {"2016-12-31T23:59:60Z", 1483228800},
        {"2023-02-29", -1}, {"2024-13-01", -1}, {"2024-00-01", -1}, {"2024-01-32", -1}, {"24-01-01", -1},
        {"2024-01-01T24:00", -1}, {"2024-01-01T", -1}, {"2024-01-01Z", -1}, {"2024-01-01T12:00:61", -1},
        {"2024-01-01T12:00:00.Z", -1}, {"2024-01-01T12:00:00Zulu", -1}, {"1969-12-31", -1}, {"", -1},
    };
    for (size_t i = 0; i < LEN(row); i++) {
        int64_t at = -1;
        bool ok = replay_iso(row[i].text, strlen(row[i].text), &at);
        if (ok != (row[i].at >= 0) || (ok && at != row[i].at * SIM_S))
            fail_msg("'%s': %d, %lld", row[i].text, ok, (long long)(at / SIM_S));
    }
}

/* --- JSON against jansson --- */

static bool jansson_takes(const char *text, size_t n)
{
    json_error_t e;
    json_t *j = json_loadb(text, n, 0, &e);
    bool takes = json_is_object(j);
    json_decref(j);
    return takes;
}

/* What the two are meant to judge otherwise: numbers that fit in no 64 bits. */
static bool out_of_range(const char *text, size_t n)
{
    json_error_t e;
    json_t *j = json_loadb(text, n, 0, &e);
    bool out = j == NULL && json_error_code(&e) == json_error_numeric_overflow;
    json_decref(j);
    return out;
}

static bool we_take(const char *text, size_t n)
{
    static const char *const names[N_COLUMNS] = {"t", "n", "size", "key", "type"};
    struct replay_error e = {0};
    char copy[400];
    memcpy(copy, text, n);
    copy[n] = '\0';
    struct replay_line l = {.text = copy, .n = n, .error = &e};
    return replay_json_split(names, &l);
}

/* Good lines, and lines with a few bytes changed, cut out or doubled. */
static void test_json(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{\"t\": 1.25e-3, \"n\": [1, -2.5, {}, []], \"key\": \"caf\\u00e9 \\ud83d\\ude00\", \"x\": {\"y\": null}}",
        "{}", " {\"a\":true,\"b\":false,\"t\":0}", "{\"t\":\"\\b\\f\\n\\r\\t\\\\\\/\\\"\",\"\":{\"\":[[[[0]]]]}}",
        "{\"k\":\"\xed\x95\x9c\xea\xb8\x80 \xf0\x9f\x98\x80\",\"t\":-0.0E+10}",
    };
    static const char bytes[] = "{}[],:\"\\u0d8e19.+-E tfn\x01\x80\xc0\xed\xf4\xff";
    struct testrand rand = testrand_open("test_json", 77);
    int taken = 0, refused = 0;
    for (int i = 0; i < 200000; i++) {
        char text[400];
        const char *from = good[testrand_below(&rand, LEN(good))];
        size_t n = strlen(from);
        memcpy(text, from, n);
        for (uint64_t changes = testrand_below(&rand, 4); changes > 0 && n > 0; changes--) {
            size_t at = testrand_below(&rand, n);
            uint64_t how = testrand_below(&rand, 3);
            if (how == 0) {
                text[at] = bytes[testrand_below(&rand, sizeof bytes - 1)];
            } else if (how == 1) {
                memmove(text + at, text + at + 1, --n - at);
            } else {
                memmove(text + at + 1, text + at, n++ - at);
            }
        }
        bool theirs = jansson_takes(text, n), ours = we_take(text, n);
        if (theirs != ours && !out_of_range(text, n))
            fail_msg("%s take: %.*s", theirs ? "they" : "we", (int)n, text);
        taken += ours;
        refused += !ours;
    }
    assert_true(taken > 20000 && refused > 20000);
}

/* Values are those that jansson finds. */
static void test_json_values(void **state)
{
    (void)state;
    char text[] = "{\"x\": {\"t\": 1}, \"t\": \"caf\\u00e9 \\ud83d\\ude00\\n\", \"n\": -12.50e1, \"size\": [1], \"key\": null}";
    static const char *const names[N_COLUMNS] = {"t", "n", "size", "key", "type"};
    struct replay_error e = {0};
    json_t *j = json_loads(text, 0, NULL);
    struct replay_line l = {.text = text, .n = strlen(text), .error = &e};
    assert_true(replay_json_split(names, &l));
    const char *want = json_string_value(json_object_get(j, "t"));
    assert_int_equal(l.field[COLUMN_TIME].n, strlen(want));
    assert_memory_equal(l.field[COLUMN_TIME].text, want, strlen(want));
    assert_int_equal(l.field[COLUMN_COUNT].n, 8);
    assert_memory_equal(l.field[COLUMN_COUNT].text, "-12.50e1", 8);
    assert_null(l.field[COLUMN_SIZE].text);
    assert_null(l.field[COLUMN_KEY].text);
    assert_null(l.field[COLUMN_TYPE].text);
    json_decref(j);
}

/* Vectors of FIPS 180-2: "abc", and a million times 'a'. */
static void test_digest(void **state)
{
    (void)state;
    uint64_t bytes;
    char hex[65];
    write_text("abc");
    assert_true(replay_digest(path, &bytes, hex));
    assert_int_equal(bytes, 3);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    write_bytes(million, 1000000);
    free(million);
    assert_true(replay_digest(path, &bytes, hex));
    assert_int_equal(bytes, 1000000);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_false(replay_digest("/nowhere", &bytes, hex));
}

/* --- in a world --- */

static const char *world_lines(const char *more)
{
    static char text[2000];
    snprintf(text, sizeof text,
             "run.duration = 20s\nrun.drain = 10s\nrun.interval = 1s\nproducer.p.arrivals = trace\nproducer.p.target = service.s\n"
             "service.s.servers = 1000000\nproducer.p.trace.file = %s\n%s", path, more);
    return text;
}

static void expect_births(const char *more, const int *want, uint32_t n)
{
    struct run r = run_lines(world_lines(more));
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    for (uint32_t i = 0; i < s->n; i++) {
        if (s->sum[i] != (i < n ? want[i] : 0))
            fail_msg("%s: %d births in second %u", more, (int)s->sum[i], i);
    }
    run_free(&r);
}

#define T "producer.p.trace.time = t\n"

static void test_replayed(void **state)
{
    (void)state;
    write_text("t\n100\n102.5\n102.5\n106\n");
    static const int plain[] = {1, 0, 2, 0, 0, 0, 1}, later[] = {0, 0, 0, 1, 0, 2, 0, 0, 0, 1}, fast[] = {1, 2, 0, 1};
    static const int slow[] = {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1}, from[] = {0, 2, 0, 0, 0, 1}, less[] = {0, 0, 0, 0, 0, 1};
    static const int thrice[] = {3, 0, 6, 0, 0, 0, 3}, loop[] = {1, 0, 2, 0, 0, 1, 0, 2, 0, 0, 1, 0, 2, 0, 0, 1, 0, 2};
    static const int limit[] = {1, 0, 1}, moved[] = {0, 0, 1, 0, 2, 0, 0, 0, 1};
    expect_births(T, plain, LEN(plain));
    expect_births(T "producer.p.start = 3s\n", later, LEN(later));
    expect_births(T "producer.p.trace.speed = 2\n", fast, LEN(fast));
    expect_births(T "producer.p.trace.speed = 0.5\n", slow, LEN(slow));
    expect_births(T "producer.p.trace.from = 101\n", from, LEN(from));
    expect_births(T "producer.p.trace.from = 101\nproducer.p.limit = 0\n", less, 0);
    expect_births(T "producer.p.trace.scale = 3\n", thrice, LEN(thrice));
    expect_births(T "producer.p.trace.loop = 5s\n", loop, LEN(loop)); /* the row of 106 lies behind the loop's end */
    expect_births(T "producer.p.limit = 2\n", limit, LEN(limit));
    expect_births(T "producer.p.trace.jitter = 2s\n", moved, LEN(moved));
    write_text("when,t\n2024-11-29T23:59:58Z,1\n2024-11-30T00:00:01.5Z,2\n");
    static const int dates[] = {1, 0, 0, 1};
    expect_births("producer.p.trace.time = when\nproducer.p.trace.unit = iso8601\n", dates, LEN(dates));
    static const int dated[] = {0, 0, 0, 1};
    expect_births("producer.p.trace.time = when\nproducer.p.trace.unit = iso8601\n"
                  "producer.p.trace.from = 2024-11-29T23:59:58.25Z\n", dated, LEN(dated));
}

static void test_counts(void **state)
{
    (void)state;
    write_text("t,n,kind\n0,4,a\n4,2,b\n8,0,a\n12,8,a\n");
    static const int even[] = {1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 2, 2, 2, 2};
    static const int only[] = {1, 0, 1};
#define N T "producer.p.trace.count = n\nproducer.p.trace.interval = 4s\n"
    expect_births(N "producer.p.trace.spread = even\n", even, LEN(even));
    expect_births(N "producer.p.trace.spread = even\nproducer.p.trace.type = kind\nproducer.p.trace.only = b\n", only, LEN(only));
    struct run r = run_lines(world_lines(N));
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    static const int want[] = {4, 2, 0, 8, 0};
    for (uint32_t i = 0; i < 5; i++) {
        int sum = 0;
        for (uint32_t k = 0; k < 4; k++)
            sum += (int)s->sum[4 * i + k];
        assert_int_equal(sum, want[i]);
    }
    run_free(&r);
}

/* n arrivals at random in an interval: each tenth gets its share. */
static void test_spread(void **state)
{
    (void)state;
    write_text("n\n100000\n");
    struct run r = run_lines(world_lines("producer.p.trace.count = n\nproducer.p.trace.interval = 10s\n"));
    const struct series *s = run_metric(&r, "producer.p", "offered")->series;
    double chi2 = 0, all = 0;
    for (uint32_t i = 0; i < 10; i++) {
        chi2 += pow((double)s->sum[i] - 10000, 2) / 10000;
        all += (double)s->sum[i];
    }
    assert_true(all == 100000);
    assert_true(chi2 < 27.88 && chi2 > 1.15); /* 9 degrees, one in a thousand at each end */
    run_free(&r);
}

/* A tenth of the rows by lot, each row's own: a longer file changes nothing of the first rows. */
static void test_thinned(void **state)
{
    (void)state;
    char *text = malloc(400000);
    size_t n = (size_t)sprintf(text, "t\n");
    for (int i = 0; i < 20000; i++)
        n += (size_t)sprintf(text + n, "%d.%03d\n", i / 1000, i % 1000);
    write_bytes(text, n);
    struct run whole = run_lines(world_lines(T "producer.p.trace.scale = 0.1\n"));
    write_bytes(text, (size_t)(strstr(text, "\n10.000\n") - text));
    struct run half = run_lines(world_lines(T "producer.p.trace.scale = 0.1\n"));
    assert_true(fabs(run_count(&whole, "producer.p", "offered") - 2000) < 4.5 * sqrt(1800));
    const struct series *a = run_metric(&whole, "producer.p", "offered")->series;
    const struct series *b = run_metric(&half, "producer.p", "offered")->series;
    for (uint32_t i = 0; i < 9; i++)
        assert_true(a->sum[i] == b->sum[i]);
    run_free(&whole);
    run_free(&half);
    free(text);
}

static void test_sizes_and_keys(void **state)
{
    (void)state;
    write_text("t,b\n0,1000\n1,\n2,5000\n");
    struct run r = run_lines(world_lines(T "producer.p.trace.size = b\nproducer.p.size = 300B\nproducer.p.target = queue.q\n"
                                           "queue.q.wait_time = 20s\nfleet.f.source = queue.q\n"));
    assert_true(run_metric(&r, "queue.q", "size")->sum == 6300);
    run_free(&r);
}

/* The file changes between the checks and the run: the run ends with the line, and class 65. */
static void test_wrong_in_a_run(void **state)
{
    (void)state;
    struct err err = {0};
    char want[400];
    write_text("t\n1\n2\n");
    struct specbuild *b = specbuild_open(world_lines(T));
    const struct spec *spec = specbuild_done(b);
    write_text("t\n1\nx\n");
    assert_null(world_run(spec, 0, NULL, &err));
    assert_int_equal(err.class, ERR_DATA);
    snprintf(want, sizeof want, "AB0292: %s:3: time 'x': no number", path);
    assert_string_equal(err.text, want);
    err = (struct err){0};
    unlink(path);
    assert_null(world_run(spec, 0, NULL, &err));
    assert_int_equal(err.class, ERR_NOINPUT);
    specbuild_close(b);
}

/* Each allocation of a run with a trace fails once. */
static void test_memory(void **state)
{
    (void)state;
    write_text("t\n1\n2\n3\n");
    expect_every_allocation(world_lines(T "producer.p.trace.jitter = exponential(1s)\n"), 20, false);
}

int main(void)
{
    snprintf(path, sizeof path, "%s/tests/replay-%d.csv", BUILD_DIR, (int)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),        cmocka_unit_test(test_jsonl),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_wrong),      cmocka_unit_test(test_overlap), cmocka_unit_test(test_files),    cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_numbers),    cmocka_unit_test(test_dates),    cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_values), cmocka_unit_test(test_digest),  cmocka_unit_test(test_replayed),
        cmocka_unit_test(test_counts),     cmocka_unit_test(test_spread),   cmocka_unit_test(test_thinned),
        cmocka_unit_test(test_sizes_and_keys), cmocka_unit_test(test_wrong_in_a_run), cmocka_unit_test(test_memory),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
