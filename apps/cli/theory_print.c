/* theory_print.c - see theory_print.h. */
#include "theory_print.h"

#include <math.h>
#include <string.h>

#include "cli.h"
#include "format.h"
#include "summary.h"
#include "table.h"

#define FAR 4.5 /* standard errors; as for the tables of known values */

/* --- for people --- */

static void cell_signed(struct table *t, double x, const char *unit)
{
    char text[FORMAT_SIZE];
    if (!isfinite(x)) {
        table_cell(t, "%s", "");
        return;
    }
    format_fixed(text, x, 1);
    table_cell(t, "%s%s%s", x > 0 ? "+" : "", text, unit);
}

static void cells_simulated(struct table *t, const struct finding_value *v,
                            const struct theory_sim *s)
{
    char text[FORMAT_SIZE];
    if (!s->measured) {
        for (int i = 0; i < 4; i++)
            table_cell(t, "%s", "");
        return;
    }
    format_value(text, s->e.mean, v->unit);
    table_cell(t, "%s", text);
    format_value(text, s->e.half, v->unit);
    if (isfinite(s->e.half))
        table_cell(t, "± %s", text);
    else
        table_cell(t, "%s", "");
    double difference = v->x != 0 && isfinite(v->x) ? (s->e.mean / v->x - 1) * 100 : NAN;
    cell_signed(t, fabs(difference) < 1e5 ? difference : NAN, " %");
    cell_signed(t, s->z, "");
}

static void headings(struct table *t, bool mixed, bool vs)
{
    static const char *const heading[] = {"simulated", "", "difference", "z"};
    table_cell(t, "%s", "");
    table_cell(t, "%s", "theory");
    if (mixed)
        table_cell(t, "%s", "");
    for (size_t i = 0; vs && i < 4; i++)
        table_cell(t, "%s", heading[i]);
}

/* Its values are not all of one kind. */
static bool is_mixed(const struct finding *x)
{
    for (const struct finding_value *v = x->value; v != NULL; v = v->next) {
        if (v->kind != x->kind)
            return true;
    }
    return false;
}

static void print_values(const struct finding *x, const struct theory_vs *vs)
{
    struct table t;
    bool with = vs->query != NULL, mixed = is_mixed(x);
    char text[FORMAT_SIZE];
    if (x->value == NULL)
        return;
    table_open(&t, mixed ? (with ? "lrlrrrr" : "lrl") : with ? "lrrrrr" : "lr");
    headings(&t, mixed, with);
    for (const struct finding_value *v = x->value; v != NULL; v = v->next) {
        table_cell(&t, "%s", v->name);
        format_value(text, v->x, v->unit);
        table_cell(&t, "%s", text);
        if (mixed)
            table_cell(&t, "%s", v->kind != x->kind ? finding_kinds[v->kind] : "");
        struct theory_sim s = with ? theory_simulated(vs, v) : (struct theory_sim){0};
        if (with)
            cells_simulated(&t, v, &s);
    }
    table_print(stdout, &t, 4, true);
    table_close(&t);
}

/* A note in lines of at most 100 columns, the second and later ones further in. */
static void print_note(const char *text)
{
    size_t column = 2;
    fputs("  ", stdout);
    while (*text != 0) {
        size_t word = strcspn(text, " ");
        if (column > 4 && column + word > 100) {
            fputs("\n    ", stdout);
            column = 4;
        }
        fwrite(text, 1, word, stdout);
        column += word;
        text += word;
        if (*text == ' ') {
            putchar(' ');
            column++;
            text++;
        }
    }
    putchar('\n');
}

static void print_finding(const struct finding *x, const struct theory_vs *vs)
{
    printf("%s%s%s", term_colour(stdout, COLOUR_BOLD), x->subject, term_colour(stdout, COLOUR_OFF));
    if (*x->model != 0)
        printf(": %s", x->model);
    printf(" (%s)\n", finding_kinds[x->kind]);
    for (const struct finding_note *n = x->note; n != NULL; n = n->next)
        print_note(n->text);
    if (x->source != NULL)
        printf("  %sformula: %s%s\n", term_colour(stdout, COLOUR_DIM), x->source,
               term_colour(stdout, COLOUR_OFF));
    print_values(x, vs);
    putchar('\n');
}

/* How the exact values fared. */
static void print_verdict(const struct findings *f, const struct theory_vs *vs)
{
    unsigned compared = 0, far = 0;
    for (const struct finding *x = f->first; x != NULL; x = x->next) {
        for (const struct finding_value *v = x->value; v != NULL; v = v->next) {
            struct theory_sim s = theory_simulated(vs, v);
            if (v->kind != FINDING_EXACT || !s.measured || isnan(s.z))
                continue;
            compared++;
            far += fabs(s.z) > FAR;
        }
    }
    if (compared == 0)
        printf("No exact value is measured by this run.\n");
    else
        printf("%u exact values compared, %u of them more than 4.5 standard errors away.\n",
               compared, far);
}

void theory_print(const struct findings *f, const struct theory_vs *vs)
{
    if (f->first == NULL)
        printf("Nothing here that theory speaks of: no producer reaches a service, a database or a "
               "queue.\n");
    for (const struct finding *x = f->first; x != NULL; x = x->next)
        print_finding(x, vs);
    if (vs->query != NULL)
        print_verdict(f, vs);
}

void theory_print_little(const struct spec *spec, const struct theory_vs *vs)
{
    struct table t;
    static const char *const heading[] = {"Little's law, in the run", "number inside",
                                          "arrivals x time", "difference", "z"};
    table_open(&t, "lrrrr");
    for (size_t i = 0; i < 5; i++)
        table_cell(&t, "%s", heading[i]);
    size_t rows = 0;
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        struct theory_little l;
        char text[FORMAT_SIZE];
        if (!theory_little(vs, &spec->entity[i], &l))
            continue;
        rows++;
        table_cell(&t, "%s", spec->entity[i].path);
        format_number(text, l.inside.mean);
        table_cell(&t, "%s", text);
        format_number(text, l.product.mean);
        table_cell(&t, "%s", text);
        cell_signed(&t, (l.inside.mean / l.product.mean - 1) * 100, " %");
        cell_signed(&t, l.z, "");
    }
    if (rows > 0) {
        table_print(stdout, &t, 0, true);
        putchar('\n');
    }
    table_close(&t);
}

/* --- for machines --- */

static const char *unit_name(enum metric_unit u)
{
    static const char *const name[] = {[UNIT_ONE] = "1",
                                       [UNIT_NS] = "ns",
                                       [UNIT_BYTES] = "bytes",
                                       [UNIT_SHARE] = "share",
                                       [UNIT_PER_SECOND] = "per_second",
                                       [UNIT_USD] = "usd"};
    return name[u];
}

static json_t *probe_json(const struct finding_probe *p)
{
    return p->metric == NULL ? json_null()
                             : json_sprintf("%s%s%s.%s", p->entity, *p->entity != 0 ? "." : "",
                                            p->metric, p->stat);
}

static json_t *value_json(const struct finding_value *v, const struct theory_vs *vs)
{
    json_t *o = json_object();
    struct theory_sim s = theory_simulated(vs, v);
    json_object_set_new(o, "name", json_string(v->name));
    json_object_set_new(o, "value", summary_number_json(v->x));
    json_object_set_new(o, "infinite", json_boolean(isinf(v->x)));
    json_object_set_new(o, "unit", json_string(unit_name(v->unit)));
    json_object_set_new(o, "kind", json_string(finding_kinds[v->kind]));
    json_object_set_new(o, "metric", probe_json(&v->probe));
    json_object_set_new(o, "over", probe_json(&v->over));
    if (s.measured) {
        json_object_set_new(o, "simulated", summary_estimate_json(&s.e));
        json_object_set_new(o, "z", summary_number_json(s.z));
    }
    return o;
}

static json_t *finding_json(const struct finding *x, const struct theory_vs *vs)
{
    json_t *o = json_object(), *notes = json_array(), *values = json_array();
    json_object_set_new(o, "subject", json_string(x->subject));
    json_object_set_new(o, "model", json_string(x->model));
    json_object_set_new(o, "kind", json_string(finding_kinds[x->kind]));
    json_object_set_new(o, "source", x->source == NULL ? json_null() : json_string(x->source));
    for (const struct finding_note *n = x->note; n != NULL; n = n->next)
        json_array_append_new(notes, json_string(n->text));
    for (const struct finding_value *v = x->value; v != NULL; v = v->next)
        json_array_append_new(values, value_json(v, vs));
    json_object_set_new(o, "notes", notes);
    json_object_set_new(o, "values", values);
    return o;
}

json_t *theory_json(const struct findings *f, const struct theory_vs *vs)
{
    json_t *list = json_array();
    for (const struct finding *x = f->first; x != NULL; x = x->next)
        json_array_append_new(list, finding_json(x, vs));
    return list;
}

json_t *theory_little_json(const struct spec *spec, const struct theory_vs *vs)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < spec->n_entity; i++) {
        struct theory_little l;
        if (!theory_little(vs, &spec->entity[i], &l))
            continue;
        json_t *o = json_object();
        json_object_set_new(o, "entity", json_string(spec->entity[i].path));
        json_object_set_new(o, "inside", summary_estimate_json(&l.inside));
        json_object_set_new(o, "arrivals_times_time", summary_estimate_json(&l.product));
        json_object_set_new(o, "z", summary_number_json(l.z));
        json_array_append_new(list, o);
    }
    return list;
}
