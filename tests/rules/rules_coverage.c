/* rules_coverage.c - which rule of docs/semantics is checked by which test.
 *
 * A document lists its rules as lines "- **SQS-1** …". A test names the rules that it checks in a
 * comment "rules: SQS-1 SQS-2" (C, shell, scripts, scenarios). docs/semantics/exempt.txt has the
 * rules that none can check, with the reason.
 *
 * usage: rules_coverage ROOT [--list]
 * Exit code 1 when a rule has neither, when a test names an unknown rule, or when an exemption is
 * not needed. */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define RULES_MAX     4000
#define DOCUMENTS_MAX 64

struct rule {
    char name[32];
    int document;
    char *tests; /* where, separated by commas */
    char *exempt;
};
static struct rule rule[RULES_MAX];
static int n_rule, n_bad;
static char document[DOCUMENTS_MAX][64];
static int n_document;

static struct rule *find(const char *name)
{
    for (int i = 0; i < n_rule; i++)
        if (strcmp(rule[i].name, name) == 0)
            return &rule[i];
    return NULL;
}

static void bad(const char *path, int line, const char *what, const char *name)
{
    printf("%s:%d: %s: %s\n", path, line, what, name);
    n_bad++;
}

/* "SQS-12" at the start of the text; its length, or 0. */
static size_t rule_at(const char *s, char name[32])
{
    size_t i = 0;
    while (s[i] >= 'A' && s[i] <= 'Z')
        i++;
    if (i == 0 || s[i] != '-')
        return 0;
    size_t digits = ++i;
    while (s[i] >= '0' && s[i] <= '9')
        i++;
    if (i == digits || i >= 32)
        return 0;
    snprintf(name, 32, "%.*s", (int)i, s);
    return i;
}

typedef void (*line_function)(const char *path, int number, char *line);

static void each_line(const char *path, line_function f)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t size = 0;
    if (in == NULL)
        return;
    for (int number = 1; getline(&line, &size, in) >= 0; number++)
        f(path, number, line);
    free(line);
    fclose(in);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void each_file(const char *folder, void (*f)(const char *path))
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.' && stat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode))
                each_file(path, f);
            else
                f(path);
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

static bool ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n >= m && strcmp(s + n - m, with) == 0;
}

/* --- documents --- */

static void read_rule(const char *path, int number, char *line)
{
    char name[32];
    if (strncmp(line, "- **", 4) != 0 && strncmp(line, "* **", 4) != 0)
        return;
    size_t n = rule_at(line + 4, name);
    if (n == 0 || strncmp(line + 4 + n, "**", 2) != 0)
        return;
    if (find(name) != NULL || n_rule == RULES_MAX) {
        bad(path, number, "a rule is there twice", name);
        return;
    }
    rule[n_rule].document = n_document - 1;
    memcpy(rule[n_rule++].name, name, sizeof(name));
}

static void read_document(const char *path)
{
    const char *base = strrchr(path, '/') + 1;
    if (!ends(path, ".md") || n_document == DOCUMENTS_MAX)
        return;
    snprintf(document[n_document++], sizeof(document[0]), "%.*s", (int)(strlen(base) - 3), base);
    each_line(path, read_rule);
}

static void read_exempt(const char *path, int number, char *line)
{
    char name[32];
    size_t n = rule_at(line, name);
    if (n == 0)
        return;
    struct rule *r = find(name);
    const char *reason = line + n + strspn(line + n, " \t");
    if (r == NULL)
        bad(path, number, "no such rule", name);
    else if (*reason == '\n' || *reason == '\0')
        bad(path, number, "an exemption needs a reason", name);
    else
        r->exempt = strndup(reason, strcspn(reason, "\n"));
}

/* --- tests --- */

static size_t root_length;
static char test_name[128];

static void add_test(struct rule *r, const char *path, int number)
{
    char *longer;
    const char *where = path + root_length + 1;
    int n = test_name[0] != '\0'
                ? asprintf(&longer, "%s%s%s (%s)", r->tests == NULL ? "" : r->tests,
                           r->tests == NULL ? "" : ", ", test_name, where)
                : asprintf(&longer, "%s%s%s:%d", r->tests == NULL ? "" : r->tests,
                           r->tests == NULL ? "" : ", ", where, number);
    if (n < 0)
        exit(71);
    free(r->tests);
    r->tests = longer;
}

static void read_test_line(const char *path, int number, char *line)
{
    if (strncmp(line, "test ", 5) == 0)
        snprintf(test_name, sizeof(test_name), "%.*s", (int)strcspn(line + 5, " \n"), line + 5);
    char *at = strstr(line, "rules: ");
    if (at == NULL)
        return;
    for (at += strlen("rules:"); *at != '\0';) {
        char name[32];
        at += strspn(at, " ,");
        size_t n = rule_at(at, name);
        if (n == 0)
            return;
        struct rule *r = find(name);
        if (r != NULL)
            add_test(r, path, number);
        else
            bad(path, number, "no such rule", name);
        at += n;
    }
}

static void read_test(const char *path)
{
    static const char *const kinds[] = {".c", ".h", ".txt", ".sh", ".cfg"};
    if (ends(path, "rules_coverage.c"))
        return;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (ends(path, kinds[i])) {
            test_name[0] = '\0';
            each_line(path, read_test_line);
        }
}

/* --- the verdict --- */

static void judge(int d, bool list)
{
    int rules = 0, tested = 0, exempt = 0, missing = 0;
    for (int i = 0; i < n_rule; i++) {
        const struct rule *r = &rule[i];
        if (r->document != d)
            continue;
        rules++;
        tested += r->tests != NULL;
        exempt += r->tests == NULL && r->exempt != NULL;
        missing += r->tests == NULL && r->exempt == NULL;
        if (list || (r->tests == NULL && r->exempt == NULL))
            printf("%-9s %s\n", r->name,
                   r->tests != NULL    ? r->tests
                   : r->exempt != NULL ? r->exempt
                                       : "no test");
        if (r->tests != NULL && r->exempt != NULL)
            bad("docs/semantics/exempt.txt", 0, "there is a test, so no exemption is needed",
                r->name);
    }
    n_bad += missing;
    if (rules > 0)
        printf("%s rules=%d tested=%d exempt=%d missing=%d\n", document[d], rules, tested, exempt,
               missing);
}

int main(int argc, char **argv)
{
    char path[4096];
    if (argc < 2)
        return 64;
    root_length = strlen(argv[1]);
    snprintf(path, sizeof(path), "%s/docs/semantics", argv[1]);
    each_file(path, read_document);
    snprintf(path, sizeof(path), "%s/docs/semantics/exempt.txt", argv[1]);
    each_line(path, read_exempt);
    snprintf(path, sizeof(path), "%s/tests", argv[1]);
    each_file(path, read_test);
    for (int d = 0; d < n_document; d++)
        judge(d, argc > 2 && strcmp(argv[2], "--list") == 0);
    for (int i = 0; i < n_rule; i++) {
        free(rule[i].tests);
        free(rule[i].exempt);
    }
    return n_bad > 0;
}
