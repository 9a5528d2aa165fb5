/* complain.c - the exit code is that of the first error: a missing file says more than what follows from it. */
#include "complain.h"

#include "cli.h"

int complain(const struct problems *p, const struct scenario *s)
{
    int code = 0;
    (void)s;
    for (size_t i = 0; i < p->n; i++) {
        const struct problem *q = &p->item[i];
        fprintf(stderr, "%s[AB%04d]: %s  --> %s:%d:%d\n", q->severity == SEVERITY_ERROR ? "error" : "warning", q->code,
                q->text, q->place.file == NULL ? "?" : q->place.file, q->place.line, q->place.column);
        if (q->label != NULL)
            fprintf(stderr, "    %s\n", q->label);
        if (q->severity == SEVERITY_ERROR && code == 0)
            code = (int)q->class;
    }
    if (p->failed && code == 0)
        code = ERR_OS;
    return code;
}
