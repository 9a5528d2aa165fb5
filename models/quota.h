/* quota.h - dated quota profiles: AWS's limits as data, each value with its source, so that notes of different years can
 * be compared ("aws-2026", "aws-2023", "study-notes"). A key names the quota that bounds it (spec.h, key.quota). */
#ifndef QUOTA_H
#define QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum quota_unit { QUOTA_COUNT, QUOTA_BYTES, QUOTA_NS, QUOTA_PER_SECOND };

struct quota {
    const char     *name;   /* "sqs.visibility_timeout" */
    enum quota_unit unit;
    int64_t         value;
    const char     *rule;   /* "SQS-17" */
    const char     *source; /* page or announcement, with its date */
};
struct quota_profile {
    const char         *name; /* "aws-2026" */
    const char         *doc;
    const struct quota *quota;
    size_t              n;
};

extern const struct quota_profile *const quota_profiles[]; /* NULL-terminated; the first is the default */
const struct quota_profile *quota_profile_find(const char *name);
/* NULL: the profile does not have it. */
const struct quota *quota_find(const struct quota_profile *, const char *name);

#endif
