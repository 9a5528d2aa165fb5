/* dmath.h - elementary functions built from IEEE +, -, *, / and sqrt alone, so that every machine, compiler and
 * C library gives the same bits (glibc chooses variants of log and pow by processor). Everything that can decide
 * an event uses these; libm serves statistics and charts only. Errors below 2 ulp, tested against libm. */
#ifndef DMATH_H
#define DMATH_H

double d_log(double x);            /* x > 0 */
double d_exp(double x);
double d_pow(double x, double y);  /* x > 0; exp(y log x) in double-double, below 2 ulp for |y log x| < 700 */
double d_sin(double x);            /* |x| <= 2^20 */
double d_lgamma(double x);         /* x > 0 */

#endif
