/* mdc.h - M/D/c: Poisson arrivals at rate lambda, c servers, constant service d, first come first
 * served.
 *
 * Looking every d seconds, whoever was served has left: a chain of the number in system, solved by
 * its generating function (Crommelin 1932). The wait: with kd the next multiple of d above t, P(Wq
 * <= t) is the sum over j = 0 … kc-1 of Q(kc-j-1) e^{-x} x^j / j!, x = lambda (kd - t), Q(m) = P(at
 * most m wait) (Franx, Oper. Res. Letters 29, 2001): all terms are positive, so nothing cancels. */
#ifndef MDC_H
#define MDC_H

struct mdc; /* opaque: the law of the number in system */
/* NULL when lambda d >= c, or memory is short, or the room would need more than 2^20 states (very
 * high loads). */
struct mdc *mdc_open(double lambda, double d, unsigned c);
void mdc_close(struct mdc *);

struct mdc_means {
    double rho, p_wait, p_empty;
    double l, lq, w, wq;
};
struct mdc_means mdc_means(const struct mdc *);
double mdc_wait_above(const struct mdc *, double t);
double mdc_wait_quantile(const struct mdc *, double p);

/* M/D/1/K: at most K in the system; share of arrivals refused. Also the share that a token bucket
 * of K tokens, refilled at the rate 1/d, turns away: its deficit is the work of this queue. */
double md1k_loss(double lambda, double d, unsigned k);

#endif
