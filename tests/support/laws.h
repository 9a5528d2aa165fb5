/* laws.h - laws of a test: they live in one arena from the group's beginning to its end. */
#ifndef TEST_LAWS_H
#define TEST_LAWS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "dist.h"

static struct arena laws;

static inline int laws_open(void **unused)
{
    (void)unused;
    arena_init(&laws);
    return 0;
}

static inline int laws_close(void **unused)
{
    (void)unused;
    arena_free(&laws);
    return 0;
}

/* NULL for what is no law, with the reason in e. */
static inline const struct dist *law_or_error(const char *text, enum dist_unit unit, struct dist_error *e)
{
    *e = (struct dist_error){.column = -1};
    return dist_parse(&laws, text, unit, NULL, e);
}

static inline const struct dist *law_of(const char *text, enum dist_unit unit)
{
    struct dist_error e;
    const struct dist *d = law_or_error(text, unit, &e);
    if (d == NULL)
        print_message("%s: %d: %s\n", text, e.column, e.text);
    assert_non_null(d);
    return d;
}

/* n samples in units of scale, one a cell, as a run takes them. */
static inline void law_draw(const struct dist *d, uint64_t seed, double scale, size_t n, double *x)
{
    struct rng_stream s = rng_stream(seed, dist_text(d), 0);
    for (size_t i = 0; i < n; i++) {
        struct rng r = rng_at(&s, 0, i, 0);
        x[i] = (double)dist_sample_item(d, &r, i) / scale;
    }
}

#endif
