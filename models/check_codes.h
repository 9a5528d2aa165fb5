/* check_codes.h - numbers of the diagnostics that the rooms' own checks give (AB0270 …): what is wrong between settings
 * that are each right. */
#ifndef CHECK_CODES_H
#define CHECK_CODES_H

enum {
    CHECK_WARMUP = 270,   /* the warm-up takes the whole run */
    CHECK_INTERVAL = 271, /* a series of too many points */
    CHECK_NEEDS = 272,    /* a setting needs another one */
    CHECK_USELESS = 273,  /* a setting has no meaning beside another one */
    CHECK_OVERLAP = 274,  /* two spans of time overlap */
    CHECK_DONE_AT = 275,  /* where a request is done is not clear */
    CHECK_TARGET = 276,   /* the target does not understand this fault or protocol */
    CHECK_NO_TIME = 277,  /* something would happen again and again without time passing */
    CHECK_QUEUE_NAME = 280, /* SQS would refuse the name */
    CHECK_DLQ_TYPE = 281,   /* a dead-letter queue of the other type */
    CHECK_DLQ_LOOP = 282,   /* dead letters come back to where they left */
    CHECK_SHARDS = 283,     /* more shards sampled than there are */
    CHECK_FIFO_ONLY = 284,  /* a setting that only FIFO queues have */
    CHECK_MOVES = 285,      /* a redrive or purge that the service would refuse */
    CHECK_RECORD = 286,     /* run.record names no requests */
    CHECK_NOT_YET = 287,    /* what the service of the chosen quotas does not have yet */
    CHECK_EVENT = 288,      /* an event template that cannot be read */
    CHECK_CHANCES = 290,    /* chances that do not add up to 100 % */
    CHECK_WEEK = 291,       /* a week of another number of parts */
    CHECK_TRACE = 292,      /* a trace that is not there, or a line of it that is wrong */
    CHECK_TRACE_ROWS = 293, /* a trace without rows */
    CHECK_PATTERN = 294,    /* an event pattern that EventBridge would refuse */
    CHECK_SCHEDULE = 295,   /* a schedule, or a date, that is none */
    CHECK_BUS_NAME = 296,   /* a name of a bus, rule or target that EventBridge would refuse */
    CHECK_BUS_LIMIT = 297,  /* more than EventBridge allows */
    CHECK_QUIET = 298,      /* run.quiet silences nothing */
    CHECK_TOPIC_NAME = 320, /* SNS would refuse the name of a topic, or a subscription's is taken */
    CHECK_SUBSCRIPTION = 321, /* SNS would refuse the subscription */
    CHECK_FILTER = 322,     /* SNS would refuse the filter policy */
    CHECK_DELIVERY_POLICY = 323, /* SNS would refuse the delivery policy */
    CHECK_STREAM = 330,  /* Kinesis would refuse the setting */
    CHECK_FUNCTION = 331, /* Lambda would refuse the setting */
    CHECK_FIREHOSE = 340, /* Firehose would refuse the setting */
    CHECK_METER = 350,  /* an alarm or policy watches no metric */
    CHECK_ALARM = 351,  /* CloudWatch would refuse the alarm */
    CHECK_GROUP = 352,  /* sizes of a group, or what it drives, do not go together */
    CHECK_POLICY = 353  /* Auto Scaling would refuse the policy */
};

#endif
