/* page.c - the report behind `report` and `compare --report`; its page is made by report/html.c. */
#include "page.h"

#include "cli.h"

#ifdef AFTERBAY_CHARTS

#include "html.h"

int page_possible(const char *path)
{
    (void)path;
    return 0;
}

int page_write(const char *database, const int64_t *run, size_t n, const char *path)
{
    struct query *q;
    struct err    err = {0};
    if (!query_open(&q, database, &err))
        return cli_fail(&err);
    bool ok = report_html(q, run, n, path, &err);
    query_close(q);
    return ok ? 0 : cli_fail(&err);
}

#else /* without charts */

int page_possible(const char *path)
{
    return cli_failf(ERR_UNAVAILABLE, "%s: this afterbay was built without charts (AFTERBAY_CHARTS=OFF)", path);
}

int page_write(const char *database, const int64_t *run, size_t n, const char *path)
{
    (void)database, (void)run, (void)n;
    return page_possible(path);
}

#endif
