/* expect.c - the expectations of a scenario: read and checked here, judged by whoever has results.
 */
#include <string.h>

#include "codes.h"
#include "typed.h"

static bool names_are_certain(const struct scenario *s, int code)
{
    return !s->partial || (code != AB_METRIC && code != AB_STAT);
}

static void read_one(struct scenario *s, const struct node *n, const struct metricnames *names)
{
    struct metricexpr_error e;
    if (n->type != NODE_STRING && n->type != NODE_WORD) {
        ADD_ERROR(s, AB_TYPE, &n->place,
                  "'expect' holds texts such as \"latency.p99 < 2s\", not %s", node_type_name(n));
        return;
    }
    struct scenario_expect *expect = &s->expect[s->n_expect];
    expect->text = n->text;
    expect->place = n->place;
    expect->expr = metricexpr_parse(&s->pool, n->text, names, &e);
    if (expect->expr != NULL) {
        s->n_expect++;
    } else if (names_are_certain(s, e.code)) {
        struct place place = node_place_at(n, (size_t)e.column);
        place.width = place.column == n->place.column && e.column > 0 ? place.width : e.width;
        struct problem *p = ADD_ERROR(s, e.code, &place, "%s", e.text);
        if (e.label[0] != '\0')
            problem_label(p, "%s", e.label);
    }
}

void expect_read(struct scenario *s)
{
    const struct node *n = node_child(s->root, "expect");
    struct metricnames names = {s->metric, s->n_metric};
    if (n == NULL)
        return;
    bool many = n->type == NODE_LIST || n->type == NODE_ARRAY;
    s->expect = pool_array(&s->pool, many ? n->n : 1, sizeof(*s->expect));
    if (!many)
        read_one(s, n, &names);
    for (size_t i = 0; many && i < n->n; i++)
        read_one(s, n->child[i], &names);
}

const struct scenario_expect *scenario_expects(const struct scenario *s, size_t *n)
{
    *n = s->n_expect;
    return s->expect;
}
