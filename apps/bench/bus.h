/* bus.h - a bus of twenty rules: events judged by the filter engine, beside a walk through the JSON
 * of rule and event. */
#ifndef BUS_H
#define BUS_H

#include "bench.h"

#define BUS_EVENTS 20e6 /* judged by the engine; the walk does a hundredth */

/* ' for "; the same for both. */
extern const char *const bus_rules[], *const bus_events[];
extern const uint32_t n_bus_rules, n_bus_events;

bool filter_bus(double scale, struct bench_sample *, struct err *);
bool filter_one(double scale, struct bench_sample *,
                struct err *); /* one rule after the other, without the set */
bool bare_bus(double scale, struct bench_sample *, struct err *);

/* How many rules the events match in all, by the walk; the engine must find as many. */
uint64_t bare_bus_matches(struct err *);

#endif
