/* run_same.h - whether two runs came to the same, in all that is measured: for ways through the code that must make no difference. */
#ifndef RUN_SAME_H
#define RUN_SAME_H

#include "run_support.h"

/* Runs of two specs with the same entities. Fails the test with `text` where a metric, a fingerprint, the fates or the number of
 * events differ. */
void run_same(const struct run *, const struct run *, const char *text);

#endif
