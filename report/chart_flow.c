/* chart_flow.c - where do messages end? A flow from left to right (Sankey): bars are producers, topics, subscriptions,
 * queues and ends, ribbons between them are as thick as many requests or messages went that way. Counts are whole numbers,
 * summed over the replications, and what enters a bar is what leaves it: rounding would lose the one message that matters.
 * Whatever is not zero is drawn at least a hair wide. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "charts.h"
#include "flow_order.h"
#include "text.h"

#define CURVE  16    /* segments of a ribbon between two stages */
#define THICK  230.0 /* of all ribbons of a stage, when the page may choose its height */
#define LINES  11.5
#define THIN   2.5

static const struct flow_ink {
    uint32_t bar, ribbon, text;
} inks[] = {
    [FLOW_STEP] = {0x0072B2, 0xC2DDEE, 0x00507C},    [FLOW_GOOD] = {0x5FAE90, 0xCFE6DC, 0x006B4C},
    [FLOW_LATE] = {0xE69F00, 0xF7E0AE, 0x7D5600},    [FLOW_WAITING] = {0x56B4E9, 0xC9E6F8, 0x17638F},
    [FLOW_ASIDE] = {0x8C8C8C, 0xE4E4E4, 0x595959},   [FLOW_BAD] = {0x262626, 0xA6A6A6, 0x1F1F1F},
};

/* "1,234,567", every digit. */
static const char *count_text(struct sheet *s, uint64_t n)
{
    char digit[24], out[40];
    int length = snprintf(digit, sizeof(digit), "%" PRIu64, n), at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digit[i];
    }
    out[at] = 0;
    return sheet_format(s, "%s", out);
}

static const char *share_text(struct sheet *s, uint64_t part, uint64_t whole)
{
    char text[FORMAT_SIZE];
    format_share(text, whole > 0 ? (double)part / (double)whole : NAN);
    return sheet_format(s, "%s", text);
}

static bool weigh(struct sheet *s, const struct flow_data *d, struct flow_balance *b)
{
    b->in = sheet_get(s, d->n_node + 1, sizeof(*b->in));
    b->out = sheet_get(s, d->n_node + 1, sizeof(*b->out));
    b->whole = sheet_get(s, d->n_unit + 1, sizeof(*b->whole));
    if (s->failed)
        return false;
    memset(b->in, 0, (d->n_node + 1) * sizeof(*b->in));
    memset(b->out, 0, (d->n_node + 1) * sizeof(*b->out));
    memset(b->whole, 0, (d->n_unit + 1) * sizeof(*b->whole));
    for (size_t i = 0; i < d->n_link; i++) {
        b->out[d->link[i].from] += d->link[i].count;
        b->in[d->link[i].to] += d->link[i].count;
    }
    for (size_t i = 0; i < d->n_node; i++)
        if (b->in[i] == 0)
            b->whole[d->node[i].part] += b->out[i];
    return true;
}

/* The first node that does not keep what enters it; FLOW_NONE: all do. */
static size_t leak(const struct flow_data *d, const struct flow_balance *b)
{
    for (size_t i = 0; i < d->n_node; i++)
        if (b->in[i] > 0 && b->in[i] != b->out[i] && (b->out[i] > 0 || d->node[i].kind == FLOW_STEP))
            return i;
    return FLOW_NONE;
}

/* --- marks --- */

static double ease(double from, double to, double t)
{
    return from + (to - from) * t * t * (3 - 2 * t);
}

/* One link as one area: its upper edge forth through all its hops, its lower edge back. */
static void draw_ribbon(struct sheet *s, const struct flow_view *v, size_t hop, size_t n_hop)
{
    const struct flow_link *l = &v->d->link[v->g.hop[hop].link];
    size_t n = n_hop * (CURVE + 1);
    struct point *p = sheet_points(s, 2 * n);
    double height = flow_thick(v, v->g.hop[hop].link);
    if (p == NULL)
        return;
    for (size_t i = 0; i < n; i++) {
        size_t h = hop + i / (CURVE + 1), stage = v->g.slot[v->g.hop[h].from].stage;
        double t = (double)(i % (CURVE + 1)) / CURVE, x0 = v->x[stage] + FLOW_BAR, x1 = v->x[stage + 1];
        double x = x0 + (x1 - x0) * t, y = ease(v->out_at[h], v->in_at[h], t);
        p[i] = (struct point){x, y};
        p[2 * n - 1 - i] = (struct point){x, y + height};
    }
    const struct flow_ink *ink = &inks[v->d->node[l->to].kind];
    sheet_area(s, p, 2 * n, (struct ink){height < THIN ? ink->bar : ink->ribbon, height < THIN ? 0.7 : 0.85});
}

/* Those that are thin lie above those that are not. */
static void draw_ribbons(struct sheet *s, const struct flow_view *v, bool thin)
{
    for (size_t i = 0; i < v->g.n_hop;) {
        size_t n = 1;
        while (i + n < v->g.n_hop && v->g.hop[i + n].link == v->g.hop[i].link)
            n++;
        if ((flow_thick(v, v->g.hop[i].link) < THIN) == thin)
            draw_ribbon(s, v, i, n);
        i += n;
    }
}

static void draw_bars(struct sheet *s, const struct flow_view *v)
{
    for (size_t i = 0; i < v->d->n_node; i++) {
        const struct flow_slot *t = &v->g.slot[i];
        if (t->in + t->out > 0)
            sheet_rect(s, (struct box){v->x[t->stage], t->y, v->x[t->stage] + FLOW_BAR, t->y + t->height},
                       (struct ink){inks[v->d->node[i].kind].bar, 1});
    }
}

static const char *detail_of(struct sheet *s, const struct flow_view *v, size_t node)
{
    uint64_t n = v->b.in[node] > 0 ? v->b.in[node] : v->b.out[node], whole = v->b.whole[v->d->node[node].part];
    if (n == whole && v->b.in[node] == 0)
        return sheet_format(s, "%s %s", count_text(s, n), v->d->unit[v->d->node[node].part]);
    return sheet_format(s, "%s (%s)", count_text(s, n), share_text(s, n, whole));
}

/* Over ribbons a label stands on a paper of its own. */
static void put_label(struct sheet *s, double x, double y, const char *text, struct type type, double width, bool paper)
{
    const char *fit = sheet_format(s, "%s", text);
    fit = s->failed ? NULL : text_fit(&s->arena, fit, type.size, width);
    s->failed |= fit == NULL;
    if (fit == NULL || *fit == 0)
        return;
    struct box b = text_box(x, y, fit, type);
    if (paper)
        sheet_rect(s, (struct box){b.x0 - 1, b.y0, b.x1 + 1, b.y1}, (struct ink){RGB_WHITE, 0.8});
    sheet_text(s, x, y, fit, type);
}

static void draw_label(struct sheet *s, const struct flow_view *v, size_t node)
{
    const struct flow_slot *t = &v->g.slot[node];
    struct type name = type_label, soft = type_soft;
    double middle = t->y + t->height / 2 + 1, x = v->x[t->stage], gap = v->g.n_stage > 1 ? v->x[1] - v->x[0] : 100;
    double width = gap - 8;
    bool above = flow_labelled_above(v, t);
    name.rgb = inks[v->d->node[node].kind].text;
    if (above) {
        middle = t->y - FLOW_ROW / 2;
    } else if (t->stage == 0) {
        name.align = soft.align = ALIGN_RIGHT;
        width = x - 5 - PAGE_EDGE;
        x -= 5;
    } else {
        x += FLOW_BAR + 5;
        width = s->width - PAGE_EDGE - x;
    }
    put_label(s, x, middle - 2, v->d->node[node].name, name, width, above);
    put_label(s, x, middle - 2 + LINES, detail_of(s, v, node), soft, width, above);
}

static void draw_labels(struct sheet *s, const struct flow_view *v)
{
    for (size_t i = 0; i < v->d->n_node; i++)
        if (v->g.slot[i].in + v->g.slot[i].out > 0)
            draw_label(s, v, i);
}

/* Room beside the first or last stage. */
static double label_room(struct sheet *s, const struct flow_view *v, size_t stage, double most)
{
    double room = 20;
    for (size_t i = 0; i < v->d->n_node; i++)
        if (v->d->node[i].stage == stage && v->b.in[i] + v->b.out[i] > 0)
            room = fmax(room, fmax(text_width(v->d->node[i].name, type_label.size) * 1.02,
                                   text_width(detail_of(s, v, i), type_soft.size)));
    return fmin(room, most) + 8;
}

/* --- words --- */

/* "98.3 % deleted, 1.2 % dropped": the ends of a part, those with most first. */
static const char *ends_of(struct sheet *s, const struct flow_view *v, size_t part, size_t most)
{
    const char *text = "";
    uint64_t last = UINT64_MAX;
    size_t last_node = 0, n = 0;
    for (; n < most; n++) {
        size_t best = FLOW_NONE;
        for (size_t i = 0; i < v->d->n_node; i++) {
            uint64_t in = v->b.in[i];
            if (v->d->node[i].part != part || v->b.out[i] > 0 || in == 0 || in > last || (in == last && i <= last_node))
                continue;
            if (best == FLOW_NONE || in > v->b.in[best])
                best = i;
        }
        if (best == FLOW_NONE)
            break;
        last = v->b.in[best];
        last_node = best;
        text = sheet_format(s, "%s%s%s %s", text, n > 0 ? ", " : "", share_text(s, last, v->b.whole[part]), v->d->node[best].name);
    }
    return text;
}

static const char *finding(struct sheet *s, const struct flow_view *v)
{
    size_t p = v->d->subject;
    return sheet_format(s, "Of %s %s: %s", count_text(s, v->b.whole[p]), v->d->unit[p], ends_of(s, v, p, 4));
}

static const char *subtitle(struct sheet *s, const struct flow_data *d)
{
    const char *over = d->n_replication == 1 ? "one replication"
                                             : sheet_format(s, "sums over %zu replications", d->n_replication);
    return sheet_format(s, "run %s · %s · what enters a bar is what leaves it", d->run, over);
}

static void fill_table(struct sheet *s, const struct flow_view *v)
{
    static const char *const head[] = {"from", "goes to", "count", "all into 'from'", "all out of 'from'"};
    sheet_table_head(s, head, 5);
    for (size_t i = 0; i < v->d->n_link; i++) {
        const struct flow_link *l = &v->d->link[i];
        if (l->count == 0)
            continue;
        sheet_cell(s, v->d->node[l->from].name);
        sheet_cell(s, v->d->node[l->to].name);
        sheet_cell(s, count_text(s, l->count));
        sheet_cell(s, v->b.in[l->from] > 0 ? count_text(s, v->b.in[l->from]) : "begins here");
        sheet_cell(s, count_text(s, v->b.out[l->from]));
    }
}

static const char *describe(struct sheet *s, const struct flow_view *v)
{
    const char *text = sheet_format(s, "Where %s end.", v->d->subject < v->d->n_unit ? v->d->unit[v->d->subject] : "messages");
    for (size_t p = 0; p < v->d->n_unit; p++)
        if (v->b.whole[p] > 0)
            text = sheet_format(s, "%s Of %s %s: %s.", text, count_text(s, v->b.whole[p]), v->d->unit[p],
                                ends_of(s, v, p, 12));
    return text;
}

static bool draw_all(struct sheet *s, struct flow_view *v, double y, bool own_height)
{
    double foot = v->d->note != NULL ? 16 : 0;
    v->x = sheet_get(s, v->g.n_stage, sizeof(*v->x));
    v->out_at = sheet_get(s, v->g.n_hop + 1, sizeof(*v->out_at));
    v->in_at = sheet_get(s, v->g.n_hop + 1, sizeof(*v->in_at));
    if (s->failed)
        return false;
    double least = y + flow_whole_height(v, 0) + PAGE_EDGE + foot;
    s->height = fmax(s->height, own_height ? least + THICK : least + 30);
    v->left = PAGE_EDGE + label_room(s, v, 0, s->width * 0.2);
    v->right = s->width - PAGE_EDGE - label_room(s, v, v->g.n_stage - 1, s->width * 0.24);
    v->top = y;
    v->bottom = s->height - PAGE_EDGE - foot;
    flow_place(v);
    draw_ribbons(s, v, false);
    draw_ribbons(s, v, true);
    draw_bars(s, v);
    draw_labels(s, v);
    if (foot > 0)
        sheet_text_within(s, PAGE_EDGE, s->height - PAGE_EDGE, v->d->note, type_soft, s->width - 2 * PAGE_EDGE);
    return true;
}

/* A link of nothing is no link. */
static struct flow_data without_zeros(struct sheet *s, const struct flow_data *d)
{
    struct flow_data kept = *d;
    struct flow_link *link = sheet_get(s, d->n_link + 1, sizeof(*link));
    kept.link = link;
    kept.n_link = 0;
    for (size_t i = 0; link != NULL && i < d->n_link; i++)
        if (d->link[i].count > 0)
            link[kept.n_link++] = d->link[i];
    return kept;
}

static bool make(struct sheet *s, const struct flow_data *all, bool own_height, struct err *err)
{
    struct flow_data d = without_zeros(s, all);
    struct flow_view v = {.d = &d};
    if (s->failed || !weigh(s, &d, &v.b))
        return true;
    size_t bad = leak(&d, &v.b);
    if (bad != FLOW_NONE)
        return err_set(err, ERR_INTERNAL, "flow: %" PRIu64 " enter %s, %" PRIu64 " leave it", v.b.in[bad], d.node[bad].name,
                       v.b.out[bad]);
    if (d.n_link == 0 || v.b.whole[d.subject] == 0)
        return err_set(err, ERR_DATA, "there is nothing to draw: no message and no request was counted in %s", d.run);
    if (!flow_order(s, &d, &v.g))
        return true;
    double y = frame_head(s, finding(s, &v), subtitle(s, &d));
    if (draw_all(s, &v, y + 10, own_height)) {
        fill_table(s, &v);
        sheet_alt_set(s, describe(s, &v));
    }
    return true;
}

bool flow_layout(const struct flow_data *d, double width, double height, struct sheet **out, struct err *err)
{
    struct page_size page = page_size(width, height, 0);
    struct sheet *s = sheet_open(page.width, page.height);
    if (s != NULL && !make(s, d, !(height > 0), err)) {
        sheet_free(s);
        return false;
    }
    return sheet_close(s, out, err);
}
