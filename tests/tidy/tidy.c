/* tidy.c - reads the source tree and says where it breaks the rules that a compiler does not know: sizes of files and
 * functions, calls that would make results depend on the machine, headers that do not stand alone, circles of includes,
 * notes left for later. `tidy --self-test` shows that each rule can fail.
 *
 * usage: tidy SOURCE_DIR [CC INCLUDE_FOLDERS] - with a compiler, every header is also compiled alone. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILES 4000

struct file {
    char *path; /* below the root */
    char *text; /* as it is */
    char *code; /* comments and the insides of strings blanked, C only */
};

static struct file file[MAX_FILES];
static size_t      n_file;
static int         n_bad;
static bool        silent;

static const struct {
    const char *path, *reason;
} exempt_length[] = {
    {"sim/engine/ziggurat_tables.c", "a generated table of numbers"},
    {"sim/engine/dmath_tables.h", "a generated table of numbers"},
};

/* A call by this name may stand only in files whose path starts with one of the allowed beginnings. */
static const struct {
    const char *name, *allowed, *reason;
} banned[] = {
    {"strcpy", "tests/", "no bound"},
    {"strcat", "tests/", "no bound"},
    {"sprintf", "tests/", "no bound"},
    {"vsprintf", "tests/", "no bound"},
    {"gets", "", "no bound"},
    {"rand", "tests/", "libc's random numbers differ between machines"},
    {"srand", "tests/", "libc's random numbers differ between machines"},
    {"random", "tests/", "libc's random numbers differ between machines"},
    {"drand48", "", "libc's random numbers differ between machines"},
    {"time", "apps/", "no clock below apps"},
    {"gettimeofday", "apps/", "no clock below apps"},
    {"getenv", "apps/ tests/", "no environment below apps"},
    {"setlocale", "tests/", "results know no locale"},
    {"strtod", "tests/", "depends on the locale"},
    {"strtof", "tests/", "depends on the locale"},
    {"atof", "tests/", "depends on the locale"},
    {"qsort_r", "", "sorts that are not stable need a total comparator and no context"},
    {"alloca", "", "no bound"},
};

__attribute__((format(printf, 3, 4))) static void bad(const char *path, int line, const char *format, ...)
{
    va_list list;
    n_bad++;
    if (silent)
        return;
    printf("%s:%d: ", path, line);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
}

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

static bool ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n >= m && strcmp(s + n - m, with) == 0;
}

static bool is_c(const char *path)
{
    return ends(path, ".c") || ends(path, ".h");
}

/* Tests may be long: they are lists of cases. */
static bool is_production(const char *path)
{
    return is_c(path) && !starts(path, "tests/");
}

/* --- reading --- */

/* Blanks comments, and the insides of strings and character constants; line ends stay. */
static char *code_of(const char *text)
{
    char *code = strdup(text);
    enum { CODE, LINE, BLOCK, STRING, CHARACTER } in = CODE;
    for (char *c = code; *c != 0; c++) {
        bool escape = (in == STRING || in == CHARACTER) && *c == '\\' && c[1] != 0;
        if (in == CODE && c[0] == '/' && c[1] == '/')
            in = LINE;
        else if (in == CODE && c[0] == '/' && c[1] == '*')
            in = BLOCK, *c++ = ' ';
        else if (in == CODE && (*c == '"' || *c == '\''))
            in = *c == '"' ? STRING : CHARACTER;
        else if ((in == STRING && *c == '"') || (in == CHARACTER && *c == '\'') || (in == LINE && *c == '\n'))
            in = CODE;
        else if (in == BLOCK && c[0] == '*' && c[1] == '/')
            in = CODE, *c++ = ' ', *c = ' ';
        if (escape)
            *c++ = ' ';
        if (in != CODE && *c != '\n' && *c != '"')
            *c = ' ';
    }
    return code;
}

static void add(const char *path, char *text)
{
    if (n_file == MAX_FILES) {
        bad(path, 0, "more than %d files", MAX_FILES);
        return;
    }
    file[n_file++] = (struct file){strdup(path), text, is_c(path) ? code_of(text) : NULL};
}

static void read_file(const char *root, const char *path)
{
    char name[8200];
    snprintf(name, sizeof name, "%s/%s", root, path);
    FILE *f = fopen(name, "rb");
    if (f == NULL) {
        bad(path, 0, "cannot be read");
        return;
    }
    fseek(f, 0, SEEK_END);
    long  n = ftell(f);
    char *text = calloc((size_t)n + 1, 1);
    rewind(f);
    if (fread(text, 1, (size_t)n, f) != (size_t)n)
        bad(path, 0, "cannot be read");
    fclose(f);
    add(path, text);
}

static bool is_source(const char *path)
{
    static const char *const ending[] = {".c", ".h", ".md", ".cfg", ".sh", ".cmake", ".txt", ".json", ".supp"};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        if (ends(path, ending[i]))
            return true;
    return strcmp(path, "quickstart") == 0 || strcmp(path, ".ci/run") == 0;
}

static void read_folder(const char *root, const char *path)
{
    char            name[8200];
    struct dirent **entry;
    snprintf(name, sizeof name, "%s/%s", root, path);
    int n = scandir(name, &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *own = entry[i]->d_name;
        struct stat st;
        char        below[4096];
        snprintf(below, sizeof below, "%s%s%s", path, *path == 0 ? "" : "/", own);
        snprintf(name, sizeof name, "%s/%s", root, below);
        bool skip = (own[0] == '.' && strcmp(own, ".ci") != 0) || strcmp(below, "build") == 0 || strcmp(below, "out") == 0;
        if (!skip && stat(name, &st) == 0 && S_ISDIR(st.st_mode))
            read_folder(root, below);
        else if (!skip && is_source(below))
            read_file(root, below);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

/* --- rules --- */

static int count_lines(const char *text)
{
    int n = 0;
    for (; *text != 0; text++)
        n += *text == '\n';
    return n;
}

static void check_length(const struct file *f)
{
    int lines = count_lines(f->text), most = ends(f->path, ".h") ? 200 : 400;
    for (size_t i = 0; i < sizeof exempt_length / sizeof *exempt_length; i++)
        if (strcmp(exempt_length[i].path, f->path) == 0)
            return;
    if (lines > most)
        bad(f->path, lines, "%d lines; at most %d", lines, most);
}

/* A body begins with a brace in the first column and ends with one. */
static void check_functions(const struct file *f)
{
    int line = 1, begin = 0;
    for (const char *c = f->code; *c != 0; line++) {
        if (c[0] == '{' && c[1] == '\n')
            begin = line;
        if (c[0] == '}' && c[1] == '\n' && begin > 0) {
            if (line - begin - 1 > 60)
                bad(f->path, begin, "function of %d lines; at most 60", line - begin - 1);
            begin = 0;
        }
        const char *end = strchr(c, '\n');
        if (end == NULL)
            return;
        c = end + 1;
    }
}

static bool is_allowed(const char *path, const char *list)
{
    while (*list != 0) {
        size_t n = strcspn(list, " ");
        if (strncmp(path, list, n) == 0)
            return true;
        list += n + (list[n] == ' ');
    }
    return false;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;
    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static void check_calls(const struct file *f)
{
    for (size_t i = 0; i < sizeof banned / sizeof *banned; i++) {
        size_t n = strlen(banned[i].name);
        if (is_allowed(f->path, banned[i].allowed))
            continue;
        for (const char *c = f->code; (c = strstr(c, banned[i].name)) != NULL; c += n) {
            bool word = c == f->code || (!isalnum((unsigned char)c[-1]) && c[-1] != '_' && c[-1] != '.' && c[-1] != '>');
            if (word && c[n] == '(')
                bad(f->path, line_of(f->code, c), "%s: %s", banned[i].name, banned[i].reason);
        }
    }
}

/* Words are in two parts here, so that this file passes its own rule. */
static void check_words(const struct file *f)
{
    static const char *const word[] = {"TO" "DO", "FIX" "ME", "XX" "X:", "/wo" "rk/", "../sha" "red", "/home" "/"};
    for (size_t i = 0; i < sizeof word / sizeof *word; i++) {
        const char *at = strstr(f->text, word[i]);
        if (at != NULL)
            bad(f->path, line_of(f->text, at), "'%s' has no place in the repository", word[i]);
    }
}

/* --- includes --- */

static const struct file *header_named(const struct file *from, const char *name, size_t length)
{
    const struct file *found = NULL;
    const char        *slash = strrchr(from->path, '/');
    size_t             folder = slash == NULL ? 0 : (size_t)(slash - from->path) + 1;
    for (size_t i = 0; i < n_file; i++) {
        const char *base = strrchr(file[i].path, '/');
        base = base == NULL ? file[i].path : base + 1;
        if (strlen(base) != length || memcmp(base, name, length) != 0)
            continue;
        if ((size_t)(base - file[i].path) == folder && memcmp(file[i].path, from->path, folder) == 0)
            return &file[i];
        found = &file[i];
    }
    return found;
}

static bool reaches(const struct file *from, const struct file *goal, char *seen)
{
    if (seen[from - file])
        return false;
    seen[from - file] = 1;
    for (const char *c = from->text; (c = strstr(c, "#include \"")) != NULL;) {
        c += strlen("#include \"");
        const struct file *to = header_named(from, c, strcspn(c, "\""));
        if (to != NULL && (to == goal || reaches(to, goal, seen)))
            return true;
    }
    return false;
}

static void check_circles(const struct file *f)
{
    char seen[MAX_FILES] = {0};
    if (reaches(f, f, seen))
        bad(f->path, 1, "includes itself through others");
}

static void check_alone(const char *root, const struct file *f, const char *cc, const char *folders)
{
    char command[16384];
    snprintf(command, sizeof command, "%s -std=gnu17 -fsyntax-only -Wall -Werror %s -x c '%s/%s'", cc, folders, root, f->path);
    if (system(command) != 0)
        bad(f->path, 1, "does not compile alone");
}

static void check(const struct file *f)
{
    check_words(f);
    if (!is_c(f->path))
        return;
    check_calls(f);
    if (is_production(f->path)) {
        check_length(f);
        check_functions(f);
    }
    if (ends(f->path, ".h"))
        check_circles(f);
}

/* --- does each rule bite? --- */

static int count_bad(const char *path, const char *text)
{
    n_file = 0;
    n_bad = 0;
    add(path, strdup(text));
    check(&file[0]);
    return n_bad;
}

static int self_test(void)
{
    static char lines[2000], body[2000];
    memset(lines, '\n', 401);
    snprintf(body, sizeof body, "void f(void)\n{\n%.*s}\n", 61, lines);
    const struct {
        const char *path, *text;
        int         expected;
    } row[] = {
        {"sim/a.c", "int ok;\n", 0},
        {"sim/a.c", lines, 1},
        {"sim/a.c", lines + 1, 0},
        {"sim/a.h", lines + 200, 1},
        {"sim/a.h", lines + 201, 0},
        {"tests/a.c", lines, 0},
        {"sim/a.c", body, 1},
        {"sim/a.c", "int x = rand();\n", 1},
        {"sim/a.c", "int x = my_rand() + s.rand() + p->rand();\n", 0},
        {"sim/a.c", "// rand()\n/* rand() */ char *s = \"rand()\\\" rand()\";\n", 0},
        {"sim/a.c", "char q = '\"'; int x = rand();\n", 1},
        {"sim/a.c", "time(NULL);\n", 1},
        {"apps/a.c", "time(NULL);\n", 0},
        {"apps/a.c", "setlocale(LC_ALL, \"\");\n", 1},
        {"sim/a.h", "#include \"a.h\"\n", 1},
        {"docs/a.md", "FIX" "ME later\n", 1},
        {"docs/a.md", "/wo" "rk/x\n", 1},
    };
    int failed = 0;
    silent = true;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        int found = count_bad(row[i].path, row[i].text);
        if (found != row[i].expected) {
            printf("self-test row %zu (%s): %d found, %d expected\n", i, row[i].path, found, row[i].expected);
            failed = 1;
        }
    }
    return failed;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--self-test") == 0)
        return self_test();
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: tidy --self-test | SOURCE_DIR [CC FOLDERS]\n");
        return 64;
    }
    read_folder(argv[1], "");
    for (size_t i = 0; i < n_file; i++) {
        if (argc == 2)
            check(&file[i]);
        else if (ends(file[i].path, ".h"))
            check_alone(argv[1], &file[i], argv[2], argv[3]);
    }
    printf("%zu files, %d against the rules\n", n_file, n_bad);
    return n_bad > 0;
}
