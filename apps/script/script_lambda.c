/* script_lambda.c - the functions' clock: invocations that end, events that are due, mappings. */
#include "script_lambda.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"

bool script_lambda_open(struct script *s)
{
    script_lambda_close(s);
    s->functions = calloc(1, sizeof(*s->functions));
    if (s->functions == NULL)
        return false;
    s->functions->dice = s->dice;
    lam_account_open(&s->functions->account, LAM_LIMIT);
    return true;
}

void script_lambda_close(struct script *s)
{
    struct script_lambda *t = s->functions;
    for (uint32_t i = 0; t != NULL && i < t->n_mapping; i++)
        lambda_mapping_close(&t->mapping[i]);
    for (uint32_t i = 0; t != NULL && i < t->n_function; i++) {
        lam_async_close(t->function[i].async);
        lam_close(t->function[i].core);
    }
    if (t != NULL)
        free(t->run);
    free(t);
    s->functions = NULL;
}

/* --- invocations under way: a heap by (end, order) --- */

static bool before(const struct run *a, const struct run *b)
{
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void run_add(struct script_lambda *t, const struct run *run)
{
    if (t->n_run == t->cap_run) {
        uint32_t cap = t->cap_run == 0 ? 1024 : 2 * t->cap_run;
        struct run *more = realloc(t->run, cap * sizeof(*more));
        if (more == NULL)
            abort();
        t->run = more;
        t->cap_run = cap;
    }
    uint32_t i = t->n_run++;
    for (; i > 0 && before(run, &t->run[(i - 1) / 2]); i = (i - 1) / 2)
        t->run[i] = t->run[(i - 1) / 2];
    t->run[i] = *run;
}

static struct run run_take(struct script_lambda *t)
{
    struct run top = t->run[0], last = t->run[--t->n_run];
    uint32_t i = 0;
    for (uint32_t child; (child = 2 * i + 1) < t->n_run; i = child) {
        if (child + 1 < t->n_run && before(&t->run[child + 1], &t->run[child]))
            child++;
        if (!before(&t->run[child], &last))
            break;
        t->run[i] = t->run[child];
    }
    t->run[i] = last;
    return top;
}

enum lam_outcome lambda_start(struct script_lambda *t, sim_time now, uint32_t function,
                              bool synchronous, struct run *run, struct lam_start *start)
{
    struct function_note *f = &t->function[function];
    struct lam_run times;
    if (now < f->handler.throttled_until)
        return LAM_THROTTLED_ACCOUNT;
    call_begin(&t->call, now, NULL);
    enum lam_outcome o = lam_invoke(f->core, &t->call, synchronous, start);
    if (o != LAM_OK)
        return o;
    lam_run(f->core, &t->call, start->env, f->cold - f->init, f->init, &times);
    sim_time end = times.handler + times.rerun + f->handler.time;
    run->order = t->order++;
    run->function = function;
    run->env = start->env;
    run->answer = f->handler.end;
    run->failed = f->handler.failed;
    run->end = end > times.limit               ? LAM_END_TIMEOUT
               : f->handler.end == HANDLER_ERROR ? LAM_END_ERROR
                                                 : LAM_END_OK;
    run->at = end > times.limit ? times.limit : end;
    run_add(t, run);
    if (lam_busy(f->core) > f->most)
        f->most = lam_busy(f->core);
    return LAM_OK;
}

/* --- events --- */

static const char *const reasons[] = {[LAM_RETRIES_EXHAUSTED] = "RetriesExhausted",
                                      [LAM_AGE_EXCEEDED] = "EventAgeExceeded",
                                      [LAM_ZERO_RESERVED] = "ZeroReservedConcurrency"};

static void event_over(struct script_lambda *t, const struct lam_event *e, const char *state,
                       sim_time now)
{
    struct event_note *n = &t->note[e->user];
    snprintf(n->state, sizeof(n->state), "%s", state);
    n->invokes = e->invokes;
    n->ended_at = now;
}

static void attempt(struct script_lambda *t, uint32_t function, const struct lam_event *e,
                    sim_time now)
{
    struct function_note *f = &t->function[function];
    struct event_note *n = &t->note[e->user];
    struct run run = {.kind = RUN_EVENT, .of = e->id};
    struct lam_start start;
    struct lam_event over;
    if (n->n_at < STARTS_MAX)
        n->at[n->n_at] = now;
    n->n_at++;
    n->last = now;
    if (lambda_start(t, now, function, false, &run, &start) == LAM_OK)
        return;
    bool never = lam_config(f->core)->reserved == 0;
    call_begin(&t->call, now, NULL);
    if (lam_async_settle(f->async, &t->call, e->id, never ? LAM_ANSWER_NEVER : LAM_ANSWER_THROTTLE,
                         &over))
        event_over(t, &over, reasons[over.why], now);
}

static void events(struct script_lambda *t, uint32_t function, sim_time now)
{
    struct lam_event e;
    enum lam_do todo;
    for (;;) {
        call_begin(&t->call, now, NULL);
        todo = lam_async_next(t->function[function].async, &t->call, &e);
        if (todo == LAM_DO_NONE)
            return;
        if (todo == LAM_DO_DISCARD)
            event_over(t, &e, reasons[e.why], now);
        else
            attempt(t, function, &e, now);
    }
}

static void ended(struct script_lambda *t, sim_time now)
{
    struct run run = run_take(t);
    struct function_note *f = &t->function[run.function];
    struct lam_bill bill;
    struct lam_event over;
    call_begin(&t->call, now, NULL);
    lam_finish(f->core, &t->call, run.env, run.end, &bill);
    if (run.kind == RUN_BATCH)
        lambda_mapping_ended(t, &run, now);
    if (run.kind == RUN_EVENT) {
        enum lam_answer answer = run.end == LAM_END_OK ? LAM_ANSWER_OK : LAM_ANSWER_ERROR;
        if (lam_async_settle(f->async, &t->call, run.of, answer, &over))
            event_over(t, &over, answer == LAM_ANSWER_OK ? "done" : reasons[over.why], now);
    }
    if (run.kind == RUN_CALL && run.of != UINT32_MAX) {
        struct event_note *n = &t->note[run.of];
        snprintf(n->state, sizeof(n->state), "%s",
                 run.end == LAM_END_OK      ? "ok"
                 : run.end == LAM_END_ERROR ? "error"
                                            : "timeout");
        n->ended_at = now;
        n->billed = bill.ms;
    }
}

/* --- time --- */

static sim_time earliest(const struct script_lambda *t)
{
    sim_time at = t->n_run > 0 ? t->run[0].at : SIM_NEVER;
    for (uint32_t i = 0; i < t->n_function; i++) {
        sim_time due = lam_async_deadline(t->function[i].async);
        at = due < at ? due : at;
    }
    for (uint32_t i = 0; i < t->n_mapping; i++) {
        sim_time due = lambda_mapping_deadline(&t->mapping[i]);
        at = due < at ? due : at;
    }
    return at;
}

void script_lambda_to(struct script *s, sim_time to)
{
    struct script_lambda *t = s->functions;
    for (sim_time at = earliest(t); at <= to; at = earliest(t)) {
        while (t->n_run > 0 && t->run[0].at <= at)
            ended(t, at);
        for (uint32_t i = 0; i < t->n_function; i++)
            events(t, i, at);
        for (uint32_t i = 0; i < t->n_mapping; i++)
            lambda_mapping_turn(t, i, at);
        for (uint32_t i = 0; i < t->n_mapping; i++)
            lambda_mapping_late(t, i, at);
    }
}

void script_lambda_check(struct script *s)
{
    struct script_lambda *t = s->functions;
    sim_time now = account_now(s->account);
    for (uint32_t i = 0; i < t->n_function; i++) {
        lam_check(t->function[i].core, now);
        lam_async_check(t->function[i].async, now);
    }
    for (uint32_t i = 0; i < t->n_mapping; i++)
        esmq_check(t->mapping[i].core, now);
}

struct call *lambda_call(struct script *s)
{
    script_lambda_to(s, account_now(s->account));
    call_begin(&s->functions->call, account_now(s->account), NULL);
    return &s->functions->call;
}

/* --- words --- */

struct function_note *lambda_function(struct script *s, const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    struct script_lambda *t = s->functions;
    for (uint32_t k = 0; a != NULL && k < t->n_function; k++)
        if (strcmp(t->function[k].name, a->value) == 0)
            return &t->function[k];
    return NULL;
}

void lambda_result(struct result *r, enum lam_outcome o)
{
    const struct lam_outcome_row *row = lam_outcome_row(o);
    result_text(r, "%s", row->code == NULL ? "ok" : row->code);
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
    if (row->reason != NULL)
        result_field(r, "reason", "%s", row->reason);
}

void lambda_seconds(char out[32], sim_time t)
{
    streams_seconds(out, t);
}

sim_time lambda_time(const struct line *l, const char *key, sim_time otherwise)
{
    return seconds_key(l, key, otherwise);
}
