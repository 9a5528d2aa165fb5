/* script_bus_rules.c - calls of the control plane: buses, rules, targets, archives, replays. */
#include <inttypes.h>
#include <string.h>

#include "eb_schedule.h"
#include "script.h"
#include "script_bus.h"

static const char *word(const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    return a == NULL ? NULL : a->value;
}

static bool run_bus(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    struct eb *e = script_bus(s);
    char numbered[300];
    if (name == NULL)
        return false;
    snprintf(numbered, sizeof(numbered), "%s", name);
    if (s->repeating)
        snprintf(numbered, sizeof(numbered), "%.200s%" PRIu64, name, ++s->n_unique);
    bus_result(s, r, l->verb[0] == 'c' ? eb_bus_create(e, numbered) : eb_bus_delete(e, numbered));
    return true;
}

static bool run_put_rule(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i), *state = bus_key(s, l, "state");
    const struct arg *schedule = line_key(l, "schedule");
    char numbered[300];
    if (name == NULL)
        return false;
    snprintf(numbered, sizeof(numbered), "%s", name);
    if (s->repeating)
        snprintf(numbered, sizeof(numbered), "%.200s%" PRIu64, name, ++s->n_unique);
    struct eb_rule_put p = {.bus = bus_key(s, l, "bus"),
                            .name = numbered,
                            .pattern = bus_key(s, l, "pattern"),
                            .schedule = schedule == NULL ? NULL : schedule->value,
                            .disabled = state != NULL && strcmp(state, "disabled") == 0};
    bus_result(s, r, eb_rule_put(script_bus(s), &p));
    return true;
}

static bool run_rule(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i), *bus = bus_key(s, l, "bus");
    struct eb *e = script_bus(s);
    if (name == NULL)
        return false;
    if (l->verb[0] == 'd' && l->verb[1] == 'e')
        bus_result(s, r, eb_rule_delete(e, bus, name));
    else
        bus_result(s, r, eb_rule_enable(e, bus, name, l->verb[0] == 'e'));
    return true;
}

/* ID key=value … ; ID key=value … */
static uint32_t read_targets(struct script *s, const struct line *l, uint32_t from, struct eb_target *t, uint32_t max)
{
    uint32_t n = 0;
    bool fresh = true;
    for (uint32_t i = from; i < l->n_arg; i++) {
        const struct arg *a = &l->arg[i];
        int64_t value = -1;
        if (a->key == NULL && strcmp(a->value, ";") == 0) {
            fresh = true;
        } else if (a->key == NULL && fresh && n < max) {
            t[n++] = (struct eb_target){.id = a->value, .arn = a->value, .attempts = -1, .age_s = -1};
            fresh = false;
        } else if (a->key != NULL && n > 0 && strcmp(a->key, "bus") != 0) {
            if (strcmp(a->key, "arn") == 0)
                t[n - 1].arn = a->value;
            else if (strcmp(a->key, "dlq") == 0)
                t[n - 1].dead_letter = a->value;
            else if (strcmp(a->key, "to_bus") == 0)
                t[n - 1].kind = EB_TARGET_BUS, t[n - 1].arn = a->value;
            else if (!text_integer((struct text){a->value, a->n}, &value))
                return UINT32_MAX;
            else if (strcmp(a->key, "attempts") == 0)
                t[n - 1].attempts = value;
            else if (strcmp(a->key, "age") == 0)
                t[n - 1].age_s = value;
            else
                return UINT32_MAX;
        } else if (a->key == NULL) {
            return UINT32_MAX;
        }
    }
    (void)s;
    return n;
}

static bool run_put_targets(struct script *s, const struct line *l, struct result *r)
{
    struct eb_target t[16];
    if (l->n_arg < 2 || l->arg[0].key != NULL)
        return false;
    uint32_t n = read_targets(s, l, 1, t, ARRAY_LEN(t));
    if (n == UINT32_MAX)
        return false;
    bus_result(s, r, eb_targets_put(script_bus(s), bus_key(s, l, "bus"), l->arg[0].value, t, n));
    return true;
}

static bool run_remove_target(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *rule = word(l, &i), *id = word(l, &i);
    if (id == NULL)
        return false;
    bus_result(s, r, eb_target_remove(script_bus(s), bus_key(s, l, "bus"), rule, id));
    return true;
}

static bool run_targets(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *rule = word(l, &i), *id[EB_TARGETS_MAX];
    char text[600] = "";
    if (rule == NULL)
        return false;
    uint32_t n = eb_targets(script_bus(s), bus_key(s, l, "bus"), rule, id);
    for (uint32_t k = 0; k < n; k++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", k > 0 ? "," : "", id[k]);
    result_text(r, "[%s]", text);
    return true;
}

static bool run_test_pattern(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *pattern = word(l, &i), *event = word(l, &i);
    bool matches = false;
    if (event == NULL)
        return false;
    enum eb_outcome out = eb_pattern_test(script_bus(s), bus_text(s, pattern), bus_text(s, event), &matches);
    bus_result(s, r, out);
    if (out == EB_OK)
        result_text(r, "%s", matches ? "yes" : "no");
    return true;
}

/* --- archives, replays --- */

static bool run_create_archive(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    if (name == NULL)
        return false;
    bus_result(s, r, eb_archive_create(script_bus(s), name, bus_key(s, l, "bus"), bus_key(s, l, "pattern"),
                                       line_int(l, "days", 0)));
    return true;
}

static bool run_archive(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    uint64_t events, bytes;
    if (name == NULL)
        return false;
    if (!eb_archive_state(script_bus(s), name, &events, &bytes)) {
        result_text(r, "absent");
        return true;
    }
    result_text(r, "%" PRIu64, events);
    result_field(r, "bytes", "%" PRIu64, bytes);
    return true;
}

/* from and to are seconds of the script. */
static bool run_start_replay(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, n = 0;
    const char *name = word(l, &i), *archive = word(l, &i), *rules = bus_key(s, l, "rules");
    const char *rule[16];
    char copy[400], *end;
    if (archive == NULL)
        return false;
    snprintf(copy, sizeof(copy), "%s", rules == NULL ? "" : rules);
    for (char *at = strtok_r(copy, ",", &end); at != NULL && n < ARRAY_LEN(rule); at = strtok_r(NULL, ",", &end))
        rule[n++] = at;
    struct eb *e = script_bus(s);
    int64_t start = s->bus->config.start_s;
    struct eb_replay p = {name, archive, start + line_int(l, "from", 0), start + line_int(l, "to", 0), rule, n};
    bus_result(s, r, eb_replay_start(e, &p));
    script_bus_drain(s);
    return true;
}

static bool run_replay(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *name = word(l, &i);
    uint64_t sent;
    bool over;
    if (name == NULL)
        return false;
    if (!eb_replay_state(script_bus(s), name, &sent, &over)) {
        result_text(r, "absent");
        return true;
    }
    result_text(r, over ? "over" : "running");
    result_field(r, "sent", "%" PRIu64, sent);
    return true;
}

/* --- schedules --- */

static bool run_times(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    const char *text = word(l, &i);
    const struct arg *from = line_key(l, "from");
    struct eb_schedule schedule;
    struct err err = {0};
    int64_t since = 0, n = line_int(l, "n", 1);
    (void)s;
    if (text == NULL || (from != NULL && !eb_date_parse(from->value, &since)))
        return false;
    if (!eb_schedule_parse(&schedule, text, &err)) {
        result_text(r, "ValidationException");
        result_field(r, "reason", "%.400s", err.text);
        return true;
    }
    char out[400] = "";
    for (int64_t at = since; n > 0; n--) {
        char date[32] = "never";
        at = eb_schedule_next(&schedule, since, at);
        if (at != INT64_MAX)
            eb_date_text(at, date);
        snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s", out[0] == '\0' ? "" : ",", date);
        if (at == INT64_MAX)
            break;
    }
    result_text(r, "%s", out);
    return true;
}

const struct verb verbs_bus_rules[] = {
    {"create_bus", run_bus, "create_bus NAME"},
    {"delete_bus", run_bus, "delete_bus NAME"},
    {"put_rule", run_put_rule, "put_rule NAME [bus=B] [pattern=P] [schedule=S] [state=disabled]"},
    {"delete_rule", run_rule, "delete_rule NAME [bus=B]"},
    {"enable_rule", run_rule, "enable_rule NAME [bus=B]"},
    {"disable_rule", run_rule, "disable_rule NAME [bus=B]"},
    {"put_targets", run_put_targets, "put_targets RULE ID [arn=A] [to_bus=B] [attempts=N] [age=S] [dlq=Q] [; ID …] [bus=B]"},
    {"remove_target", run_remove_target, "remove_target RULE ID [bus=B]"},
    {"targets", run_targets, "targets RULE [bus=B]"},
    {"test_pattern", run_test_pattern, "test_pattern PATTERN EVENT"},
    {"create_archive", run_create_archive, "create_archive NAME [bus=B] [pattern=P] [days=N]"},
    {"archive", run_archive, "archive NAME"},
    {"start_replay", run_start_replay, "start_replay NAME ARCHIVE from=S to=S [rules=A,…]"},
    {"replay", run_replay, "replay NAME"},
    {"times", run_times, "times SCHEDULE [from=DATE] [n=N]"},
    {NULL, NULL, NULL},
};
