/* versus_print.c - a comparison for people and for machines. */
#include "versus.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli.h"
#include "format.h"
#include "summary.h"
#include "table.h"

static const char *verdict_colour(enum contrast_verdict v)
{
    return v == CONTRAST_BETTER ? term_colour(stdout, COLOUR_GREEN)
           : v == CONTRAST_WORSE ? term_colour(stdout, COLOUR_RED)
                                 : "";
}

/* "+12 %": of the first one's mean. */
static void relative_text(char out[FORMAT_SIZE], const struct contrast *c)
{
    double share = contrast_relative(c);
    out[0] = 0;
    if (isnan(share) || isinf(share))
        return;
    char text[FORMAT_SIZE];
    if (fabs(share) >= 10) {
        format_round(text, share + 1);
        snprintf(out, FORMAT_SIZE, "\xC3\x97%.40s", text);
        return;
    }
    format_share(text, fabs(share));
    snprintf(out, FORMAT_SIZE, "%s%.40s", share < 0 ? "\xE2\x88\x92" : share > 0 ? "+" : "", text);
}

/* Independent runs of each side that would have given the same width. */
static void alone_text(char out[FORMAT_SIZE], const struct contrast *c)
{
    out[0] = 0;
    if (c->verdict != CONTRAST_SAME && !isnan(c->paired.difference.half))
        format_round(out, ceil(c->paired.replications_independent));
}

static void interval_cell(struct table *t, const struct contrast *c, bool say_level)
{
    const struct estimate *e = &c->paired.difference;
    char                   low[FORMAT_SIZE], high[FORMAT_SIZE], level[FORMAT_SIZE] = "";
    if (isnan(e->low)) {
        table_cell(t, "%s", "");
        return;
    }
    format_difference(low, e->low, c->unit);
    format_difference(high, e->high, c->unit);
    if (say_level)
        format_share(level, e->level);
    table_cell(t, "[%s, %s]%s%s", low, high, say_level ? " at " : "", level);
}

static void row(struct table *t, const struct contrast *c, int letter, bool named, bool several)
{
    char a[FORMAT_SIZE], b[FORMAT_SIZE], d[FORMAT_SIZE], relative[FORMAT_SIZE], alone[FORMAT_SIZE];
    format_value(a, c->paired.a.mean, c->unit);
    format_value(b, c->paired.b.mean, c->unit);
    format_difference(d, c->paired.difference.mean, c->unit);
    relative_text(relative, c);
    alone_text(alone, c);
    table_cell(t, "%s", named ? c->name : "");
    table_cell(t, "%s", named ? a : "");
    if (several)
        table_cell(t, "%c %s", letter, b);
    else
        table_cell(t, "%s", b);
    table_cell(t, "%s", d);
    table_cell(t, "%s", relative);
    interval_cell(t, c, several);
    table_cell(t, "%s%s%s", verdict_colour(c->verdict), contrast_words[c->verdict], term_colour(stdout, COLOUR_OFF));
    table_cell(t, "%s", alone);
}

/* All opponents of a metric below each other; a metric that only a later pair shares comes after the others. */
static void rows(struct table *t, const struct versus *v)
{
    bool several = v->runner.n > 2;
    for (size_t first = 0; first + 1 < v->runner.n; first++)
        for (size_t m = 0; m < v->other[first].n; m++) {
            const char *name = v->other[first].list[m].name;
            bool        shown = false;
            for (size_t before = 0; before < first; before++)
                shown |= versus_find(&v->other[before], name) != NULL;
            for (size_t i = first; !shown && i + 1 < v->runner.n; i++) {
                const struct contrast *c = versus_find(&v->other[i], name);
                if (c != NULL)
                    row(t, c, 'B' + (int)i, i == first, several);
            }
        }
}

static void head(int letter, const struct runner_scenario *s)
{
    printf("%s%c  %s%s\n   %s", term_colour(stdout, COLOUR_BOLD), letter, term_plain(scenario_title(s->scenario)),
           term_colour(stdout, COLOUR_OFF), s->path);
    for (size_t i = s->n_extra; i < s->n_given; i++)
        printf(", %s", s->set[i]);
    putchar('\n');
}

static void print_precisions(const struct versus *v)
{
    const struct runner *r = &v->runner;
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < r->precision.n; k++) {
            const struct precision_target *t = &r->precision.target[k];
            printf("%c: ", 'A' + (int)i);
            precision_print(t, precision_look(t, runner_values(&r->item[i], t->column), r->item[i].samples.n),
                            r->item[i].samples.n);
        }
}

static void gain_text(char out[FORMAT_SIZE], const struct contrast *c)
{
    format_round(out, contrast_gain(c));
}

/* What the common random numbers were good for: the metric that gains most, and goodput, which matters most. */
static void print_gain(const struct versus *v)
{
    const struct contrast *best = NULL, *goodput = v->runner.n == 2 ? versus_find(&v->other[0], "goodput") : NULL;
    char                   times[FORMAT_SIZE];
    for (size_t i = 0; i + 1 < v->runner.n; i++)
        for (size_t m = 0; m < v->other[i].n; m++) {
            double gain = contrast_gain(&v->other[i].list[m]);
            if (isfinite(gain) && gain > (best != NULL ? contrast_gain(best) : 1))
                best = &v->other[i].list[m];
        }
    if (best == NULL)
        return;
    gain_text(times, best);
    printf("common random numbers: intervals up to %s times narrower than those of independent runs (%s)", times, best->name);
    if (goodput != NULL && goodput != best && isfinite(contrast_gain(goodput)) && contrast_gain(goodput) >= 1.1) {
        gain_text(times, goodput);
        printf("; goodput %s times", times);
    }
    putchar('\n');
}

void versus_print(const struct versus *v)
{
    const struct runner *r = &v->runner;
    bool                 several = r->n > 2;
    const char *const    heading[] = {"", "A", several ? "" : "B", several ? "minus A" : "B \xE2\x88\x92 A", "relative",
                                      several ? "interval" : "95 % interval", several ? "is" : "B is", "unpaired needs"};
    struct table         t;
    for (size_t i = 0; i < r->n; i++)
        head('A' + (int)i, &r->item[i]);
    printf("\n%" PRIu32 " replications each with common random numbers (seed %" PRIu64
           "); intervals are of the paired difference%s\n"
           "a percentile is the mean of those of the single replications, not that of all requests together\n",
           r->item[0].replications, scenario_spec(r->item[0].scenario)->seed,
           r->item[0].replications < ESTIMATE_MIN ? "; fewer than 10 give none" : "");
    if (several)
        printf("each against A; verdicts on a metric hold together at 95 %% (Holm)\n");
    putchar('\n');
    table_open(&t, "lrrrrllr");
    for (size_t i = 0; i < 8; i++)
        table_cell(&t, "%s", heading[i]);
    rows(&t, v);
    table_print(stdout, &t, 0, true);
    table_close(&t);
    putchar('\n');
    print_precisions(v);
    print_gain(v);
    printf("conservation ok in every replication, fingerprints");
    for (size_t i = 0; i < r->n; i++)
        printf("%s %c %016" PRIx64, i > 0 ? "," : "", 'A' + (int)i, r->item[i].samples.print);
    putchar('\n');
}

static json_t *side_json(const struct runner_scenario *s)
{
    char    print[20];
    json_t *o = json_object();
    snprintf(print, sizeof print, "%016" PRIx64, s->samples.print);
    json_object_set_new(o, "title", json_string(scenario_title(s->scenario)));
    json_object_set_new(o, "scenario", json_string(s->path));
    json_object_set_new(o, "overrides", summary_overrides_json(s, s->n_extra));
    json_object_set_new(o, "fingerprint", json_string(print));
    return o;
}

static json_t *contrast_json(const struct contrast *c)
{
    static const char *const better[] = {"lower", "none", "higher"};
    json_t                  *o = json_object();
    json_object_set_new(o, "metric", json_string(c->name));
    json_object_set_new(o, "better", json_string(better[c->better + 1]));
    json_object_set_new(o, "a", summary_estimate_json(&c->paired.a));
    json_object_set_new(o, "b", summary_estimate_json(&c->paired.b));
    json_object_set_new(o, "difference", summary_estimate_json(&c->paired.difference));
    json_object_set_new(o, "level", json_real(c->paired.difference.level));
    json_object_set_new(o, "relative", summary_number_json(contrast_relative(c)));
    json_object_set_new(o, "half_independent", summary_number_json(c->paired.half_independent));
    json_object_set_new(o, "replications_independent", summary_number_json(c->paired.replications_independent));
    json_object_set_new(o, "correlation", summary_number_json(c->paired.correlation));
    json_object_set_new(o, "verdict", json_string(contrast_words[c->verdict]));
    return o;
}

static json_t *metrics_json(const struct versus_other *other)
{
    json_t *list = json_array();
    for (size_t i = 0; i < other->n; i++)
        json_array_append_new(list, contrast_json(&other->list[i]));
    return list;
}

static json_t *others_json(const struct versus *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i + 1 < v->runner.n; i++) {
        json_t *o = json_object();
        json_object_set_new(o, "b", side_json(&v->runner.item[i + 1]));
        json_object_set_new(o, "metrics", metrics_json(&v->other[i]));
        json_array_append_new(list, o);
    }
    return list;
}

json_t *versus_json(const struct versus *v)
{
    const struct runner *r = &v->runner;
    json_t              *o = json_object();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("compare"));
    json_object_set_new(o, "seed", json_integer((json_int_t)scenario_spec(r->item[0].scenario)->seed));
    json_object_set_new(o, "replications", json_integer(r->item[0].replications));
    json_object_set_new(o, "interval_level", json_real(SAMPLES_LEVEL));
    json_object_set_new(o, "a", side_json(&r->item[0]));
    if (r->n == 2) {
        json_object_set_new(o, "b", side_json(&r->item[1]));
        json_object_set_new(o, "metrics", metrics_json(&v->other[0]));
    } else {
        json_object_set_new(o, "others", others_json(v));
    }
    return o;
}
