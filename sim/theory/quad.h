/* quad.h - integrals and roots of functions of one variable, for formulas that end in one. Own code
 * and not gsl's, because gsl's ends the process when an integral does not converge, and here that
 * is an answer (a moment that does not exist). */
#ifndef QUAD_H
#define QUAD_H

typedef double quad_function(const void *of, double x);

/* Integral from a to b, by Gauss and Kronrod's 15 points on halved intervals; jumps and integrable
 * poles at the ends are met by halving. Relative error about 1e-11. */
double quad_integral(quad_function *, const void *of, double a, double b);
/* The same, content with an error of `absolute`: for functions whose last digits are noise. */
double quad_integral_to(quad_function *, const void *of, double a, double b, double absolute);
/* Integral from a to infinity of a function that is not negative; scale: a length over which it
 * changes. INFINITY when it does not converge. */
double quad_tail(quad_function *, const void *of, double a, double scale);
/* Where a rising function meets `value`: the smallest x in [low, high] by halving, to the last
 * digit of a double. */
double quad_meets(quad_function *, const void *of, double value, double low, double high);
/* The same from [0, guess], whose end is doubled until it is beyond. INFINITY when it never is. */
double quad_meets_above(quad_function *, const void *of, double value, double guess);

#endif
