/* metricsum.c - sums of metrics and values: what they are made of, and what unit they have. */
#include <stdio.h>
#include <string.h>

#include "codes.h"
#include "metricexpr_int.h"
#include "number.h"
#include "quantity.h"

#define DEPTH_MAX 32

#define REFUSE(p, code, at, width, ...)                                                            \
    (metricexpr_refuse((p)->e, code, at, width, __VA_ARGS__), NULL)

void metricsum_skip(struct metric_parser *p)
{
    p->at += strspn(p->text + p->at, " \t\r\n");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static struct sum *sum_new(struct metric_parser *p, size_t from, int unit)
{
    struct sum *s = pool_get(p->pool, sizeof(*s));
    s->at = from;
    s->length = p->at - from;
    s->unit = unit;
    return s;
}

/* --- units --- */

static const char *unit_name(int unit)
{
    switch (unit) {
    case UNIT_ONE:
        return "a count";
    case UNIT_NS:
        return "a duration";
    case UNIT_BYTES:
        return "a size";
    case UNIT_SHARE:
        return "a share";
    case UNIT_PER_SECOND:
        return "a rate";
    case UNIT_USD:
        return "an amount of money";
    case SUM_PERCENT:
        return "a percent";
    default:
        return "a plain number";
    }
}

static const char *example(int unit)
{
    return unit == UNIT_NS ? "s" : unit == UNIT_BYTES ? "KiB" : "/s";
}

/* What a side becomes beside one of that unit; -1: they do not go together. */
int metricsum_join(int a, int b)
{
    if (a == b)
        return a;
    if (a == SUM_BARE || a == SUM_PERCENT) {
        int swap = a;
        a = b;
        b = swap;
    }
    if (b == SUM_BARE && (a == UNIT_ONE || a == UNIT_SHARE || a == UNIT_USD))
        return a;
    if (b == SUM_PERCENT && (a == UNIT_SHARE || a == UNIT_ONE))
        return a;
    return -1;
}

void metricsum_refuse(struct metric_parser *p, const struct sum *a, const struct sum *b)
{
    const struct sum *bare = a->unit == SUM_BARE ? a : b->unit == SUM_BARE ? b : NULL;
    const struct sum *other = bare == a ? b : a;
    if (bare == NULL || bare->kind != SUM_VALUE || other->unit == SUM_PERCENT) {
        metricexpr_refuse(p->e, AB_EXPRESSION_UNIT, b->at, b->length,
                          "%s and %s do not go together", unit_name(a->unit), unit_name(b->unit));
        return;
    }
    metricexpr_refuse(p->e, AB_EXPRESSION_UNIT, bare->at, bare->length,
                      "'%.*s' is %s and needs a unit beside it", (int)other->length,
                      p->text + other->at, unit_name(other->unit));
    snprintf(p->e->label, sizeof(p->e->label), "%.*s%s?", (int)bare->length, p->text + bare->at,
             example(other->unit));
}

/* --- atoms --- */

static size_t value_length(const char *text)
{
    size_t n = *text == '-' || *text == '+';
    for (;; n++) {
        bool sign = (text[n] == '-' || text[n] == '+') && n > 0 &&
                    (text[n - 1] == 'e' || text[n - 1] == 'E') && is_digit(text[n + 1]);
        if (!is_digit(text[n]) && !is_letter(text[n]) && text[n] != '.' && text[n] != '%' &&
            !sign && !(text[n] == '/' && is_letter(text[n + 1])))
            return n;
    }
}

static bool read_quantity(const char *text, struct sum *s, struct quantity_error *e)
{
    sim_time ns;
    int64_t i;
    struct rate rate;
    size_t n = strlen(text);
    if (text[n - 1] == '%') {
        s->unit = SUM_PERCENT;
        return quantity_share(text, &i, e) && (s->value = (double)i / 1e9, true);
    }
    if (strchr(text, '/') != NULL) {
        s->unit = UNIT_PER_SECOND;
        return quantity_rate(text, &rate, e) && (s->value = rate_per_second(rate), true);
    }
    if (text[n - 1] == 'B') {
        s->unit = UNIT_BYTES;
        return quantity_size(text, &i, e) && (s->value = (double)i, true);
    }
    s->unit = UNIT_NS;
    return quantity_duration(text, &ns, e) && (s->value = (double)ns, true);
}

static const struct sum *parse_number(struct metric_parser *p)
{
    struct quantity_error e = {0, ""};
    size_t from = p->at, n = value_length(p->text + from);
    const char *text = pool_text(p->pool, p->text + from, n);
    p->at += n;
    struct sum *s = sum_new(p, from, SUM_BARE);
    if (number_is(text)) {
        s->value = number_double(text);
        if (s->value - s->value != 0)
            return REFUSE(p, AB_NOT_FINITE, from, n, "'%s' is no finite number", text);
        return s;
    }
    if (!read_quantity(text, s, &e))
        return REFUSE(p, AB_EXPRESSION, from + (size_t)e.column, 1, "%s", e.text);
    return s;
}

static int stat_unit(const struct metric_id *m, struct obs_stat stat)
{
    return stat.kind == STAT_RATE    ? UNIT_PER_SECOND
           : stat.kind == STAT_COUNT ? UNIT_ONE
           : stat.kind == STAT_MIN_AT || stat.kind == STAT_MAX_AT ? UNIT_NS
                                     : (int)m->unit;
}

size_t metricsum_name(const char *text)
{
    size_t n = 0;
    while (is_letter(text[n]) || is_digit(text[n]) ||
           (text[n] != '\0' && strchr("_-.[]", text[n]) != NULL))
        n++;
    return n;
}

static const struct sum *parse_metric(struct metric_parser *p)
{
    size_t from = p->at, n = metricsum_name(p->text + from);
    p->at += n;
    struct sum *s = sum_new(p, from, 0);
    s->kind = SUM_METRIC;
    if (!metricname_find(p->pool, p->text + from, n, from, p->names, &s->ref, p->e))
        return NULL;
    s->unit = stat_unit(&p->names->id[s->ref.metric], s->ref.stat);
    return s;
}

static const struct sum *parse_nested(struct metric_parser *p)
{
    size_t from = p->at++;
    if (++p->depth > DEPTH_MAX)
        return REFUSE(p, AB_EXPRESSION, from, 1, "nested too deep");
    const struct sum *inner = metricsum_parse(p);
    p->depth--;
    if (inner == NULL)
        return NULL;
    metricsum_skip(p);
    if (p->text[p->at] != ')')
        return REFUSE(p, AB_EXPRESSION, from, 1, "this '(' is never closed");
    p->at++;
    return inner;
}

bool metricsum_at_word(const struct metric_parser *p, const char *word)
{
    size_t n = strlen(word);
    return strncmp(p->text + p->at, word, n) == 0 && metricsum_name(p->text + p->at) == n;
}

static const struct sum *parse_atom(struct metric_parser *p)
{
    metricsum_skip(p);
    char c = p->text[p->at], next = c == '\0' ? '\0' : p->text[p->at + 1];
    if (c == '(')
        return parse_nested(p);
    if (is_digit(c) || (c == '.' && is_digit(next)) ||
        ((c == '-' || c == '+') && (is_digit(next) || next == '.')))
        return parse_number(p);
    if (is_letter(c) && !metricsum_at_word(p, "and"))
        return parse_metric(p);
    if (c == '\0')
        return REFUSE(p, AB_EXPRESSION, p->at == 0 ? 0 : p->at - 1, 1,
                      "the expression breaks off: a metric or value is expected");
    return REFUSE(p, AB_EXPRESSION, p->at, 1, "a metric or a value is expected here");
}

/* --- sums --- */

static struct sum *sum_of(struct metric_parser *p, char sign, const struct sum *a,
                          const struct sum *b, int unit)
{
    struct sum *s = sum_new(p, a->at, unit);
    s->kind = sign == '+'   ? SUM_ADD
              : sign == '-' ? SUM_SUBTRACT
              : sign == '*' ? SUM_MULTIPLY
                            : SUM_DIVIDE;
    s->left = a;
    s->right = b;
    s->length = b->at + b->length - a->at;
    return s;
}

static bool is_plain(int unit)
{
    return unit == SUM_BARE || unit == SUM_PERCENT || unit == UNIT_ONE || unit == UNIT_SHARE;
}

static int product_unit(char sign, int a, int b)
{
    if (sign == '/' && a == b)
        return a == SUM_BARE ? SUM_BARE : UNIT_SHARE;
    if (b == SUM_BARE || b == SUM_PERCENT || b == UNIT_SHARE)
        return a;
    if (sign == '*' && is_plain(a))
        return b;
    return is_plain(b) ? a : -1;
}

/* The sign at the reader, when it stands between blanks; 0: none. */
static char sign_here(struct metric_parser *p, const char *signs)
{
    size_t start = p->at;
    metricsum_skip(p);
    char c = p->text[p->at];
    if (c == '\0' || strchr(signs, c) == NULL || p->at == start ||
        strchr(" \t\r\n", p->text[p->at + 1]) == NULL) {
        p->at = start;
        return '\0';
    }
    p->at++;
    return c;
}

static const struct sum *parse_product(struct metric_parser *p)
{
    const struct sum *left = parse_atom(p);
    for (char sign; left != NULL && (sign = sign_here(p, "*/")) != '\0';) {
        const struct sum *right = parse_atom(p);
        if (right == NULL)
            return NULL;
        int unit = product_unit(sign, left->unit, right->unit);
        if (unit < 0)
            return metricsum_refuse(p, left, right), NULL;
        left = sum_of(p, sign, left, right, unit);
    }
    return left;
}

const struct sum *metricsum_parse(struct metric_parser *p)
{
    const struct sum *left = parse_product(p);
    for (char sign; left != NULL && (sign = sign_here(p, "+-")) != '\0';) {
        const struct sum *right = parse_product(p);
        if (right == NULL)
            return NULL;
        int unit = metricsum_join(left->unit, right->unit);
        bool percent = left->unit == SUM_PERCENT || right->unit == SUM_PERCENT;
        if (unit < 0 || (percent && unit == UNIT_ONE))
            return metricsum_refuse(p, left, right), NULL;
        left = sum_of(p, sign, left, right, unit);
    }
    return left;
}

/* A percent beside a count is that share of all requests. */
const struct sum *metricsum_of_offered(struct metric_parser *p, const struct sum *percent)
{
    struct sum *offered = sum_new(p, percent->at, UNIT_ONE);
    offered->kind = SUM_METRIC;
    if (!metricname_find(p->pool, "offered", 7, percent->at, p->names, &offered->ref, p->e))
        return NULL;
    return sum_of(p, '*', percent, offered, UNIT_ONE);
}
