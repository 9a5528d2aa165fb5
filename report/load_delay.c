/* load_delay.c - data of the chart of delays behind delivery streams: the distribution of each one's delay, or of one's at each
 * point of a sweep, or in several runs. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "layouts_stream.h"
#include "load_stream.h"
#include "load_sweep.h"
#include "mem.h"
#include "wiring.h"

#define CURVES_MAX 8
#define INTERVAL_S 300.0 /* of a buffer for S3, unless it is set (FH-12) */
#define SIZE       "5MiB"

struct delays {
    struct parts       p;
    struct query_hist  hist[CURVES_MAX];
    struct delay_curve curve[CURVES_MAX];
    char               name[CURVES_MAX][200], setting[CURVES_MAX][100];
    size_t             n, more;
};

static void delays_close(struct delays *d)
{
    for (size_t i = 0; i < CURVES_MAX; i++)
        query_hist_free(&d->hist[i]);
    parts_close(&d->p);
}

/* A setting of the delivery stream at a design point, else as the scenario has it. */
static bool buffer_setting(const struct written *w, const struct query_point *point, const char *entity, const char *key, char *out, size_t size)
{
    char path[240];
    snprintf(path, sizeof(path), "%s.%s", entity, key);
    const char *at_point = point != NULL ? sweep_setting(point, path) : NULL;
    if (at_point != NULL) {
        snprintf(out, size, "%s", at_point);
        return true;
    }
    return written_find(w, path, out, size);
}

/* Buffers of conversions and of partitions are larger, unless it is set. */
static bool is_plain(const struct written *w, const char *entity)
{
    static const char *const larger[] = {"conversion", "partitioning"};
    bool plain = true;
    for (size_t i = 0; i < ARRAY_LEN(larger); i++) {
        char path[240];
        snprintf(path, sizeof(path), "%.200s.%s", entity, larger[i]);
        plain &= !written_find(w, path, NULL, 0);
    }
    return plain;
}

/* S3 is what a destination is unless it says otherwise. */
static bool goes_to_s3(const struct written *w, const char *entity)
{
    char path[240], destination[200], type[40];
    snprintf(path, sizeof(path), "%s.destination", entity);
    if (!written_find(w, path, destination, sizeof(destination)))
        return false;
    snprintf(path, sizeof(path), "%.200s.type", destination);
    return !written_find(w, path, type, sizeof(type)) || strcmp(type, "s3") == 0;
}

static void tell_buffer(const struct written *w, const struct query_point *point, const char *entity, char *text, size_t size, double *interval_s)
{
    char interval[60], bytes[60] = "";
    enum setting_kind kind;
    bool sized = buffer_setting(w, point, entity, "buffer_size", bytes, sizeof(bytes)), s3 = goes_to_s3(w, entity);
    *interval_s = s3 ? INTERVAL_S : NAN;
    if (!sized && s3 && (sized = is_plain(w, entity)))
        snprintf(bytes, sizeof(bytes), SIZE);
    if (buffer_setting(w, point, entity, "buffer_interval", interval, sizeof(interval)))
        load_setting(interval, interval_s, &kind);
    text[0] = 0;
    if (isnan(*interval_s))
        return;
    char span[FORMAT_SIZE];
    size_t digits = strspn(bytes, "0123456789.");
    format_duration(span, *interval_s);
    snprintf(text, size, "%s%s%.*s%s%s", span, sized ? " or " : "", (int)digits, bytes, sized ? " " : "", bytes + digits);
}

static bool add_curve(struct delays *d, const struct chart_request *r, size_t run, const struct query_point *point, const char *entity,
                      const char *name, const struct written *w, struct err *err)
{
    struct query_hist *h = &d->hist[d->n];
    if (d->n == CURVES_MAX) {
        d->more++;
        return true;
    }
    if (!query_hist(r->query, r->run[run], point != NULL ? point->number : 0, entity, "delay", h, err))
        return false;
    for (size_t i = 0; i < h->n; i++) {
        h->low[i] /= 1e9;
        h->high[i] /= 1e9;
    }
    double interval_s;
    tell_buffer(w, point, entity, d->setting[d->n], sizeof(d->setting[0]), &interval_s);
    snprintf(d->name[d->n], sizeof(d->name[0]), "%s", name);
    d->curve[d->n] = (struct delay_curve){d->name[d->n], d->setting[d->n][0] != 0 ? d->setting[d->n] : NULL, h->low, h->high, h->count, h->n, interval_s, false};
    d->n++;
    return true;
}

static void name_point(const struct query_point *p, const struct sweep_table *all, char *out, size_t size)
{
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < p->n && used < size; i++) {
        const char *dot = strrchr(p->setting[i].name, '.');
        if (sweep_varies(all, p->setting[i].name))
            used += (size_t)snprintf(out + used, size - used, "%s%s %s", used > 0 ? ", " : "", dot == NULL ? p->setting[i].name : dot + 1, p->setting[i].text);
    }
}

/* Each point of a sweep; when there are more than a page can tell apart, evenly chosen ones. */
static bool add_points(struct delays *d, const struct chart_request *r, const char *entity, const struct sweep_table *all, struct err *err)
{
    size_t drawn = all->n < CURVES_MAX ? all->n : CURVES_MAX;
    for (size_t i = 0; i < drawn; i++) {
        const struct query_point *p = &all->point[drawn > 1 ? i * (all->n - 1) / (drawn - 1) : 0];
        char name[200];
        name_point(p, all, name, sizeof(name));
        if (!add_curve(d, r, 0, p, entity, name, &d->p.setting, err))
            return false;
        d->curve[i].told = true;
    }
    d->more = all->n - drawn;
    return true;
}

/* All delivery streams of one run. */
static bool add_streams(struct delays *d, const struct chart_request *r, struct err *err)
{
    for (size_t i = 0; i < d->p.n; i++) {
        const struct query_metric *m = &d->p.metric[i];
        bool asked = r->entity == NULL || strcmp(r->entity, m->entity) == 0;
        if (asked && wiring_is(m->entity, "firehose") && strcmp(m->name, "delay") == 0 &&
            !add_curve(d, r, 0, NULL, m->entity, m->entity, &d->p.setting, err))
            return false;
    }
    return true;
}

static bool add_runs(struct delays *d, const struct chart_request *r, const char *entity, struct err *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < d->p.load.n; i++) {
        struct written w;
        ok = written_open(&w, r->query, r->run[i], err) && add_curve(d, r, i, NULL, entity, d->p.load.run[i].name, &w, err);
        written_close(&w);
    }
    return ok;
}

static bool add_curves(struct delays *d, const struct chart_request *r, const char *entity, struct err *err)
{
    struct sweep_table all = {0};
    if (r->n_run > 1)
        return add_runs(d, r, entity, err);
    bool ok = query_points(r->query, r->run[0], &all.point, &all.n, err) &&
              (all.n > 1 ? add_points(d, r, entity, &all, err) : add_streams(d, r, err));
    query_points_free(all.point, all.n);
    return ok;
}

bool load_delay(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct delays *d = mem_get_zero(1, sizeof(*d));
    if (d == NULL)
        return err_set(err, ERR_OS, "memory is short");
    if (!parts_open(&d->p, r, err)) {
        mem_release(d);
        return false;
    }
    const char *entity = parts_choose(&d->p, r->entity, "firehose", "delay", err);
    bool ok = entity != NULL && add_curves(d, r, entity, err);
    if (ok) {
        const struct delay_data data = {.what = entity, .run = r->n_run > 1 ? "" : d->p.load.run[0].told, .curve = d->curve, .n_curve = d->n,
                                        .n_more = d->more, .n_replication = d->p.load.run[0].q->n_replication};
        ok = delay_layout(&data, r->width, r->height, out, err);
    }
    delays_close(d);
    mem_release(d);
    return ok;
}
