/* lam_price.h - what functions cost in us-east-1 (LAM-56 … LAM-60). Money in nano-dollars, rounded
 * down once; a GB-second is 1,024 MB times 1,000 ms. */
#ifndef LAM_PRICE_H
#define LAM_PRICE_H

#include <stdbool.h>
#include <stdint.h>

enum lam_arch { LAM_X86, LAM_ARM };
struct lam_use { /* of a month */
    enum lam_arch arch;
    uint64_t requests;
    uint64_t mb_ms;              /* on demand: billed milliseconds times memory */
    uint64_t provisioned_mb_ms;  /* the same of calls that provisioned concurrency served */
    uint64_t configured_mb_ms;   /* provisioned concurrency, used or not */
    uint64_t storage_mb_ms;      /* of /tmp above 512 MB */
    bool     free_tier;
};
__int128 lam_price(const struct lam_use *);

#endif
