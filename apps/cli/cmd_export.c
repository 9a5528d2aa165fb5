/* cmd_export.c - afterbay export DB --to csv|jsonl: a run's numbers as tables for other programs.
 */
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "export.h"
#include "page.h"
#ifdef AFTERBAY_CHARTS
#include "values.h"
#endif

#define MAX_METRICS 32
#define MAX_FILES   24

static const struct option options[] = {
    {0, "to", OPTION_CHOICE, "FORMAT", "csv (default), or jsonl: one JSON object a line",
     "csv|jsonl", 0, 0},
    {0, "table", OPTION_MANY, "NAME", "this table (may be given again); default: all of them", NULL,
     0, 0},
    {0, "metric", OPTION_MANY, "METRIC",
     "instead: a table 'values' with the points' settings and these metrics as columns,\n"
     "e.g. latency.p99 or 'lost / offered'",
     NULL, 0, 0},
    {'o', "output", OPTION_TEXT, "FOLDER",
     "write a file a table and manifest.json there; default: one table, to stdout", NULL, 0, 0},
    {0, "run", OPTION_MANY, "N", "this run; default: the last", NULL, 0, 0},
    {0},
};

struct job {
    const struct args *args;
    struct query *q;
    int64_t run;
    enum export_format format;
    const char *metric[MAX_METRICS];
    size_t n_metric;
    struct export_file file[MAX_FILES];
    char name[MAX_FILES][60];
    size_t n_file;
};

static bool write_values(const struct job *j, bool head, FILE *out, struct err *err)
{
#ifdef AFTERBAY_CHARTS
    return values_export(j->q, j->run, j->metric, j->n_metric, j->format, head, out, err);
#else
    (void)j;
    (void)head;
    (void)out;
    return err_set(err, ERR_UNAVAILABLE,
                   "--metric needs a build with charts; --table metrics has every metric");
#endif
}

static bool unknown_table(const char *name, struct err *err)
{
    const char *all[32];
    size_t n = 0;
    for (; n < n_export_tables && n < 32; n++)
        all[n] = export_tables[n].name;
    const char *near = suggest(name, all, n);
    if (near != NULL)
        return err_set(err, ERR_USAGE, "there is no table '%s' (did you mean '%s'?)", name, near);
    return err_set(err, ERR_USAGE,
                   "there is no table '%s'; there are %s, %s, %s … ('afterbay export --help')",
                   name, all[0], all[1], all[2]);
}

/* One table (NULL: the chosen metrics) to a file of the folder. */
static bool write_file(struct job *j, const char *folder, const struct export_table *t,
                       struct err *err)
{
    char path[1000];
    struct export_file *f = &j->file[j->n_file];
    const char *ending = j->format == EXPORT_CSV ? "csv" : "jsonl";
    snprintf(j->name[j->n_file], sizeof j->name[0], "%s.%s", t != NULL ? t->name : "values",
             ending);
    *f = (struct export_file){
        j->name[j->n_file],
        t != NULL ? t->doc : "settings and chosen metrics, a row a replication of a point"};
    snprintf(path, sizeof path, "%s/%s", folder, f->name);
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        return err_set(err, ERR_CANTCREAT, "cannot write %s: %s", path, strerror(errno));
    bool ok = t != NULL ? export_run(j->q, j->run, t, j->format, false, out, err)
                        : write_values(j, false, out, err);
    if (fclose(out) != 0 && ok)
        ok = err_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    if (!ok)
        remove(path);
    j->n_file++;
    return ok;
}

static bool write_manifest(struct job *j, const char *folder, struct err *err)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/manifest.json", folder);
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        return err_set(err, ERR_CANTCREAT, "cannot write %s: %s", path, strerror(errno));
    bool ok = export_manifest(j->q, j->run, j->file, j->n_file, out, err);
    if (fclose(out) != 0 && ok)
        ok = err_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
    return ok;
}

static bool write_named(struct job *j, const char *folder, struct err *err)
{
    const char *name;
    for (size_t i = 0; (name = option_many(j->args, "table", i)) != NULL; i++) {
        const struct export_table *t = export_find(name);
        if (j->n_file == MAX_FILES)
            return err_set(err, ERR_USAGE, "--table can be given %d times at most", MAX_FILES);
        if (t == NULL ? !unknown_table(name, err) : !write_file(j, folder, t, err))
            return false;
    }
    return true;
}

static bool to_folder(struct job *j, const char *folder, struct err *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return err_set(err, ERR_CANTCREAT, "cannot make the folder %s: %s", folder,
                       strerror(errno));
    if (j->n_metric > 0 && !write_file(j, folder, NULL, err))
        return false;
    if (!write_named(j, folder, err))
        return false;
    bool all = j->n_metric == 0 && option_times(j->args, "table") == 0;
    for (size_t i = 0; all && i < n_export_tables; i++)
        if (!write_file(j, folder, &export_tables[i], err))
            return false;
    if (!write_manifest(j, folder, err))
        return false;
    cli_note("%zu tables and manifest.json in %s", j->n_file, folder);
    return true;
}

static bool to_stdout(struct job *j, struct err *err)
{
    size_t tables = option_times(j->args, "table");
    if (tables + (j->n_metric > 0) != 1)
        return err_set(err, ERR_USAGE,
                       "one table goes to stdout: --table NAME or --metric METRIC; all of them go "
                       "to a folder: -o FOLDER");
    if (j->n_metric > 0)
        return write_values(j, true, stdout, err);
    const char *name = option_many(j->args, "table", 0);
    const struct export_table *t = export_find(name);
    return t != NULL ? export_run(j->q, j->run, t, j->format, true, stdout, err)
                     : unknown_table(name, err);
}

static bool export(struct job *j, struct err *err)
{
    int64_t run[RUNS_MAX];
    size_t n;
    const char *metric, *folder = option_text(j->args, "output");
    if (!runs_choose(j->q, j->args, 1, run, &n, err))
        return false;
    if (n != 1)
        return err_set(err, ERR_USAGE, "one run at a time: --run N once");
    j->run = run[0];
    j->format = option_count(j->args, "to", 0) == 1 ? EXPORT_JSONL : EXPORT_CSV;
    for (size_t i = 0; (metric = option_many(j->args, "metric", i)) != NULL; i++) {
        if (i == MAX_METRICS)
            return err_set(err, ERR_USAGE, "--metric can be given %d times at most", MAX_METRICS);
        j->metric[j->n_metric++] = metric;
    }
    return folder != NULL ? to_folder(j, folder, err) : to_stdout(j, err);
}

static int run(const struct args *a)
{
    struct job j = {.args = a};
    struct err err = {0};
    if (!query_open(&j.q, a->operand[0], &err))
        return cli_fail(&err);
    bool ok = export(&j, &err);
    query_close(j.q);
    return ok ? EXIT_OK : cli_fail(&err);
}

const struct command cmd_export = {
    .name = "export",
    .doc = "write the numbers of a database as tables for other programs",
    .examples =
        "  afterbay export results.db --to csv -o tables\n"
        "  afterbay export results.db --metric latency.p99 --metric 'lost / offered' >values.csv\n"
        "  afterbay export results.db --to jsonl --table fates\n",
    .usage = "DB",
    .more = "Tables: metrics, settings, series, histograms, fates, fates-by-birth, life. Units "
            "stand in the column 'unit' or in the\n"
            "names of columns: from_s, 'latency.p99 [s]'. Where the numbers come from (scenario, "
            "seed, version) stands above a\n"
            "table on stdout, and in manifest.json of a folder.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
