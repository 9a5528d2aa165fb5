/* cmd_check.c - afterbay check SCENARIO…: everything that is wrong, in one go; and of what is right, what a colleague would ask
 * about. */
#include "cli.h"

#include "advice.h"
#include "complain.h"
#include "loading.h"
#include "scenario.h"

static const struct option options[] = {
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting; may be given again", NULL, 0, 0},
    {0, "strict", OPTION_FLAG, NULL, "warnings and advice count as errors", NULL, 0, 0},
    {0, "no-advice", OPTION_FLAG, NULL, "errors and warnings only", NULL, 0, 0},
    {0},
};

/* Prints advice. *n: how many pieces. */
static int give_advice(const struct scenario *s, size_t *n)
{
    struct problems advice;
    problems_init(&advice);
    bool ok = advise(scenario_spec(s), &advice);
    *n = advice.n;
    complain(&advice, s);
    problems_free(&advice);
    return ok ? 0 : cli_failf(ERR_OS, "memory is short");
}

static int check(const char *path, const struct args *a)
{
    struct loading l;
    size_t         n_advice = 0;
    int            code = loading_open(&l, path, a);
    if (code == 0 && !option_flag(a, "no-advice"))
        code = give_advice(l.scenario, &n_advice);
    if (code == 0 && l.problems.n + n_advice > 0 && option_flag(a, "strict"))
        code = ERR_DATA;
    if (code == 0) {
        const struct spec *s = scenario_spec(l.scenario);
        printf("%s: ok, %u entities, \"%s\"\n", path, s->n_entity, term_plain(scenario_title(l.scenario)));
    }
    loading_close(&l);
    return code;
}

static int run(const struct args *a)
{
    int code = 0;
    for (size_t i = 0; i < a->n_operand; i++) {
        int one = check(a->operand[i], a);
        if (code == 0)
            code = one;
    }
    return code;
}

const struct command cmd_check = {
    .name = "check",
    .doc = "say what is wrong with scenarios, and what looks unwise, without running them",
    .examples = "  afterbay check shop.cfg\n"
                "  afterbay check *.cfg --strict\n",
    .usage = "SCENARIO…",
    .more = "What is wrong is an error (AB01.. to AB04..). What is right, and yet does harm, is advice (from AB0501 on): a warning that\n"
            "changes no exit code unless --strict is given. Advice that is known and accepted is silenced in the scenario:\n"
            "run = { quiet = [ \"AB0506 queue.orders\" ]; };\n",
    .option = options,
    .min_operands = 1,
    .max_operands = 4096,
    .run = run,
};
