/* eb_price.c - the bill of a month (EB-52, EB-53). */
#include "eb_price.h"

#define GB INT64_C(1073741824)

static uint64_t beyond(uint64_t n, uint64_t free)
{
    return n > free ? n - free : 0;
}

__int128 eb_price_month(const struct eb_use *u)
{
    __int128 nano = 0;
    nano += (__int128)u->custom * 1000; /* $1.00 per million */
    nano += (__int128)u->replayed * 1000;
    nano += (__int128)u->pipe_requests * 400;
    nano += (__int128)u->api_destinations * 200;
    nano += (__int128)beyond(u->scheduler, 14000000) * 1000;
    nano += (__int128)beyond(u->discovered, 5000000) * 100;
    nano += (__int128)u->archived_bytes * 100000000 / GB;                 /* $0.10 per GB */
    nano += (__int128)u->stored_byte_hours * 23000000 / ((__int128)GB * 730); /* $0.023 per GB-month */
    return nano;
}
