/* recognise.h - finds in a scenario the sub-models that queueing theory has formulas for, and says
 * plainly where it has none. The recognised shapes, their formulas and their conditions:
 * docs/reference/theory.md. */
#ifndef RECOGNISE_H
#define RECOGNISE_H

#include "findings.h"
#include "spec.h"

/* Into opened findings, which borrow names from the spec. False: memory is short. */
bool recognise(struct findings *, const struct spec *);

#endif
