/* describe.c - one line of facts and one line of meaning for each key; groups and lists show their own keys below. */
#include "describe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "quota.h"

#define FACTS 400
#define WIDTH 96

struct writer {
    bool markdown;
    char path[200]; /* "queue.ID." */
};

static const char *const type_name[] = {
    [VALUE_DURATION] = "duration", [VALUE_SIZE] = "size",     [VALUE_COUNT] = "count",
    [VALUE_SHARE] = "share",       [VALUE_FLAG] = "flag",     [VALUE_CHOICE] = "choice",
    [VALUE_RATE] = "rate",         [VALUE_NUMBER] = "number", [VALUE_TEXT] = "text",
    [VALUE_REF] = "reference",     [VALUE_DIST] = "law",      [VALUE_BACKOFF] = "backoff",
    [VALUE_GROUP] = "group",       [VALUE_LIST] = "list",
};

static void add(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *out, const char *format, ...)
{
    size_t  used = strlen(out);
    va_list list;
    va_start(list, format);
    vsnprintf(out + used, FACTS - used, format, list);
    va_end(list);
}

static void add_quota(char *out, const struct key *k)
{
    const struct quota *q = k->quota == NULL ? NULL : quota_find(quota_profiles[0], k->quota);
    char                text[40];
    if (q == NULL)
        return;
    describe_quota_text(q, text, sizeof text);
    add(out, k->high == NULL ? ", at most %s (quota %s)" : ", quota %2$s: %1$s", text, k->quota);
}

static const char *unit_of_law(enum dist_unit u)
{
    return u == DIST_DURATION ? " of durations" : u == DIST_SIZE ? " of sizes" : " of counts";
}

static void type_facts(char *out, const struct key *k)
{
    add(out, "%s", type_name[k->type]);
    if (k->type == VALUE_DIST)
        add(out, "%s", unit_of_law(k->unit));
    if (k->type == VALUE_LIST)
        add(out, " of %ss", type_name[k->element]);
    if (k->refs != NULL)
        add(out, " to %s", k->refs);
    if (k->choices != NULL)
        add(out, ": %s", k->choices);
}

static void facts(char out[FACTS], const struct key *k)
{
    out[0] = 0;
    type_facts(out, k);
    if (k->flags & KEY_REQUIRED)
        add(out, ", required");
    if (k->fallback != NULL)
        add(out, ", default %s", k->fallback);
    if (k->low != NULL && k->high != NULL)
        add(out, ", %s to %s", k->low, k->high);
    else if (k->low != NULL)
        add(out, ", at least %s", k->low);
    else if (k->high != NULL)
        add(out, ", at most %s", k->high);
    if (k->flags & KEY_UNLIMITED)
        add(out, ", or \"unlimited\"");
    add_quota(out, k);
    if (k->flags & KEY_WHOLE_SECONDS)
        add(out, ", whole seconds");
    if (k->flags & KEY_RUNTIME)
        add(out, ", can change while a run goes on");
    if (k->rule != NULL)
        add(out, " (%s)", k->rule);
}

/* A paragraph at an indent, broken at blanks. */
static void paragraph(const char *text, int indent)
{
    int column = 0;
    while (*text != 0) {
        size_t word = strcspn(text, " \n");
        if (column > 0 && column + 1 + (int)word > WIDTH - indent) {
            putchar('\n');
            column = 0;
        }
        printf("%*s%.*s", column == 0 ? indent : 1, "", (int)word, text);
        column += (int)word + (column > 0);
        text += word;
        text += strspn(text, " \n");
    }
    putchar('\n');
}

static void one_key(const struct writer *w, const struct key *k, const char *prefix)
{
    char text[FACTS];
    facts(text, k);
    if (w->markdown) {
        printf("| `%s%s` | ", prefix, k->name);
        for (const char *c = text; *c != 0; c++) /* a bar would end the cell */
            printf(*c == '|' ? "\\|" : "%c", *c);
        printf(" | %s |\n", k->doc);
        return;
    }
    printf("  %s%s%s%s\n      %s%s%s\n", term_colour(stdout, COLOUR_BOLD), prefix, k->name, term_colour(stdout, COLOUR_OFF),
           term_colour(stdout, COLOUR_DIM), text, term_colour(stdout, COLOUR_OFF));
    paragraph(k->doc, 6);
}

static void keys(const struct writer *w, const struct key *k, uint32_t n, const char *prefix, unsigned advanced)
{
    for (uint32_t i = 0; i < n; i++) {
        char below[160];
        if ((k[i].flags & KEY_ADVANCED) != advanced)
            continue;
        one_key(w, &k[i], prefix);
        snprintf(below, sizeof below, "%s%s%s.", prefix, k[i].name, k[i].type == VALUE_LIST ? "[i]" : "");
        if (k[i].n_sub > 0) {
            keys(w, k[i].sub, k[i].n_sub, below, 0);
            keys(w, k[i].sub, k[i].n_sub, below, KEY_ADVANCED);
        }
    }
}

static void all_keys(const struct writer *w, const struct key *k, uint32_t n, const char *prefix)
{
    if (w->markdown)
        printf("| setting | value | meaning |\n|---|---|---|\n");
    keys(w, k, n, prefix, 0);
    keys(w, k, n, prefix, KEY_ADVANCED);
    putchar('\n');
}

static void one_metric(const struct writer *w, const struct metric_def *m)
{
    static const char *const kind[] = {[OBS_COUNTER] = "counter", [OBS_LEVEL] = "level", [OBS_TALLY] = "tally"};
    static const char *const unit[] = {[UNIT_ONE] = "", [UNIT_NS] = "duration", [UNIT_BYTES] = "bytes",
                                       [UNIT_SHARE] = "share", [UNIT_PER_SECOND] = "per second", [UNIT_USD] = "USD"};
    const char *cloudwatch = m->cloudwatch == NULL ? "" : m->cloudwatch;
    if (w->markdown) {
        printf("| `%s` | %s | %s | %s | %s |\n", m->name, kind[m->kind], unit[m->unit], cloudwatch, m->doc);
        return;
    }
    printf("  %s%s%s  %s%s%s%s%s%s\n", term_colour(stdout, COLOUR_BOLD), m->name, term_colour(stdout, COLOUR_OFF),
           kind[m->kind], *unit[m->unit] == 0 ? "" : ", ", unit[m->unit], *cloudwatch == 0 ? "" : ", CloudWatch: ",
           cloudwatch, "");
    paragraph(m->doc, 6);
}

/* A table, with what stands above it; in plain text or as part of a page. */
static void metric_table(const struct writer *w, const char *head, const struct metric_def *m, uint32_t n)
{
    if (n == 0)
        return;
    if (!w->markdown)
        puts(head);
    else if (strcmp(head, "Metrics") != 0)
        printf("%s:\n\n", head);
    if (w->markdown)
        printf("| metric | kind | unit | CloudWatch | meaning |\n|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < n; i++)
        one_metric(w, &m[i]);
    putchar('\n');
}

static void metrics(const struct writer *w, const struct room *r)
{
    char head[80];
    metric_table(w, "Metrics", r->metric, r->n_metric);
    snprintf(head, sizeof(head), "Metrics of each part, as %s.ID[PART].%s", r->kind,
             r->n_part_metric == 0 ? "" : r->part_metric[0].name);
    metric_table(w, head, r->part_metric, r->n_part_metric);
}

static void effects(const struct writer *w, const struct room *r)
{
    static const char *const name[] = {"down", "hang", "slow", "fail"};
    if (r->effects == 0)
        return;
    printf("%sFaults it can have:", w->markdown ? "" : "");
    for (unsigned i = 0; i < 4; i++)
        if (r->effects & 1u << i)
            printf(" %s", name[i]);
    printf("\n\n");
}

void describe_room(const struct room *r, bool markdown)
{
    const struct writer w = {.markdown = markdown};
    if (markdown)
        printf("## %s\n\n%s. %s\n\n", r->kind, r->title, r->doc == NULL ? "" : r->doc);
    else {
        printf("%s - %s\n\n", r->kind, r->title);
        if (r->doc != NULL)
            paragraph(r->doc, 2);
        printf("\nSettings of %s.ID\n", r->kind);
    }
    all_keys(&w, r->key, r->n_key, "");
    describe_quotas(r, markdown);
    metrics(&w, r);
    effects(&w, r);
}

void describe_run(bool markdown)
{
    const struct writer w = {.markdown = markdown};
    printf(markdown ? "## run\n\nSettings of the run as a whole.\n\n" : "run - settings of the run as a whole\n\n");
    all_keys(&w, run_keys, n_run_keys, "");
}
