/* event_keys.c - settings of event templates, and of a producer's mix of them. */
#include "event_int.h"

static const struct key replace_keys[N_REPLACE_KEYS] = {
    [REPLACE_FROM] = {.name = "from", .type = VALUE_TEXT, .flags = KEY_REQUIRED, .doc = "What stands there."},
    [REPLACE_TO] = {.name = "to", .type = VALUE_TEXT, .flags = KEY_REQUIRED, .doc = "What shall stand there."},
};

const struct key event_keys[N_EVENT_KEYS] = {
    [EVENT_PRESET] = {.name = "preset",
                      .type = VALUE_TEXT,
                      .doc = "An event as a service publishes it: s3-object-created, cloudwatch-alarm, autoscaling-launch, "
                             "scheduled-event, … Source, detail-type, resources, detail and body are its own, where not set here."},
    [EVENT_REPLACE] = {.name = "replace",
                       .type = VALUE_LIST,
                       .element = VALUE_GROUP,
                       .sub = replace_keys,
                       .n_sub = N_REPLACE_KEYS,
                       .doc = "Texts of the preset to be replaced wherever they stand: { from = \"example-key\"; to = "
                              "\"photos/cat.png\"; }."},
    [EVENT_SOURCE] = {.name = "source", .type = VALUE_TEXT, .doc = "EventBridge: source, \"shop\"."},
    [EVENT_DETAIL_TYPE] = {.name = "detail_type", .type = VALUE_TEXT, .doc = "EventBridge: detail-type, \"order created\"."},
    [EVENT_RESOURCES] = {.name = "resources",
                         .type = VALUE_LIST,
                         .element = VALUE_TEXT,
                         .doc = "EventBridge: ARNs of what it is about."},
    [EVENT_DETAIL] = {.name = "detail",
                      .type = VALUE_TEXT,
                      .doc = "EventBridge: the detail, a JSON object; ' may stand for \". Default: the body."},
    [EVENT_DETAIL_FILE] = {.name = "detail_file", .type = VALUE_TEXT, .flags = KEY_FILE, .doc = "The detail in a file."},
    [EVENT_BODY] = {.name = "body",
                    .type = VALUE_TEXT,
                    .doc = "The message of a topic or queue, JSON or any text; ' may stand for \". Default: the detail."},
    [EVENT_BODY_FILE] = {.name = "body_file", .type = VALUE_TEXT, .flags = KEY_FILE, .doc = "The body in a file."},
    [EVENT_ATTRIBUTES] = {.name = "attributes",
                          .type = VALUE_TEXT,
                          .doc = "Message attributes of a topic or queue as a JSON object: a string is a String, a number a Number, "
                                 "a list a String.Array, { 'Binary': 'base64' } a Binary."},
    [EVENT_SIZE] = {.name = "size",
                    .type = VALUE_SIZE,
                    .doc = "Payload in bytes. Default: of the body as written; without one, the producer's `size`."},
};

const struct key event_mix_keys[N_EVENT_MIX_KEYS] = {
    [EVENT_MIX_EVENT] = {.name = "event",
                         .type = VALUE_REF,
                         .flags = KEY_REQUIRED,
                         .refs = "event",
                         .doc = "What such a request is."},
    [EVENT_MIX_WEIGHT] = {.name = "weight",
                          .type = VALUE_NUMBER,
                          .fallback = "1",
                          .low = "0",
                          .high = "1e9",
                          .doc = "How many of them there are, compared with the others."},
};
