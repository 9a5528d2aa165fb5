/* hash.c - FNV-1a (Fowler, Noll, Vo; 64-bit offset basis and prime), mixed once at the end because
 * its high bits depend weakly on the last bytes. */
#include "hash.h"

#include <string.h>

uint64_t hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return hash_mix(h);
}

uint64_t hash_text(const char *text)
{
    return hash_bytes(text, strlen(text));
}
