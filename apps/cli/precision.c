/* precision.c - targets from the command line, judged by the rules of stopping.h. */
#include "precision.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "format.h"
#include "quantity.h"
#include "samples.h"
#include "stopping.h"
#include "summary.h"

static int read_target(struct precision_target *t, const char *text)
{
    const char *equals = strrchr(text, '=');
    int64_t     ppb;
    if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof t->metric ||
        !quantity_share(equals + 1, &ppb, NULL) || ppb <= 0)
        return cli_failf(ERR_USAGE, "--precision takes METRIC=SHARE such as latency.p99=5%%, not '%s'", text);
    snprintf(t->metric, sizeof t->metric, "%.*s", (int)(equals - text), text);
    t->relative = (double)ppb / 1e9;
    return 0;
}

int precision_options(struct precision *p, const struct args *a)
{
    const char *text;
    bool        automatic = option_count(a, "replications", 0) == OPTION_AUTO;
    *p = (struct precision){.most = (uint32_t)option_count(a, "max-replications", STOPPING_MOST)};
    if (!automatic && option_count(a, "replications", 0) > 0 && option_times(a, "precision") > 0)
        return cli_failf(ERR_USAGE, "--precision chooses the number of replications itself: leave -r out, or say -r auto");
    p->on = automatic || option_times(a, "precision") > 0;
    if (!p->on && option_count(a, "max-replications", 0) > 0)
        return cli_failf(ERR_USAGE, "--max-replications goes with -r auto or --precision");
    for (size_t i = 0; (text = option_many(a, "precision", i)) != NULL; i++) {
        if (p->n == PRECISION_MAX)
            return cli_failf(ERR_USAGE, "--precision can be given %d times at most", PRECISION_MAX);
        int code = read_target(&p->target[p->n++], text);
        if (code != 0)
            return code;
    }
    return p->on && p->n == 0 ? read_target(&p->target[p->n++], PRECISION_DEFAULT) : 0;
}

bool precision_columns(struct precision *p, struct columns *c, struct err *err)
{
    for (size_t i = 0; i < p->n; i++)
        if (!columns_term(c, p->target[i].metric, ERR_DATA, &p->target[i].column, err))
            return false;
    return true;
}

struct precision_state precision_look(const struct precision_target *t, const double *x, size_t n)
{
    struct estimate e = estimate_mean(x, n, SAMPLES_LEVEL);
    return (struct precision_state){stopping_width(&e), stopping_met(&e, t->relative)};
}

void precision_print(const struct precision_target *t, struct precision_state s, size_t n)
{
    char width[FORMAT_SIZE] = "unknown", asked[FORMAT_SIZE];
    if (!isnan(s.width) && !isinf(s.width))
        format_share(width, s.width);
    format_share(asked, t->relative);
    printf("precision %s: half-width %s of the mean after %zu replications (asked for %s%s)\n", t->metric, width, n, asked,
           s.met ? "" : ": not reached");
}

json_t *precision_json(const struct precision_target *t, struct precision_state s)
{
    json_t *o = json_object();
    json_object_set_new(o, "metric", json_string(t->metric));
    json_object_set_new(o, "asked", json_real(t->relative));
    json_object_set_new(o, "reached", summary_number_json(s.width));
    json_object_set_new(o, "met", json_boolean(s.met));
    return o;
}
