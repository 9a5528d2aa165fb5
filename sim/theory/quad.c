/* quad.c - see quad.h. Nodes and weights: Piessens and others, QUADPACK, 1983 (routine QK15). */
#include "quad.h"

#include <math.h>
#include <stdbool.h>

#define DEPTH    48
#define PANELS   20000
#define DOUBLES  1000
#define RELATIVE 1e-12

static const double node[8] = {
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0};
static const double kronrod[8] = {
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714};
static const double gauss[4] = {
    0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
    0.381830050505118944950369775488975, 0.417959183673469387755102040816327};

static double points15(quad_function *f, const void *of, double a, double b, double *error)
{
    double middle = (a + b) / 2, half = (b - a) / 2;
    double at = f(of, middle), k = at * kronrod[7], g = at * gauss[3];
    for (int i = 0; i < 7; i++) {
        double pair = f(of, middle - half * node[i]) + f(of, middle + half * node[i]);
        k += pair * kronrod[i];
        if (i % 2 == 1)
            g += pair * gauss[i / 2];
    }
    *error = fabs(k - g) * half;
    return k * half;
}

struct halving {
    quad_function *f;
    const void *of;
    double tolerance;
    int budget; /* panels left: where a function is mere rounding, halving does not help */
};

static double halve(struct halving *h, double a, double b, int depth)
{
    double error, sum = points15(h->f, h->of, a, b, &error), middle = (a + b) / 2;
    if (error <= h->tolerance || --h->budget < 0 || depth == 0 || middle <= a || middle >= b)
        return sum;
    return halve(h, a, middle, depth - 1) + halve(h, middle, b, depth - 1);
}

double quad_integral_to(quad_function *f, const void *of, double a, double b, double absolute)
{
    double error, rough = 0;
    if (!(b > a))
        return 0;
    for (int i = 0; i < 4; i++) /* quarters, for 15 points may all miss a peak */
        rough += fabs(points15(f, of, a + (b - a) * i / 4, a + (b - a) * (i + 1) / 4, &error));
    struct halving h = {f, of, fmax(rough * RELATIVE, absolute), PANELS};
    return halve(&h, a, (a + b) / 2, DEPTH) + halve(&h, (a + b) / 2, b, DEPTH);
}

double quad_integral(quad_function *f, const void *of, double a, double b)
{
    return quad_integral_to(f, of, a, b, 0);
}

double quad_tail(quad_function *f, const void *of, double a, double scale)
{
    double sum = 0, width = scale;
    int small = 0;
    for (int i = 0; i < DOUBLES && a < 1e300; i++) {
        double part = quad_integral_to(f, of, a, a + width, sum * RELATIVE / 10);
        sum += part;
        a += width;
        width *= 2;
        small = part <= sum * 1e-15 ? small + 1 : 0;
        if (small == 3 && (sum > 0 || i > 40))
            return sum;
    }
    return INFINITY;
}

double quad_meets(quad_function *f, const void *of, double value, double low, double high)
{
    for (int i = 0; i < 2000; i++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high)
            break;
        if (f(of, middle) < value)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double quad_meets_above(quad_function *f, const void *of, double value, double guess)
{
    double high = guess > 0 ? guess : 1;
    while (f(of, high) < value) {
        high *= 2;
        if (high > 1e300)
            return INFINITY;
    }
    return f(of, 0) >= value ? 0 : quad_meets(f, of, value, 0, high);
}
