/* parts.h - parts of the program on their own: the event set, threads, the database, the whole process. */
#ifndef PARTS_H
#define PARTS_H

#include "bench.h"

/* events.c: hold models with n pending, beside the bare heap; a lane with n waiting. */
bool hold_10(double scale, struct bench_sample *, struct err *);
bool hold_1e3(double scale, struct bench_sample *, struct err *);
bool hold_1e5(double scale, struct bench_sample *, struct err *);
bool hold_1e6(double scale, struct bench_sample *, struct err *);
bool bare_hold_10(double scale, struct bench_sample *, struct err *);
bool bare_hold_1e3(double scale, struct bench_sample *, struct err *);
bool bare_hold_1e5(double scale, struct bench_sample *, struct err *);
bool bare_hold_1e6(double scale, struct bench_sample *, struct err *);
bool lane_1e3(double scale, struct bench_sample *, struct err *);
bool lane_1e6(double scale, struct bench_sample *, struct err *);

/* whole.c */
bool sweep_1_thread(double scale, struct bench_sample *, struct err *);
bool sweep_2_threads(double scale, struct bench_sample *, struct err *);
bool startup(double scale, struct bench_sample *, struct err *);

/* rows.c */
bool store_rows(double scale, struct bench_sample *, struct err *);

#endif
