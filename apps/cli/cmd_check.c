/* cmd_check.c - afterbay check SCENARIO…: everything that is wrong, in one go, and nothing else. */
#include "cli.h"

#include "complain.h"
#include "loading.h"
#include "scenario.h"

static const struct option options[] = {
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting; may be given again", NULL, 0, 0},
    {0, "strict", OPTION_FLAG, NULL, "warnings count as errors", NULL, 0, 0},
    {0},
};

static int check(const char *path, const struct args *a)
{
    struct loading l;
    int            code = loading_open(&l, path, a);
    if (code == 0 && l.problems.n > 0 && option_flag(a, "strict"))
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
    .doc = "say what is wrong with scenarios, without running them",
    .examples = "  afterbay check shop.cfg\n"
                "  afterbay check *.cfg --strict\n",
    .usage = "SCENARIO…",
    .option = options,
    .min_operands = 1,
    .max_operands = 4096,
    .run = run,
};
