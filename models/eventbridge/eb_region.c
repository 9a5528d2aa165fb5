/* eb_region.c - the table of EB-16. */
#include "eb_region.h"

#include <stddef.h>
#include <string.h>

#define ELSEWHERE_PUTS        400
#define ELSEWHERE_INVOCATIONS 750

static const struct {
    const char *name;
    uint32_t puts, invocations;
} regions[] = {
    {"us-east-1", 10000, 18750},    {"us-west-2", 10000, 18750},      {"eu-west-1", 10000, 18750},
    {"us-east-2", 2400, 4500},      {"eu-central-1", 2400, 4500},     {"eu-south-2", 2400, 4500},
    {"us-west-1", 1200, 2250},      {"ap-northeast-1", 1200, 2250},   {"ap-southeast-1", 1200, 2250},
    {"ap-southeast-2", 1200, 2250}, {"eu-west-2", 1200, 2250},        {"ap-east-1", 600, 1100},
    {"ap-northeast-2", 600, 1100},  {"ap-south-1", 600, 1100},        {"ca-central-1", 600, 1100},
    {"eu-north-1", 600, 1100},      {"eu-west-3", 600, 1100},         {"sa-east-1", 600, 1100},
};

/* "eu-south-1", "us-gov-west-1": words of letters and a digit, joined by '-'. */
static bool is_region(const char *name)
{
    size_t n = strlen(name);
    return n >= 9 && n <= 20 && strspn(name, "abcdefghijklmnopqrstuvwxyz-0123456789") == n && name[2] == '-' &&
           name[n - 2] == '-' && name[n - 1] >= '1' && name[n - 1] <= '9';
}

bool eb_region(const char *name, uint32_t *puts, uint32_t *invocations)
{
    *puts = ELSEWHERE_PUTS;
    *invocations = ELSEWHERE_INVOCATIONS;
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (strcmp(regions[i].name, name) == 0) {
            *puts = regions[i].puts;
            *invocations = regions[i].invocations;
            return true;
        }
    return is_region(name);
}
