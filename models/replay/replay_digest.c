/* replay_digest.c - which file it was: its size and SHA-256, as `sha256sum` prints it. */
#include <fcntl.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "mem.h"
#include "replay.h"

#define BLOCK 262144

static void print_hex(const uint8_t *bytes, size_t n, char *hex)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digit[bytes[i] >> 4];
        hex[2 * i + 1] = digit[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

static bool read_all(int file, uint8_t *block, struct sha256_ctx *ctx, uint64_t *bytes)
{
    ssize_t n;
    *bytes = 0;
    while ((n = read(file, block, BLOCK)) > 0) {
        sha256_update(ctx, (size_t)n, block);
        *bytes += (uint64_t)n;
    }
    return n == 0;
}

bool replay_digest(const char *path, uint64_t *bytes, char hex[65])
{
    struct sha256_ctx ctx;
    uint8_t sum[SHA256_DIGEST_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    uint8_t *block = file < 0 ? NULL : mem_get(BLOCK);
    sha256_init(&ctx);
    bool ok = block != NULL && read_all(file, block, &ctx, bytes);
    if (ok) {
        sha256_digest(&ctx, sizeof(sum), sum);
        print_hex(sum, sizeof(sum), hex);
    }
    mem_release(block);
    if (file >= 0)
        close(file);
    return ok;
}
