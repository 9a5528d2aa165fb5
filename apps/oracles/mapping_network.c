/* mapping_network.c - networks of stations: services that forward each call by chance (Jackson),
 * chains, closed groups of users, a fork with its join. */
#include <math.h>
#include <string.h>

#include "formula.h"
#include "oracle.h"

#define NODES 9

struct network {
    int n;
    double arrive[NODES], mean[NODES], servers[NODES], route[NODES][NODES]; /* from row to column */
    double users, think;                                                    /* closed; else 0 */
};

static double item(const struct row *row, const char *name, int n)
{
    char text[64], path[64];
    snprintf(path, sizeof path, "%s#%d", name, n);
    struct formula_scope scope = {.row = row};
    return param_item(row, name, n, text, sizeof text) ? formula(path, &scope) : NAN;
}

static int count(const struct row *row, const char *name)
{
    int n = 0;
    while (n < NODES && !isnan(item(row, name, n + 1)))
        n++;
    return n;
}

/* "0/1|0.2/0": rows between bars. */
static bool read_routing(const struct row *row, struct network *w)
{
    char text[256], *line = text;
    if (!param_text(row, "routing", text, sizeof text))
        return false;
    for (int i = 0; i < w->n; i++, line = line != NULL ? line + 1 : NULL) {
        char *p = line;
        for (int k = 0; k < w->n; k++) {
            int length;
            if (p == NULL || sscanf(p, "%lf%n", &w->route[i][k], &length) != 1)
                return false;
            p += length + 1;
        }
        line = strchr(line, '|');
    }
    return true;
}

static bool jackson(const struct row *row, struct network *w)
{
    w->n = count(row, "gamma");
    for (int i = 0; i < w->n; i++) {
        w->arrive[i] = item(row, "gamma", i + 1);
        w->mean[i] = 1 / item(row, "mu", i + 1);
        w->servers[i] = item(row, "servers", i + 1);
        if (isnan(w->mean[i] + w->servers[i]))
            return false;
    }
    return w->n > 0 && read_routing(row, w);
}

/* Stations in a row, all alike. */
static bool chain(const struct row *row, struct network *w)
{
    double n = 1, lambda, mu, p = 0;
    param_number(row, "stages", &n);
    param_number(row, "p_fail", &p);
    if (!param_number(row, "lambda", &lambda) || !param_number(row, "mu", &mu) || n < 1 || n > NODES)
        return false;
    w->n = (int)n;
    w->arrive[0] = lambda;
    for (int i = 0; i < w->n; i++) {
        w->mean[i] = 1 / mu;
        w->servers[i] = 1;
        if (i + 1 < w->n)
            w->route[i][i + 1] = 1;
    }
    w->route[w->n - 1][0] = p;
    return true;
}

static bool closed(const struct row *row, struct network *w)
{
    double mu;
    if (!param_number(row, "clients", &w->users) || !param_number(row, "think_mean", &w->think))
        return false;
    if (param_number(row, "mu", &mu)) {
        w->n = 1;
        w->mean[0] = 1 / mu;
        return param_number(row, "c", &w->servers[0]);
    }
    w->n = count(row, "demands");
    for (int i = 0; i < w->n; i++) {
        w->mean[i] = item(row, "demands", i + 1);
        w->servers[i] = 1;
        if (i + 1 < w->n)
            w->route[i][i + 1] = 1;
    }
    return w->n > 0;
}

static bool network_of(const struct row *row, struct network *w)
{
    *w = (struct network){0};
    return jackson(row, w) || closed(row, w) || chain(row, w);
}

static void write_nodes(const struct network *w, FILE *out)
{
    char a[32];
    fprintf(out, "service = {\n");
    for (int i = 0; i < w->n; i++) {
        const char *lead = " forwards = (";
        fprintf(out, " s%d = { servers = %.0f; time = \"exponential(%s)\";", i + 1, w->servers[i],
                seconds_text(w->mean[i], a));
        for (int k = 0; k < w->n; k++) {
            if (w->route[i][k] <= 0)
                continue;
            fprintf(out, "%s { target = \"service.s%d\"; chance = \"%.9f%%\"; }", lead, k + 1, 100 * w->route[i][k]);
            lead = ",";
        }
        fprintf(out, "%s };\n", *lead == ',' ? " );" : "");
    }
    fprintf(out, "};\n");
}

static bool write_network(const struct row *row, double customers, FILE *out)
{
    struct network w;
    double rate = 0, slowest = 0;
    char a[32], b[32];
    if (!network_of(row, &w))
        return false;
    for (int i = 0; i < w.n; i++) {
        rate += w.arrive[i];
        slowest = fmax(slowest, w.mean[i] / w.servers[i]);
    }
    if (w.users > 0)
        rate = 0.5 * fmin(1 / slowest, w.users / w.think);
    double warm = 2000 * slowest + 20 * w.think;
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; series = false; };\nproducer = {\n",
            seconds_text(warm + customers / rate, a), seconds_text(warm, b));
    if (w.users > 0)
        fprintf(out,
                " p1 = { arrivals = \"closed\"; users = %.0f; think = \"exponential(%s)\"; target "
                "= \"service.s1\"; };\n",
                w.users, seconds_text(w.think, a));
    for (int i = 0; i < w.n; i++) {
        if (w.arrive[i] > 0)
            fprintf(out, " p%d = { rate = \"%s\"; target = \"service.s%d\"; };\n", i + 1, rate_text(w.arrive[i], a),
                    i + 1);
    }
    fprintf(out, "};\n");
    write_nodes(&w, out);
    return true;
}

/* --- samples --- */

/* The mean answer of all producers. */
static double answer(const struct network *w, const struct view *v)
{
    char entity[32];
    double n = 0, sum = 0;
    for (int i = 0; i < w->n; i++) {
        snprintf(entity, sizeof entity, "producer.p%d", i + 1);
        if (w->arrive[i] <= 0 && w->users <= 0)
            continue;
        n += view_stat(v, entity, "answer", "count");
        sum += view_stat(v, entity, "answer", "sum") / 1e9;
        if (w->users > 0)
            break;
    }
    return sum / n;
}

static double of_node(const struct row *row, const struct view *v, const char *form)
{
    char text[128];
    const char *n = row->metric + strlen(row->metric) - 1;
    struct formula_scope scope = {.row = row, .view = v};
    snprintf(text, sizeof text, form, *n);
    return formula(text, &scope);
}

static double sample_network(const struct row *row, const struct view *v)
{
    static const struct {
        const char *metric, *form;
    } known[] = {
        {"L_node_", "service.s%c.in_system"},
        {"arrival_rate_node_", "service.s%c.arrived.rate"},
        {"utilization_station_", "service.s%c.busy"},
        {"L_mean_number_in_system", "service.s1.in_system"},
        {"mean_passes", "service.s1.arrived / producer.p1.offered"},
        {"throughput", "producer.p1.told_ok.rate"},
        {"P_all_servers_busy", "share(service.s1.in_system, c - 1)"},
        {"end_to_end_quantile_0.5", "producer.p1.answer.p50"},
    };
    struct network w;
    struct formula_scope scope = {.row = row, .view = v};
    char text[64];
    if (!network_of(row, &w))
        return NAN;
    if (strncmp(row->metric, "end_to_end_quantile_", 20) == 0) {
        snprintf(text, sizeof text, "quantile(producer.p1.answer, %s)", row->metric + 20);
        return formula(text, &scope);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(row->metric, known[i].metric, strlen(known[i].metric)) == 0)
            return of_node(row, v, known[i].form);
    }
    return answer(&w, v);
}

static const char *refuse_network(const struct row *row)
{
    struct network w;
    return network_of(row, &w) ? NULL : "its parameters are not known";
}

/* --- fork and join --- */

static bool write_fork(const struct row *row, double customers, FILE *out)
{
    double lambda, mu, branches;
    char a[32], b[32];
    if (!param_number(row, "lambda", &lambda) || !param_number(row, "mu", &mu) ||
        !param_number(row, "branches", &branches))
        return false;
    double warm = 50 / mu / pow(1 - lambda / mu, 2);
    fprintf(out, "run = { duration = \"%s\"; warmup = \"%s\"; series = false; };\n",
            seconds_text(warm + customers / lambda, a), seconds_text(warm, b));
    fprintf(out, "producer = { p = { rate = \"%s\"; target = \"service.fork\"; }; };\nservice = {\n",
            rate_text(lambda, a));
    fprintf(out, " fork = { servers = \"unlimited\"; calls = ( { targets = [");
    for (int i = 1; i <= (int)branches; i++)
        fprintf(out, "%s \"service.s%d\"", i > 1 ? "," : "", i);
    fprintf(out, " ]; } ); };\n");
    for (int i = 1; i <= (int)branches; i++)
        fprintf(out, " s%d = { time = \"exponential(%s)\"; };\n", i, seconds_text(1 / mu, a));
    fprintf(out, "};\n");
    return true;
}

static double sample_fork(const struct row *row, const struct view *v)
{
    (void)row;
    return view_stat(v, "producer.p", "answer", "mean") / 1e9;
}

static const char *refuse_fork(const struct row *row)
{
    return isnan(item(row, "lambda", 1) + item(row, "mu", 1) + item(row, "branches", 1))
               ? "its parameters are not known"
               : NULL;
}

#define NETWORK(name)                                                                                                  \
    {                                                                                                                  \
        .model = name, .steady = true, .refuse = refuse_network, .scenario = write_network, .sample = sample_network   \
    }

const struct mapping mappings_network[] = {
    NETWORK("open Jackson"),
    NETWORK("M/M/1 Bernoulli feedback"),
    NETWORK("tandem of k M/M/1"),
    NETWORK("closed interactive network"),
    NETWORK("M/M/c//N closed clients"),
    {.model = "fork-join", .steady = true, .refuse = refuse_fork, .scenario = write_fork, .sample = sample_fork},
    {0},
};
