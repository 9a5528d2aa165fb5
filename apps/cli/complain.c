/* complain.c - problems on stderr, the first twenty in full. */
#include "complain.h"

#include "cli.h"
#include "render.h"

#define LIMIT 20

int complain(const struct problems *p, const struct scenario *s)
{
    if (p->n > 0)
        render_problems(stderr, p, s, term_colours(stderr), LIMIT);
    if (p->n > 0 && p->n_errors > 0)
        cli_note("\n'afterbay explain CODE' tells more");
    int code = (int)render_class(p);
    return code == 0 && p->failed ? (int)ERR_OS : code;
}
