/* stream_keyhash.c - partition keys: what their text is, and where it hashes to (KIN-2).
 *
 * A job's key is a number; its text is the prefix and the number, "key-17". The hash of a number is worked out when it comes
 * first and then found in a table by the number; numbers beyond the table are hashed each time. */
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "mem.h"
#include "stream_actor.h"

#define TABLE_MAX (1u << 20)
#define UUID_CHARS 36

static uint32_t digits(uint32_t x)
{
    uint32_t n = 1;
    for (; x > 9; x /= 10)
        n++;
    return n;
}

uint32_t stream_key_bytes(const struct entity *e, uint32_t key)
{
    return key == JOB_NO_KEY ? UUID_CHARS : ((const struct stream *)e)->prefix_n + digits(key);
}

static kin_hash hash_of(const struct stream *s, uint32_t key)
{
    char text[STREAM_PREFIX_MAX + 16];
    unsigned char sum[16];
    int n = snprintf(text, sizeof(text), "%s%u", s->prefix, key);
    digest_md5_raw(text, (size_t)n, sum);
    return kin_hash_of(sum);
}

/* false: memory is short; it is hashed each time. */
static bool grow(struct stream *s, uint32_t key)
{
    uint32_t n = s->n_hash == 0 ? 64 : s->n_hash;
    while (n <= key)
        n *= 2;
    kin_hash *more = mem_resize(s->hash, n * sizeof(*more));
    if (more == NULL)
        return false;
    memset(more + s->n_hash, 0, (n - s->n_hash) * sizeof(*more));
    s->hash = more;
    s->n_hash = n;
    return true;
}

static kin_hash key_hash(struct stream *s, uint32_t key)
{
    if (key >= TABLE_MAX || (key >= s->n_hash && !grow(s, key)))
        return hash_of(s, key);
    if (s->hash[key] == 0)
        s->hash[key] = hash_of(s, key);
    return s->hash[key];
}

/* As a UUID would be: uniform; the request's own, whatever the attempt. */
static kin_hash own_hash(const struct stream *s, uint32_t request)
{
    const struct world *w = s->e.world;
    const struct request *r = request_at(&w->requests, request);
    struct rng cell = rng_at(&s->key_stream, w->requests.source[r->source]->origin, request_item(r), 0);
    uint64_t high = rng_u64(&cell), low = rng_u64(&cell);
    return (kin_hash)high << 64 | low;
}

kin_hash stream_hash(struct entity *e, const struct job *j)
{
    struct stream *s = stream_of(e);
    return j->key == JOB_NO_KEY ? own_hash(s, j->request) : key_hash(s, j->key);
}

uint32_t stream_route(struct entity *e, kin_hash hash)
{
    return kin_route(stream_of(e)->core, hash);
}

void stream_keys_close(struct stream *s)
{
    mem_release(s->hash);
}
