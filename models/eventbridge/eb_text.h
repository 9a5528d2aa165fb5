/* eb_text.h - what texts may look like: names of buses, rules and targets (EB-2, EB-3), sources (EB-12). Pure functions. */
#ifndef EB_TEXT_H
#define EB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "eb_outcome.h"

/* 1 to `longest` letters, digits, '.', '-' and '_'. */
bool eb_text_name(const char *, size_t longest);
/* A rule's or a target's; a bus's has 256. */
#define EB_RULE_NAME 64
#define EB_BUS_NAME  256
bool eb_text_aws_source(const char *); /* "aws." is for AWS */
size_t eb_text_characters(const char *);  /* of UTF-8 */

/* Bounds of a target's retry policy (EB-37). */
#define EB_ATTEMPTS_MAX 185
#define EB_AGE_MIN_S    60
#define EB_AGE_MAX_S    86400
/* -1: not given. */
enum eb_outcome eb_text_retry(int64_t attempts, int64_t age_s);

/* Bytes of an entry (EB-11). */
uint64_t eb_text_entry(bool timed, size_t source, size_t detail_type, size_t detail, size_t resources);

#endif
