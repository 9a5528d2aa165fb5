/* number.h - decimal numbers, whatever the locale. */
#ifndef ORACLE_NUMBER_H
#define ORACLE_NUMBER_H

#include <stdbool.h>

/* The whole text must be a number ("1.5e-3"). */
bool number_parse(const char *text, double *x);

#endif
