/* main.c - afterbay-script: plays scripts of calls to queues and says where the answers differ from
 * what is expected. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"

static const char help[] =
    "afterbay-script FILE…\n\n"
    "Plays each script (docs/reference/scripts.md) and prints a line per failed expectation.\n"
    "Exit code: 0 all as expected, 1 some not, 64 wrong use, 65 a line that is no script,\n"
    "66 a file that cannot be read.\n";

static bool play(struct script *s, const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "afterbay-script: %s: %s\n", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t size = 0;
    s->file = path;
    snprintf(s->test, sizeof(s->test), "-");
    script_fresh(s);
    for (int number = 1; getline(&line, &size, f) >= 0; number++)
        script_line(s, line, number);
    free(line);
    bool ok = !ferror(f);
    if (!ok)
        fprintf(stderr, "afterbay-script: %s: %s\n", path, strerror(errno));
    fclose(f);
    return ok;
}

int main(int argc, char **argv)
{
    struct script s;
    bool readable = true;
    if (argc < 2 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
        fputs(help, argc < 2 ? stderr : stdout);
        return argc < 2 ? 64 : 0;
    }
    if (!script_open(&s))
        return 71;
    for (int i = 1; i < argc; i++)
        readable &= play(&s, argv[i]);
    printf("%llu expectations, %llu failed\n", (unsigned long long)s.judged,
           (unsigned long long)s.failed);
    int code = !readable ? 66 : s.usage ? 65 : s.failed > 0 ? 1 : 0;
    script_close(&s);
    return code;
}
