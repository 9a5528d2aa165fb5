/* script_run.c - the clock of a script, its lines, its verdicts. */
#include "script_firehose.h"
#include "script_kinesis.h"
#include "script_kpl.h"
#include "script_mapping.h"
#include "script_scaling.h"
#include "script_lambda.h"
#include "script_sns.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hash.h"
#include "sqs_json.h"

/* --- chance: a seeded sequence per use, or what `rolls` prescribes --- */

static uint64_t roll(struct script *s, unsigned kind, uint64_t n)
{
    if (s->next_forced < s->n_forced)
        return s->forced[s->next_forced++] % n;
    return hash_mix(s->chance[kind] += UINT64_C(0x9e3779b97f4a7c15)) % n;
}

#define ROLL(kind)                                                                                 \
    static uint64_t roll_##kind(struct dice *d, uint64_t n)                                        \
    {                                                                                              \
        return roll(CONTAINER_OF(d, struct script, dice[kind]), kind, n);                          \
    }
ROLL(0)
ROLL(1)
ROLL(2)
ROLL(3)

static void make_dice(struct script *s)
{
    static uint64_t (*const by_kind[SQS_DICE_KINDS])(struct dice *, uint64_t) = {roll_0, roll_1,
                                                                                 roll_2, roll_3};
    for (unsigned i = 0; i < SQS_DICE_KINDS; i++) {
        s->dice[i].roll = by_kind[i];
        s->chance[i] = i + 1;
    }
}

/* --- life --- */

bool script_fresh(struct script *s)
{
    account_close(s->account);
    s->account = NULL;
    topics_close(s->topics);
    s->topics = topics_open(s);
    s->publishing[0] = '\0';
    script_filter_clear(&s->filter);
    script_bus_clear(s);
    script_mappings_close(s);
    script_kpls_close(s);
    script_scaling_close(s);
    map64_free(&s->by_name);
    map64_free(&s->by_id);
    s->n_label = s->n_poll = s->n_task = s->n_forced = s->next_forced = 0;
    account_config_default(&s->config);
    s->config.dice = s->dice;
    s->config.parse = (struct attribute_parsers){sqs_json_redrive, sqs_json_redrive_allow};
    make_dice(s);
    return s->topics != NULL && script_streams_open(s) && script_firehose_open(s) && script_lambda_open(s);
}

bool script_open(struct script *s)
{
    *s = (struct script){.poll = calloc(POLLS_MAX, sizeof(struct poll_note))};
    map64_init(&s->by_name);
    map64_init(&s->by_id);
    return s->poll != NULL && script_bus_open(s) && script_fresh(s);
}

void script_close(struct script *s)
{
    topics_close(s->topics);
    script_firehose_close(s);
    script_lambda_close(s);
    script_streams_close(s);
    script_mappings_close(s);
    script_kpls_close(s);
    script_scaling_close(s);
    script_filter_clear(&s->filter);
    script_bus_close(s);
    account_close(s->account);
    map64_free(&s->by_name);
    map64_free(&s->by_id);
    free(s->label);
    free(s->poll);
}

/* Settings of the profile hold for an account that is not open yet; the first call opens it. */
static bool need_account(struct script *s)
{
    return (s->account != NULL || account_open(&s->account, &s->config, NULL)) && topics_ready(s);
}

struct account_queue *script_queue(struct script *s, const char *name, struct result *r)
{
    struct account_queue *q;
    enum sqs_outcome out = account_find(s->account, name, &q);
    if (out != SQS_OK)
        result_outcome(r, out);
    return out == SQS_OK ? q : NULL;
}

/* --- time --- */

static void note_answers(struct script *s)
{
    struct account_answer answer;
    while (account_answered(s->account, &answer)) {
        struct poll_note *p = &s->poll[answer.tag];
        p->answered = true;
        p->at = account_now(s->account);
        p->result.n_field = 0;
        answer_result(s, &answer, &p->wishes, &p->result);
    }
}

static void queues_to(struct script *s, sim_time to)
{
    bool more;
    do {
        more = account_advance(s->account, to);
        note_answers(s);
    } while (more);
}

/* Queues and topics have one clock: at each instant of a topic the queues have come so far. */
bool script_to(struct script *s, sim_time to)
{
    if (to < account_now(s->account))
        return false;
    for (sim_time at = topics_deadline(s->topics); at <= to; at = topics_deadline(s->topics)) {
        queues_to(s, at);
        topics_advance(s->topics, at);
        queues_to(s, at);
    }
    queues_to(s, to);
    topics_advance(s->topics, to);
    script_bus_to(s, to);
    script_streams_to(s, to);
    script_mappings_to(s, to);
    script_firehose_to(s, to);
    script_kpls_to(s, to);
    script_scaling_to(s, to);
    script_lambda_to(s, to);
    return true;
}

/* --- lines --- */

static const struct verb *find_verb(const char *name)
{
    static const struct verb *const tables[] = {verbs_queue, verbs_message, verbs_batch,
                                                verbs_other, verbs_filter, verbs_bus_rules,
                                                verbs_bus_events, verbs_pipe, verbs_topic, verbs_publish,
                                                verbs_sns_pure, verbs_stream_admin, verbs_stream_pure,
                                                verbs_stream_read, verbs_stream_write, verbs_kcl, verbs_kpl, verbs_mapping,
                                                verbs_firehose, verbs_firehose_pure, verbs_cw,
                                                verbs_scaling_pure, verbs_group, verbs_function, verbs_lambda_pure,
                                                verbs_lambda_mapping};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        for (const struct verb *v = tables[i]; v->name != NULL; v++)
            if (strcmp(v->name, name) == 0)
                return v;
    return NULL;
}

static void complain(struct script *s, int number, const char *what, const char *detail)
{
    printf("%s:%d: %s: %s%s%s\n", s->file, number, s->test, what, detail[0] == '\0' ? "" : ": ",
           detail);
    s->usage = true;
}

static void judge(struct script *s, const struct line *l, const struct result *r)
{
    char expected[512], got[512];
    s->judged++;
    if (result_matches(r, l, expected, got))
        return;
    s->failed++;
    printf("%s:%d: %s: expected %s, got %s\n", s->file, l->number, s->test, expected, got);
}

/* A repeated call's result is the count of each text that came, and of the messages. */
struct tally {
    struct {
        char text[64];
        uint64_t n;
    } row[FIELDS_MAX];
    uint32_t n_row;
    uint64_t messages;
};

static void tally_add(struct tally *t, const struct result *r)
{
    const char *text = r->text[0] == '[' && strcmp(r->text, "[]") != 0 ? "some" : r->text;
    if (strncmp(text, "AWS.SimpleQueueService.", 23) == 0)
        text += 23;
    uint32_t i = 0;
    while (i < t->n_row && strcmp(t->row[i].text, text) != 0)
        i++;
    if (i == FIELDS_MAX)
        return;
    if (i == t->n_row)
        snprintf(t->row[t->n_row++].text, sizeof(t->row->text), "%.60s", text);
    t->row[i].n++;
    for (uint32_t k = 0; k < r->n_field; k++)
        if (strcmp(r->field[k].key, "n") == 0)
            t->messages += strtoull(r->field[k].value, NULL, 10);
}

static bool run_repeated(struct script *s, const struct verb *v, const struct line *l,
                         struct result *r)
{
    struct tally t = {.n_row = 0};
    s->repeating = true;
    for (uint64_t i = 0; i < l->repeat; i++) {
        r->n_field = 0;
        r->text[0] = '\0';
        if (!v->run(s, l, r))
            return false;
        tally_add(&t, r);
        note_answers(s);
    }
    s->repeating = false;
    r->n_field = 0;
    result_text(r, "repeated");
    for (uint32_t i = 0; i < t.n_row; i++)
        result_field(r, strcmp(t.row[i].text, "[]") == 0 ? "empty" : t.row[i].text, "%" PRIu64,
                     t.row[i].n);
    result_field(r, "messages", "%" PRIu64, t.messages);
    return true;
}

/* false: memory ran short where no answer told it, and what follows would be wrong. */
static bool check_invariants(struct script *s)
{
    bool good = true;
    sns_account_check(s->topics->account);
    script_streams_check(s);
    script_mappings_check(s);
    script_firehose_check(s);
    script_kpls_check(s);
    script_scaling_check(s);
    script_lambda_check(s);
    for (struct account_queue *q = account_next(s->account, "", ""); q != NULL;) {
        char after[100];
        good &= !sqs_failed(account_core(q));
        if (sqs_deadline(account_core(q)) > account_now(s->account))
            sqs_check(account_core(q), account_now(s->account));
        snprintf(after, sizeof(after), "%s ", account_name(q)); /* a blank sorts first */
        q = account_next(s->account, "", after);
    }
    return good;
}

static void run_line(struct script *s, const struct line *l)
{
    static struct result r;
    const struct verb *v = find_verb(l->verb);
    if (v == NULL) {
        complain(s, l->number, "unknown call", l->verb);
        return;
    }
    r.n_field = 0;
    r.text[0] = '\0';
    if (!need_account(s)) {
        complain(s, l->number, "out of memory", "");
        return;
    }
    if (l->timed && !script_to(s, l->at)) {
        complain(s, l->number, "time goes backwards", "");
        return;
    }
    if (!(l->repeat == 1 ? v->run(s, l, &r) : run_repeated(s, v, l, &r))) {
        complain(s, l->number, "use", v->use);
        return;
    }
    note_answers(s);
    if (l->repeat == 1 && !check_invariants(s))
        complain(s, l->number, "out of memory", "");
    script_bus_end_line(s);
    if (l->judged)
        judge(s, l, &r);
}

static bool is_setting(const char *verb)
{
    return strcmp(verb, "knob") == 0 || strcmp(verb, "seed") == 0;
}

static void obey(struct script *s, const struct line *l)
{
    if (strcmp(l->verb, "test") == 0) {
        uint32_t i = 0;
        const struct arg *name = line_word(l, &i);
        snprintf(s->test, sizeof(s->test), "%s", name == NULL ? "?" : name->value);
        script_fresh(s);
    } else if (is_setting(l->verb)) {
        if (!script_setting(s, l))
            complain(s, l->number, "use", "knob KEY VALUE (before the first call), seed N");
    } else {
        run_line(s, l);
    }
}

void script_line(struct script *s, const char *text, int number)
{
    struct line l;
    const char *mistake;
    if (line_read(&l, text, &mistake)) {
        l.number = number;
        s->lines++;
        if (mistake != NULL)
            complain(s, number, mistake, "");
        else
            obey(s, &l);
    }
    line_free(&l);
}
