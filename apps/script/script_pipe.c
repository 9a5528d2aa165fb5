/* script_pipe.c - one turn of a pipe: a batch is received from a queue, what the filter does not match is deleted, the rest goes
 * to a target that answers as `behave` says, and is deleted when it was taken (EB-50, EB-51). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "filter_json.h"
#include "script.h"
#include "script_bus.h"

/* The record of SQS, its body parsed when it is JSON. */
static struct filter_event *record(const struct account_message *m)
{
    struct filter_event *e = NULL;
    size_t room = m->body.n * 2 + 100;
    char *text = malloc(room);
    if (text == NULL)
        exit(71);
    int n = snprintf(text, room, "{\"eventSource\":\"aws:sqs\",\"body\":%.*s}", (int)m->body.n, m->body.at);
    e = filter_event_json(FILTER_EVENTBRIDGE, text, (size_t)n, 0, &(struct filter_error){.code = NULL});
    if (e == NULL) {
        n = snprintf(text, room, "{\"eventSource\":\"aws:sqs\",\"body\":\"%.*s\"}", (int)m->body.n, m->body.at);
        e = filter_event_json(FILTER_EVENTBRIDGE, text, (size_t)n, 0, &(struct filter_error){.code = NULL});
    }
    free(text);
    return e;
}

struct turn {
    struct account_queue *queue;
    struct filter *filter; /* NULL: everything goes through */
    const char *target;
    uint32_t deleted, delivered, returned;
};

static void handle(struct script *s, struct turn *t, const struct account_message *m)
{
    struct filter_event *e = record(m);
    bool matches = t->filter == NULL || (e != NULL && filter_matches(t->filter, e));
    bool taken = matches && script_bus_call(s, t->target) == EB_ACCEPTED;
    filter_event_free(e);
    t->deleted += !matches;
    t->delivered += taken;
    t->returned += matches && !taken;
    if (!matches || taken)
        account_delete_message(s->account, t->queue, m->receipt);
}

static bool run_pipe(struct script *s, const struct line *l, struct result *r)
{
    static struct account_answer answer;
    uint32_t i = 0;
    const struct arg *queue = line_word(l, &i), *target = line_word(l, &i);
    const char *filter = bus_key(s, l, "filter");
    struct account_receive ask = {.max = line_int(l, "batch", 10), .wait = 0, .visibility = -1};
    struct filter_error error;
    if (target == NULL)
        return false;
    struct turn t = {.queue = script_queue(s, queue->value, r), .target = target->value};
    if (t.queue == NULL)
        return true;
    script_bus(s);
    if (filter != NULL &&
        (t.filter = filter_compile(FILTER_EVENTBRIDGE, filter, strlen(filter), 0, NULL, &error)) == NULL) {
        result_text(r, "%s", error.code);
        return true;
    }
    if (account_receive(s->account, t.queue, &ask, &answer) == SQS_OK)
        for (uint32_t k = 0; k < answer.n; k++)
            handle(s, &t, &answer.message[k]);
    filter_free(t.filter);
    result_text(r, "ok");
    result_field(r, "deleted", "%u", t.deleted);
    result_field(r, "delivered", "%u", t.delivered);
    result_field(r, "returned", "%u", t.returned);
    return true;
}

const struct verb verbs_pipe[] = {
    {"pipe", run_pipe, "pipe QUEUE TARGET [filter=P] [batch=N]"},
    {NULL, NULL, NULL},
};
