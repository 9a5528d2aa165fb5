/* obs_tray.c - see obs_tray.h. It is as wide as the highest value asks, in whole blocks of the histogram. */
#include "obs_tray.h"

#include <stddef.h>
#include <string.h>

#include "mem.h"

bool tray_widen(struct tray *t, int64_t high)
{
    uint32_t n = (hist_index(high) / HIST_BLOCK + 1) * HIST_BLOCK;
    if (n <= t->n)
        return true;
    uint16_t *count = mem_get_zero(n, sizeof(*count));
    if (count == NULL)
        return false;
    if (t->n > 0)
        memcpy(count, t->count, t->n * sizeof(*count));
    mem_release(t->count);
    t->count = count;
    t->n = n;
    return true;
}

/* Of one block. */
static uint32_t sum_of(const uint16_t *count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < HIST_BLOCK; i++)
        sum += count[i];
    return sum;
}

void tray_pour(struct tray *t, struct hist *h)
{
    for (uint32_t at = 0; t->rows > 0 && at < t->n; at += HIST_BLOCK) {
        uint16_t *count = t->count + at;
        uint32_t sum = sum_of(count);
        if (sum == 0)
            continue;
        if (hist_open(h, at)) {
            uint64_t *block = h->block[at / HIST_BLOCK];
            for (uint32_t i = 0; i < HIST_BLOCK; i++)
                block[i] += count[i];
            h->n += sum;
        }
        memset(count, 0, HIST_BLOCK * sizeof(*count));
    }
    t->rows = 0;
}

void tray_free(struct tray *t)
{
    mem_release(t->count);
    *t = (struct tray){0};
}
