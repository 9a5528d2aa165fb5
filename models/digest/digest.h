/* digest.h - hashes that the API shows: MD5 and SHA-256 in lower-case hex, and the digest of
 * message attributes. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

void digest_md5(const void *bytes, size_t n, char hex[33]);
void digest_md5_raw(const void *bytes, size_t n, unsigned char sum[16]);
void digest_sha256(const void *bytes, size_t n, char hex[65]);

struct digest_attribute { /* type with its suffix, as sent: "Number.int" */
    const char *name, *type, *value;
    size_t name_n, type_n, value_n;
};
/* MD5OfMessageAttributes (SQS-29) of those given, in any order; n <= 10 are sorted here. */
void digest_attributes(const struct digest_attribute *, size_t n, char hex[33]);

#endif
