/* chart_genealogy.c - where do shards come from? Time runs to the right, the range of hash keys upwards; each shard is the
 * rectangle that it owned while it was open, so children stand beside their parents. Where a shard was closed, a line tells
 * whether it was split or merged. One replication: in others, policies may split elsewhere. */
#include <math.h>
#include <string.h>

#include "layouts_stream.h"
#include "rows.h"
#include "text.h"

#define HEIGHT    300.0
#define STRIP     5.0
#define SOON      1e-3 /* children open within this part of the run after the earliest of them */
#define DRAWN_MAX 3000
#define ROW_LEAST 2.0  /* height of the narrowest shard, if the page may grow for it */
#define GROWN     560.0

#define RGB_UNKNOWN 0xE3EBF2u
#define RGB_SPLIT   0x1F1F1Fu
#define RGB_MERGE   0xD55E00u

enum end { END_OPEN, END_SPLIT, END_MERGE, END_OTHER };

struct family {
    enum end *end;      /* of each shard */
    size_t    splits, merges, first, last, most; /* shards at the start, at the end, at once */
    double    most_s;
};

static double end_of(const struct genealogy_data *d, const struct genealogy_shard *g)
{
    return fmin(g->to_s, d->end_s);
}

static bool meet(const struct genealogy_shard *a, const struct genealogy_shard *b)
{
    double hair = 1e-9;
    return a->low < b->high - hair && b->low < a->high - hair;
}

/* Those that open when g closes, over its range; *one: any of them. */
static size_t children(const struct genealogy_data *d, const struct genealogy_shard *g, const struct genealogy_shard **one)
{
    double first = INFINITY, slack = SOON * d->end_s;
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        if (&d->shard[i] != g && meet(&d->shard[i], g) && d->shard[i].from_s >= g->to_s - slack)
            first = fmin(first, d->shard[i].from_s);
    for (size_t i = 0; i < d->n; i++) {
        const struct genealogy_shard *c = &d->shard[i];
        if (c == g || !meet(c, g) || c->from_s < g->to_s - slack || c->from_s > first + slack)
            continue;
        *one = c;
        n++;
    }
    return n;
}

static enum end end_kind(const struct genealogy_data *d, const struct genealogy_shard *g)
{
    const struct genealogy_shard *child = NULL;
    if (!(g->to_s < d->end_s))
        return END_OPEN;
    size_t n = children(d, g, &child);
    if (n > 1)
        return END_SPLIT;
    return n == 1 && child->high - child->low > g->high - g->low ? END_MERGE : END_OTHER;
}

static size_t open_at(const struct genealogy_data *d, double at)
{
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += d->shard[i].from_s <= at && (at < d->shard[i].to_s);
    return n;
}

static bool make_family(struct sheet *s, const struct genealogy_data *d, struct family *f)
{
    size_t merged = 0;
    f->end = sheet_get(s, d->n, sizeof(*f->end));
    for (size_t i = 0; f->end != NULL && i < d->n; i++) {
        f->end[i] = end_kind(d, &d->shard[i]);
        f->splits += f->end[i] == END_SPLIT;
        merged += f->end[i] == END_MERGE;
        f->first += d->shard[i].from_s <= 0;
        f->last += f->end[i] == END_OPEN;
        size_t n = open_at(d, d->shard[i].from_s);
        if (n > f->most) {
            f->most = n;
            f->most_s = d->shard[i].from_s;
        }
    }
    f->merges = merged / 2;
    return f->end != NULL;
}

/* --- marks --- */

static void label_put(struct sheet *s, const struct genealogy_shard *g, struct box b, uint32_t rgb)
{
    struct type type = {.size = TYPE_SMALL, .rgb = rgb};
    double room = b.x1 - b.x0 - 8;
    const char *load = isnan(g->load) ? "" : sheet_format(s, " · %s", say_share(s, g->load)), *both = sheet_format(s, "%s%s", g->name, load);
    const char *text = text_width(both, type.size) <= room ? both : g->name;
    if (b.y1 - b.y0 >= 11 && text_width(text, type.size) <= room)
        sheet_text(s, b.x0 + 4, (b.y0 + b.y1) / 2 + type.size * 0.36, text, type);
}

static void draw_shard(struct sheet *s, const struct genealogy_data *d, const struct genealogy_shard *g, const struct scale *x, const struct scale *y)
{
    struct box b = {scale_at(x, g->from_s), scale_at(y, g->high), scale_at(x, end_of(d, g)), scale_at(y, g->low)};
    double gap = fmin(0.6, (b.y1 - b.y0) / 4);
    const struct ramp_ink *ink = &ramp_ink[ramp_step(g->load)];
    b.y0 += gap;
    b.y1 -= gap;
    sheet_rect(s, b, (struct ink){isnan(g->load) ? RGB_UNKNOWN : ink->fill, 1});
    label_put(s, g, b, isnan(g->load) ? RGB_TEXT : ink->text);
}

/* On a white edge: the colours on both sides may be as dark as the line. */
static void draw_end(struct sheet *s, const struct genealogy_data *d, const struct genealogy_shard *g, enum end end, const struct scale *x,
                     const struct scale *y)
{
    double at = scale_at(x, end_of(d, g)), top = scale_at(y, g->high), bottom = scale_at(y, g->low);
    if (end == END_OPEN)
        return;
    sheet_segment(s, at, top, at, bottom, (struct ink){RGB_WHITE, 1}, 4, DASH_SOLID);
    if (end == END_SPLIT)
        sheet_segment(s, at, top, at, bottom, (struct ink){RGB_SPLIT, 1}, 1.6, DASH_SOLID);
    if (end == END_MERGE)
        sheet_segment(s, at, top, at, bottom, (struct ink){RGB_MERGE, 1}, 1.8, DASH_SHORT);
}

static bool loads_known(const struct genealogy_data *d)
{
    bool known = false;
    for (size_t i = 0; i < d->n; i++)
        known |= !isnan(d->shard[i].load);
    return known;
}

static void draw_legend(struct sheet *s, const struct genealogy_data *d, const struct family *f, double y)
{
    double x = PAGE_EDGE, right = s->width - PAGE_EDGE;
    if (loads_known(d) && x + 150 < right) {
        for (size_t i = 0; i < RAMP_STEPS; i++, x += 8)
            sheet_rect(s, (struct box){x, y - 7, x + 8, y}, (struct ink){ramp_ink[i].fill, 1});
        const char *text = "idle to full, mean while open";
        sheet_text_within(s, x + 4, y, text, type_soft, right - x - 4);
        x += 4 + text_width(text, type_soft.size) + 14;
    }
    if (f->splits > 0)
        legend_entry(s, &x, y, "ends in a split", RGB_SPLIT, SHAPE_SQUARE, right);
    if (f->merges > 0)
        legend_entry(s, &x, y, "ends in a merge", RGB_MERGE, SHAPE_SQUARE, right);
    if (d->n > DRAWN_MAX)
        sheet_text_within(s, x, y, sheet_format(s, "+%zu shards that are not drawn", d->n - DRAWN_MAX), type_soft, right - x);
    else if (d->unwatched > 0)
        sheet_text_within(s, x, y, sheet_format(s, "+%s shards beyond watched_shards", say_number(s, d->unwatched)), type_soft, right - x);
}

/* --- words --- */

static const char *times(struct sheet *s, size_t n, const char *one)
{
    return n == 1 ? sheet_format(s, "one %s", one) : sheet_format(s, "%zu %ss", n, one);
}

static const char *finding(struct sheet *s, const struct genealogy_data *d, const struct family *f)
{
    const char *most = f->most > f->first && f->most > f->last ? sheet_format(s, ", %zu at most (%s)", f->most, say_moment(s, f->most_s)) : "";
    if (d->unwatched > 0) /* splits and merges cannot be told where the children are not known */
        return sheet_format(s, "%s: of %s shards the first %zu are known, of which %zu are open at the start and %zu at the end", d->stream,
                            say_number(s, (double)d->n + d->unwatched), d->n, f->first, f->last);
    if (f->splits + f->merges == 0)
        return sheet_format(s, "%s keeps its %s: no split, no merge", d->stream, times(s, f->first, "shard"));
    const char *by = f->merges == 0   ? times(s, f->splits, "split")
                     : f->splits == 0 ? times(s, f->merges, "merge")
                                      : sheet_format(s, "%s and %s", times(s, f->splits, "split"), times(s, f->merges, "merge"));
    if (f->first == f->last)
        return sheet_format(s, "%s: %s at the start and at the end, after %s%s", d->stream, times(s, f->first, "shard"), by, most);
    return sheet_format(s, "%s: %s become%s %zu by %s%s", d->stream, times(s, f->first, "shard"), f->first == 1 ? "s" : "", f->last, by, most);
}

static void fill_table(struct sheet *s, const struct genealogy_data *d, const struct family *f)
{
    static const char *const head[] = {"shard", "from", "to", "opened", "closed", "by", "mean load"};
    static const char *const by[] = {[END_OPEN] = "open", [END_SPLIT] = "split", [END_MERGE] = "merge", [END_OTHER] = "closed"};
    sheet_table_head(s, head, 7);
    for (size_t i = 0; i < d->n; i++) {
        const struct genealogy_shard *g = &d->shard[i];
        sheet_cell(s, g->name);
        sheet_cell(s, say_share(s, g->low));
        sheet_cell(s, say_share(s, g->high));
        sheet_cell(s, say_moment(s, g->from_s));
        sheet_cell(s, f->end[i] == END_OPEN ? "never" : say_moment(s, g->to_s));
        sheet_cell(s, by[f->end[i]]);
        sheet_cell(s, isnan(g->load) ? "none" : say_share(s, g->load));
    }
}

static double narrowest(const struct genealogy_data *d)
{
    double least = 1;
    for (size_t i = 0; i < d->n; i++)
        least = d->shard[i].high > d->shard[i].low ? fmin(least, d->shard[i].high - d->shard[i].low) : least;
    return fmax(least, 1e-6);
}

static void draw_all(struct sheet *s, const struct genealogy_data *d, const struct family *f, double top, bool own)
{
    double named = faults_room(d->n_fault), fixed = top + named + STRIP + AXIS_X_ROOM + 18 + PAGE_EDGE;
    s->height = own ? fixed + fmin(fmax(HEIGHT, ROW_LEAST / narrowest(d)), GROWN) : fmax(s->height, fixed + 80);
    top += named + STRIP;
    struct scale y = scale_linear(0, 1, top + s->height - fixed, top);
    struct scale x = scale_linear(0, d->end_s, PAGE_EDGE + axis_y_room(&y, TICK_SHARE, 5), s->width - PAGE_EDGE - 6);
    faults_draw(s, d->fault, d->n_fault, &x, top - STRIP, top - 1, true);
    axis_y(s, &y, TICK_SHARE, 5, x.from, x.to);
    for (size_t i = 0; i < d->n && i < DRAWN_MAX; i++)
        draw_shard(s, d, &d->shard[i], &x, &y);
    for (size_t i = 0; i < d->n && i < DRAWN_MAX; i++)
        draw_end(s, d, &d->shard[i], f->end[i], &x, &y);
    axis_x(s, &x, TICK_MOMENT, top, y.from, false, "time since the start of the run");
    draw_legend(s, d, f, y.from + AXIS_X_ROOM + 12);
}

bool genealogy_layout(const struct genealogy_data *d, double width, double height, struct sheet **out, struct err *err)
{
    if (d->n == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: it is not known which shards %s has", d->stream);
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    struct family f = {.splits = 0};
    if (s != NULL && make_family(s, d, &f)) {
        const char *title = finding(s, d, &f);
        const char *which = d->n_replication > 1 ? sheet_format(s, "the first of %zu replications", d->n_replication) : "one replication";
        const char *sub = sheet_format(s, "each shard over its part of the hash keys (100 %% is 2^128), from its opening to its closing, run %s · %s", d->run, which);
        draw_all(s, d, &f, frame_head(s, title, sub) + 6, !(height > 0));
        fill_table(s, d, &f);
        sheet_alt_set(s, sheet_format(s, "Splits and merges of %s over time, run %s. %s.", d->stream, d->run, title));
    }
    return sheet_close(s, out, err);
}
