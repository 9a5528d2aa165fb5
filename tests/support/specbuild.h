/* specbuild.h - a spec from lines of text, without files and without the loader: for tests and benches of actors.
 *
 *     struct specbuild *b = specbuild_open("run.duration = 1h\n"
 *                                          "producer.p.rate = 1/s\n"
 *                                          "service.s.calls[0].target = database.d\n");
 *     const struct spec *spec = specbuild_done(b);
 *
 * Anything wrong ends the program with a message: it is the test that is wrong. */
#ifndef SPECBUILD_H
#define SPECBUILD_H

#include "problem.h"
#include "spec.h"

struct specbuild;

struct specbuild *specbuild_open(const char *lines);
/* More lines; later ones win. */
void specbuild_add(struct specbuild *, const char *lines);
/* All values filled in, references resolved, rooms' checks passed. Valid until specbuild_close; once per specbuild. */
const struct spec *specbuild_done(struct specbuild *);
/* The same, but what the checks find is left to the caller, who frees it. */
const struct spec *specbuild_check(struct specbuild *, struct problems *);
void specbuild_close(struct specbuild *);

#endif
