/* stopping.c - rounds of fixed size, relative precision. */
#include "stopping.h"

#include <math.h>

uint32_t stopping_next(uint32_t n, uint32_t most)
{
    uint32_t next = n < STOPPING_FIRST ? STOPPING_FIRST : n - n % STOPPING_STEP + STOPPING_STEP;
    return next < most ? next : most > n ? most : n;
}

double stopping_width(const struct estimate *e)
{
    return e->half == 0 ? 0 : e->half / fabs(e->mean);
}

bool stopping_met(const struct estimate *e, double relative)
{
    return e->half <= relative * fabs(e->mean); /* false without interval: NAN */
}

double stopping_guess(const struct estimate *e, double relative)
{
    double times = stopping_width(e) / relative;
    return (double)e->n * times * times;
}
