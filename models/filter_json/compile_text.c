/* compile_text.c - wildcards, networks and numbers of a policy. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "filter_text.h"

struct filter_text compile_text(const json_t *j)
{
    return filter_text_of(json_string_value(j), json_string_length(j));
}

bool compile_number(struct compile *c, const json_t *j, const struct json_place *p, double *out)
{
    double x = json_number_value(j);
    *out = c->dialect == FILTER_EVENTBRIDGE ? x : filter_number_sns(x);
    if (isnan(*out))
        return compile_refuse(c, p, false, "Value must be between -1.0E9 and 1.0E9, inclusive");
    return true;
}

/* --- wildcards --- */

/* More than five `*`, or more than three each followed by the same character (EB-24). */
static bool too_complex(const char *s, size_t n)
{
    uint32_t stars = 0, before[256] = {0};
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\') {
            i++;
        } else if (s[i] == '*') {
            stars++;
            if (i + 1 < n && ++before[(unsigned char)s[i + 1]] > 3)
                return true;
        }
    }
    return stars > 5;
}

/* AWS counts positions from the quote before the text. */
static bool check_wildcard(struct compile *c, const char *s, size_t n, const struct json_place *p)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '*' && i + 1 < n && s[i + 1] == '*')
            return compile_refuse(c, p, false, "Consecutive wildcard characters at pos %zu", i + 1);
        if (s[i] != '\\')
            continue;
        if (i + 1 == n || (s[i + 1] != '*' && s[i + 1] != '\\'))
            return compile_refuse(c, p, false, "Invalid escape character at pos %zu", i + 1);
        i++;
    }
    if (too_complex(s, n))
        return compile_refuse(c, p, false,
                              "Rule is too complex - try using fewer wildcard characters or fewer "
                              "repeating character "
                              "sequences after a wildcard character");
    return true;
}

bool compile_wildcard(struct compile *c, const json_t *j, const struct json_place *p,
                      struct filter_condition *out)
{
    const char *s = json_string_value(j);
    size_t n = json_string_length(j), used = 0, start = 0;
    if (!check_wildcard(c, s, n, p))
        return false;
    char *copy = arena_get(&c->arena, n);
    struct filter_text *piece = arena_get(&c->arena, 6 * sizeof(*piece));
    if (copy == NULL || piece == NULL)
        return compile_no_memory(c);
    out->kind = COND_WILDCARD;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '*') {
            piece[out->n_list++] = filter_text_of(copy + start, used - start);
            start = used;
        } else {
            i += s[i] == '\\';
            copy[used++] = s[i];
        }
    }
    piece[out->n_list++] = filter_text_of(copy + start, used - start);
    out->piece = piece;
    c->wildcards++;
    return true;
}

/* --- networks --- */

/* A whole number with a sign or without, as much as matters. */
static bool read_bits(const char *s, int *bits)
{
    bool minus = *s == '-';
    s += minus || *s == '+';
    *bits = 0;
    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        *bits = *bits < 1000 ? *bits * 10 + (*s - '0') : *bits;
    }
    *bits = minus ? -*bits : *bits;
    return true;
}

/* What has the outward form of an address, whatever its numbers. */
static bool looks_like_ip(const char *s, size_t n)
{
    size_t digits = 0, dots = 0, colons = 0, hex = 0;
    for (size_t i = 0; i < n; i++) {
        digits += s[i] >= '0' && s[i] <= '9';
        dots += s[i] == '.';
        colons += s[i] == ':';
        hex += (s[i] >= 'a' && s[i] <= 'f') || (s[i] >= 'A' && s[i] <= 'F');
    }
    return (dots == 3 && digits + dots == n) || (colons > 0 && digits + colons + hex == n);
}

bool compile_cidr(struct compile *c, const json_t *j, const struct json_place *p,
                  struct filter_condition *out)
{
    const char *s = json_string_value(j), *slash = strchr(s, '/');
    int bits;
    if (slash == NULL || slash[1] == '\0' || strchr(slash + 1, '/') != NULL ||
        strlen(s) != json_string_length(j))
        return compile_refuse(c, p, false, "Malformed CIDR, one '/' required");
    size_t n = (size_t)(slash - s);
    if (!read_bits(slash + 1, &bits))
        return compile_refuse(c, p, false, "Malformed CIDR, mask bits must be an integer");
    if (bits < 0)
        return compile_refuse(c, p, false, "Malformed CIDR, mask bits must not be negative");
    out->n_ip = filter_text_ip(s, n, out->ip);
    if (out->n_ip == 0)
        return compile_refuse(c, p, false, "%s IP address: %.*s",
                              looks_like_ip(s, n) ? "Invalid" : "Nonstandard",
                              (int)(n < 100 ? n : 100), s);
    if (bits >= out->n_ip * 8)
        return compile_refuse(c, p, false,
                              out->n_ip == 4 ? "IPv4 mask bits must be < 32"
                                             : "IPv6 mask bits must be < 128");
    out->kind = COND_CIDR;
    out->bits = (uint8_t)bits;
    return true;
}
