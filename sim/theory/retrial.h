/* retrial.h - c servers without a waiting room; who finds all busy comes back after an exponential
 * time with rate theta, again and again (the orbit). Falin and Templeton, Retrial Queues (1997),
 * ch. 1 and 2. */
#ifndef RETRIAL_H
#define RETRIAL_H

struct retrial {
    double p_blocked; /* of first tries */
    double orbit;     /* mean number of those who will come back */
    double time;      /* mean time from the first try to being taken = orbit / lambda */
    double attempts;  /* mean, 1 + theta orbit / lambda */
};
/* c = 1: orbit = rho^2 / (1 - rho) + lambda rho / (theta (1 - rho)). */
struct retrial retrial_mm1(double lambda, double mu, double theta);
/* The chain of (busy, orbit), cut where the orbit is unlikely and solved level by level. NAN in
 * all: memory is short, or c > 200. INFINITY when lambda >= c mu. */
struct retrial retrial_mmc(double lambda, double mu, double theta, unsigned c);

#endif
