/* load_deadline.c - whose deadline a chart may draw. A promise is a producer's: a line across the requests of several stands
 * for all of them only where all promise the same. Where they differ it is told who promises what, and nothing is drawn. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "mem.h"
#include "written.h"

#define NAMED 4 /* producers that a subtitle has room for */

struct promises {
    struct load_run *run;
    size_t           n;
    double           first_s; /* NAN: never late */
    bool             differ;
};

/* In seconds; NAN: none. */
static double promise_of(const struct written *scenario, const char *producer)
{
    char path[200];
    snprintf(path, sizeof(path), "%.150s.deadline.mid", producer); /* of one that is known roughly */
    double mid = written_number(scenario, path, NAN);
    path[strlen(path) - strlen(".mid")] = 0;
    return written_number(scenario, path, mid);
}

static void add_name(struct load_run *r, size_t i, const char *maker, double promise_s)
{
    char text[FORMAT_SIZE] = "none";
    size_t at = strlen(r->deadlines);
    if (!isnan(promise_s))
        format_duration(text, promise_s);
    if (i < NAMED)
        snprintf(r->deadlines + at, sizeof(r->deadlines) - at, "%s%.30s %s", i > 0 ? ", " : "", strchr(maker, '.') + 1, text);
    else if (i == NAMED)
        snprintf(r->deadlines + at, sizeof(r->deadlines) - at, " …");
}

static void add(struct promises *p, const char *producer, double promise_s)
{
    if (p->n == 0)
        p->first_s = promise_s;
    p->differ |= isnan(promise_s) != isnan(p->first_s) || promise_s < p->first_s || promise_s > p->first_s;
    add_name(p->run, p->n++, producer, promise_s);
}

/* Alarms and the schedules of a bus make requests too; of those only who promises anything is asked. */
static bool makes_requests(const char *path, double promise_s)
{
    return wiring_is(path, "producer") || ((wiring_is(path, "alarm") || wiring_is(path, "bus")) && !isnan(promise_s));
}

/* --- who feeds a queue --- */

/* What goes out of `from` may come to `to`; more ways than there are do no harm: then nothing is drawn. */
static bool leads(const struct wire *w, const char **from, const char **to)
{
    bool reads = strcmp(w->key, "source") == 0;
    *from = reads ? w->to : w->from;
    *to = reads ? w->from : w->to;
    return strcmp(w->key, "done_at") != 0;
}

/* Whether a request of the producer can come to the queue; seen: room for a mark a wire. */
static bool feeds(const struct wiring *w, const char *producer, const char *queue, bool *seen)
{
    const char *from, *to;
    bool more = true;
    memset(seen, 0, w->n * sizeof(*seen));
    while (more) {
        more = false;
        for (size_t i = 0; i < w->n; i++) {
            if (seen[i] || !leads(&w->wire[i], &from, &to))
                continue;
            bool here = strcmp(from, producer) == 0;
            for (size_t k = 0; !here && k < w->n; k++) {
                const char *before, *end;
                here = seen[k] && leads(&w->wire[k], &before, &end) && strcmp(end, from) == 0;
            }
            seen[i] = here;
            more |= here;
            if (here && strcmp(to, queue) == 0)
                return true;
        }
    }
    return false;
}

bool load_deadline(struct load_run *r, struct query *q, const struct wiring *w, const char *queue, struct err *err)
{
    char **path = NULL;
    size_t n = 0;
    struct written scenario = {0};
    struct promises p = {.run = r};
    r->deadline_s = r->q->deadline_ns >= 0 ? sim_seconds(r->q->deadline_ns) : NAN;
    r->deadlines[0] = 0;
    bool ok = query_entities(q, r->q->id, &path, &n, err) && written_open(&scenario, q, r->q->id, err);
    bool *seen = ok ? mem_get(w != NULL ? w->n + 1 : 1) : NULL;
    if (ok && seen == NULL)
        ok = err_set(err, ERR_OS, "memory is short");
    for (size_t i = 0; ok && i < n; i++) {
        double promise_s = promise_of(&scenario, path[i]);
        if (makes_requests(path[i], promise_s) && (w == NULL || feeds(w, path[i], queue, seen)))
            add(&p, path[i], promise_s);
    }
    if (p.n > 0)
        r->deadline_s = p.differ ? NAN : p.first_s;
    if (!p.differ)
        r->deadlines[0] = 0;
    mem_release(seen);
    written_close(&scenario);
    query_entities_free(path, n);
    return ok;
}
