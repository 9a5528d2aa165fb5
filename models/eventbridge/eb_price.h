/* eb_price.h - what the use of EventBridge costs in us-east-1 (EB-52, EB-53). Money in nano-dollars: every price is a whole
 * number of them per event; per byte it is a fraction, rounded down once for the month. A GB is 2^30 bytes. */
#ifndef EB_PRICE_H
#define EB_PRICE_H

#include <stdint.h>

/* Each started 64 KiB of an event is one event of the bill. */
static inline uint64_t eb_price_chunks(uint64_t bytes)
{
    return bytes <= 65536 ? 1 : (bytes + 65535) / 65536;
}

struct eb_use { /* of one month */
    uint64_t custom;            /* chunks of custom, partner and cross-account events */
    uint64_t aws;               /* events of AWS services on the default bus: free */
    uint64_t replayed;          /* events */
    uint64_t archived_bytes;    /* processed into archives */
    uint64_t stored_byte_hours; /* kept there; a month has 730 hours */
    uint64_t pipe_requests;     /* chunks, after filtering */
    uint64_t api_destinations;  /* invocations */
    uint64_t scheduler;         /* invocations; the first 14 million are free */
    uint64_t discovered;        /* events of schema discovery; the first 5 million are free */
};
/* In 10^-9 dollars. */
__int128 eb_price_month(const struct eb_use *);

#endif
