/* sns_json.h - attributes of topics and subscriptions that are JSON, read with jansson: delivery
 * policies, redrive, archive and replay policies, message structures. */
#ifndef SNS_JSON_H
#define SNS_JSON_H

#include "sns_account.h"

/* All parsers of this library; those of filter policies are filter_json's (sns_filter.c). */
void sns_json_parsers(struct sns_parsers *);

/* {"deadLetterTargetArn": "…"} */
bool sns_json_redrive(struct sns_text, char arn[256]);
/* A subscription's {"healthyRetryPolicy": …, "throttlePolicy": …} or a topic's {"http": …}. */
bool sns_json_policy(struct sns_text, struct sns_policy *, bool *disable_overrides);
/* {"MessageRetentionPeriod": "30"}; {}: 0 days, off. */
bool sns_json_archive(struct sns_text, int64_t *days);
/* {"PointType": "Timestamp", "StartingPoint": "1970-01-01T00:00:10Z", "EndingPoint": …} */
bool sns_json_replay(struct sns_text, sim_time *from, sim_time *to);
enum sns_outcome sns_json_structure(struct sns_text, const char *protocol, struct sns_string *);
/* "Type+MessageId+…": the keys of an object in their order; false: it is none. */
bool sns_json_keys(struct sns_text, char *out, size_t size);

#endif
