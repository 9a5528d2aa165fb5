/* progress.h - how far a run has come, on stderr: a line that is rewritten on a terminal, once in 30 s elsewhere;
 * nothing in the first second, nothing with --quiet. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    double start, shown; /* seconds */
    bool   terminal, drawn;
};

void progress_begin(struct progress *);
void progress_show(struct progress *, size_t finished, size_t n, uint64_t events);
/* Whether a line is due now; then it is to be written. */
bool progress_due(struct progress *);
/* Of a study of many points: runs done, and the widest relative half-width so far (NAN: none). */
void progress_study(struct progress *, size_t finished, size_t n, size_t points, double width);
void progress_end(struct progress *);

#endif
