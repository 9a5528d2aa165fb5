/* main.c - afterbay-oracles DIR|FILE…: known values of queueing theory held against the simulator.
 * Prints a CSV: id, simulated, standard error, exact, z, verdict, reason. Exit 0: no row failed; 1:
 * some did. */
#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "number.h"
#include "oracle.h"
#include "trials.h"

static const char usage[] = "usage: afterbay-oracles [-j THREADS] [--budget SECONDS] [-v] DIR|FILE...\n"
                            "\n"
                            "Holds rows of known values (CSV: id,model,params,metric,value,unit,kind,source)\n"
                            "against simulations of their models and prints a verdict for each.\n"
                            "  -j N          threads (default: all processors)\n"
                            "  --budget S    seconds of one core that a scenario may take, about (default 180)\n"
                            "  -n            run nothing: only say which rows cannot be expressed, and why\n"
                            "  -v            say on stderr what is run\n";

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The CSV files of a folder, by name; files without rows (other columns) are passed over. */
static bool read_folder(struct rows *rows, const char *folder, struct err *err)
{
    char *name[256];
    size_t n = 0;
    DIR *dir = opendir(folder);
    struct dirent *entry;
    while (dir != NULL && n < 256 && (entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0 && (name[n] = strdup(entry->d_name)) != NULL)
            n++;
    }
    if (dir != NULL)
        closedir(dir);
    qsort(name, n, sizeof name[0], compare_text);
    bool good = n > 0 || err_set(err, ERR_NOINPUT, "%s: no .csv file in this folder", folder);
    for (size_t i = 0; i < n; i++) {
        char path[4096];
        struct err other = {0};
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        size_t before = rows->n;
        if (good && !rows_read(rows, path, &other)) {
            if (rows->n > before)
                good = err_set(err, other.class, "%s", other.text);
            else
                fprintf(stderr, "afterbay-oracles: passed over: %s\n", other.text);
        }
        free(name[i]);
    }
    return good;
}

static bool read_all(struct rows *rows, char **path, struct err *err)
{
    for (; *path != NULL; path++) {
        struct stat s;
        bool folder = stat(*path, &s) == 0 && S_ISDIR(s.st_mode);
        if (!(folder ? read_folder(rows, *path, err) : rows_read(rows, *path, err)))
            return false;
    }
    return true;
}

static void print_number(double x)
{
    if (!isnan(x))
        printf("%.6g", x);
    putchar(',');
}

static size_t print_table(const struct rows *rows, const struct verdict *v)
{
    size_t count[3] = {0, 0, 0};
    printf("id,simulated,standard_error,exact,z,verdict,reason\n");
    for (size_t i = 0; i < rows->n; i++) {
        printf("%s,", rows->item[i].id);
        print_number(v[i].simulated);
        print_number(v[i].se);
        printf("%s,", rows->item[i].value_text);
        print_number(v[i].z);
        printf("%s,%s%s%s\n", v[i].text, v[i].reason != NULL ? "\"" : "", v[i].reason != NULL ? v[i].reason : "",
               v[i].reason != NULL ? "\"" : "");
        count[v[i].text[0] == 'p' ? 0 : v[i].text[0] == 'f' ? 1 : 2]++;
    }
    fprintf(stderr, "%zu rows: %zu pass, %zu fail, %zu not expressible\n", rows->n, count[0], count[1], count[2]);
    return count[1];
}

/* "-j 2", "-j2", "--budget 5", "--budget=5": the value, or NULL when this argument is another
 * option. */
static const char *value_of(const char *option, char **argv, int *i)
{
    size_t length = strlen(option);
    if (strncmp(argv[*i], option, length) != 0)
        return NULL;
    const char *rest = argv[*i] + length;
    if (*rest == '\0')
        return argv[*i + 1] != NULL ? argv[++*i] : "";
    return *rest == '=' ? rest + 1 : rest;
}

static bool parse_value(const char *text, double *x)
{
    return number_parse(text, x) && *x >= 1;
}

static bool parse(char **argv, struct judge_options *o, char **path)
{
    size_t n = 0;
    for (int i = 1; argv[i] != NULL; i++) {
        const char *text;
        double x;
        if (strcmp(argv[i], "-v") == 0) {
            o->verbose = true;
        } else if (strcmp(argv[i], "-n") == 0) {
            o->dry = true;
        } else if ((text = value_of("-j", argv, &i)) != NULL) {
            if (!parse_value(text, &x))
                return false;
            o->threads = (int)x;
        } else if ((text = value_of("--budget", argv, &i)) != NULL) {
            if (!parse_value(text, &o->budget_s))
                return false;
        } else if (argv[i][0] == '-') {
            return false;
        } else {
            path[n++] = argv[i];
        }
    }
    path[n] = NULL;
    return n > 0;
}

int main(int argc, char **argv)
{
    struct judge_options o = {.threads = trials_processors(), .budget_s = 180};
    /* Millions of short replications: memory that one gives back is there for the next, without
     * asking the kernel. */
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    char **path = calloc((size_t)argc + 1, sizeof *path);
    if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (path == NULL || !parse(argv, &o, path)) {
        fputs(usage, stderr);
        return ERR_USAGE;
    }
    struct rows rows = {0};
    struct err err = {0};
    bool good = read_all(&rows, path, &err);
    struct verdict *v = calloc(rows.n + 1, sizeof *v);
    good = good && v != NULL && judge_rows(&rows, v, &o, &err);
    size_t failed = good ? print_table(&rows, v) : 0;
    if (!good)
        fprintf(stderr, "afterbay-oracles: %s\n", err.text);
    rows_free(&rows);
    free(v);
    free(path);
    return !good ? (int)err.class : failed > 0;
}
