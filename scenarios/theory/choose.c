/* choose.c - see choose.h. */
#include "choose.h"

#include <math.h>
#include <stdio.h>

#include "gg.h"
#include "mdc.h"
#include "mg1.h"
#include "mginf.h"
#include "mm1.h"
#include "mmc.h"

#define NEVER 1e-9 /* chances below this are left out */

const double station_quantiles[STATION_QUANTILES] = {0.5, 0.9, 0.99};

typedef const struct station_question question;
typedef struct station_answer answer;

static void fill_w(question *q, answer *a)
{
    a->w = a->wq + q->service.mean;
    a->lq = q->rate * a->wq;
    a->l = q->rate * a->w;
}

static answer mm1(question *q, answer a)
{
    double mu = 1 / q->service.mean;
    struct mm1 x = mm1_solve(q->rate, mu);
    snprintf(a.model, sizeof a.model, "M/M/1");
    a.source = "Kleinrock, Queueing Systems I, ch. 3";
    a.p_wait = x.rho;
    a.wq = x.wq;
    a.sd_wq = sqrt(x.var_wq);
    a.busy_period = x.busy;
    a.relaxation = x.relaxation;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = mm1_wait_quantile(q->rate, mu, station_quantiles[i]);
        a.sojourn[i] = mm1_sojourn_quantile(q->rate, mu, station_quantiles[i]);
    }
    return a;
}

static answer mmc(question *q, answer a)
{
    double mu = 1 / q->service.mean;
    struct mmc x = mmc_solve(q->rate, mu, q->servers);
    snprintf(a.model, sizeof a.model, "M/M/%u", q->servers);
    a.source = "Erlang C; Gross and Harris, ch. 2";
    a.p_wait = x.p_wait;
    a.wq = x.wq;
    a.sd_wq = sqrt(x.p_wait * (2 - x.p_wait)) / (q->servers * mu - q->rate);
    a.relaxation = x.relaxation;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = mmc_wait_quantile(q->rate, mu, q->servers, station_quantiles[i]);
        a.sojourn[i] = mmc_sojourn_quantile(q->rate, mu, q->servers, station_quantiles[i]);
    }
    return a;
}

static answer mg1(question *q, answer a)
{
    struct mg1 x = mg1_solve(q->rate, &q->service);
    struct mg1_laws *laws = mg1_laws_open(q->rate, &q->service, 0.995);
    snprintf(a.model, sizeof a.model, "M/G/1");
    a.source = "Pollaczek-Khinchine; Takacs; quantiles numerically";
    a.p_wait = x.rho;
    a.wq = x.wq;
    a.sd_wq = sqrt(x.var_wq);
    a.busy_period = x.busy;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = mg1_wait_quantile(laws, station_quantiles[i]);
        a.sojourn[i] = mg1_sojourn_quantile(laws, station_quantiles[i]);
    }
    mg1_laws_close(laws);
    return a;
}

static answer allen_cunneen(question *q, answer a, double ca2)
{
    const char *arrivals = q->arrivals == STREAM_EVEN ? "D" : "M";
    snprintf(a.model, sizeof a.model, "%s/G/%u", arrivals, q->servers);
    a.source = "Allen-Cunneen";
    a.kind = FINDING_APPROXIMATE;
    a.note = "several servers and a law that is not exponential have no closed form; Allen and "
             "Cunneen's approximation";
    a.wq = gg_allen_cunneen(q->rate, q->service.mean, q->servers, ca2, timelaw_scv(&q->service));
    if (q->arrivals != STREAM_EVEN)
        a.p_wait = erlang_c(q->rate * q->service.mean, q->servers);
    return a;
}

static answer mdc(question *q, answer a)
{
    struct mdc *m = q->servers <= 4096 ? mdc_open(q->rate, q->service.mean, q->servers) : NULL;
    if (m == NULL)
        return allen_cunneen(q, a, 1);
    struct mdc_means x = mdc_means(m);
    snprintf(a.model, sizeof a.model, "M/D/%u", q->servers);
    a.source = "Crommelin 1932; Franx 2001";
    a.p_wait = x.p_wait;
    a.wq = x.wq;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        double wait = mdc_wait_quantile(m, station_quantiles[i]);
        a.wait[i] = wait;
        a.sojourn[i] = wait + q->service.mean;
    }
    mdc_close(m);
    return a;
}

/* Evenly spaced arrivals. */
static answer even(question *q, answer a)
{
    struct timelaw between = timelaw_constant(1 / q->rate);
    double mu = 1 / q->service.mean;
    if (q->service.shape == TIMELAW_CONSTANT) {
        snprintf(a.model, sizeof a.model, "D/D/%u", q->servers);
        a.wq = a.p_wait = 0;
        return a;
    }
    if (q->service.shape != TIMELAW_EXPONENTIAL || q->servers > 1)
        return allen_cunneen(q, a, 0);
    struct gim1 x = gim1_solve(&between, mu);
    snprintf(a.model, sizeof a.model, "D/M/1");
    a.source = "GI/M/1: Kleinrock, Queueing Systems I, ch. 6";
    a.p_wait = x.sigma;
    a.wq = x.wq;
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = gim1_wait_quantile(&x, mu, station_quantiles[i]);
        a.sojourn[i] = gim1_sojourn_quantile(&x, mu, station_quantiles[i]);
    }
    return a;
}

static answer no_wait(question *q, answer a)
{
    snprintf(a.model, sizeof a.model, "M/G/inf");
    a.source = "Eick, Massey and Whitt 1993";
    a.note = "there are so many servers that hardly anybody waits";
    a.wq = 0;
    a.p_wait = mginf_at_least(q->rate * q->service.mean, q->servers);
    for (int i = 0; i < STATION_QUANTILES; i++) {
        a.wait[i] = 0;
        a.sojourn[i] = timelaw_quantile(&q->service, station_quantiles[i]);
    }
    return a;
}

static answer unbounded(question *q, answer a)
{
    if (a.load >= 1) {
        snprintf(a.model, sizeof a.model, "overloaded");
        a.kind = FINDING_FLUID;
        a.unstable = true;
        return a;
    }
    if (q->arrivals == STREAM_EVEN)
        a = even(q, a);
    else if (q->servers > 1 && mginf_at_least(q->rate * q->service.mean, q->servers) < NEVER)
        a = no_wait(q, a);
    else if (q->service.shape == TIMELAW_EXPONENTIAL)
        a = q->servers == 1 ? mm1(q, a) : mmc(q, a);
    else if (q->service.shape == TIMELAW_CONSTANT)
        a = mdc(q, a);
    else if (q->servers == 1)
        a = mg1(q, a);
    else
        a = allen_cunneen(q, a, 1);
    a.p_block = 0;
    a.rho = a.load;
    fill_w(q, &a);
    return a;
}

/* Finitely many places, and they fill up now and then. */
static answer bounded(question *q, answer a)
{
    double mu = 1 / q->service.mean, k = q->servers + q->places;
    struct mmck x = mmck_solve(q->rate, mu, q->servers, k);
    bool exponential = q->service.shape == TIMELAW_EXPONENTIAL;
    a.p_block = x.p_block;
    a.rho = x.rho;
    a.p_wait = x.p_wait;
    a.wq = x.wq;
    a.w = x.w;
    a.lq = x.lq;
    a.l = x.l;
    if (q->places == 0) {
        snprintf(a.model, sizeof a.model, "M/G/%u/%u", q->servers, q->servers);
        a.source = "Erlang B; insensitive to the service law (Sevastyanov 1957)";
        return a;
    }
    snprintf(a.model, sizeof a.model, "M/%s/%u/%.0f", exponential ? "M" : "G", q->servers, k);
    a.source = "birth and death; Gross and Harris, ch. 2";
    if (exponential)
        return a;
    a.kind = FINDING_APPROXIMATE;
    a.note = "a bounded room and a law that is not exponential have no closed form; values are "
             "those of the exponential law "
             "with this mean";
    return a;
}

answer station_choose(question *q)
{
    answer a = {.kind = FINDING_EXACT, .load = q->rate * q->service.mean / q->servers};
    double *unknown[] = {&a.rho, &a.p_wait, &a.p_block, &a.wq,          &a.w,
                         &a.lq,  &a.l,      &a.sd_wq,   &a.busy_period, &a.relaxation};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        *unknown[i] = NAN;
    for (int i = 0; i < STATION_QUANTILES; i++)
        a.wait[i] = a.sojourn[i] = NAN;
    bool fills =
        isfinite(q->places) &&
        !(mmck_solve(q->rate, 1 / q->service.mean, q->servers, q->servers + q->places).p_block <
          NEVER);
    if (fills && q->arrivals == STREAM_EVEN)
        a.kind = FINDING_APPROXIMATE;
    a = fills ? bounded(q, a) : unbounded(q, a);
    if (isfinite(q->places) && !fills && a.note == NULL)
        a.note = "the waiting room is bounded, but hardly ever full (less than 1e-9)";
    if (q->arrivals == STREAM_OTHER && a.kind == FINDING_EXACT)
        a.kind = FINDING_APPROXIMATE;
    return a;
}

double station_sojourn_above(question *q, const answer *a, double t)
{
    bool poisson = q->arrivals != STREAM_EVEN,
         exponential = q->service.shape == TIMELAW_EXPONENTIAL;
    if (a->unstable)
        return 1;
    if (a->wq == 0 && timelaw_known(&q->service))
        return timelaw_above(&q->service, t);
    if (poisson && exponential && a->load < 1)
        return mmc_sojourn_above(q->rate, 1 / q->service.mean, q->servers, t);
    return fmin(1, a->w / t);
}
