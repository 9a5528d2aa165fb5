/* Scenario files with random damage. Whatever stands in a file, the loader says something about it
 * or takes it; it never breaks down. Where it takes it, libconfig has read the same (the loader
 * compares both readings), and the canonical text means the same as the file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "codes.h"
#include "loading.h"
#include "testrand.h"

#define ROUNDS   4000
#define TEXT_CAP 60000

static const char *const seeds[] = {
    SOURCE_DIR "/scenarios/templates/coupled.cfg",
    SOURCE_DIR "/scenarios/templates/decoupled.cfg",
    SOURCE_DIR "/scenarios/templates/poison.cfg",
    SOURCE_DIR "/scenarios/templates/mm1.cfg",
    TESTS_DIR "/loader/everything.cfg",
};
#define N_SEEDS (sizeof(seeds) / sizeof(seeds[0]))

static const char *const words[] = {
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=",
    ";",
    ",",
    ":",
    "\"",
    "\\",
    "/*",
    "*/",
    "#",
    "//",
    "@include \"x\"\n",
    "\n",
    "\t",
    "\r\n",
    "true",
    "-1",
    "0",
    "1e400",
    "3000000000",
    "10000000000L",
    "0x1F",
    ".",
    "1.5",
    "\"30s\"",
    "\"5m\"",
    "\"-1s\"",
    "\"\"",
    "queue",
    "fleet",
    "run",
    "extends = \"fuzz.cfg\";",
    "unset = [ \"run\" ];",
    "expect = [ \"lost == 0\" ];",
    "{ low = 1; mid = 2; high = 3; }",
    "\"queue.orders\"",
    "\"service.web\"",
    "\xec\xa3\xbc",
    "\xff",
    "\xef\xbb\xbf",
    "*",
    "\"exponential(\"",
    "\"mixture(50%: constant(1s), 50%: exponential(2s))\"",
    "((((((((((",
    "{ a = { a = { a = {",
};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

static char text[TEXT_CAP];
static size_t bytes;

static void read_seed(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("no %s", path);
    bytes = fread(text, 1, TEXT_CAP - 1, f);
    fclose(f);
}

static void cut(size_t at, size_t n)
{
    n = n > bytes - at ? bytes - at : n;
    memmove(text + at, text + at + n, bytes - at - n);
    bytes -= n;
}

static void insert(size_t at, const char *what, size_t n)
{
    char copy[200];
    n = n > sizeof(copy) ? sizeof(copy) : n;
    if (bytes + n >= TEXT_CAP)
        return;
    memcpy(copy, what, n);
    memmove(text + at + n, text + at, bytes - at);
    memcpy(text + at, copy, n);
    bytes += n;
}

static void damage(struct testrand *r)
{
    size_t at = bytes == 0 ? 0 : (size_t)testrand_below(r, bytes),
           from = bytes == 0 ? 0 : (size_t)testrand_below(r, bytes);
    const char *word = words[testrand_below(r, N_WORDS)];
    switch (testrand_below(r, 8)) {
    case 0:
        if (bytes > 0)
            text[at] = (char)testrand_below(r, 256);
        break;
    case 1:
        cut(at, 1 + (size_t)testrand_below(r, 4));
        break;
    case 2:
        cut(at, (size_t)testrand_below(r, 200));
        break;
    case 3:
        insert(at, text + from, from + 60 < bytes ? 60 : bytes - from);
        break;
    case 4:
        if (testrand_below(r, 10) == 0)
            bytes = at;
        break;
    case 5:
        if (bytes > 0)
            text[at] = text[from];
        break;
    default:
        insert(at, word, strlen(word));
        break;
    }
}

static void write_text(void)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/fuzz.cfg", loading_folder());
    remove(path); /* writing over a file waits for the disk */
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, bytes, f), bytes);
    fclose(f);
}

static void check_problems(const struct loaded *l, FILE *sink)
{
    for (size_t i = 0; i < l->problems.n; i++) {
        const struct problem *p = &l->problems.item[i];
        assert_non_null(code_find(p->code));
        assert_null(strstr(p->text, "libconfig"));
        assert_null(strstr(p->text, "for certain"));
        assert_true(p->text[0] != '\0');
    }
    render_problems(sink, &l->problems, l->scenario, true, 50);
}

static void check_canonical(const struct loaded *l)
{
    char *canonical = strdup(scenario_canonical(l->scenario));
    assert_non_null(canonical);
    loading_write("canonical.cfg", canonical);
    struct loaded again = loading_file("canonical.cfg", NULL);
    if (!again.ok)
        loading_show(&again);
    assert_true(again.ok);
    assert_string_equal(scenario_canonical(again.scenario), canonical);
    loading_close(&again);
    free(canonical);
}

static void damaged_files(void **state)
{
    (void)state;
    struct testrand r = testrand_open("damaged_files", 20260101);
    FILE *sink = fopen("/dev/null", "w");
    int taken = 0;
    assert_non_null(sink);
    for (int round = 0; round < ROUNDS; round++) {
        read_seed(seeds[round % (int)N_SEEDS]);
        for (uint64_t n = 1 + testrand_below(&r, 6); n > 0; n--)
            damage(&r);
        write_text();
        struct loaded l = loading_file("fuzz.cfg", NULL);
        check_problems(&l, sink);
        if (l.ok)
            check_canonical(&l);
        taken += l.ok;
        loading_close(&l);
    }
    fclose(sink);
    print_message("%d of %d damaged files are scenarios all the same\n", taken, ROUNDS);
    assert_in_range(taken, ROUNDS / 100,
                    ROUNDS / 2); /* else the damage is too hard or too soft to test anything */
}

static void damaged_overrides(void **state)
{
    (void)state;
    struct testrand r = testrand_open("damaged_overrides", 20260102);
    FILE *sink = fopen("/dev/null", "w");
    assert_non_null(sink);
    read_seed(seeds[1]);
    write_text();
    for (int round = 0; round < ROUNDS / 2; round++) {
        static const char *const good[] = {
            "queue.orders.visibility_timeout=45s", "fleet.writers.calls[0].timeout=2s",
            "producer.orders.rate={ low = \"1/s\"; mid = \"2/s\"; high = \"3/s\"; }",
            "expect=[ \"lost == 0 and latency.p99 < 2h\" ]", "run.seed=7"};
        strcpy(text, good[round % 5]);
        bytes = strlen(text);
        for (uint64_t n = 1 + testrand_below(&r, 3); n > 0; n--)
            damage(&r);
        for (size_t i = 0; i < bytes; i++)
            text[i] = text[i] == '\0' ? ' ' : text[i];
        text[bytes] = '\0';
        const char *set[] = {text, NULL};
        struct loaded l = loading_file("fuzz.cfg", set);
        check_problems(&l, sink);
        loading_close(&l);
    }
    fclose(sink);
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
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(damaged_overrides),
    };
    return cmocka_run_group_tests(tests, NULL, remove_files);
}
