/* cmd_goal.c - afterbay goal SCENARIO 'min PATH such that EXPR': the smallest (or largest) value that meets what is asked. */
#include "cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"
#include "format.h"
#include "goal.h"
#include "grid.h"
#include "quantity.h"
#include "summary.h"
#include "table.h"

#define COMPARISONS_MAX 8
#define GOAL_MOST       320

static const struct option options[] = {
    RUNNER_OUTPUT,
    RUNNER_COURSE,
    RUNNER_WARMUP,
    RUNNER_REST,
    {0, "max-replications", OPTION_COUNT, "N", "no more than this at each value (default: 320)", NULL, ESTIMATE_MIN, RUNNER_MAX_REPLICATIONS},
    {0, "from", OPTION_TEXT, "VALUE", "smallest value to consider (a count: 1)", NULL, 0, 0},
    {0, "to", OPTION_TEXT, "VALUE", "largest value to consider (a count: 64 times the scenario's own)", NULL, 0, 0},
    {0, "step", OPTION_TEXT, "STEP", "distance of values (a count: 1; else 100 steps), or a factor: x1.1", NULL, 0, 0},
    {0, "error", OPTION_TEXT, "SHARE", "probability that the answer is wrong (default 5%)", NULL, 0, 0},
    {0, "indifference", OPTION_TEXT, "SHARE", "this close to a bound either answer will do (default 5%)", NULL, 0, 0},
    {0},
};

struct tested {
    size_t            value; /* number on the ladder */
    size_t            point; /* of the campaign */
    enum goal_verdict verdict[COMPARISONS_MAX], all;
    struct estimate   difference[COMPARISONS_MAX];
};

struct goal {
    struct campaign          campaign;
    struct grid              grid;
    char                     path[200];
    const char              *conditions;
    bool                     most; /* max: the ladder runs from the largest down */
    const struct metricexpr *expr;
    size_t                   first; /* column */
    uint32_t                 n_comparison, most_replications;
    double                   error, zone, level;
    struct tested           *tested;
    size_t                   n_tested;
    size_t                   answer;
    int                      code;
};

/* --- what is asked --- */

static int read_goal(struct goal *g, const char *text)
{
    static const char such[] = " such that ";
    const char       *that = strstr(text, such);
    g->most = strncmp(text, "max ", 4) == 0;
    if ((!g->most && strncmp(text, "min ", 4) != 0) || that == NULL)
        return cli_failf(ERR_USAGE,
                         "a goal is 'min PATH such that CONDITIONS' or 'max …', such as\n"
                         "  'min fleet.workers.size such that latency.p99 < 2s and lost == 0'; not '%s'", text);
    const char *from = text + 4;
    from += strspn(from, " ");
    size_t n = that > from ? (size_t)(that - from) : 0;
    while (n > 0 && from[n - 1] == ' ')
        n--;
    if (n == 0 || n >= sizeof g->path)
        return cli_failf(ERR_USAGE, "which setting? '%s'", text);
    snprintf(g->path, sizeof g->path, "%.*s", (int)n, from);
    g->conditions = that + strlen(such);
    return 0;
}

static int share(const struct args *a, const char *option, double otherwise, double *out)
{
    const char *text = option_text(a, option);
    int64_t     ppb;
    *out = otherwise;
    if (text == NULL)
        return 0;
    if (!quantity_share(text, &ppb, NULL) || ppb <= 0 || ppb >= 500000000)
        return cli_failf(ERR_USAGE, "--%s takes a share between 0 and 50%%, not '%s'", option, text);
    *out = (double)ppb / 1e9;
    return 0;
}

/* The range as an axis of a sweep, from the smallest to the largest value. */
static int make_ladder(struct goal *g, const struct args *a)
{
    const char    *from = option_text(a, "from"), *to = option_text(a, "to"), *step = option_text(a, "step");
    struct setting s;
    struct err     err = {0};
    char           axis[600], most[40];
    if (!setting_find(g->campaign.runner.item[0].scenario, g->path, &s, &err))
        return cli_fail(&err);
    bool count = s.key->type == VALUE_COUNT;
    if (!s.numeric)
        return cli_failf(ERR_USAGE, "'%s' is no number, duration, size, rate or share: there is nothing to search through", g->path);
    if (!count && (from == NULL || to == NULL))
        return cli_failf(ERR_USAGE, "between which values? --from and --to tell where to look for %s", g->path);
    double own = isnan(s.number) || s.number < 1 ? 1 : s.number;
    snprintf(most, sizeof most, "%" PRId64, (int64_t)fmin(64 * own, 50000));
    if (from == NULL)
        from = "1";
    if (to == NULL)
        to = most;
    if (step != NULL || count)
        snprintf(axis, sizeof axis, "%s=%s..%s:%s", g->path, from, to, step != NULL ? step : "1");
    else
        snprintf(axis, sizeof axis, "%s=%s..%s/101", g->path, from, to);
    return grid_axis_text(&g->grid, g->campaign.runner.item[0].scenario, axis, &err) ? 0 : cli_fail(&err);
}

static const char *value_text(const struct goal *g, size_t value)
{
    const struct grid_axis *axis = &g->grid.axis[0];
    return axis->value[g->most ? axis->n_value - 1 - value : value];
}

/* --- one value --- */

static const double *side(const struct goal *g, size_t point, uint32_t comparison, bool right)
{
    return campaign_values(&g->campaign, point, g->first + 2 * comparison + right);
}

static bool holds(const char *op, double left, double right)
{
    if (strcmp(op, "==") == 0)
        return left == right;
    if (strcmp(op, "!=") == 0)
        return left != right && !isnan(left) && !isnan(right);
    return *op == '<' ? (op[1] != 0 ? left <= right : left < right) : (op[1] != 0 ? left >= right : left > right);
}

static enum goal_verdict worse(enum goal_verdict a, enum goal_verdict b)
{
    static const int rank[] = {[GOAL_MET] = 0, [GOAL_MET_NEARLY] = 1, [GOAL_OPEN] = 2, [GOAL_MISSED_NEARLY] = 3, [GOAL_MISSED] = 4};
    return rank[a] > rank[b] ? a : b;
}

static void judge(const struct goal *g, struct tested *t)
{
    t->all = GOAL_MET;
    for (uint32_t k = 0; k < g->n_comparison; k++) {
        struct metricside op = metricexpr_side(g->expr, k);
        struct goal_sides s = {side(g, t->point, k, false), side(g, t->point, k, true), g->campaign.point[t->point].n, op.good, 0};
        for (size_t i = 0; i < s.n; i++)
            s.held += holds(op.op, s.left[i], s.right[i]);
        t->verdict[k] = goal_judge(&s, g->level, g->zone, &t->difference[k]);
        t->all = worse(t->all, t->verdict[k]);
    }
}

/* Undecided at the limit: the means say. */
static bool by_means(const struct goal *g, const struct tested *t)
{
    for (uint32_t k = 0; k < g->n_comparison; k++) {
        int good = metricexpr_side(g->expr, k).good;
        if (t->verdict[k] == GOAL_OPEN && !((t->difference[k].mean < 0) == (good < 0)))
            return false;
    }
    return true;
}

static bool test(void *context, size_t value, bool *feasible)
{
    struct goal   *g = context;
    struct tested *t = &g->tested[g->n_tested++];
    char           text[600];
    const char    *set[] = {text};
    snprintf(text, sizeof text, "%s=%s", g->path, value_text(g, value));
    *t = (struct tested){.value = value, .point = g->campaign.n_point};
    if (!campaign_point(&g->campaign, set, 1)) {
        g->code = cli_failf(ERR_OS, "memory is short");
        return false;
    }
    g->code = campaign_check(&g->campaign, t->point);
    for (uint32_t n = goal_round(0, g->most_replications); g->code == 0; n = goal_round(n, g->most_replications)) {
        g->code = campaign_run(&g->campaign, &t->point, 1, n);
        if (g->code != 0)
            break;
        judge(g, t);
        if (t->all != GOAL_OPEN || goal_round(n, g->most_replications) == n)
            break;
    }
    *feasible = t->all == GOAL_OPEN ? by_means(g, t) : goal_is_met(t->all);
    return g->code == 0;
}

/* --- what came out --- */

static const struct tested *find_tested(const struct goal *g, size_t value)
{
    for (size_t i = 0; i < g->n_tested; i++)
        if (g->tested[i].value == value)
            return &g->tested[i];
    return NULL;
}

/* The answer stands on the test of it and of its neighbour. */
static bool certain(const struct goal *g)
{
    const struct tested *at = find_tested(g, g->answer), *before = g->answer > 0 ? find_tested(g, g->answer - 1) : NULL;
    return (at == NULL || at->all != GOAL_OPEN) && (before == NULL || before->all != GOAL_OPEN);
}

static int by_value(const void *a, const void *b)
{
    const struct tested *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

static void print_tests(struct goal *g)
{
    const struct columns *columns = &g->campaign.runner.item[0].columns;
    struct table          t;
    char                  align[TABLE_COLUMNS + 1] = "rr";
    for (uint32_t k = 0; k < g->n_comparison; k++)
        snprintf(align + 2 + 2 * k, sizeof align - 2 - 2 * k, "rl");
    qsort(g->tested, g->n_tested, sizeof *g->tested, by_value);
    table_open(&t, align);
    table_cell(&t, "%s", strrchr(g->path, '.') + 1);
    table_cell(&t, "runs");
    for (uint32_t k = 0; k < g->n_comparison; k++) {
        table_cell(&t, "%s", columns->item[g->first + 2 * k].text);
        table_cell(&t, "%s", "");
    }
    for (size_t i = 0; i < g->n_tested; i++) {
        const struct tested *one = &g->tested[g->most ? g->n_tested - 1 - i : i];
        table_cell(&t, "%s%s", value_text(g, one->value), one->value == g->answer ? " *" : "");
        table_cell(&t, "%" PRIu32, g->campaign.point[one->point].n);
        for (uint32_t k = 0; k < g->n_comparison; k++) {
            struct estimate e = campaign_estimate(&g->campaign, one->point, g->first + 2 * k);
            char            mean[FORMAT_SIZE], half[FORMAT_SIZE];
            enum metric_unit unit = columns->item[g->first + 2 * k].unit;
            format_value(mean, e.mean, unit);
            format_value(half, e.half, unit);
            if (e.half == e.half && e.half > 0)
                table_cell(&t, "%s \xC2\xB1 %s", mean, half);
            else
                table_cell(&t, "%s", mean);
            table_cell(&t, "%s", goal_words[one->verdict[k]]);
        }
    }
    table_print(stdout, &t, 0, true);
    table_close(&t);
}

static void print_text(struct goal *g)
{
    const struct grid_axis *axis = &g->grid.axis[0];
    char                    error[FORMAT_SIZE], zone[FORMAT_SIZE];
    bool                    found = g->answer < axis->n_value;
    format_share(error, g->error);
    format_share(zone, g->zone);
    printf("%s%s%s\n%s, seed %" PRIu64 "\n%s %s such that %s\n\n", term_colour(stdout, COLOUR_BOLD),
           term_plain(scenario_title(g->campaign.runner.item[0].scenario)), term_colour(stdout, COLOUR_OFF), g->campaign.runner.item[0].path,
           scenario_spec(g->campaign.runner.item[0].scenario)->seed, g->most ? "max" : "min", g->path, g->conditions);
    print_tests(g);
    printf("means over replications, of percentiles too, \xC2\xB1 half-width of their 95 %% intervals; verdicts rest on wider ones\n");
    if (found)
        printf("\n%s = %s%s%s is the %s of %s to %s that meets it%s\n", g->path, term_colour(stdout, COLOUR_BOLD),
               value_text(g, g->answer), term_colour(stdout, COLOUR_OFF), g->most ? "largest" : "smallest", axis->value[0],
               axis->value[axis->n_value - 1], certain(g) ? "" : ", as far as the means say: undecided");
    else
        printf("\nno value of %s from %s to %s meets it\n", g->path, axis->value[0], axis->value[axis->n_value - 1]);
    printf("wrong with probability %s at most, unless the truth is within %s of a bound; if one value meets it, all %s ones are "
           "taken to\n",
           error, zone, g->most ? "smaller" : "larger");
    if (g->campaign.run != 0)
        printf("stored as run %lld in %s\n", (long long)g->campaign.run, g->campaign.runner.database);
}

static json_t *tested_json(const struct goal *g, const struct tested *t)
{
    json_t *o = json_object(), *list = json_array();
    json_object_set_new(o, "value", json_string(value_text(g, t->value)));
    json_object_set_new(o, "replications", json_integer(g->campaign.point[t->point].n));
    json_object_set_new(o, "verdict", json_string(goal_words[t->all]));
    for (uint32_t k = 0; k < g->n_comparison; k++) {
        struct estimate left = campaign_estimate(&g->campaign, t->point, g->first + 2 * k);
        json_t         *one = json_object();
        json_object_set_new(one, "condition", json_string(g->campaign.runner.item[0].columns.item[g->first + 2 * k].text));
        json_object_set_new(one, "verdict", json_string(goal_words[t->verdict[k]]));
        json_object_set_new(one, "left", summary_estimate_json(&left));
        json_object_set_new(one, "difference", summary_estimate_json(&t->difference[k]));
        json_array_append_new(list, one);
    }
    json_object_set_new(o, "conditions", list);
    return o;
}

static int print_json(const struct goal *g)
{
    json_t *o = json_object(), *list = json_array();
    bool    found = g->answer < g->grid.axis[0].n_value;
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("goal"));
    json_object_set_new(o, "scenario", json_string(g->campaign.runner.item[0].path));
    json_object_set_new(o, "seek", json_string(g->most ? "max" : "min"));
    json_object_set_new(o, "setting", json_string(g->path));
    json_object_set_new(o, "conditions", json_string(g->conditions));
    json_object_set_new(o, "answer", found ? json_string(value_text(g, g->answer)) : json_null());
    json_object_set_new(o, "certain", json_boolean(certain(g)));
    json_object_set_new(o, "error", json_real(g->error));
    json_object_set_new(o, "indifference", json_real(g->zone));
    json_object_set_new(o, "interval_level", json_real(g->level));
    for (size_t i = 0; i < g->n_tested; i++)
        json_array_append_new(list, tested_json(g, &g->tested[i]));
    json_object_set_new(o, "tested", list);
    return summary_dump(o);
}

/* A count starts at the scenario's own value, anything else in the middle. */
static size_t start_at(const struct goal *g)
{
    const struct grid_axis *axis = &g->grid.axis[0];
    struct setting          s;
    if (setting_find(g->campaign.runner.item[0].scenario, g->path, &s, NULL) && s.key->type == VALUE_COUNT && !isnan(s.number))
        for (size_t i = 0; i < axis->n_value; i++)
            if (s.number <= (double)strtoll(axis->value[i], NULL, 10))
                return g->most ? axis->n_value - 1 - i : i;
    return axis->n_value / 2;
}

static int prepare(struct goal *g, const struct args *a)
{
    struct runner *r = &g->campaign.runner;
    struct err     err = {0};
    int            code = read_goal(g, a->operand[1]);
    if (code == 0)
        code = share(a, "error", 0.05, &g->error);
    if (code == 0)
        code = share(a, "indifference", 0.05, &g->zone);
    if (code == 0)
        code = campaign_open(&g->campaign, "goal", a, a->operand[0]);
    if (code == 0)
        code = make_ladder(g, a);
    if (code == 0 && !columns_expression(&r->item[0].columns, g->conditions, ERR_USAGE, &g->expr, &g->first, &err))
        code = cli_fail(&err);
    if (code != 0)
        return code;
    g->n_comparison = metricexpr_count(g->expr);
    if (g->n_comparison > COMPARISONS_MAX)
        return cli_failf(ERR_USAGE, "%" PRIu32 " conditions, %d at most", g->n_comparison, COMPARISONS_MAX);
    g->most_replications = (uint32_t)option_count(a, "max-replications", GOAL_MOST);
    size_t tests = goal_tests(g->grid.axis[0].n_value);
    g->level = goal_level(g->error, tests, g->n_comparison, g->most_replications);
    g->tested = calloc(tests + 2, sizeof *g->tested);
    return g->tested == NULL ? cli_failf(ERR_OS, "memory is short") : campaign_keep(&g->campaign, false, false, false);
}

static int goal(struct goal *g, const struct args *a)
{
    int code = prepare(g, a);
    if (code != 0)
        return code;
    if (!goal_search(g->grid.axis[0].n_value, start_at(g), test, g, &g->answer))
        return g->code;
    code = campaign_store(&g->campaign);
    if (code == 0)
        code = option_flag(a, "json") ? print_json(g) : (print_text(g), 0);
    if (code == 0 && g->answer == g->grid.axis[0].n_value)
        code = EXIT_EXPECT_FAILED;
    return code == 0 && !certain(g) ? EXIT_UNDECIDED : code;
}

static int run(const struct args *a)
{
    struct goal g = {0};
    grid_init(&g.grid);
    int code = goal(&g, a);
    campaign_close(&g.campaign);
    grid_free(&g.grid);
    free(g.tested);
    return code;
}

const struct command cmd_goal = {
    .name = "goal",
    .doc = "find the smallest or largest setting that meets a goal",
    .examples = "  afterbay goal shop.cfg 'min fleet.workers.size such that latency.p99 < 2s and lost == 0'\n"
                "  afterbay goal shop.cfg 'max producer.jobs.rate such that latency.p99 < 2s' --from 1/s --to 40/s --step 0.5/s\n",
    .usage = "SCENARIO 'min|max PATH such that CONDITIONS'",
    .more = "Bisection on replicated runs, 20, 40, 80 \xE2\x80\xA6 at each value until its verdict is safe. Exit code: 0 found, 1 no\n"
            "value meets it, 2 the limit of replications left it open.\n",
    .option = options,
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};
