/* formula.c - recursive descent over the text; nothing is compiled, because a row's formulas are
 * short. */
#include "formula.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "moment.h"
#include "number.h"

#define NS 1e9

struct reader {
    const char *at;
    const struct formula_scope *scope;
};

static double sum(struct reader *);

static void blanks(struct reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool take(struct reader *r, char c)
{
    blanks(r);
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

static void word(struct reader *r, char out[96])
{
    size_t n = 0;
    blanks(r);
    while (isalnum((unsigned char)*r->at) || *r->at == '_' || *r->at == '.' || *r->at == '#') {
        if (n < 95)
            out[n++] = *r->at;
        r->at++;
    }
    out[n] = '\0';
}

/* --- metrics --- */

/* "queue.q.wait.p99": entity, name, stat ("" when not said). Metrics of the whole scenario have no
 * entity. */
static void split(const struct view *v, const char *path, char entity[64], char name[64], char stat[32])
{
    const char *first = strchr(path, '.'), *second = first != NULL ? strchr(first + 1, '.') : NULL;
    size_t length = second != NULL ? (size_t)(second - path) : 0;
    bool found = false;
    for (size_t i = 0; !found && length > 0 && i < v->n; i++)
        found = strlen(v->id[i].entity) == length && strncmp(v->id[i].entity, path, length) == 0;
    snprintf(entity, 64, "%.*s", found ? (int)length : 0, path);
    const char *rest = found ? second + 1 : path;
    size_t n = strcspn(rest, ".");
    snprintf(name, 64, "%.*s", (int)n, rest);
    snprintf(stat, 32, "%s", rest[n] == '.' ? rest + n + 1 : "");
}

static double metric(const struct view *v, const char *path)
{
    char entity[64], name[64], stat[32];
    split(v, path, entity, name, stat);
    const struct metric_id *id = &v->id[view_metric(v, entity, name) - v->result->metric];
    if (stat[0] == '\0')
        snprintf(stat, sizeof stat, "%s", id->kind == OBS_COUNTER ? "sum" : "mean");
    double value = view_stat(v, entity, name, stat);
    bool pure = strcmp(stat, "rate") == 0 || strcmp(stat, "count") == 0;
    bool when = strcmp(stat, "min_at") == 0 || strcmp(stat, "max_at") == 0;
    return when || (id->unit == UNIT_NS && !pure) ? value / NS : value;
}

static double share(const struct view *v, const char *path, double x)
{
    char entity[64], name[64], stat[32];
    split(v, path, entity, name, stat);
    const struct metric_value *m = view_metric(v, entity, name);
    bool time = v->id[m - v->result->metric].unit == UNIT_NS;
    return m->hist == NULL || m->hist->n == 0 ? NAN : hist_share_above(m->hist, time ? x * NS : x);
}

/* at(metric, t), first(metric, x), last(metric, x). */
static double moment(const struct view *v, const char *function, const char *path, double x)
{
    char entity[64], name[64], stat[32];
    split(v, path, entity, name, stat);
    size_t m = (size_t)(view_metric(v, entity, name) - v->result->metric);
    bool time = v->id[m].unit == UNIT_NS;
    if (*function == 'a')
        return moment_at(v, m, x) / (time ? NS : 1);
    return (*function == 'f' ? moment_first : moment_last)(v, m, time ? x * NS : x);
}

static double quantile(const struct view *v, const char *path, double p)
{
    char text[128];
    snprintf(text, sizeof text, "%s.p%.10g", path, 100 * p);
    return metric(v, text);
}

/* --- parameters --- */

bool param_item(const struct row *row, const char *name, int n, char *out, size_t size)
{
    char list[256];
    if (!param_text(row, name, list, sizeof list))
        return false;
    const char *p = list;
    for (; n > 1; n--) {
        p = strchr(p, '/');
        if (p == NULL)
            return false;
        p++;
    }
    snprintf(out, size, "%.*s", (int)strcspn(p, "/"), p);
    return true;
}

static double parameter(const struct formula_scope *s, char *name)
{
    char *hash = strchr(name, '#'), text[96];
    double x;
    if (strcmp(name, "customers") == 0)
        return s->customers;
    if (strcmp(name, "value") == 0)
        return s->row->value;
    if (hash == NULL)
        return param_number(s->row, name, &x) ? x : NAN;
    *hash = '\0';
    return param_item(s->row, name, hash[1] - '0', text, sizeof text) && number_parse(text, &x) ? x : NAN;
}

/* mean(service), mean(service#2): of the law that the parameter says. Of det(service) only if it is
 * a constant. */
static double law_mean(const struct formula_scope *s, char *name, bool constant)
{
    char *hash = strchr(name, '#'), text[160];
    int n = hash != NULL ? hash[1] - '0' : 1;
    if (hash != NULL)
        *hash = '\0';
    if (!param_item(s->row, name, n, text, sizeof text) || (constant && strncmp(text, "det(", 4) != 0))
        return NAN;
    return param_law_mean(text);
}

static double total(const struct formula_scope *s, const char *name)
{
    char text[64];
    double all = 0, x;
    for (int n = 1; param_item(s->row, name, n, text, sizeof text); n++)
        all += number_parse(text, &x) ? x : NAN;
    return all > 0 ? all : NAN;
}

/* The chance to wait with this load and so many servers, from Erlang's loss by recursion. */
static double erlang_c(double load, double servers)
{
    double b = 1;
    for (double n = 1; n <= servers; n++)
        b = load * b / (n + load * b);
    return servers * b / (servers - load * (1 - b));
}

/* --- grammar --- */

static double apply(const char *name, double x, double y)
{
    if (strcmp(name, "min") == 0)
        return fmin(x, y);
    if (strcmp(name, "max") == 0)
        return fmax(x, y);
    if (strcmp(name, "equal") == 0)
        return x == y;
    if (strcmp(name, "less") == 0)
        return x < y;
    if (strcmp(name, "floor") == 0)
        return floor(x);
    if (strcmp(name, "erlang_c") == 0)
        return erlang_c(x, y);
    if (strcmp(name, "pow") == 0)
        return pow(x, y);
    if (strcmp(name, "sqrt") == 0)
        return sqrt(x);
    if (strcmp(name, "exp") == 0)
        return exp(x);
    return strcmp(name, "log") == 0 ? log(x) : NAN;
}

static bool takes_name(const char *function)
{
    static const char *const functions[] = {"share", "quantile", "at", "first", "last", "mean", "det", "total"};
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(function, functions[i]) == 0)
            return true;
    }
    return false;
}

/* After the name and its parenthesis. */
static double call(struct reader *r, const char *name)
{
    char path[96];
    if (!takes_name(name)) {
        double x = sum(r), y = take(r, ',') ? sum(r) : 0;
        return take(r, ')') ? apply(name, x, y) : NAN;
    }
    word(r, path);
    double x = take(r, ',') ? sum(r) : 0;
    if (!take(r, ')'))
        return NAN;
    if (strcmp(name, "mean") == 0 || strcmp(name, "det") == 0)
        return law_mean(r->scope, path, *name == 'd');
    if (strcmp(name, "total") == 0)
        return total(r->scope, path);
    if (r->scope->view == NULL)
        return NAN;
    if (strcmp(name, "quantile") == 0)
        return quantile(r->scope->view, path, x);
    return *name == 's' ? share(r->scope->view, path, x) : moment(r->scope->view, name, path, x);
}

static double atom(struct reader *r)
{
    char text[96];
    double x;
    if (take(r, '(')) {
        x = sum(r);
        return take(r, ')') ? x : NAN;
    }
    if (take(r, '-'))
        return -atom(r);
    if (take(r, '*'))
        return r->scope->suffix != NULL && number_parse(r->scope->suffix, &x) ? x : NAN;
    word(r, text);
    if (isdigit((unsigned char)text[0]))
        return number_parse(text, &x) ? x : NAN;
    if (take(r, '('))
        return call(r, text);
    if (strchr(text, '.') != NULL)
        return r->scope->view != NULL ? metric(r->scope->view, text) : NAN;
    return text[0] != '\0' ? parameter(r->scope, text) : NAN;
}

static double product(struct reader *r)
{
    double x = atom(r);
    for (;;) {
        if (take(r, '*'))
            x *= atom(r);
        else if (take(r, '/'))
            x /= atom(r);
        else
            return x;
    }
}

static double sum(struct reader *r)
{
    double x = product(r);
    for (;;) {
        if (take(r, '+'))
            x += product(r);
        else if (take(r, '-'))
            x -= product(r);
        else
            return x;
    }
}

double formula(const char *text, const struct formula_scope *scope)
{
    struct reader r = {text, scope};
    double x = sum(&r);
    blanks(&r);
    return *r.at == '\0' ? x : NAN;
}
