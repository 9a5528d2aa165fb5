/* filter_ip.c - addresses as people write them: four decimal numbers without leading zeros, or
 * hexadecimal groups with at most one "::". Anything else is a text that no network contains
 * (SNS-70, EB-26). */
#include <string.h>

#include "filter_text.h"

struct scan {
    const char *at, *end;
};

static bool take(struct scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

static bool octet(struct scan *s, uint8_t *out)
{
    const char *start = s->at;
    unsigned value = 0;
    while (s->at < s->end && s->at - start < 3 && *s->at >= '0' && *s->at <= '9')
        value = value * 10 + (unsigned)(*s->at++ - '0');
    *out = (uint8_t)value;
    return s->at > start && value <= 255 && (*start != '0' || s->at == start + 1);
}

static uint8_t ipv4(struct scan s, uint8_t ip[16])
{
    for (int i = 0; i < 4; i++)
        if ((i > 0 && !take(&s, '.')) || !octet(&s, &ip[i]))
            return 0;
    return s.at == s.end ? 4 : 0;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool group(struct scan *s, uint8_t out[2])
{
    const char *start = s->at;
    unsigned value = 0;
    while (s->at < s->end && s->at - start < 4 && hex(*s->at) >= 0)
        value = value << 4 | (unsigned)hex(*s->at++);
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
    return s->at > start;
}

/* What follows a "::" is moved to the end. */
static uint8_t spread(uint8_t ip[16], int n, int gap)
{
    if (gap < 0)
        return n == 8 ? 16 : 0;
    if (n >= 8)
        return 0;
    memmove(ip + 16 - 2 * (n - gap), ip + 2 * gap, 2 * (size_t)(n - gap));
    memset(ip + 2 * gap, 0, 2 * (size_t)(8 - n));
    return 16;
}

static uint8_t ipv6(struct scan s, uint8_t ip[16])
{
    int n = 0, gap = -1;
    if (s.end - s.at >= 2 && s.at[0] == ':' && s.at[1] == ':') {
        gap = 0;
        s.at += 2;
    }
    while (s.at < s.end) {
        if (n == 8 || !group(&s, &ip[2 * n]))
            return 0;
        n++;
        if (s.at == s.end)
            break;
        if (!take(&s, ':'))
            return 0;
        if (take(&s, ':')) {
            if (gap >= 0)
                return 0;
            gap = n;
        } else if (s.at == s.end) {
            return 0;
        }
    }
    return spread(ip, n, gap);
}

uint8_t filter_text_ip(const char *at, size_t n, uint8_t ip[16])
{
    uint8_t out[16] = {0};
    struct scan s = {at, at + n};
    uint8_t bytes = n < 2 || n > 39 ? 0 : memchr(at, ':', n) != NULL ? ipv6(s, out) : ipv4(s, out);
    if (bytes > 0)
        memcpy(ip, out, sizeof(out));
    return bytes;
}
