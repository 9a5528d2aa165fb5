/* cmd_explain.c - afterbay explain: the code of a message, a word of the services, or the life of one message. */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "codes.h"
#include "runner.h"
#include "story.h"
#include "summary.h"
#include "table.h"
#include "terms.h"

static const struct option options[] = {
    {0, "list", OPTION_FLAG, NULL, "list the codes of all messages", NULL, 0, 0},
    {0, "terms", OPTION_FLAG, NULL, "list the terms", NULL, 0, 0},
    {0, "replication", OPTION_COUNT, "N", "of this replication (default 0)", NULL, 0, RUNNER_MAX_REPLICATIONS},
    {0, "run", OPTION_MANY, "N", "of this run of the database (default: the last)", NULL, 0, 0},
    {0, "set", OPTION_MANY, "PATH=VALUE", "override a setting of the scenario; may be given again", NULL, 0, 0},
    {0, "json", OPTION_FLAG, NULL, "print one JSON object for machines", NULL, 0, 0},
    {0},
};

static int list_codes(void)
{
    struct table t;
    table_open(&t, "ll");
    for (size_t i = 0; i < n_codes; i++) {
        table_cell(&t, "AB%04d", codes[i].number);
        table_cell(&t, "%s", codes[i].title);
    }
    const struct advice *x;
    for (size_t i = 0; (x = advice_at(i)) != NULL; i++) {
        table_cell(&t, "AB%04d", x->code);
        table_cell(&t, "%s", x->title);
    }
    table_print(stdout, &t, 0, false);
    table_close(&t);
    return EXIT_OK;
}

static int list_terms(void)
{
    struct table t;
    table_open(&t, "lll");
    const struct term *x;
    for (size_t i = 0; (x = terms_at(i)) != NULL; i++) {
        table_cell(&t, "%s", x->name);
        table_cell(&t, "%s", x->korean);
        table_cell(&t, "%s", x->rules);
    }
    table_print(stdout, &t, 0, false);
    table_close(&t);
    return EXIT_OK;
}

/* --- one word --- */

/* "AB0203", "ab203", "203". -1: none of these. */
static int number_of(const char *text)
{
    if (tolower((unsigned char)text[0]) == 'a' && tolower((unsigned char)text[1]) == 'b')
        text += 2;
    char *end;
    long  n = strtol(text, &end, 10);
    return isdigit((unsigned char)*text) && *end == 0 && n > 0 && n < 10000 ? (int)n : -1;
}

static void print_code(const struct code *c)
{
    printf("%sAB%04d: %s%s\n\n%s\n", term_colour(stdout, COLOUR_BOLD), c->number, c->title, term_colour(stdout, COLOUR_OFF),
           c->text);
    if (c->mend != NULL)
        printf("\n%s\n", c->mend);
}

static void print_advice(const struct advice *x)
{
    printf("%sAB%04d: %s%s\n\nwhy:   %s\n\nrule:  %s\n\nsee:   %s\n\nmend:  %s\n\nharm:  scenarios/advice/AB%04d-%s.cfg\n",
           term_colour(stdout, COLOUR_BOLD), x->code, x->title, term_colour(stdout, COLOUR_OFF), x->why, x->rule, x->see, x->mend,
           x->code, x->name);
}

static void print_term(const struct term *t)
{
    char pages[200] = "";
    terms_pages(t, pages, sizeof pages);
    printf("%s%s%s (%s)\n\n%s\n%s\n\nrules:   %s (%s)\n", term_colour(stdout, COLOUR_BOLD), t->name, term_colour(stdout, COLOUR_OFF),
           t->korean, t->text, t->korean_text, t->rules, pages);
    if (t->setting != NULL)
        printf("setting: %s\n", t->setting);
    if (t->see != NULL)
        printf("see:     %s\n", t->see);
}

static int unknown_word(const char *word)
{
    const char *near = terms_near(word);
    if (strchr(word, '#') != NULL)
        return cli_failf(ERR_USAGE, "which scenario or database? afterbay explain shop.cfg %s", word);
    if (near != NULL)
        return cli_failf(ERR_USAGE, "'%s' is neither a code nor a term (did you mean '%s'?)", word, near);
    return cli_failf(ERR_USAGE, "'%s' is neither a code nor a term; 'afterbay explain --list' and '--terms' have them all", word);
}

static int explain_word(const char *word)
{
    int                  number = number_of(word);
    const struct code   *c = number < 0 ? NULL : code_find(number);
    const struct advice *x = number < 0 ? NULL : advice_find(number);
    const struct term   *t = terms_find(word);
    if (c != NULL)
        print_code(c);
    else if (x != NULL)
        print_advice(x);
    else if (t != NULL)
        print_term(t);
    else
        return unknown_word(word);
    return EXIT_OK;
}

/* Words of a term that the shell has split. */
static int explain_words(const struct args *a)
{
    char   word[200] = "";
    size_t at = 0;
    for (size_t i = 0; i < a->n_operand && at < sizeof word; i++)
        at += (size_t)snprintf(word + at, sizeof word - at, "%s%s", i > 0 ? " " : "", a->operand[i]);
    return explain_word(word);
}

/* --- one message --- */

static bool is_database(const char *path)
{
    char  magic[16] = "";
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    size_t n = fread(magic, 1, sizeof magic, f);
    fclose(f);
    return n == sizeof magic && memcmp(magic, "SQLite format 3", sizeof magic) == 0;
}

static int explain_message(const struct args *a)
{
    struct story_ref ref;
    struct story     s = {0};
    const char      *path = a->operand[0];
    if (a->n_operand != 2 || !story_ref(&ref, a->operand[1]))
        return cli_failf(ERR_USAGE, "'%s' is no message: queue.orders#4711, or producer.orders#4711", a->operand[1]);
    bool database = is_database(path);
    if (!database && option_times(a, "run") > 0)
        return cli_failf(ERR_USAGE, "--run chooses a run of a database; '%s' is none", path);
    int code = database ? story_stored(&s, path, &ref, a) : story_run(&s, path, &ref, a);
    if (code == 0 && option_flag(a, "json"))
        code = summary_dump(story_json(&s));
    else if (code == 0)
        story_print(&s);
    story_close(&s);
    return code;
}

static int run(const struct args *a)
{
    if (option_flag(a, "list"))
        return list_codes();
    if (option_flag(a, "terms"))
        return list_terms();
    if (a->n_operand == 0)
        return help_short(&cmd_explain);
    if (a->n_operand >= 2 && strchr(a->operand[1], '#') != NULL)
        return explain_message(a);
    return explain_words(a);
}

const struct command cmd_explain = {
    .name = "explain",
    .doc = "explain a message's life, the code of a diagnostic, or a term",
    .examples = "  afterbay explain shop.cfg queue.orders#4711\n"
                "  afterbay explain results.db producer.orders#4711 --replication 3\n"
                "  afterbay explain AB0203\n"
                "  afterbay explain visibility timeout\n",
    .usage = "SCENARIO|DB ENTITY#N | CODE | TERM",
    .more = "queue.orders#4711 is the 4711th message that came to that queue, by whichever way; producer.orders#4711 the 4711th\n"
            "request that producer made. A scenario is run again with that one request written down, and so is a stored run\n"
            "that did not record it (run.record). stream.clicks#4711 is the 4711th record. Each line names the rule behind it:\n"
            "docs/semantics/sqs.md, kinesis.md.\n",
    .option = options,
    .max_operands = 8,
    .run = run,
};
