/* mmc.h - M/M/c, M/M/c/K and their kin: Poisson arrivals at rate lambda, c servers, exponential
 * service with rate mu each, first come first served. a = lambda / mu is the offered load in
 * erlang. Sources: Erlang 1917; Kleinrock, Queueing Systems I, ch. 3; Gross and Harris, ch. 2. */
#ifndef MMC_H
#define MMC_H

/* Erlang B: share of calls lost by c servers without a waiting room. B(0) = 1, B(c) = a B(c-1) / (c
 * + a B(c-1)). Depends on the service law only through its mean (Sevastyanov 1957). */
double erlang_b(double a, unsigned c);
/* The load at which c servers lose the share `loss`. */
double erlang_b_load(unsigned c, double loss);
/* Erlang C: share of customers who wait, C = c B / (c - a (1 - B)); 1 when a >= c. */
double erlang_c(double a, unsigned c);

struct mmc {
    double rho, p_wait;
    double l, lq, w, wq; /* wq = p_wait / (c mu - lambda) */
    double relaxation;   /* 1 / (mu (sqrt(c) - sqrt(a))^2), the slowest that the start fades when it
                            is crowded */
};
/* Means are INFINITY when lambda >= c mu. */
struct mmc mmc_solve(double lambda, double mu, unsigned c);
/* P(Wq > t) = p_wait exp(-(c mu - lambda) t). */
double mmc_wait_above(double lambda, double mu, unsigned c, double t);
double mmc_wait_quantile(double lambda, double mu, unsigned c, double p);
/* P(W > t): the wait and an exponential service, convolved. */
double mmc_sojourn_above(double lambda, double mu, unsigned c, double t);
double mmc_sojourn_quantile(double lambda, double mu, unsigned c, double p);

/* M/M/c/K: at most K in the system (K >= c), who finds K is refused and does not come back. Any
 * load. */
struct mmck {
    double p_block, p_wait; /* p_wait: share of those accepted */
    double l, lq, w, wq;    /* w, wq of those accepted */
    double throughput;      /* lambda (1 - p_block) */
    double rho;             /* share of busy servers */
};
struct mmck mmck_solve(double lambda, double mu, unsigned c, double k);

/* M/M/c//N: n clients, each thinks for a time of that mean (any law), asks, waits for c servers, is
 * served, thinks again (machine repair). Gross and Harris, ch. 2. NAN in all: memory is short. */
struct mmcn {
    double throughput, response, wait; /* response = n / throughput - think */
    double l, lq, p_all_busy, rho;
};
struct mmcn mmcn_solve(unsigned n, double think, double mu, unsigned c);

/* M/M/c+M (Erlang A): who waits leaves after an exponential patience of that rate. Palm 1946;
 * Garnett, Mandelbaum and Reiman 2002. NAN in all: memory is short. */
struct mmcm {
    double p_abandon, p_wait, lq, wq; /* wq: of all, served or not */
};
struct mmcm mmcm_solve(double lambda, double mu, unsigned c, double patience_rate);

/* M/M/c+D: who has waited tau leaves. Barrer 1957; Baccelli and Hebuterne 1981. */
struct mmcd {
    double p_timeout, p_no_wait, wq_served, lq;
};
struct mmcd mmcd_solve(double lambda, double mu, unsigned c, double tau);

#endif
