/* cmd_theory.c - afterbay theory SCENARIO: what queueing theory says of it before anything is
 * simulated, and with --vs, what a simulation says beside it. */
#include "cli.h"

#include "loading.h"
#include "page.h"
#include "recognise.h"
#include "summary.h"
#include "theory_print.h"

static const struct option options[] = {
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting; may be given again", NULL, 0, 0},
    {0, "vs", OPTION_TEXT, "DB",
     "put the simulated values of a database beside them, with z-scores", NULL, 0, 0},
    {0, "run", OPTION_MANY, "N", "with --vs: this run; default: the last", NULL, 0, 0},
    {0, "json", OPTION_FLAG, NULL, "one JSON object on stdout", NULL, 0, 0},
    {0},
};

static bool open_database(struct theory_vs *vs, const struct args *a, struct err *err)
{
    const char *path = option_text(a, "vs");
    int64_t run[RUNS_MAX];
    size_t n;
    if (path == NULL)
        return option_times(a, "run") == 0 ||
               err_set(err, ERR_USAGE, "--run names a run of the database that --vs gives");
    if (!query_open(&vs->query, path, err) || !runs_choose(vs->query, a, 1, run, &n, err))
        return false;
    if (n != 1)
        return err_set(err, ERR_USAGE, "one --run is compared, not %zu", n);
    vs->run = run[0];
    return true;
}

static int print_json(const struct loading *l, const char *path, const struct findings *f,
                      const struct theory_vs *vs)
{
    json_t *o = json_object();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "command", json_string("theory"));
    json_object_set_new(o, "title", json_string(scenario_title(l->scenario)));
    json_object_set_new(o, "scenario", json_string(path));
    json_object_set_new(o, "findings", theory_json(f, vs));
    if (vs->query != NULL) {
        json_object_set_new(o, "run", json_integer(vs->run));
        json_object_set_new(o, "little", theory_little_json(scenario_spec(l->scenario), vs));
    }
    return summary_dump(o);
}

static int show(const struct loading *l, const struct args *a, const struct theory_vs *vs)
{
    const struct spec *spec = scenario_spec(l->scenario);
    struct findings f;
    int code = EXIT_OK;
    findings_open(&f);
    if (!recognise(&f, spec)) {
        code = cli_failf(ERR_OS, "memory is short");
    } else if (option_flag(a, "json")) {
        code = print_json(l, a->operand[0], &f, vs);
    } else {
        theory_print(&f, vs);
        if (vs->query != NULL) {
            putchar('\n');
            theory_print_little(spec, vs);
        }
    }
    findings_close(&f);
    return code;
}

static int run(const struct args *a)
{
    struct loading l;
    struct theory_vs vs = {0};
    struct err err = {0};
    int code = loading_open(&l, a->operand[0], a);
    if (code == 0 && !open_database(&vs, a, &err))
        code = cli_fail(&err);
    if (code == 0 && vs.query != NULL &&
        !theory_same_scenario(&vs, l.scenario, l.set, (size_t)option_times(a, "set")))
        cli_note("note: the run was made from other files or overrides than these");
    if (code == 0)
        code = show(&l, a, &vs);
    if (vs.query != NULL)
        query_close(vs.query);
    loading_close(&l);
    return code;
}

const struct command cmd_theory = {
    .name = "theory",
    .doc = "what queueing theory says of a scenario, beside what a run says",
    .examples =
        "  afterbay theory shop.cfg\n"
        "  afterbay theory shop.cfg --set fleet.workers.size=12\n"
        "  afterbay run shop.cfg -o results.db && afterbay theory shop.cfg --vs results.db\n",
    .usage = "SCENARIO",
    .more = "Finds sub-models that have a formula (M/M/1, M/M/c, M/G/1, M/D/c, loss, vacations, "
            "message groups,\n"
            "closed groups, redelivery, fluid backlogs …), names the conditions that each needs, "
            "and says where\n"
            "there is none. docs/reference/theory.md has formulas and sources.\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
