/* render.h - problems as people read them: the line, a caret under what is wrong, and how to mend
 * it.
 *
 *   error[AB0203]: unknown setting 'visibilty_timeout' in queue 'orders'
 *     --> decoupled.cfg:14:5
 *      |
 *   14 |     visibilty_timeout = "30s";
 *      |     ^^^^^^^^^^^^^^^^^ did you mean 'visibility_timeout'?
 *
 * Columns count characters; tabs, wide letters and long lines are laid out so that the caret stands
 * where it should. */
#ifndef RENDER_H
#define RENDER_H

#include <stdio.h>

#include "problem.h"
#include "scenario.h"

/* scenario: for the lines; NULL: none are shown. */
void render_problem(FILE *, const struct problem *, const struct scenario *, bool colour);
/* The first `limit` of them with a blank line between, then how many there are; 0: all. */
void render_problems(FILE *, const struct problems *, const struct scenario *, bool colour,
                     size_t limit);

/* The exit code that the errors ask for: a wrong command line before a missing file before bad
 * contents; ERR_NONE when there are only warnings. */
enum err_class render_class(const struct problems *);

#endif
