/* describe.h - key tables and metric tables as pages. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>

#include "room.h"

void describe_room(const struct room *, bool markdown);
void describe_run(bool markdown);

/* describe_quota.c: limits of the room's service, in every profile. */
struct quota;
void describe_quotas(const struct room *, bool markdown);
void describe_quota_text(const struct quota *, char *text, size_t size);

#endif
