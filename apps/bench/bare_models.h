/* bare_models.h - the bare loops, and the sizes that they share with the scenarios that they stand beside. */
#ifndef BARE_MODELS_H
#define BARE_MODELS_H

#include "bench.h"

#define MM1_CUSTOMERS      2e6 /* at 80/s, one server of 10 ms */
#define PIPELINE_MESSAGES  2e6 /* at 80/s for 10 workers, 8,000/s for 1,000; 100 ms each */
#define FIFO_MESSAGES      1e6 /* at 800/s for 100 workers */
#define FIFO_GROUPS        1000

bool bare_mm1(double scale, struct bench_sample *, struct err *);
/* workers 10 or 1,000; arrivals at 8/s for each. */
bool bare_pipeline(unsigned workers, double scale, struct bench_sample *);
/* Groups, one message of each at a time. */
bool bare_fifo(double scale, struct bench_sample *, struct err *);
/* One event of a hold model with n pending, on the bare heap. */
bool bare_hold(uint32_t pending, double scale, struct bench_sample *);

#endif
