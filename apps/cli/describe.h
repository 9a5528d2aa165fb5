/* describe.h - key tables and metric tables as pages. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>

#include "room.h"

void describe_room(const struct room *, bool markdown);
void describe_run(bool markdown);

#endif
