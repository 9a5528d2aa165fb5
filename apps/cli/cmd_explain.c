/* cmd_explain.c - afterbay explain CODE: what a diagnostic means and how to mend it. */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>

#include "codes.h"
#include "table.h"

static const struct option options[] = {
    {0, "list", OPTION_FLAG, NULL, "list all codes", NULL, 0, 0},
    {0},
};

static int list(void)
{
    struct table t;
    table_open(&t, "ll");
    for (size_t i = 0; i < n_codes; i++) {
        table_cell(&t, "AB%04d", codes[i].number);
        table_cell(&t, "%s", codes[i].title);
    }
    table_print(stdout, &t, 0, false);
    table_close(&t);
    return EXIT_OK;
}

/* "AB0203", "ab203", "203". -1: none of these. */
static int number_of(const char *text)
{
    if (tolower((unsigned char)text[0]) == 'a' && tolower((unsigned char)text[1]) == 'b')
        text += 2;
    char *end;
    long  n = strtol(text, &end, 10);
    return isdigit((unsigned char)*text) && *end == 0 && n > 0 && n < 10000 ? (int)n : -1;
}

static int run(const struct args *a)
{
    if (option_flag(a, "list"))
        return list();
    if (a->n_operand == 0)
        return help_short(&cmd_explain);
    int                number = number_of(a->operand[0]);
    const struct code *c = number < 0 ? NULL : code_find(number);
    if (c == NULL)
        return cli_failf(ERR_USAGE, "'%s' is no code of a message; 'afterbay explain --list' has them all", a->operand[0]);
    printf("%sAB%04d: %s%s\n\n%s\n", term_colour(stdout, COLOUR_BOLD), c->number, c->title, term_colour(stdout, COLOUR_OFF),
           c->text);
    if (c->mend != NULL)
        printf("\n%s\n", c->mend);
    return EXIT_OK;
}

const struct command cmd_explain = {
    .name = "explain",
    .doc = "explain the code of a message",
    .examples = "  afterbay explain AB0203\n"
                "  afterbay explain --list\n",
    .usage = "CODE",
    .option = options,
    .max_operands = 1,
    .run = run,
};
