/* The stock of items: random work against a naive model, the order of reuse, and every allocation failing once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "stock.h"
#include "testrand.h"

struct item {
    uint64_t tag;
    uint32_t more[4];
};
#define MOST 5000

struct model {
    struct item *at[MOST];
    uint64_t     tag[MOST];
    size_t       n, most;
};

static void model_take(struct model *m, struct stock *s, uint64_t tag)
{
    struct item *it = stock_take(s);
    assert_non_null(it);
    assert_int_equal((uintptr_t)it % 8, 0);
    memset(it, (int)(tag & 0xff), sizeof(*it));
    it->tag = m->tag[m->n] = tag;
    m->at[m->n++] = it;
    m->most = m->n > m->most ? m->n : m->most;
}

static void model_give(struct model *m, struct stock *s, size_t i)
{
    const struct item *it = m->at[i];
    assert_int_equal(it->tag, m->tag[i]);
    for (unsigned k = 0; k < 4; k++)
        assert_int_equal(it->more[k], (m->tag[i] & 0xff) * 0x01010101u); /* nobody else has written here */
    stock_give(s, m->at[i]);
    m->n--;
    m->tag[i] = m->tag[m->n];
    m->at[i] = m->at[m->n];
}

static void stock_against_model(void **state)
{
    (void)state;
    struct testrand r = testrand_open("stock", 1);
    static struct model m;
    struct stock s;
    stock_init(&s, sizeof(struct item));
    for (uint64_t op = 0; op < 200000; op++) {
        bool growing = (op / 20000) % 2 == 0;
        bool take = testrand_below(&r, 10) < (growing ? 7 : 3);
        if (take && m.n < MOST)
            model_take(&m, &s, op);
        else if (m.n > 0)
            model_give(&m, &s, testrand_below(&r, m.n));
        assert_int_equal(s.n_touched, m.most); /* a new one only when none is free */
    }
    stock_free(&s);
}

static void last_back_is_first_out(void **state)
{
    (void)state;
    static char *at[3000];
    struct stock s;
    stock_init(&s, 9);
    assert_int_equal(s.item_bytes, 16);
    for (uint32_t i = 0; i < 3000; i++)
        at[i] = stock_take(&s);
    stock_give(&s, at[7]);
    stock_give(&s, at[2500]);
    assert_ptr_equal(stock_take(&s), at[2500]);
    assert_ptr_equal(stock_take(&s), at[7]);
    assert_int_equal(s.n_touched, 3000);
    assert_non_null(stock_take(&s));
    assert_int_equal(s.n_touched, 3001);
    stock_free(&s);
    stock_free(&s);
    assert_non_null(stock_take(&s)); /* usable again */
    assert_int_equal(s.n_touched, 1);
    stock_free(&s);
}

static void every_failure_is_survived(void **state)
{
    (void)state;
    long at = 0, made;
    do {
        struct stock s;
        stock_init(&s, 24);
        mem_fail_at(++at);
        uint32_t refused = 0;
        for (uint32_t i = 0; i < 5 * STOCK_CHUNK; i++) {
            void *item = stock_take(&s);
            refused += item == NULL;
            if (item != NULL)
                memset(item, 0x5a, 24);
        }
        made = mem_count();
        mem_fail_at(0);
        assert_int_equal(refused, at <= made ? 1 : 0);
        assert_int_equal(s.n_touched, 5 * STOCK_CHUNK - refused);
        stock_free(&s);
    } while (at <= made);
    assert_true(at > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stock_against_model),
        cmocka_unit_test(last_back_is_first_out),
        cmocka_unit_test(every_failure_is_survived),
    };
    return cmocka_run_group_tests_name("stock", tests, NULL, NULL);
}
