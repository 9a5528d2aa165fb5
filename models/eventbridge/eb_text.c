/* eb_text.c - names, sizes and bounds. */
#include "eb_text.h"

#include <string.h>

bool eb_text_name(const char *s, size_t longest)
{
    size_t n = strlen(s);
    return n >= 1 && n <= longest &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == n;
}

bool eb_text_aws_source(const char *source)
{
    return strncmp(source, "aws.", 4) == 0;
}

size_t eb_text_characters(const char *s)
{
    size_t n = 0;
    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

enum eb_outcome eb_text_retry(int64_t attempts, int64_t age_s)
{
    if (attempts != -1 && (attempts < 0 || attempts > EB_ATTEMPTS_MAX))
        return EB_BAD_RETRY_ATTEMPTS;
    if (age_s != -1 && (age_s < EB_AGE_MIN_S || age_s > EB_AGE_MAX_S))
        return EB_BAD_EVENT_AGE;
    return EB_OK;
}

uint64_t eb_text_entry(bool timed, size_t source, size_t detail_type, size_t detail, size_t resources)
{
    return (timed ? 14 : 0) + (uint64_t)source + detail_type + detail + resources;
}
