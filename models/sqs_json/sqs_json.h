/* sqs_json.h - queue attributes that are JSON, read with jansson: RedrivePolicy,
 * RedriveAllowPolicy. */
#ifndef SQS_JSON_H
#define SQS_JSON_H

#include "sqs_attributes.h"

/* {"deadLetterTargetArn": "…", "maxReceiveCount": 5 or "5"}; missing parts are left empty (SQS-22).
 */
bool sqs_json_redrive(struct text, struct redrive *);
/* {"redrivePermission": "allowAll" | "denyAll" | "byQueue", "sourceQueueArns": […]} (SQS-114) */
bool sqs_json_redrive_allow(struct text, struct redrive_allow *);

#endif
