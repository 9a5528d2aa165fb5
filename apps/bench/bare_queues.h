/* bare_queues.h - the SQS core alone, and a bare linked list. */
#ifndef BARE_QUEUES_H
#define BARE_QUEUES_H

#include "bench.h"

bool queue_standard(double scale, struct bench_sample *, struct err *);
bool queue_fifo(double scale, struct bench_sample *, struct err *);
bool queue_crowd(double scale, struct bench_sample *, struct err *); /* ten million waiting */
bool queue_mixed(double scale, struct bench_sample *, struct err *); /* 300 different timeouts */
bool queue_equal(double scale, struct bench_sample *, struct err *);
bool bare_queue(double scale, struct bench_sample *, struct err *);

#endif
