/* digest.c - by nettle. */
#include "digest.h"

#include <stdint.h>
#include <string.h>

#include <nettle/md5.h>
#include <nettle/sha2.h>

#include "check.h"

#define ATTRIBUTES_MAX 10

static void print_hex(const uint8_t *bytes, size_t n, char *hex)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digit[bytes[i] >> 4];
        hex[2 * i + 1] = digit[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

void digest_md5_raw(const void *bytes, size_t n, unsigned char sum[16])
{
    struct md5_ctx ctx;
    md5_init(&ctx);
    md5_update(&ctx, n, bytes);
    md5_digest(&ctx, MD5_DIGEST_SIZE, sum);
}

void digest_md5(const void *bytes, size_t n, char hex[33])
{
    uint8_t sum[MD5_DIGEST_SIZE];
    digest_md5_raw(bytes, n, sum);
    print_hex(sum, sizeof(sum), hex);
}

void digest_sha256(const void *bytes, size_t n, char hex[65])
{
    struct sha256_ctx ctx;
    uint8_t sum[SHA256_DIGEST_SIZE];
    sha256_init(&ctx);
    sha256_update(&ctx, n, bytes);
    sha256_digest(&ctx, sizeof(sum), sum);
    print_hex(sum, sizeof(sum), hex);
}

static void add_text(struct md5_ctx *ctx, const char *bytes, size_t n)
{
    uint8_t length[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};
    md5_update(ctx, sizeof(length), length);
    md5_update(ctx, n, (const uint8_t *)bytes);
}

static int by_name(const struct digest_attribute *a, const struct digest_attribute *b)
{
    size_t n = a->name_n < b->name_n ? a->name_n : b->name_n;
    int order = memcmp(a->name, b->name, n);
    return order != 0 ? order : (a->name_n > b->name_n) - (a->name_n < b->name_n);
}

void digest_attributes(const struct digest_attribute *a, size_t n, char hex[33])
{
    struct digest_attribute sorted[ATTRIBUTES_MAX];
    CHECK(n <= ATTRIBUTES_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && by_name(&a[i], &sorted[at - 1]) < 0; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = a[i];
    }
    struct md5_ctx ctx;
    uint8_t sum[MD5_DIGEST_SIZE];
    md5_init(&ctx);
    for (size_t i = 0; i < n; i++) {
        uint8_t transport =
            sorted[i].type_n >= 6 && memcmp(sorted[i].type, "Binary", 6) == 0 ? 2 : 1;
        add_text(&ctx, sorted[i].name, sorted[i].name_n);
        add_text(&ctx, sorted[i].type, sorted[i].type_n);
        md5_update(&ctx, 1, &transport);
        add_text(&ctx, sorted[i].value, sorted[i].value_n);
    }
    md5_digest(&ctx, sizeof(sum), sum);
    print_hex(sum, sizeof(sum), hex);
}
