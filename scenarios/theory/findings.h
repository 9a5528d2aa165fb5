/* findings.h - what theory says of a scenario: sub-models, the conditions under which their
 * formulas hold, and values, each with the metric that measures the same in a simulation.
 * Everything lives in one arena. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "result.h"

enum finding_kind {
    FINDING_EXACT,
    FINDING_APPROXIMATE, /* a formula that is near, or whose conditions hold nearly */
    FINDING_FLUID,       /* chance left out */
    FINDING_BOUND,
    FINDING_NONE /* no formula applies; the notes say why */
};
extern const char *const finding_kinds[]; /* "exact", … */

/* A metric's stat, or the quotient of two. */
struct finding_probe {
    const char *entity, *metric, *stat; /* metric NULL: none */
};
struct finding_value {
    struct finding_value *next;
    const char *name;
    double x; /* in the metric's unit (times in ns); INFINITY is possible */
    enum metric_unit unit;
    enum finding_kind kind; /* of this value; that of its finding unless a bound or an approximation
                               stands among others */
    struct finding_probe probe, over;
};
struct finding_note {
    struct finding_note *next;
    const char *text;
};
struct finding {
    struct finding *next;
    const char *subject; /* "queue.orders -> fleet.writers" */
    const char *model;   /* "M/M/15" */
    const char *source;  /* "Erlang 1917" or NULL */
    enum finding_kind kind;
    struct finding_note *note, **note_end;
    struct finding_value *value, **value_end;
};
struct findings {
    struct arena arena;
    struct finding *first, **end;
    bool failed; /* memory is short */
};

void findings_open(struct findings *);
void findings_close(struct findings *);

/* None returns NULL: when memory is short they write to a place that is not looked at again, and
 * `failed` is set. */
struct finding *finding_add(struct findings *, enum finding_kind, const char *subject,
                            const char *model);
void finding_source(struct finding *, const char *source);
void finding_note(struct findings *, struct finding *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* From now on an approximation, if it was exact. */
void finding_doubt(struct findings *, struct finding *, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* NANs are left out: the returned value is then a dummy. */
struct finding_value *finding_value(struct findings *, struct finding *, const char *name, double x,
                                    enum metric_unit);
struct finding_value *finding_seconds(struct findings *, struct finding *, const char *name,
                                      double seconds);
/* entity must live as long as the findings. */
struct finding_value *value_probe(struct finding_value *, const char *entity, const char *metric,
                                  const char *stat);
struct finding_value *value_over(struct finding_value *, const char *entity, const char *metric,
                                 const char *stat);
struct finding_value *value_kind(struct finding_value *, enum finding_kind);

/* Text in the findings' arena; "" when memory is short. */
const char *findings_text(struct findings *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
