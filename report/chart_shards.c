/* chart_shards.c - which shard is hot? One row a shard, the most loaded on top, one column a span of time; the darker a cell,
 * the nearer is the shard to what it can take (records or bytes, whichever is nearer). Dots are where writes were refused.
 * Rows get thinner as shards get more; only rows with room have a label, and the finding stands in the title. */
#include <math.h>
#include <stdlib.h>

#include "layouts_stream.h"
#include "rows.h"
#include "text.h"

#define COLUMNS   160
#define CELLS     24000 /* at most: a picture of more is slow to open */
#define ROWS_MAX  400
#define ROW_MOST  18.0
#define ROW_LEAST 1.5
#define HEIGHT    320.0 /* of all rows, unless they need more */
#define LABELLED  11.0  /* least distance of two labels */
#define RIGHT     100.0 /* for the numbers beside rows */
#define SHARE     44.0  /* for the first of them */
#define STRIP     5.0   /* shows faults */
#define DOT_ROOM  7.0
#define ALL_OPEN  0.99  /* of the time: shards whose parts of all records can be compared */
#define SEAM      0.4   /* neighbours overlap a little, or paper shines through */

#define RGB_OPEN 0xF1F5F8u
#define RGB_DOT  0xD55E00u

struct row {
    const struct shards_row *row;
    struct course load; /* share of the limit */
    struct course open; /* value NULL: always */
    double records, throttled, bytes; /* means over the replications */
    double open_s, mean, most;        /* seconds that it was open; load while it was; the most of a column */
};

struct view {
    struct row  *row; /* in order of their load */
    size_t       n, drawn;
    double       records, throttled; /* of all */
    double       open;               /* mean number of open shards */
    size_t       hit;                /* the row with the most refusals */
};

static double total(const double *value, const struct shards_data *d)
{
    double sum = 0;
    for (size_t i = 0; value != NULL && i < d->n * d->n_replication; i++)
        sum += rows_clean(value[i]);
    return sum / (double)d->n_replication;
}

/* The greater of both shares, column by column. */
static bool make_load(struct sheet *s, const struct shards_data *d, struct row *r, size_t most)
{
    struct course bytes = {.n = 0};
    if (!course_make(s, &r->load, COURSE_COUNT, r->row->records, d->n_replication, d->n, d->width_s, most))
        return false;
    if (r->row->bytes != NULL && !course_make(s, &bytes, COURSE_COUNT, r->row->bytes, d->n_replication, d->n, d->width_s, most))
        return false;
    for (size_t i = 0; i < r->load.n; i++)
        r->load.value[i] = fmax(r->load.value[i] / d->limit_records, bytes.n > 0 ? bytes.value[i] / d->limit_bytes : 0);
    return true;
}

static bool make_row(struct sheet *s, const struct shards_data *d, const struct shards_row *from, struct row *r, size_t most)
{
    *r = (struct row){.row = from, .records = total(from->records, d), .throttled = total(from->throttled, d), .bytes = total(from->bytes, d)};
    if (!make_load(s, d, r, most))
        return false;
    if (from->open != NULL && !course_make(s, &r->open, COURSE_LEVEL, from->open, d->n_replication, d->n, d->width_s, most))
        return false;
    double all = (double)d->n * d->width_s;
    r->open_s = from->open != NULL ? fmin(total(from->open, d) * d->width_s, all) : all;
    double load = fmax(r->records / d->limit_records, r->bytes / d->limit_bytes);
    r->mean = r->open_s > 0 ? load / r->open_s : 0;
    r->most = course_top(&r->load);
    return true;
}

static int by_load(const void *a, const void *b)
{
    const struct row *p = a, *q = b;
    if (p->mean != q->mean)
        return p->mean > q->mean ? -1 : 1;
    if (p->throttled != q->throttled)
        return p->throttled > q->throttled ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row; /* same array: by index */
}

static bool make_view(struct sheet *s, const struct shards_data *d, struct view *v)
{
    v->n = d->n_row;
    v->drawn = v->n < ROWS_MAX ? v->n : ROWS_MAX;
    v->row = sheet_get(s, v->n, sizeof(*v->row));
    size_t most = CELLS / v->drawn < COLUMNS ? CELLS / v->drawn : COLUMNS;
    for (size_t i = 0; v->row != NULL && i < v->n; i++) {
        if (!make_row(s, d, &d->row[i], &v->row[i], most))
            return false;
        v->records += v->row[i].records;
        v->throttled += v->row[i].throttled;
        v->open += v->row[i].open_s / ((double)d->n * d->width_s);
    }
    if (v->row != NULL)
        qsort(v->row, v->n, sizeof(*v->row), by_load);
    for (size_t i = 0; v->row != NULL && i < v->n; i++)
        v->hit = v->row[i].throttled > v->row[v->hit].throttled ? i : v->hit;
    return v->row != NULL;
}

/* --- marks --- */

/* Neighbours of one colour are one rectangle. 0: nothing there; 1: open and idle; 2 …: shades. */
static size_t shade(const struct row *r, size_t i)
{
    double load = r->load.value[i], open = r->open.n > 0 ? rows_clean(r->open.value[i]) : 1;
    if (load > 0)
        return 2 + (size_t)fmin(load * RAMP_SHADES, RAMP_SHADES - 1);
    return open > 0 ? 1 : 0;
}

static void draw_cells(struct sheet *s, const struct row *r, const struct scale *x, double top, double bottom)
{
    for (size_t i = 0, to; i < r->load.n; i = to) {
        size_t what = shade(r, i);
        for (to = i + 1; to < r->load.n && shade(r, to) == what; to++)
            continue;
        struct box b = {scale_at(x, (double)i * r->load.width_s), top, scale_at(x, (double)to * r->load.width_s), bottom};
        b.x1 += to < r->load.n && shade(r, to) > 0 ? SEAM : 0;
        if (what > 0)
            sheet_rect(s, b, (struct ink){what == 1 ? RGB_OPEN : ramp_shade(what - 2), 1});
    }
}

/* What was refused within a few points of the axis; NULL: nothing was. */
static double *refusals(struct sheet *s, const struct shards_data *d, const struct row *r, const struct scale *x, size_t places)
{
    double *sum = r->throttled > 0 ? sheet_get(s, places, sizeof(*sum)) : NULL;
    for (size_t i = 0; sum != NULL && i < places; i++)
        sum[i] = 0;
    for (size_t i = 0; sum != NULL && i < d->n * d->n_replication; i++) {
        double at = (scale_at(x, ((double)(i % d->n) + 0.5) * d->width_s) - x->from) / (x->to - x->from) * (double)places;
        size_t place = at > 0 ? (size_t)at : 0;
        sum[place < places ? place : places - 1] += rows_clean(r->row->throttled[i]);
    }
    return sum;
}

/* A dot each, the larger the more, on one scale for all rows. */
static void draw_dots(struct sheet *s, const struct shards_data *d, const struct view *v, const struct scale *x, double top, double height)
{
    size_t places = (size_t)fmax((x->to - x->from) / DOT_ROOM, 1);
    double **sum = sheet_get(s, v->drawn, sizeof(*sum)), worst = 0, size = fmin(fmax(height * 0.6, 1.6), 5.5), gap = height > 4 ? 1 : 0;
    for (size_t i = 0; sum != NULL && i < v->drawn; i++) {
        sum[i] = refusals(s, d, &v->row[i], x, places);
        for (size_t k = 0; sum[i] != NULL && k < places; k++)
            worst = fmax(worst, sum[i][k]);
    }
    for (size_t i = 0; sum != NULL && i < v->drawn; i++)
        for (size_t k = 0; sum[i] != NULL && k < places; k++)
            if (sum[i][k] > 0)
                sheet_dot(s, x->from + ((double)k + 0.5) * (x->to - x->from) / (double)places, top + (double)i * height + (height - gap) / 2,
                          (struct ink){RGB_DOT, 1}, size * (0.3 + 0.7 * sqrt(sum[i][k] / worst)), SHAPE_DISC);
}

/* Its part of all records, and the part of its own writes that was refused. */
static void numbers(struct sheet *s, const struct view *v, const struct row *r, double x, double y)
{
    sheet_text_within(s, x, y, v->records > 0 ? say_share(s, r->records / v->records) : "0 %", type_soft, SHARE);
    if (v->throttled > 0)
        sheet_text_within(s, x + SHARE + 4, y, say_share(s, r->throttled > 0 ? r->throttled / (r->records + r->throttled) : 0), type_soft, RIGHT - SHARE - 9);
}

static void draw_rows(struct sheet *s, const struct view *v, const struct scale *x, double top, double height)
{
    struct type name = type_soft;
    name.align = ALIGN_RIGHT;
    double last = -INFINITY;
    for (size_t i = 0; i < v->drawn; i++) {
        double y = top + (double)i * height, gap = height > 4 ? 1 : 0, middle = y + height / 2 + TYPE_SMALL * 0.36;
        draw_cells(s, &v->row[i], x, y, y + height - gap);
        if (middle < last + LABELLED || middle - TYPE_SMALL * TEXT_ASCENT < top - STRIP)
            continue;
        last = middle;
        sheet_text_within(s, x->from - 5, middle, v->row[i].row->name, name, x->from - 5 - PAGE_EDGE);
        numbers(s, v, &v->row[i], x->to + 5, middle);
    }
}

static void draw_legend(struct sheet *s, const struct shards_data *d, const struct view *v, double y)
{
    double x = PAGE_EDGE, right = s->width - PAGE_EDGE;
    legend_entry(s, &x, y, "open, idle", 0xDDE3E8, SHAPE_SQUARE, right);
    for (size_t i = 0; i < RAMP_STEPS && x + 90 < right; i++, x += 8)
        sheet_rect(s, (struct box){x, y - 7, x + 8, y}, (struct ink){ramp_ink[i].fill, 1});
    if (x + 100 < right) {
        sheet_text(s, x + 4, y, "full", type_soft);
        x += 4 + text_width("full", type_soft.size) + 14;
    }
    if (v->throttled > 0)
        legend_entry(s, &x, y, "writes throttled", RGB_DOT, SHAPE_DISC, right);
    const char *more = v->n > v->drawn ? sheet_format(s, "+%zu shards with less load than these", v->n - v->drawn) : "";
    if (d->unwatched > 0)
        more = sheet_format(s, "%s%s+%s shards beyond watched_shards", more, *more != 0 ? ", " : "", say_number(s, d->unwatched));
    sheet_text_within(s, x, y, more, type_soft, right - x);
}

/* --- words --- */

static const char *finding(struct sheet *s, const struct shards_data *d, const struct view *v)
{
    const struct row *top = &v->row[0], *hit = &v->row[v->hit];
    if (!(v->records + v->throttled > 0))
        return sheet_format(s, "%s: no record is written", d->stream);
    const char *who = d->unwatched > 0
                          ? sheet_format(s, "%s, %zu of its %s shards", d->stream, v->n, say_number(s, (double)v->n + d->unwatched))
                          : d->stream;
    double part = v->records > 0 ? top->records / v->records : 0, refused = v->throttled / (v->records + v->throttled);
    const char *share = v->open < ALL_OPEN * (double)v->n
                            ? sheet_format(s, "%s: of %zu shards that come and go, shard %s is the fullest, %s of its limit while it is open", who,
                                           v->n, top->row->name, say_share(s, fmin(top->mean, 1)))
                        : v->n == 1 ? sheet_format(s, "%s: one shard, %s full on average", who, say_share(s, top->mean))
                                  : sheet_format(s, "%s: shard %s of %zu takes %s of the records (an even share is %s)", who, top->row->name,
                                                 v->n, say_share(s, part), say_share(s, 1 / (double)v->n));
    if (!(v->throttled > 0))
        return sheet_format(s, "%s; no write is throttled, the fullest moment of any shard is %s of its limit", share, say_share(s, fmin(top->most, 1)));
    const char *where = v->n == 1 ? "" : sheet_format(s, ", %s of them in shard %s", say_share(s, hit->throttled / v->throttled), hit->row->name);
    return sheet_format(s, "%s; %s of writes are throttled%s", share, say_share(s, refused), where);
}

static void fill_table(struct sheet *s, const struct view *v)
{
    static const char *const head[] = {"shard", "records", "share of records", "throttled", "open for", "mean load", "most load"};
    sheet_table_head(s, head, 7);
    for (size_t i = 0; i < v->n; i++) {
        const struct row *r = &v->row[i];
        sheet_cell(s, r->row->name);
        cell_number(s, r->records);
        sheet_cell(s, say_share(s, v->records > 0 ? r->records / v->records : 0));
        cell_number(s, r->throttled);
        sheet_cell(s, say_duration(s, r->open_s));
        sheet_cell(s, say_share(s, r->mean));
        sheet_cell(s, say_share(s, r->most));
    }
}

static double name_room(const struct view *v)
{
    double room = text_width("shard", type_soft.size) + 6;
    for (size_t i = 0; i < v->drawn; i++)
        room = fmax(room, text_width(v->row[i].row->name, type_soft.size) + 6);
    return fmin(room, 120);
}

static void draw_all(struct sheet *s, const struct shards_data *d, const struct view *v, double y, bool own)
{
    double n = (double)v->drawn, named = faults_room(d->n_fault), fixed = y + 16 + named + STRIP + AXIS_X_ROOM + 18 + PAGE_EDGE;
    double wish = fmin(ROW_MOST, fmax(HEIGHT / n, ROW_LEAST));
    s->height = own ? fixed + fmax(n * wish, 40) : fmax(s->height, fixed + fmax(n * ROW_LEAST, 40));
    double top = y + 16 + named + STRIP, height = fmin((s->height - fixed) / n, 3 * ROW_MOST);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + name_room(v), s->width - PAGE_EDGE - RIGHT);
    sheet_text_within(s, PAGE_EDGE, y + 8, "shard", type_soft, x.from - PAGE_EDGE);
    sheet_text_within(s, x.to + 5, y + 8, "share", type_soft, SHARE);
    if (v->throttled > 0)
        sheet_text_within(s, x.to + 9 + SHARE, y + 8, "throttled", type_soft, RIGHT - SHARE - 9);
    faults_draw(s, d->fault, d->n_fault, &x, top - STRIP, top - 1, true);
    draw_rows(s, v, &x, top, height);
    draw_dots(s, d, v, &x, top, height);
    axis_x(s, &x, TICK_MOMENT, top, top + n * height + 2, false, "time since the start of the run");
    draw_legend(s, d, v, top + n * height + 2 + AXIS_X_ROOM + 12);
}

bool shards_layout(const struct shards_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0 || d->n_row == 0 || d->n_replication == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: %s has no shards with records over time", d->stream);
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct view v = {.n = 0};
    if (s != NULL && make_view(s, d, &v)) {
        const char *title = finding(s, d, &v);
        const char *sub = sheet_format(s, "load of each shard, part of what it can take (%s records or %s MiB a second, whichever is nearer), run %s · %s",
                                       say_round(s, d->limit_records), say_round(s, d->limit_bytes / 1048576), d->run,
                                       say_replications(s, d->n_replication));
        draw_all(s, d, &v, frame_head(s, title, sub) + 6, !(height > 0));
        fill_table(s, &v);
        sheet_alt_set(s, sheet_format(s, "Heat map of the load of %zu shards over time, run %s. %s.", v.n, d->run, title));
    }
    return sheet_close(s, out, err);
}
