/* words.c - random words to standard output without end, for batteries that read them: `words items` writes the first draw
 * of item 0, 1, 2, … of one stream, which is how a run uses them; `words cell` reads on in one cell; `words names` takes one
 * word of a stream of its own each time; `words attempts` an attempt each time. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "rng.h"

#define N 4096

static struct rng_stream stream;
static struct rng        cell;

static uint32_t by_item(uint64_t i)
{
    struct rng r = rng_at(&stream, 0, i / 2, 0);
    uint32_t   first = rng_u32(&r);
    return i % 2 == 0 ? first : rng_u32(&r);
}

static uint32_t by_cell(uint64_t i)
{
    (void)i;
    return rng_u32(&cell);
}

static uint32_t by_name(uint64_t i)
{
    char name[40];
    snprintf(name, sizeof name, "queue.q%u/time", (unsigned)i);
    struct rng_stream s = rng_stream(1, name, 0);
    struct rng        r = rng_at(&s, 0, 0, 0);
    return rng_u32(&r);
}

static uint32_t by_attempt(uint64_t i)
{
    struct rng r = rng_at(&stream, 0, i >> 16, (uint32_t)(i & 0xffff));
    return rng_u32(&r);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        uint32_t (*next)(uint64_t);
    } ways[] = {{"items", by_item}, {"cell", by_cell}, {"names", by_name}, {"attempts", by_attempt}};
    static uint32_t word[N];
    stream = rng_stream(1, "producer.orders/arrival", 0);
    cell = rng_at(&stream, 0, 0, 0);
    for (size_t w = 0; argc > 1 && w < sizeof ways / sizeof *ways; w++) {
        if (strcmp(argv[1], ways[w].name) != 0)
            continue;
        uint64_t i = 0;
        do
            for (size_t k = 0; k < N; k++)
                word[k] = ways[w].next(i++);
        while (fwrite(word, sizeof *word, N, stdout) == N);
        return 0;
    }
    fprintf(stderr, "usage: words items|cell|names|attempts\n");
    return 64;
}
