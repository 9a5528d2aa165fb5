/* choose.h - which formula is right for a station: arrivals, service law, servers, places to wait.
 * Pure: no scenario here. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "findings.h"
#include "timelaw.h"

enum stream { STREAM_POISSON, STREAM_EVEN, STREAM_OTHER };

struct station_question {
    enum stream arrivals;
    double rate; /* per second, > 0 */
    struct timelaw service;
    unsigned servers;
    double places; /* to wait; INFINITY: no bound */
};
#define STATION_QUANTILES 3
extern const double station_quantiles[STATION_QUANTILES]; /* 0.5, 0.9, 0.99 */

/* NAN: no formula for it. */
struct station_answer {
    enum finding_kind kind;
    char model[32]; /* "M/M/15" */
    const char *source, *note;
    bool unstable; /* more work than the servers can do: there is no long run */
    double load;   /* offered: rate * mean / servers */
    double rho, p_wait, p_block, wq, w, lq, l;
    double sd_wq;
    double wait[STATION_QUANTILES], sojourn[STATION_QUANTILES];
    double busy_period, relaxation;
};
struct station_answer station_choose(const struct station_question *);
/* P(sojourn > t), where the law is known, else at most by Markov's inequality. */
double station_sojourn_above(const struct station_question *, const struct station_answer *,
                             double t);

#endif
