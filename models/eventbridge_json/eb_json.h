/* eb_json.h - what an account of EventBridge needs of JSON (eventbridge.h, struct eb_json), read with jansson. */
#ifndef EB_JSON_H
#define EB_JSON_H

#include "eventbridge.h"

struct eb_json eb_json(void);

#endif
