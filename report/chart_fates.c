/* chart_fates.c - what did users lose? One panel a run on one time axis: the requests born in each moment as a single
 * 100 % band in a fixed order, from in time (pale) up to lost (dark). Totals stand above each band and name its
 * colours; a moment without births stays white. */
#include <math.h>

#include "layouts.h"
#include "text.h"

#define HEAD_ROW 18.0
#define GAP      14.0
#define PANEL_MIN 30.0
#define BAR       3.0 /* above and below a fault */
#define COLUMNS  640

/* Births joined into at most COLUMNS buckets, as running shares: edge[k][b] is the part below the top of fate k. */
struct shares {
    size_t  n;
    double  width_s;
    double *edge[4]; /* NAN where nobody was born */
};

static void add_bucket(const struct fates_run *r, struct shares *k, size_t b, size_t by)
{
    double sum[4] = {0}, all = 0, below = 0;
    for (size_t i = b * by; i < (b + 1) * by && i < r->n; i++)
        for (size_t f = 0; f < 4; f++)
            sum[f] += r->fate[f][i];
    for (size_t f = 0; f < 4; f++)
        all += sum[f];
    for (size_t f = 0; f < 4; f++) {
        below += sum[f];
        k->edge[f][b] = all > 0 ? below / all : NAN;
    }
}

static bool make_shares(struct sheet *s, const struct fates_run *r, struct shares *k)
{
    size_t by = r->n > COLUMNS ? (r->n + COLUMNS - 1) / COLUMNS : 1;
    k->n = (r->n + by - 1) / by;
    k->width_s = r->width_s * (double)by;
    for (size_t f = 0; f < 4; f++)
        k->edge[f] = sheet_get(s, k->n, sizeof(double));
    for (size_t b = 0; !s->failed && b < k->n; b++)
        add_bucket(r, k, b, by);
    return !s->failed;
}

static size_t span_end(const double *edge, size_t from, size_t n)
{
    while (from < n && !isnan(edge[from]))
        from++;
    return from;
}

/* One fate over buckets from … to, all with births: its top edge forth, its lower edge back. */
static void draw_span(struct sheet *s, const struct shares *k, size_t f, size_t from, size_t to, const struct scale *x,
                      const struct scale *y)
{
    size_t n = 2 * (to - from);
    struct point *p = sheet_points(s, 2 * n);
    if (p == NULL)
        return;
    double thickest = 0;
    for (size_t b = from; b < to; b++) {
        double low = f > 0 ? k->edge[f - 1][b] : 0, high = k->edge[f][b];
        double x0 = scale_at(x, (double)b * k->width_s), x1 = scale_at(x, (double)(b + 1) * k->width_s);
        size_t i = 2 * (b - from);
        p[i] = (struct point){x0, scale_at(y, high)};
        p[i + 1] = (struct point){x1, scale_at(y, high)};
        p[2 * n - 1 - i] = (struct point){x0, scale_at(y, low)};
        p[2 * n - 2 - i] = (struct point){x1, scale_at(y, low)};
        thickest = fmax(thickest, high - low);
    }
    if (thickest > 0)
        sheet_area(s, p, 2 * n, (struct ink){fate_ink[f].fill, 1});
}

static void draw_band(struct sheet *s, const struct shares *k, const struct scale *x, const struct scale *y)
{
    for (size_t from = 0; from < k->n;) {
        size_t to = span_end(k->edge[3], from, k->n);
        for (size_t f = 0; f < 4 && to > from; f++)
            draw_span(s, k, f, from, to, x, y);
        from = to > from ? to : from + 1;
    }
}

static double offered(const struct fates_run *r)
{
    return r->total[0] + r->total[1] + r->total[2] + r->total[3];
}

static const char *share_of(struct sheet *s, const struct fates_run *r, size_t f)
{
    char text[FORMAT_SIZE];
    double all = offered(r);
    format_share(text, all > 0 ? r->total[f] / all : NAN);
    return sheet_format(s, "%s", text);
}

/* The run's name and, from the right, each fate's colour with its share and number. */
static void panel_head(struct sheet *s, const struct fates_run *r, double left, double right, double y)
{
    struct type name = type_label;
    name.rgb = role_of(r->role)->text;
    double at = right;
    for (size_t f = 4; f-- > 0;) {
        char count[FORMAT_SIZE];
        format_round(count, r->total[f]);
        const char *text = r->total[f] > 0 ? sheet_format(s, "%s %s (%s)", fate_ink[f].name, share_of(s, r, f), count)
                                           : sheet_format(s, "%s 0", fate_ink[f].name);
        double room = text_width(text, TYPE_SMALL) + 14;
        if (at - room < left + 40)
            break;
        at -= room;
        sheet_dot(s, at + 4, y - 3.2, (struct ink){fate_ink[f].fill, 1}, 8, SHAPE_SQUARE);
        sheet_text(s, at + 11, y, text, type_soft);
        at -= 9;
    }
    sheet_text_within(s, left, y, r->name, name, at - left);
    double after = left + text_width(r->name, name.size) + 8;
    if (r->title != NULL && *r->title != 0 && at - 12 - after > 80)
        sheet_text_within(s, after, y, r->title, type_soft, at - 12 - after);
}

static const char *finding(struct sheet *s, const struct fates_data *d)
{
    const struct fates_run *a = &d->run[0], *b = &d->run[d->n_run - 1];
    if (!(offered(a) > 0) || !(offered(b) > 0))
        return "No request was born";
    const char *lost = share_of(s, a, 3), *timely = share_of(s, a, 0);
    if (d->n_run == 1)
        return sheet_format(s, "%s: %s of the requests in time, %s lost", a->name, timely, lost);
    if (a->total[3] == 0 && b->total[3] == 0)
        return sheet_format(s, "%s → %s: none lost in either, in time %s → %s", a->name, b->name, timely, share_of(s, b, 0));
    return sheet_format(s, "%s → %s: lost %s → %s, in time %s → %s", a->name, b->name, lost, share_of(s, b, 3), timely,
                        share_of(s, b, 0));
}

static const char *subtitle(struct sheet *s, const struct fates_data *d)
{
    char deadline[FORMAT_SIZE];
    format_duration(deadline, d->deadline_s);
    size_t n = d->run[0].n_replication;
    const char *within = d->deadline_s >= 0 ? sheet_format(s, ", deadline %s", deadline) : deadlines_told(s, d->deadlines, ", ");
    return sheet_format(s, "share of the requests born at each moment, by what became of them%s · mean of %zu replication%s", within,
                        n, n == 1 ? "" : "s");
}

static void fill_table(struct sheet *s, const struct fates_data *d)
{
    static const char *const head[] = {"run", "offered", "in time", "late", "waiting", "lost"};
    char text[FORMAT_SIZE];
    sheet_table_head(s, head, 6);
    for (size_t i = 0; i < d->n_run; i++) {
        const struct fates_run *r = &d->run[i];
        sheet_cell(s, r->name);
        format_number(text, offered(r));
        sheet_cell(s, text);
        for (size_t f = 0; f < 4; f++) {
            format_number(text, r->total[f]);
            sheet_cell(s, r->total[f] > 0 ? sheet_format(s, "%s (%s)", text, share_of(s, r, f)) : "0");
        }
    }
}

static const char *describe(struct sheet *s, const struct fates_data *d)
{
    const char *text = "What became of the requests, by time of birth.";
    for (size_t i = 0; i < d->n_run; i++) {
        const struct fates_run *r = &d->run[i];
        text = sheet_format(s, "%s %s: %s in time, %s late, %s waiting, %s lost.", text, r->name, share_of(s, r, 0),
                            share_of(s, r, 1), share_of(s, r, 2), share_of(s, r, 3));
    }
    return text;
}

/* The band hides what is behind it, and a shade over it would change its colours: bars above and below, and edges. */
static void shade(struct sheet *s, const struct fault_span *f, const struct scale *x, double top, double bottom)
{
    if (!(f->to_s > x->lo) || !(f->from_s < x->hi))
        return;
    double x0 = scale_at(x, f->from_s), x1 = fmin(fmax(scale_at(x, f->to_s), x0 + 1), x->to);
    const struct ink ink = {RGB_SOFT, 1};
    sheet_rect(s, (struct box){x0, top - BAR, x1, top}, ink);
    sheet_rect(s, (struct box){x0, bottom, x1, bottom + BAR}, ink);
    sheet_segment(s, x0, top, x0, bottom, ink, 0.7, DASH_SHORT);
    if (f->to_s < x->hi)
        sheet_segment(s, x1, top, x1, bottom, ink, 0.7, DASH_SHORT);
}

static void draw_panel(struct sheet *s, const struct fates_data *d, const struct fates_run *r, const struct scale *x,
                       double top, double bottom)
{
    struct shares shares;
    struct scale y = scale_linear(0, 1, bottom, top);
    if (!make_shares(s, r, &shares))
        return;
    axis_y(s, &y, TICK_SHARE, bottom - top > 60 ? 4 : 2, x->from, x->to);
    draw_band(s, &shares, x, &y);
    for (size_t i = 0; i < d->n_fault; i++)
        shade(s, &d->fault[i], x, top, bottom);
}

static void draw_all(struct sheet *s, const struct fates_data *d, double y)
{
    double left = PAGE_EDGE + 40, right = s->width - PAGE_EDGE - 6;
    struct scale x = scale_linear(0, d->end_s, left, right);
    double named = faults_room(d->n_fault), n = (double)d->n_run;
    double fixed = y + named + n * HEAD_ROW + (n - 1) * GAP + AXIS_X_ROOM + PAGE_EDGE;
    s->height = fmax(s->height, fixed + n * PANEL_MIN);
    double height = (s->height - fixed) / n;
    for (size_t i = 0; i < d->n_run; i++) {
        double top = y + HEAD_ROW + (i == 0 ? named : 0);
        panel_head(s, &d->run[i], left, right, y + type_label.size * 1.1);
        if (i == 0)
            faults_draw(s, d->fault, d->n_fault, &x, top - BAR, top, true);
        draw_panel(s, d, &d->run[i], &x, top, top + height);
        y = top + height + GAP;
    }
    axis_x(s, &x, TICK_MOMENT, y - GAP, y - GAP, false, "time of birth since the start of the run");
}

bool fates_layout(const struct fates_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n_run == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no run was given");
    struct page_size page = page_size(width, height, 130 + 150 * (double)d->n_run);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s == NULL)
        return sheet_close(s, out, err);
    draw_all(s, d, frame_head(s, finding(s, d), subtitle(s, d)) + 8);
    fill_table(s, d);
    sheet_alt_set(s, describe(s, d));
    return sheet_close(s, out, err);
}
