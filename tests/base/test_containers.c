/* Allocation, slab, map and arena: random work against naive models, and every allocation failing
 * once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "map64.h"
#include "mem.h"
#include "slab.h"
#include "testrand.h"

static void nth_allocation_fails_once(void **state)
{
    (void)state;
    mem_fail_at(2);
    void *a = mem_get(10), *b = mem_get_zero(3, 5), *c = mem_resize(NULL, 7);
    assert_non_null(a);
    assert_null(b);
    assert_non_null(c);
    assert_int_equal(mem_count(), 3);
    mem_fail_at(0);
    assert_int_equal(mem_count(), 0);
    mem_release(a);
    a = mem_get_zero(3, 5);
    for (int i = 0; i < 15; i++)
        assert_int_equal(((char *)a)[i], 0);
    mem_release(a);
    mem_release(c);
    mem_release(NULL);
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    assert_null(mem_get_zero(SIZE_MAX / 2, 3));
    void *nothing = mem_get(0), *none = mem_get_zero(0, 8);
    assert_non_null(nothing);
    assert_non_null(none);
    assert_int_equal((uintptr_t)nothing % 16, 0);
    mem_release(nothing);
    mem_release(none);
}

/* --- slab --- */

struct item {
    uint64_t tag;
    uint32_t number;
};

struct slab_model {
    uint32_t number[5000];
    struct item *at[5000];
    uint64_t tag[5000];
    size_t n;
};

static void model_take(struct slab_model *m, struct slab *s, uint64_t tag)
{
    uint32_t number = slab_take(s);
    assert_int_not_equal(number, SLAB_NONE);
    struct item *it = slab_at(s, number);
    *it = (struct item){tag, number};
    m->number[m->n] = number;
    m->tag[m->n] = tag;
    m->at[m->n++] = it;
}

static void model_give(struct slab_model *m, struct slab *s, size_t i)
{
    struct item *it = slab_at(s, m->number[i]);
    assert_ptr_equal(it, m->at[i]); /* never moved */
    assert_int_equal(it->tag, m->tag[i]);
    assert_int_equal(it->number, m->number[i]);
    slab_give(s, m->number[i]);
    m->n--;
    m->number[i] = m->number[m->n];
    m->tag[i] = m->tag[m->n];
    m->at[i] = m->at[m->n];
}

static void slab_against_model(void **state)
{
    (void)state;
    struct testrand r = testrand_open("slab", 1);
    static struct slab_model m;
    struct slab s;
    m.n = 0;
    slab_init(&s, sizeof(struct item));
    for (uint64_t op = 0; op < 200000; op++) {
        bool growing = (op / 20000) % 2 == 0;
        bool take = testrand_below(&r, 10) < (growing ? 7 : 3);
        if (take && m.n < 5000)
            model_take(&m, &s, op);
        else if (m.n > 0)
            model_give(&m, &s, testrand_below(&r, m.n));
        assert_int_equal(s.n_live, m.n);
    }
    while (m.n > 0)
        model_give(&m, &s, m.n - 1);
    assert_int_equal(s.n_live, 0);
    assert_true(s.n_chunk <= 5); /* 5,000 items never need more than five chunks */
    slab_free(&s);
}

static void slab_numbers_are_reused_last_first(void **state)
{
    (void)state;
    struct slab s;
    slab_init(&s, 4);
    assert_int_equal(s.item_bytes, 8);
    for (uint32_t i = 0; i < 3000; i++)
        assert_int_equal(slab_take(&s), i);
    slab_give(&s, 7);
    slab_give(&s, 2500);
    assert_int_equal(slab_take(&s), 2500);
    assert_int_equal(slab_take(&s), 7);
    assert_int_equal(slab_take(&s), 3000);
    slab_free(&s);
    slab_free(&s);
    assert_int_equal(slab_take(&s), 0); /* usable again */
    slab_free(&s);
}

static void slab_survives_every_failure(void **state)
{
    (void)state;
    long at = 0, made;
    do {
        struct slab s;
        slab_init(&s, 24);
        mem_fail_at(++at);
        uint32_t refused = 0;
        for (uint32_t i = 0; i < 20 * 1024; i++) {
            uint32_t number = slab_take(&s);
            refused += number == SLAB_NONE;
            if (number != SLAB_NONE)
                memset(slab_at(&s, number), 0x5a, 24);
        }
        made = mem_count();
        mem_fail_at(0);
        assert_int_equal(refused, at <= made ? 1 : 0);
        assert_int_equal(s.n_live, 20 * 1024 - refused);
        slab_free(&s);
    } while (at <= made);
    assert_true(at > 20);
}

/* --- map --- */

#define KEYS 600

struct map_model {
    uint64_t key[KEYS], value[KEYS];
    bool there[KEYS];
    size_t n;
};

/* Some keys that collide at the end of a table of 16 (runs that wrap around), the extremes, and
 * arbitrary ones. */
static void choose_keys(struct map_model *m, struct testrand *r)
{
    size_t n = 0;
    m->key[n++] = 0;
    m->key[n++] = UINT64_MAX;
    for (uint64_t k = 1; n < 40; k++)
        if ((hash_mix(k) & 15) >= 14)
            m->key[n++] = k;
    while (n < KEYS)
        m->key[n++] = testrand_u64(r);
    memset(m->there, 0, sizeof(m->there));
    m->n = 0;
}

static void map_compare(const struct map_model *model, const struct map64 *m)
{
    for (size_t i = 0; i < KEYS; i++) {
        uint64_t value = 0;
        assert_int_equal(map64_get(m, model->key[i], &value), model->there[i]);
        if (model->there[i])
            assert_true(value == model->value[i]);
    }
}

static void map_turn(struct map_model *model, struct map64 *m, size_t i, bool put, uint64_t value)
{
    if (put) {
        assert_true(map64_put(m, model->key[i], value));
        model->n += !model->there[i];
        model->there[i] = true;
        model->value[i] = value;
    } else {
        assert_int_equal(map64_remove(m, model->key[i]), model->there[i]);
        model->n -= model->there[i];
        model->there[i] = false;
    }
}

static void map_against_model(void **state)
{
    (void)state;
    struct testrand r = testrand_open("map64", 2);
    static struct map_model model;
    struct map64 m;
    choose_keys(&model, &r);
    map64_init(&m);
    for (int round = 0; round < 60; round++) {
        size_t range =
            round % 3 == 0 ? 40 : KEYS; /* small rounds keep the table at its least size */
        for (int op = 0; op < 3000; op++) {
            bool put = testrand_below(&r, 10) < (round % 2 == 0 ? 7u : 3u);
            map_turn(&model, &m, testrand_below(&r, range), put, testrand_u64(&r));
        }
        map_compare(&model, &m);
        for (size_t i = 0; round % 4 == 3 && i < KEYS; i++)
            map_turn(&model, &m, i, false, 0);
    }
    map64_free(&m);
    uint64_t value;
    assert_false(map64_get(&m, 5, &value));
}

static void map_small_runs_that_wrap(void **state)
{
    (void)state;
    struct testrand r = testrand_open("map64 small", 3);
    static struct map_model model;
    for (int round = 0; round < 2000; round++) {
        struct map64 m;
        choose_keys(&model, &r);
        map64_init(&m);
        for (int op = 0; op < 40; op++) {
            bool put = testrand_below(&r, 10) < 6 && model.n < 9;
            map_turn(&model, &m, testrand_below(&r, 40), put, testrand_u64(&r));
        }
        assert_int_equal(m.cap, 16);
        map_compare(&model, &m);
        map64_free(&m);
    }
}

static void map_gives_memory_back(void **state)
{
    (void)state;
    struct map64 m;
    map64_init(&m);
    assert_false(map64_remove(&m, 1));
    for (uint64_t k = 0; k < 100000; k++)
        assert_true(map64_put(&m, k, k * 3));
    assert_true(m.cap >= 100000);
    for (uint64_t k = 10; k < 100000; k++)
        assert_true(map64_remove(&m, k));
    assert_true(m.cap <= 128);
    for (uint64_t k = 0; k < 10; k++) {
        uint64_t value;
        assert_true(map64_get(&m, k, &value));
        assert_int_equal(value, k * 3);
    }
    map64_free(&m);
}

/* A window of ids that slides for ever is the map's usual life: it must not grow. */
static void map_stays_small_under_churn(void **state)
{
    (void)state;
    struct map64 m;
    map64_init(&m);
    for (uint64_t k = 0; k < 300000; k++) {
        assert_true(map64_put(&m, k, k));
        if (k >= 100)
            assert_true(map64_remove(&m, k - 100));
    }
    assert_true(m.cap <= 256);
    map64_free(&m);
}

static void map_survives_every_failure(void **state)
{
    (void)state;
    long at = 0, made;
    do {
        struct map64 m;
        static bool there[500];
        map64_init(&m);
        mem_fail_at(++at);
        for (uint64_t k = 0; k < 500; k++)
            there[k] = map64_put(&m, k, k + 1);
        for (uint64_t k = 0; k < 500; k += 3) {
            assert_int_equal(map64_remove(&m, k), there[k]);
            there[k] = false;
        }
        for (uint64_t k = 100; k < 500; k++) {
            assert_int_equal(map64_remove(&m, k), there[k]);
            there[k] = false;
        }
        made = mem_count();
        mem_fail_at(0);
        for (uint64_t k = 0; k < 500; k++) {
            uint64_t value = 0;
            assert_int_equal(map64_get(&m, k, &value), there[k]);
            if (there[k])
                assert_int_equal(value, k + 1);
        }
        map64_free(&m);
    } while (at <= made);
    assert_true(at > 6);
}

/* --- arena --- */

static void arena_pieces_are_zero_and_apart(void **state)
{
    (void)state;
    struct testrand r = testrand_open("arena", 4);
    struct arena a;
    arena_init(&a);
    static unsigned char *piece[2000];
    static size_t bytes[2000];
    for (size_t i = 0; i < 2000; i++) {
        bytes[i] = testrand_below(&r, i % 100 == 0 ? 400000 : 300);
        piece[i] = arena_get(&a, bytes[i]);
        assert_non_null(piece[i]);
        assert_int_equal((uintptr_t)piece[i] % 16, 0);
        for (size_t j = 0; j < bytes[i]; j++)
            assert_true(piece[i][j] == 0);
        memset(piece[i], (int)(i % 255 + 1), bytes[i]);
    }
    for (size_t i = 0; i < 2000; i++)
        for (size_t j = 0; j < bytes[i]; j++)
            assert_true(piece[i][j] == i % 255 + 1);
    assert_null(arena_get(&a, SIZE_MAX - 3));
    arena_free(&a);
    arena_free(&a);
}

static void arena_keeps_texts(void **state)
{
    (void)state;
    struct arena a;
    char original[] = "orders", long_text[5000];
    memset(long_text, 'y', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    arena_init(&a);
    char *copy = arena_text(&a, original);
    char *made = arena_format(&a, "queue.%s[%d]", original, 3);
    char *empty = arena_text(&a, "");
    char *big = arena_format(&a, "%s!", long_text);
    original[0] = 'X';
    assert_string_equal(copy, "orders");
    assert_string_equal(made, "queue.orders[3]");
    assert_string_equal(empty, "");
    assert_int_equal(strlen(big), 5000);
    assert_string_equal(big + 4998, "y!");
    arena_free(&a);
}

static void arena_survives_every_failure(void **state)
{
    (void)state;
    long at = 0, made;
    do {
        struct arena a;
        int refused = 0;
        arena_init(&a);
        mem_fail_at(++at);
        for (int i = 0; i < 100; i++) {
            refused += arena_get(&a, 500) == NULL;
            refused += arena_text(&a, "some text") == NULL;
            refused += arena_format(&a, "%010000d", i) == NULL;
        }
        made = mem_count();
        mem_fail_at(0);
        assert_int_equal(refused, at <= made ? 1 : 0);
        arena_free(&a);
    } while (at <= made);
    assert_true(at > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nth_allocation_fails_once),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(slab_against_model),
        cmocka_unit_test(slab_numbers_are_reused_last_first),
        cmocka_unit_test(slab_survives_every_failure),
        cmocka_unit_test(map_against_model),
        cmocka_unit_test(map_small_runs_that_wrap),
        cmocka_unit_test(map_gives_memory_back),
        cmocka_unit_test(map_stays_small_under_churn),
        cmocka_unit_test(map_survives_every_failure),
        cmocka_unit_test(arena_pieces_are_zero_and_apart),
        cmocka_unit_test(arena_keeps_texts),
        cmocka_unit_test(arena_survives_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
