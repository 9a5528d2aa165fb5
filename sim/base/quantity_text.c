/* quantity_text.c - writing quantities: the spelling a person would choose, which parses back to
 * the same value. */
#include "quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

typedef unsigned __int128 uint128;

#define SPELLING 64
#define DECIMALS 18

struct unit {
    const char *name;
    int64_t factor;
};

/* a / b as an exact decimal with the unit behind it; false when that takes more than 18 decimals.
 */
static bool spell(uint128 a, uint64_t b, const char *unit, char *out)
{
    uint128 whole = a / b, rest = a % b;
    if (whole > UINT64_MAX)
        return false;
    char decimals[DECIMALS + 1];
    int n = 0;
    for (; n < DECIMALS && rest > 0; n++) {
        decimals[n] = (char)('0' + (int)(rest * 10 / b));
        rest = rest * 10 % b;
    }
    decimals[n] = '\0';
    snprintf(out, SPELLING, "%" PRIu64 "%s%s%s", (uint64_t)whole, n > 0 ? "." : "", decimals, unit);
    return rest == 0;
}

/* The sum of whole parts, "1s1ns". */
static void spell_parts(uint64_t ns, const struct unit *units, size_t n, char *out)
{
    out[0] = '\0';
    for (size_t i = 0, used = 0; i < n; i++) {
        uint64_t count = ns / (uint64_t)units[i].factor;
        ns %= (uint64_t)units[i].factor;
        if (count > 0)
            used += (size_t)snprintf(out + used, SPELLING - used, "%" PRIu64 "%s", count,
                                     units[i].name);
    }
}

/* Less than a minute: a decimal in the largest unit that fits ("1.5s"), or parts where those are
 * shorter ("1s1ns"). */
static void spell_seconds(uint64_t ns, char *out)
{
    static const struct unit units[] = {
        {"s", SIM_S}, {"ms", SIM_MS}, {"us", SIM_US}, {"ns", SIM_NS}};
    char parts[SPELLING];
    size_t i = 0;
    while (ns < (uint64_t)units[i].factor)
        i++;
    spell(ns, (uint64_t)units[i].factor, units[i].name, out);
    spell_parts(ns, units, ARRAY_LEN(units), parts);
    if (strlen(parts) < strlen(out))
        memcpy(out, parts, SPELLING);
}

void quantity_duration_text(sim_time ns, char *out, size_t size)
{
    static const struct unit units[] = {{"d", SIM_DAY}, {"h", SIM_H}, {"min", SIM_MIN}};
    if (ns == SIM_NEVER || ns == 0) {
        snprintf(out, size, "%s", ns == 0 ? "0s" : "never");
        return;
    }
    char minutes[SPELLING], seconds[SPELLING] = "";
    uint64_t span = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    spell_parts(span, units, ARRAY_LEN(units), minutes);
    if (span % SIM_MIN > 0)
        spell_seconds(span % SIM_MIN, seconds);
    snprintf(out, size, "%s%s%s", ns < 0 ? "-" : "", minutes, seconds);
}

void quantity_size_text(int64_t bytes, char *out, size_t size)
{
    static const struct unit units[] = {
        {"B", 1},     {"KiB", 1 << 10}, {"MiB", 1 << 20},   {"GiB", 1 << 30},
        {"KB", 1000}, {"MB", 1000000},  {"GB", 1000000000},
    };
    char best[SPELLING] = "", text[SPELLING] = "";
    uint64_t value = bytes < 0 ? -(uint64_t)bytes : (uint64_t)bytes;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (!spell(value, (uint64_t)units[i].factor, units[i].name, text))
            continue;
        if (best[0] == '\0' || strlen(text) < strlen(best))
            memcpy(best, text, SPELLING);
    }
    snprintf(out, size, "%s%s", bytes < 0 ? "-" : "", best);
}

static bool is_same(const char *text, struct rate r)
{
    struct rate back;
    return quantity_rate(text, &back, NULL) &&
           (__int128)back.events * r.ns == (__int128)r.events * back.ns;
}

void quantity_rate_text(struct rate r, char *out, size_t size)
{
    static const struct unit units[] = {{"/s", SIM_S},   {"/min", SIM_MIN}, {"/h", SIM_H},
                                        {"/d", SIM_DAY}, {"/ms", SIM_MS},   {"/us", SIM_US},
                                        {"/ns", SIM_NS}};
    CHECK(r.events >= 0 && r.ns > 0);
    char best[SPELLING] = "", text[SPELLING] = "";
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        spell((uint128)r.events * (uint64_t)units[i].factor, (uint64_t)r.ns, units[i].name, text);
        if (is_same(text, r) && (best[0] == '\0' || strlen(text) < strlen(best)))
            memcpy(best, text, SPELLING);
    }
    if (best[0] == '\0') /* one third, made by arithmetic: no decimal says it */
        snprintf(best, sizeof(best), "%" PRId64 "/%" PRId64 "ns", r.events, r.ns);
    snprintf(out, size, "%s", best);
}

void quantity_share_text(int64_t ppb, char *out, size_t size)
{
    char text[SPELLING] = "";
    CHECK(ppb >= 0);
    spell((uint128)ppb, 10000000, "%", text);
    snprintf(out, size, "%s", text);
}
