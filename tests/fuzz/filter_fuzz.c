/* filter_fuzz.c - any bytes as a policy, and any bytes as an event, for libFuzzer.
 *
 * Input: one byte (two bits dialect, one bit whether ' stands for "), the policy, and after a line
 * feed followed by a zero byte, if there is one, the event; without it a fixed event is asked. What
 * must hold whatever comes: nothing is read or written out of place, what is refused has a code, a
 * reason and a place inside the text, and a set of filters says what each filter says. With a main
 * of its own (FUZZ_REPLAY) it plays files: the test that needs no clang. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "filter_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char usual[] =
    "{\"source\":\"s\",\"a\":[1,\"x\",null,{\"b\":true,\"c\":[\"10.0.0.1\",{\"d\":-1.5}]},[[{\"b\":"
    "\"xyx\"}]]],"
    "\"a.b\":\"\",\"\":{\"\":0},\"detail\":{\"k\":\"v\",\"n\":100,\"ip\":\"2001:db8::1\"}}";

static void check_error(const struct filter_error *e, size_t size)
{
    CHECK(e->code != NULL && e->reason[0] != '\0');
    CHECK(e->offset <= size && e->line >= 1 && e->column >= 1);
}

static struct filter_event *event_of(enum filter_dialect d, const uint8_t *at, size_t n,
                                     unsigned flags)
{
    struct filter_error e;
    if (d == FILTER_SNS_ATTRIBUTES) {
        const struct filter_attribute list[] = {
            {"a", FILTER_STRING_ARRAY, (const char *)at, n},
            {"n", FILTER_NUMBER, (const char *)at, n < 20 ? n : 20},
            {"s", FILTER_STRING, (const char *)at, n},
        };
        return filter_event_attributes(list, 3, flags);
    }
    struct filter_event *v = filter_event_json(d, (const char *)at, n, flags, &e);
    if (v == NULL)
        check_error(&e, n);
    return v;
}

static void judge(const struct filter *f, const struct filter_event *v)
{
    const struct filter *list[2] = {f, f};
    struct filter_set *s = filter_set_new(list, 2);
    uint64_t matched[1];
    bool yes = filter_matches(f, v);
    CHECK(s != NULL);
    CHECK(filter_set_match(s, v, matched) == (yes ? 2 : 0) && matched[0] == (yes ? 3 : 0));
    filter_set_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    enum filter_dialect d = (enum filter_dialect)(data[0] % 4 % 3);
    unsigned flags = (data[0] & 4) != 0 ? FILTER_APOSTROPHES : 0;
    const uint8_t *policy = data + 1, *cut = memmem(policy, size - 1, "\n\0", 2);
    size_t n = cut == NULL ? size - 1 : (size_t)(cut - policy);
    const uint8_t *event = cut == NULL ? (const uint8_t *)usual : cut + 2;
    size_t n_event = cut == NULL ? sizeof(usual) - 1 : size - 1 - n - 2;
    struct filter_error e;
    struct filter_event *v = event_of(d, event, n_event, cut == NULL ? 0 : flags);
    struct filter *f = filter_compile(d, (const char *)policy, n, flags, NULL, &e);
    if (f == NULL)
        check_error(&e, n);
    else if (v != NULL)
        judge(f, v);
    filter_free(f);
    filter_event_free(v);
    return 0;
}

#ifdef FUZZ_REPLAY
static bool play(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t n = 0, got;
    if (f == NULL)
        return false;
    do {
        data = realloc(data, n + 65536);
        got = fread(data + n, 1, 65536, f);
        n += got;
    } while (got > 0);
    fclose(f);
    data = realloc(data, n > 0 ? n : 1); /* so that reading beyond the end is noticed */
    LLVMFuzzerTestOneInput(data, n);
    for (size_t i = 0; i < n;
         i += 1 + n / 97) { /* and each beginning of it, and each with a byte turned */
        LLVMFuzzerTestOneInput(data, i);
        data[i] ^= 0x55;
        LLVMFuzzerTestOneInput(data, n);
        data[i] ^= 0x55;
    }
    free(data);
    return true;
}

int main(int argc, char **argv)
{
    int played = 0;
    for (int i = 1; i < argc; i++) {
        if (!play(argv[i])) {
            fprintf(stderr, "%s cannot be read\n", argv[i]);
            return 1;
        }
        played++;
    }
    printf("%d files\n", played);
    return played == 0;
}
#endif
