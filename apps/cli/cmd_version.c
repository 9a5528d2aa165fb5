/* cmd_version.c - what this program is, and which versions of things it writes. */
#include "cli.h"

#include "quota.h"
#include "store.h"
#include "summary.h"

static const struct option options[] = {
    {0, "json", OPTION_FLAG, NULL, "print one JSON object for machines", NULL, 0, 0},
    {0},
};

static int run(const struct args *a)
{
    if (!option_flag(a, "json")) {
        printf("afterbay %s\nresult schema %d, JSON schema %d, quotas %s\n", AFTERBAY_VERSION, STORE_SCHEMA,
               CLI_JSON_SCHEMA, quota_profiles[0]->name);
        return EXIT_OK;
    }
    json_t *o = json_object(), *quotas = json_array();
    json_object_set_new(o, "json_schema", json_integer(CLI_JSON_SCHEMA));
    json_object_set_new(o, "version", json_string(AFTERBAY_VERSION));
    json_object_set_new(o, "result_schema", json_integer(STORE_SCHEMA));
    for (size_t i = 0; quota_profiles[i] != NULL; i++)
        json_array_append_new(quotas, json_string(quota_profiles[i]->name));
    json_object_set_new(o, "quota_profiles", quotas);
    return summary_dump(o);
}

const struct command cmd_version = {
    .name = "version",
    .doc = "print the program's version and those of what it writes",
    .examples = "  afterbay version\n  afterbay version --json\n",
    .usage = "",
    .option = options,
    .max_operands = 0,
    .run = run,
};
