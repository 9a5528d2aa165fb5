/* describe_quota.c - the limits of a service in each quota profile, and where each value comes from. A source that profiles
 * share is named once, with the profiles. */
#include "describe.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "quantity.h"
#include "quota.h"
#include "table.h"

#define PROFILES 16

static bool of_room(const struct quota *q, const struct room *r)
{
    return strncmp(q->name, r->quotas, strlen(r->quotas)) == 0;
}

void describe_quota_text(const struct quota *q, char *text, size_t size)
{
    if (q->unit == QUOTA_NS)
        quantity_duration_text(q->value, text, size);
    else if (q->unit == QUOTA_BYTES)
        quantity_size_text(q->value, text, size);
    else
        snprintf(text, size, "%lld%s", (long long)q->value, q->unit == QUOTA_PER_SECOND ? "/s" : "");
}

static void row(struct table *t, const struct quota *q)
{
    table_cell(t, "%s", q->name);
    for (size_t i = 0; quota_profiles[i] != NULL; i++) {
        char                text[40] = "none";
        const struct quota *of = quota_find(quota_profiles[i], q->name);
        if (of != NULL)
            describe_quota_text(of, text, sizeof text);
        table_cell(t, "%s", text);
    }
    table_cell(t, "%s", q->rule);
}

static void values(const struct room *r)
{
    struct table t;
    char         align[PROFILES + 3] = "l";
    size_t       n = 0;
    while (quota_profiles[n] != NULL && n < PROFILES)
        align[++n] = 'r';
    align[n + 1] = 'l';
    table_open(&t, align);
    table_cell(&t, "quota");
    for (size_t i = 0; i < n; i++)
        table_cell(&t, "%s", quota_profiles[i]->name);
    table_cell(&t, "rule");
    for (size_t i = 0; i < quota_profiles[0]->n; i++)
        if (of_room(&quota_profiles[0]->quota[i], r))
            row(&t, &quota_profiles[0]->quota[i]);
    table_print(stdout, &t, 2, true);
    table_close(&t);
}

/* The profiles from `i` on that take this value from the same source; those are marked as told. */
static void who(size_t i, const struct quota *q, bool *told)
{
    const char *between = "";
    for (size_t k = i; quota_profiles[k] != NULL && k < PROFILES; k++) {
        const struct quota *of = quota_find(quota_profiles[k], q->name);
        if (of == NULL || strcmp(of->source, q->source) != 0)
            continue;
        printf("%s%s", between, quota_profiles[k]->name);
        told[k] = true;
        between = ", ";
    }
}

static void sources(const char *name, bool markdown)
{
    bool told[PROFILES] = {false};
    printf(markdown ? "| `%s` |" : "  %s\n", name);
    const char *between = " ";
    for (size_t i = 0; quota_profiles[i] != NULL && i < PROFILES; i++) {
        const struct quota *q = quota_find(quota_profiles[i], name);
        if (q == NULL || told[i])
            continue;
        printf("%s", markdown ? between : "      ");
        who(i, q, told);
        printf(markdown ? ": %s" : ": %s\n", q->source);
        between = "; ";
    }
    if (markdown)
        printf(" |\n");
}

static void markdown_row(const struct quota *q)
{
    printf("| `%s` |", q->name);
    for (size_t i = 0; quota_profiles[i] != NULL; i++) {
        char                text[40] = "none";
        const struct quota *of = quota_find(quota_profiles[i], q->name);
        if (of != NULL)
            describe_quota_text(of, text, sizeof text);
        printf(" %s |", text);
    }
    printf(" %s |\n", q->rule);
}

static void markdown_values(const struct room *r)
{
    printf("| quota |");
    for (size_t i = 0; quota_profiles[i] != NULL; i++)
        printf(" %s |", quota_profiles[i]->name);
    printf(" rule |\n|---|");
    for (size_t i = 0; quota_profiles[i] != NULL; i++)
        printf("---:|");
    printf("---|\n");
    for (size_t i = 0; i < quota_profiles[0]->n; i++)
        if (of_room(&quota_profiles[0]->quota[i], r))
            markdown_row(&quota_profiles[0]->quota[i]);
}

void describe_quotas(const struct room *r, bool markdown)
{
    if (r->quotas == NULL)
        return;
    if (markdown) {
        printf("Limits of the service; `run.quotas` names the profile.\n\n");
        markdown_values(r);
        printf("\n| quota | where its value comes from |\n|---|---|\n");
    } else {
        printf("Limits of the service (run.quotas names the profile)\n");
        values(r);
        printf("\nWhere they come from\n");
    }
    for (size_t i = 0; i < quota_profiles[0]->n; i++)
        if (of_room(&quota_profiles[0]->quota[i], r))
            sources(quota_profiles[0]->quota[i].name, markdown);
    putchar('\n');
}
