/* fh_price.h - what Firehose costs in us-east-1 (FH-40, FH-41). Money in nano-dollars; a GB is 2^30 bytes, and each sum is
 * rounded down once. */
#ifndef FH_PRICE_H
#define FH_PRICE_H

#include <stdbool.h>
#include <stdint.h>

#define FH_STEP 5120 /* bytes that a record is rounded up to */

/* Steps of 5 KB that a record is billed as. */
static inline uint64_t fh_steps(uint64_t bytes)
{
    return bytes <= FH_STEP ? 1 : (bytes + FH_STEP - 1) / FH_STEP;
}

struct fh_price_use { /* of one month */
    uint64_t steps;             /* records put or read from a stream */
    uint64_t snowflake_bytes;   /* these have a price of their own */
    uint64_t kafka_bytes;       /* billed as they are */
    uint64_t converted_bytes;   /* as billed */
    uint64_t partitioned_bytes;
    uint64_t partition_objects;
    uint64_t parsing_hours;     /* of JQ */
    uint64_t zone_hours, private_bytes; /* delivery into a private network */
};
__int128 fh_price_month(const struct fh_price_use *);

#endif
