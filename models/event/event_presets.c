/* event_presets.c - the table of event shapes, from the user guides of the services. A detail is what patterns look into;
 * account, region, time and id are added by the bus (EB-14). */
#include "event_presets.h"

#include <stddef.h>
#include <string.h>

#define OBJECT                                                                                                          \
    "\"bucket\":{\"name\":\"example-bucket\"},\"object\":{\"key\":\"example-key\",\"size\":5,"                          \
    "\"etag\":\"b57f9512698f4b09e608f4f2a65852e5\",\"version-id\":\"IYV3p45BT0ac8hjHg1houSdS1a.Mro8e\","                \
    "\"sequencer\":\"617f08299329d189\"},\"request-id\":\"N4N7GDK58NMKJ12R\",\"requester\":\"123456789012\","           \
    "\"source-ip-address\":\"1.2.3.4\""

#define RECORD(name, object)                                                                                            \
    "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\",\"awsRegion\":\"us-east-1\","                   \
    "\"eventTime\":\"2021-11-12T00:00:00.000Z\",\"eventName\":\"" name "\","                                            \
    "\"userIdentity\":{\"principalId\":\"AIDAJDPLRKLG7UEXAMPLE\"},"                                                     \
    "\"requestParameters\":{\"sourceIPAddress\":\"1.2.3.4\"},"                                                          \
    "\"responseElements\":{\"x-amz-request-id\":\"C3D13FE58DE4C810\","                                                  \
    "\"x-amz-id-2\":\"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD\"},"                             \
    "\"s3\":{\"s3SchemaVersion\":\"1.0\",\"configurationId\":\"testConfigRule\","                                       \
    "\"bucket\":{\"name\":\"example-bucket\",\"ownerIdentity\":{\"principalId\":\"A3NL1KOZZKExample\"},"                \
    "\"arn\":\"arn:aws:s3:::example-bucket\"},\"object\":{" object "}}}]}"

#define ALARM_STATE(value, reason, time)                                                                                \
    "{\"value\":\"" value "\",\"reason\":\"" reason "\",\"reasonData\":\"{}\",\"timestamp\":\"" time "\"}"

#define ALARM_CONFIGURATION                                                                                             \
    "\"configuration\":{\"description\":\"the queue is deep\",\"metrics\":[{\"id\":\"m1\",\"metricStat\":{\"metric\":"  \
    "{\"namespace\":\"AWS/SQS\",\"name\":\"ApproximateNumberOfMessagesVisible\","                                       \
    "\"dimensions\":{\"QueueName\":\"orders\"}},\"period\":60,\"stat\":\"Average\"},\"returnData\":true}]}"

#define ALARM(old_value, new_value)                                                                                     \
    "{\"alarmName\":\"orders-deep\",\"state\":" ALARM_STATE(new_value, "Threshold Crossed", "2021-11-12T00:01:00.000+0000") \
    ",\"previousState\":" ALARM_STATE(old_value, "Threshold Crossed", "2021-11-12T00:00:00.000+0000") "," ALARM_CONFIGURATION "}"

#define ALARM_BODY(old_value, new_value)                                                                                \
    "{\"AlarmName\":\"orders-deep\",\"AlarmDescription\":\"the queue is deep\",\"AWSAccountId\":\"123456789012\","      \
    "\"NewStateValue\":\"" new_value "\",\"NewStateReason\":\"Threshold Crossed\","                                     \
    "\"StateChangeTime\":\"2021-11-12T00:01:00.000+0000\",\"Region\":\"US East (N. Virginia)\","                        \
    "\"OldStateValue\":\"" old_value "\",\"Trigger\":{\"MetricName\":\"ApproximateNumberOfMessagesVisible\","           \
    "\"Namespace\":\"AWS/SQS\",\"StatisticType\":\"Statistic\",\"Statistic\":\"AVERAGE\",\"Dimensions\":"               \
    "[{\"name\":\"QueueName\",\"value\":\"orders\"}],\"Period\":60,\"EvaluationPeriods\":5,"                            \
    "\"ComparisonOperator\":\"GreaterThanOrEqualToThreshold\",\"Threshold\":1000.0}}"

#define GROUP_ARN                                                                                                       \
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:b57f9512-698f-4b09-e608-f4f2a65852e5"                  \
    ":autoScalingGroupName/workers"
#define INSTANCE "i-1234567890abcdef0"

#define ACTIVITY(status, cause)                                                                                         \
    "{\"StatusCode\":\"" status "\",\"Description\":\"" cause ": " INSTANCE "\","                                       \
    "\"AutoScalingGroupName\":\"workers\",\"ActivityId\":\"87654321-4321-4321-4321-210987654321\","                     \
    "\"Details\":{\"Availability Zone\":\"us-east-1b\",\"Subnet ID\":\"subnet-12345678\"},"                             \
    "\"RequestId\":\"12345678-1234-1234-1234-123456789012\",\"StatusMessage\":\"\",\"EndTime\":"                        \
    "\"2021-11-12T00:01:00Z\",\"EC2InstanceId\":\"" INSTANCE "\",\"StartTime\":\"2021-11-12T00:00:00Z\","               \
    "\"Cause\":\"" cause "\",\"Origin\":\"EC2\",\"Destination\":\"AutoScalingGroup\"}"

#define ACTIVITY_BODY(event, cause)                                                                                     \
    "{\"Progress\":50,\"AccountId\":\"123456789012\",\"Description\":\"" cause ": " INSTANCE "\","                      \
    "\"RequestId\":\"12345678-1234-1234-1234-123456789012\",\"EndTime\":\"2021-11-12T00:01:00Z\","                      \
    "\"AutoScalingGroupARN\":\"" GROUP_ARN "\",\"ActivityId\":\"87654321-4321-4321-4321-210987654321\","                \
    "\"StartTime\":\"2021-11-12T00:00:00Z\",\"Service\":\"AWS Auto Scaling\",\"Time\":\"2021-11-12T00:01:00Z\","        \
    "\"EC2InstanceId\":\"" INSTANCE "\",\"StatusCode\":\"InProgress\",\"StatusMessage\":\"\",\"Details\":"              \
    "{\"Availability Zone\":\"us-east-1b\"},\"AutoScalingGroupName\":\"workers\",\"Cause\":\"" cause                    \
    "\",\"Event\":\"" event "\"}"

#define LIFECYCLE(transition)                                                                                           \
    "{\"LifecycleActionToken\":\"87654321-4321-4321-4321-210987654321\",\"AutoScalingGroupName\":\"workers\","          \
    "\"LifecycleHookName\":\"drain\",\"EC2InstanceId\":\"" INSTANCE "\","                                               \
    "\"LifecycleTransition\":\"autoscaling:EC2_INSTANCE_" transition "\",\"NotificationMetadata\":\"\"}"

#define INSTANCE_STATE(state) "{\"instance-id\":\"" INSTANCE "\",\"state\":\"" state "\"}"
#define INSTANCE_ARN          "[\"arn:aws:ec2:us-east-1:123456789012:instance/" INSTANCE "\"]"
#define BUCKET_ARN            "[\"arn:aws:s3:::example-bucket\"]"
#define ALARM_ARN             "[\"arn:aws:cloudwatch:us-east-1:123456789012:alarm:orders-deep\"]"
#define GROUP_ARNS            "[\"" GROUP_ARN "\",\"arn:aws:ec2:us-east-1:123456789012:instance/" INSTANCE "\"]"

const struct event_preset event_presets[] = {
    {"s3-object-created", "aws.s3", "Object Created", BUCKET_ARN,
     "{\"version\":\"0\"," OBJECT ",\"reason\":\"PutObject\"}",
     RECORD("ObjectCreated:Put", "\"key\":\"example-key\",\"size\":5,\"eTag\":\"b57f9512698f4b09e608f4f2a65852e5\","
                                 "\"sequencer\":\"617f08299329d189\""),
     "An object was put into a bucket."},
    {"s3-object-deleted", "aws.s3", "Object Deleted", BUCKET_ARN,
     "{\"version\":\"0\"," OBJECT ",\"reason\":\"DeleteObject\",\"deletion-type\":\"Permanently Deleted\"}",
     RECORD("ObjectRemoved:Delete", "\"key\":\"example-key\",\"sequencer\":\"617f08299329d189\""),
     "An object was deleted from a bucket."},
    {"cloudwatch-alarm", "aws.cloudwatch", "CloudWatch Alarm State Change", ALARM_ARN, ALARM("OK", "ALARM"),
     ALARM_BODY("OK", "ALARM"), "An alarm went off."},
    {"cloudwatch-ok", "aws.cloudwatch", "CloudWatch Alarm State Change", ALARM_ARN, ALARM("ALARM", "OK"),
     ALARM_BODY("ALARM", "OK"), "An alarm is over."},
    {"autoscaling-launch", "aws.autoscaling", "EC2 Instance Launch Successful", GROUP_ARNS,
     ACTIVITY("InProgress", "Launching a new EC2 instance"),
     ACTIVITY_BODY("autoscaling:EC2_INSTANCE_LAUNCH", "Launching a new EC2 instance"),
     "A scaling group has launched an instance."},
    {"autoscaling-launch-error", "aws.autoscaling", "EC2 Instance Launch Unsuccessful", GROUP_ARNS,
     ACTIVITY("Failed", "Launching a new EC2 instance"),
     ACTIVITY_BODY("autoscaling:EC2_INSTANCE_LAUNCH_ERROR", "Launching a new EC2 instance"),
     "A scaling group could not launch an instance."},
    {"autoscaling-terminate", "aws.autoscaling", "EC2 Instance Terminate Successful", GROUP_ARNS,
     ACTIVITY("InProgress", "Terminating EC2 instance"),
     ACTIVITY_BODY("autoscaling:EC2_INSTANCE_TERMINATE", "Terminating EC2 instance"),
     "A scaling group has terminated an instance."},
    {"autoscaling-launching", "aws.autoscaling", "EC2 Instance-launch Lifecycle Action", GROUP_ARNS,
     LIFECYCLE("LAUNCHING"), LIFECYCLE("LAUNCHING"), "A lifecycle hook: an instance is launching, and waits."},
    {"autoscaling-terminating", "aws.autoscaling", "EC2 Instance-terminate Lifecycle Action", GROUP_ARNS,
     LIFECYCLE("TERMINATING"), LIFECYCLE("TERMINATING"), "A lifecycle hook: an instance is terminating, and waits."},
    {"ec2-running", "aws.ec2", "EC2 Instance State-change Notification", INSTANCE_ARN, INSTANCE_STATE("running"), NULL,
     "An instance runs."},
    {"ec2-terminated", "aws.ec2", "EC2 Instance State-change Notification", INSTANCE_ARN, INSTANCE_STATE("terminated"),
     NULL, "An instance has been terminated."},
    {"ec2-spot-interruption", "aws.ec2", "EC2 Spot Instance Interruption Warning", INSTANCE_ARN,
     "{\"instance-id\":\"" INSTANCE "\",\"instance-action\":\"terminate\"}", NULL,
     "A spot instance will be taken in two minutes."},
    {"scheduled-event", "aws.events", "Scheduled Event",
     "[\"arn:aws:events:us-east-1:123456789012:rule/example\"]", "{}", NULL, "What a scheduled rule sends to its targets."},
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct event_preset *event_preset_find(const char *name)
{
    for (const struct event_preset *p = event_presets; p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}
