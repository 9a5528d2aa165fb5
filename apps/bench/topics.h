/* topics.h - a topic's core alone: deliveries of published messages, beside a loop over an array of
 * subscribers. */
#ifndef TOPICS_H
#define TOPICS_H

#include "bench.h"

#define TOPIC_DELIVERIES 20e6

bool sns_delivery(double scale, struct bench_sample *, struct err *);
bool sns_million(double scale, struct bench_sample *, struct err *);
bool bare_delivery(double scale, struct bench_sample *, struct err *);
bool bare_million(double scale, struct bench_sample *, struct err *);

#endif
