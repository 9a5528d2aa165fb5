/* made_up_store.h - a database as the flagship comparison leaves it, filled with made-up curves (made_up.h). */
#ifndef MADE_UP_STORE_H
#define MADE_UP_STORE_H

#include "store.h"

/* Two runs of n replications: 1 coupled (no queue), 2 decoupled (queue.orders and its dead-letter queue). */
void made_up_store(const char *path, unsigned n);

#endif
