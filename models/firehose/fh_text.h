/* fh_text.h - names of objects in S3 (FH-18). */
#ifndef FH_TEXT_H
#define FH_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* "2026/11/21/23/": UTC, of the second since 1970 at which the records came. */
void fh_prefix(char *out, size_t size, int64_t second);
/* "stream-1-2026-11-21-23-05-09-" and the text that makes it unique. */
void fh_object(char *out, size_t size, const char *stream, int version, int64_t second, const char *unique);

#endif
