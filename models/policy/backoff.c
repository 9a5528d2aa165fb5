/* backoff.c - pauses between attempts. e(n) = min(cap, base * 2^n) is the ceiling that all laws but the constant grow
 * along; jitter decides how much of it is waited. */
#include "backoff.h"

#include <stdio.h>
#include <string.h>

#include "check.h"
#include "quantity.h"

#define PAUSE_MAX (INT64_C(1) << 60)

static const struct {
    const char *name;
    bool        has_cap;
} laws[] = {
    [BACKOFF_NONE] = {"none", false},        [BACKOFF_CONSTANT] = {"constant", false},
    [BACKOFF_EXPONENTIAL] = {"exponential", true}, [BACKOFF_EQUAL] = {"equal_jitter", true},
    [BACKOFF_FULL] = {"full_jitter", true},  [BACKOFF_DECORRELATED] = {"decorrelated", true},
    [BACKOFF_RANDOM] = {"random", false},
};

struct parser {
    const char        *text, *at;
    struct dist_error *e;
    bool               failed;
};

static void fail(struct parser *p, const char *at, const char *what, const char *detail)
{
    if (!p->failed && p->e != NULL) {
        p->e->column = (int)(at - p->text);
        snprintf(p->e->text, sizeof(p->e->text), "%s%s", what, detail);
    }
    p->failed = true;
}

static void skip_blanks(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static size_t word_length(const char *s)
{
    return strspn(s, "abcdefghijklmnopqrstuvwxyz_");
}

static bool word_is(const char *s, size_t n, const char *name)
{
    return strlen(name) == n && strncmp(s, name, n) == 0;
}

static enum backoff_law parse_law(struct parser *p)
{
    skip_blanks(p);
    size_t n = word_length(p->at);
    for (size_t i = 0; i < ARRAY_LEN(laws); i++) {
        if (word_is(p->at, n, laws[i].name)) {
            p->at += n;
            return (enum backoff_law)i;
        }
    }
    fail(p, p->at, "a backoff is none, constant, exponential, equal_jitter, full_jitter, decorrelated or random", "");
    return BACKOFF_NONE;
}

static sim_time parse_duration(struct parser *p)
{
    char text[64];
    struct quantity_error qe;
    sim_time ns = 0;
    size_t n = strcspn(p->at, ",)");
    while (n > 0 && p->at[n - 1] == ' ')
        n--;
    if (n >= sizeof(text)) {
        fail(p, p->at, "a duration is expected", "");
        return 0;
    }
    memcpy(text, p->at, n);
    text[n] = '\0';
    if (!quantity_duration(text, &ns, &qe))
        fail(p, p->at + qe.column, "", qe.text);
    p->at += n;
    return ns;
}

/* One argument: "100ms" at its place or "base=100ms". slot: which of {base, cap} a bare value is. */
static void parse_argument(struct parser *p, struct backoff *b, unsigned slot)
{
    skip_blanks(p);
    const char *start = p->at;
    size_t n = word_length(p->at);
    if (n > 0) {
        slot = word_is(p->at, n, "base") ? 0 : word_is(p->at, n, "cap") ? 1 : 2;
        p->at += n;
        skip_blanks(p);
        if (slot == 2 || *p->at != '=') {
            fail(p, start, "arguments of a backoff are base and cap", "");
            return;
        }
        p->at++;
        skip_blanks(p);
    }
    if (slot > (laws[b->law].has_cap ? 1u : 0u)) {
        fail(p, start, "too many arguments for ", laws[b->law].name);
        return;
    }
    sim_time *where = slot == 0 ? &b->base : &b->cap;
    if (*where >= 0)
        fail(p, start, slot == 0 ? "base" : "cap", " is given twice");
    *where = parse_duration(p);
}

static void parse_arguments(struct parser *p, struct backoff *b)
{
    skip_blanks(p);
    if (*p->at != '(') {
        fail(p, p->at, laws[b->law].name, " needs its base in brackets, as in full_jitter(base=100ms, cap=2s)");
        return;
    }
    for (unsigned slot = 0; !p->failed; slot++) {
        p->at++;
        parse_argument(p, b, slot);
        skip_blanks(p);
        if (*p->at != ',')
            break;
    }
    if (!p->failed && *p->at != ')')
        fail(p, p->at, "a closing bracket is missing", "");
    if (*p->at == ')')
        p->at++;
}

/* random(exponential(2s)): what stands in the brackets is a law of its own. */
static void parse_random(struct parser *p, struct arena *arena, struct backoff *b)
{
    skip_blanks(p);
    size_t n = strlen(p->at);
    while (n > 0 && (p->at[n - 1] == ' ' || p->at[n - 1] == '\t'))
        n--;
    if (n < 2 || p->at[0] != '(' || p->at[n - 1] != ')') {
        fail(p, p->at, "random needs a law in brackets, as in random(exponential(2s))", "");
        return;
    }
    char *law = arena_text(arena, p->at + 1);
    struct dist_error e = {0, ""};
    if (law != NULL) {
        law[n - 2] = '\0';
        b->dist = dist_parse(arena, law, DIST_DURATION, NULL, &e);
    }
    if (b->dist == NULL)
        fail(p, p->at + 1 + e.column, law == NULL ? "not enough memory" : e.text, "");
    p->at += n;
}

static void check_values(struct parser *p, struct backoff *b)
{
    if (b->base < 0)
        fail(p, p->text, laws[b->law].name, ": base is missing");
    if (b->cap < 0)
        b->cap = PAUSE_MAX;
    if (b->cap < b->base)
        fail(p, p->text, laws[b->law].name, ": cap is below base");
    if (b->base > PAUSE_MAX / 4)
        fail(p, p->text, laws[b->law].name, ": base is too long");
}

const struct backoff *backoff_parse(struct arena *arena, const char *text, struct dist_error *e)
{
    struct parser p = {.text = text, .at = text, .e = e};
    struct backoff b = {.law = parse_law(&p), .base = -1, .cap = -1};
    if (!p.failed && b.law == BACKOFF_RANDOM) {
        parse_random(&p, arena, &b);
    } else if (!p.failed && b.law != BACKOFF_NONE) {
        parse_arguments(&p, &b);
        if (!p.failed)
            check_values(&p, &b);
    }
    skip_blanks(&p);
    if (!p.failed && *p.at != '\0')
        fail(&p, p.at, "nothing is expected here", "");
    if (p.failed)
        return NULL;
    struct backoff *kept = arena_get(arena, sizeof(*kept));
    b.text = arena_text(arena, text);
    if (kept == NULL || b.text == NULL) {
        fail(&p, text, "not enough memory", "");
        return NULL;
    }
    *kept = b;
    return kept;
}

/* e(n), without overflow. */
static sim_time ceiling(const struct backoff *b, uint32_t n)
{
    sim_time e = b->base;
    for (uint32_t i = 0; i < n && e < b->cap && e > 0; i++)
        e *= 2;
    return e < b->cap ? e : b->cap;
}

/* Uniform in low … high, both included. */
static inline sim_time between(struct rng *r, sim_time low, sim_time high)
{
    return low + (sim_time)rng_below(r, (uint64_t)(high - low) + 1);
}

/* min(cap, U(base, 3 previous)): what is drawn is capped, not what is drawn from, so that long pauses are often the cap. */
static sim_time decorrelated(const struct backoff *b, sim_time previous, struct rng *r)
{
    sim_time last = previous > b->base ? previous : b->base;
    sim_time high = last > PAUSE_MAX / 3 ? PAUSE_MAX : last * 3;
    sim_time pause = high > b->base ? between(r, b->base, high) : b->base;
    return pause < b->cap ? pause : b->cap;
}

sim_time backoff_pause(const struct backoff *b, uint32_t n, sim_time previous, struct rng *r)
{
    sim_time e;
    if (__builtin_expect(b->law == BACKOFF_FULL, 1))
        return between(r, 0, ceiling(b, n));
    switch (b->law) {
    case BACKOFF_NONE:
        return 0;
    case BACKOFF_CONSTANT:
        return b->base;
    case BACKOFF_EXPONENTIAL:
        return ceiling(b, n);
    case BACKOFF_EQUAL:
        e = ceiling(b, n);
        return between(r, e / 2, e);
    case BACKOFF_FULL: /* above: most are */
        break;
    case BACKOFF_DECORRELATED:
        return decorrelated(b, previous, r);
    case BACKOFF_RANDOM:
        return dist_sample(b->dist, r);
    }
    return 0;
}

bool backoff_pause_of(const struct backoff *b, uint32_t n, sim_time previous, uint64_t word, sim_time *pause)
{
    struct rng known = {.block = {0, 0, (uint32_t)word, (uint32_t)(word >> 32)}, .left = 2};
    *pause = backoff_pause(b, n, previous, &known);
    return known.counter[0] == 0; /* it made no block */
}
