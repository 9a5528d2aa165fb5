/* theory_vs.c - see theory_vs.h. */
#include "theory_vs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "samples.h"

static bool values_of(const struct theory_vs *vs, const struct finding_probe *p, double **x,
                      size_t *n)
{
    struct err err = {0};
    *x = NULL;
    return query_values(vs->query, vs->run, 0, p->entity, p->metric, p->stat, x, n, &err);
}

static double z_of(const struct estimate *e, double theory)
{
    double distance = e->mean - theory;
    if (e->se > 0)
        return distance / e->se;
    return fabs(distance) <= 1e-9 * fabs(theory) ? 0 : NAN;
}

struct theory_sim theory_simulated(const struct theory_vs *vs, const struct finding_value *v)
{
    struct theory_sim s = {.z = NAN};
    double *x, *over = NULL;
    size_t n, m = 0;
    if (vs->query == NULL || v->probe.metric == NULL || !values_of(vs, &v->probe, &x, &n))
        return s;
    bool ok = v->over.metric == NULL || (values_of(vs, &v->over, &over, &m) && m == n);
    for (size_t i = 0; ok && over != NULL && i < n; i++)
        x[i] = over[i] != 0 ? x[i] / over[i] : NAN;
    if (ok) {
        s.e = estimate_mean(x, n, SAMPLES_LEVEL);
        s.z = z_of(&s.e, v->x);
        s.measured = s.e.n > 0;
    }
    free(x);
    free(over);
    return s;
}

static bool same_files(struct query *q, int64_t run, const struct scenario *s)
{
    struct query_text *text;
    struct err err = {0};
    size_t n, m;
    const struct scenario_file *file = scenario_files(s, &m);
    if (!query_files(q, run, &text, &n, &err))
        return false;
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++)
        same = strlen(text[i].text) == file[i].bytes &&
               memcmp(text[i].text, file[i].text, file[i].bytes) == 0;
    query_texts_free(text, n);
    return same;
}

bool theory_same_scenario(const struct theory_vs *vs, const struct scenario *s,
                          const char *const *set, size_t n_set)
{
    struct query_text *text;
    struct err err = {0};
    size_t n;
    if (!same_files(vs->query, vs->run, s) || !query_overrides(vs->query, vs->run, &text, &n, &err))
        return false;
    size_t at = 0;
    bool same = true;
    for (size_t i = 0; same && i < n;
         i++) { /* how often it was run, and from which seed, is not the scenario's business */
        if (strncmp(text[i].text, "run.replications=", 17) == 0 ||
            strncmp(text[i].text, "run.seed=", 9) == 0)
            continue;
        same = at < n_set && strcmp(text[i].text, set[at++]) == 0;
    }
    same = same && at == n_set;
    query_texts_free(text, n);
    return same;
}

/* --- Little's law --- */

/* Levels are averaged up to the end of the drain, wherever counters stop. */
static double window_of(const struct theory_vs *vs)
{
    struct query_run *all;
    struct err err = {0};
    size_t n;
    double window = NAN;
    if (!query_runs(vs->query, &all, &n, &err))
        return NAN;
    for (size_t i = 0; i < n; i++) {
        if (all[i].id == vs->run)
            window = (double)(all[i].duration_ns + all[i].drain_ns - all[i].warmup_ns);
    }
    query_runs_free(all, n);
    return window;
}

/* Something came that was not sent, or came back: time until the first receive is not all the time
 * inside. */
static bool comes_back(const struct theory_vs *vs, const char *queue)
{
    static const char *const metric[] = {"redelivered", "moved_in"};
    bool any = false;
    for (size_t k = 0; k < 2; k++) {
        double *x;
        size_t n;
        const struct finding_probe p = {queue, metric[k], "sum"};
        if (!values_of(vs, &p, &x, &n))
            return true;
        for (size_t i = 0; i < n; i++)
            any |= x[i] > 0;
        free(x);
    }
    return any;
}

struct triple {
    double *inside, *count, *time;
    size_t n;
};

static bool read_triple(const struct theory_vs *vs, const char *path, const char *const *metric,
                        struct triple *t)
{
    size_t b = 0, c = 0;
    const struct finding_probe inside = {path, metric[0], "mean"}, count = {path, metric[1], "sum"},
                               time = {path, metric[2], "mean"};
    return values_of(vs, &inside, &t->inside, &t->n) && values_of(vs, &count, &t->count, &b) &&
           values_of(vs, &time, &t->time, &c) && b == t->n && c == t->n;
}

bool theory_little(const struct theory_vs *vs, const struct spec_entity *e,
                   struct theory_little *out)
{
    static const char *const station[] = {"in_system", "accepted", "sojourn"}, *const queue[] = {
                                                                                   "depth", "sent",
                                                                                   "wait"};
    bool is_queue = strcmp(e->kind, "queue") == 0,
         is_station = strcmp(e->kind, "service") == 0 || strcmp(e->kind, "database") == 0;
    struct triple t = {0};
    if (vs->query == NULL || (!is_queue && !is_station) || (is_queue && comes_back(vs, e->path)))
        return false;
    double window = window_of(vs);
    bool ok = read_triple(vs, e->path, is_queue ? queue : station, &t);
    double *product = ok ? calloc(t.n + 1, sizeof *product) : NULL;
    for (size_t i = 0; product != NULL && i < t.n; i++)
        product[i] = t.count[i] > 0 ? t.count[i] * t.time[i] / window : 0;
    if (product != NULL) {
        struct paired p = estimate_paired(product, t.inside, t.n, SAMPLES_LEVEL);
        *out = (struct theory_little){p.b, p.a, p.difference, z_of(&p.difference, 0)};
        ok = p.b.n > 0 && p.b.mean > 0;
    }
    free(product);
    free(t.inside);
    free(t.count);
    free(t.time);
    return ok && product != NULL;
}
