/* mm1.h - M/M/1: Poisson arrivals at rate lambda, one server, exponential service with rate mu,
 * first come first served, no bound. Sources: Kleinrock, Queueing Systems I (1975), ch. 3 and 5;
 * Gross and Harris, Fundamentals of Queueing Theory, ch. 2. With lambda >= mu means and quantiles
 * are INFINITY. */
#ifndef MM1_H
#define MM1_H

struct mm1 {
    double rho;            /* lambda / mu */
    double l, lq;          /* rho / (1 - rho); rho^2 / (1 - rho) */
    double w, wq;          /* 1 / (mu - lambda); rho / (mu - lambda) */
    double var_l;          /* rho / (1 - rho)^2 */
    double sd_w;           /* = w: the sojourn is exponential */
    double var_wq;         /* rho (2 - rho) / (mu^2 (1 - rho)^2) */
    double busy, var_busy; /* busy period: 1 / (mu - lambda); (1 + rho) / (mu^2 (1 - rho)^3) */
    /* How fast means settle: lim T Var(time average of L over T) = 2 rho (1 + rho) / (mu (1 -
     * rho)^4), and lim n Var(mean of n waits) = rho (2 + 5 rho - 4 rho^2 + rho^3) / (mu^2 (1 -
     * rho)^4). Whitt, Planning Queueing Simulations, Management Science 35 (1989); Blomqvist 1967;
     * Daley 1968. */
    double avar_l, avar_wq;
    double relaxation; /* 1 / (mu (1 - sqrt(rho))^2): memory of the start fades as exp(-t /
                          relaxation) */
};
struct mm1 mm1_solve(double lambda, double mu);

/* P(L >= n) = rho^n. */
double mm1_at_least(double lambda, double mu, double n);
/* P(Wq > t) = rho exp(-(mu - lambda) t); P(W > t) = exp(-(mu - lambda) t); and their inverses. */
double mm1_wait_above(double lambda, double mu, double t);
double mm1_wait_quantile(double lambda, double mu, double p);
double mm1_sojourn_above(double lambda, double mu, double t);
double mm1_sojourn_quantile(double lambda, double mu, double p);

/* Mean time from empty until n are in the system: h(0) = 1/lambda, h(i) = 1/lambda + (mu/lambda)
 * h(i-1), summed. */
double mm1_first_passage(double lambda, double mu, unsigned n);
/* Mean of the average wait of the first n customers after an empty start, from the chain seen by
 * arrivals (Law and Kelton, Simulation Modeling and Analysis, ch. 9). NAN: memory is short. */
double mm1_first_waits(double lambda, double mu, unsigned n);

/* Second moment of the wait by order of service (the mean is the same): first come E, at random E /
 * (1 - rho/2), last come E / (1 - rho), where E = 2 rho / (mu - lambda)^2. Kingman 1962; Takacs
 * 1963. */
enum mm1_order { MM1_FIRST_COME, MM1_AT_RANDOM, MM1_LAST_COME };
double mm1_wait_m2(double lambda, double mu, enum mm1_order);

#endif
