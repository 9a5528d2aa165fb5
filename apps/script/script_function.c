/* script_function.c - calls to functions: settings, synchronous and asynchronous invocations. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_lambda.h"

static bool run_account(struct script *s, const struct line *l, struct result *r)
{
    if (s->functions->n_function > 0)
        return false;
    lam_account_open(&s->functions->account, (uint32_t)line_int(l, "limit", LAM_LIMIT));
    lambda_result(r, LAM_OK);
    return true;
}

/* --- functions --- */

static bool word_is(const struct line *l, const char *key, const char *value)
{
    const struct arg *a = line_key(l, key);
    return a != NULL && strcmp(a->value, value) == 0;
}

static struct lam_config config_of(struct script *s, const struct line *l)
{
    struct lam_config c;
    lam_config_default(&c, &s->functions->account);
    c.memory_mb = (uint32_t)line_int(l, "memory", c.memory_mb);
    c.timeout = lambda_time(l, "timeout", c.timeout);
    c.reserved = (uint32_t)line_int(l, "reserved", LAM_UNRESERVED);
    c.provisioned = (uint32_t)line_int(l, "provisioned", 0);
    c.snapstart = line_int(l, "snapstart", 0) != 0;
    c.reuse = word_is(l, "reuse", "fifo") ? LAM_FIFO : LAM_LIFO;
    c.growth = word_is(l, "growth", "steps") ? LAM_STEPS : LAM_CONTINUOUS;
    c.idle_life = lambda_time(l, "idle", c.idle_life);
    c.max_age = lambda_time(l, "max_age", c.max_age);
    c.now = account_now(s->account);
    return c;
}

static struct lam_async_config async_of(const struct line *l)
{
    struct lam_async_config a;
    lam_async_config_default(&a);
    a.retries = (uint32_t)line_int(l, "retries", a.retries);
    a.max_age = lambda_time(l, "age", a.max_age);
    a.latency = lambda_time(l, "latency", 0);
    return a;
}

static void set_handler(struct handler *h, const struct line *l)
{
    h->time = lambda_time(l, "for", h->time);
    h->failed = (uint32_t)line_int(l, "failed", h->failed);
    h->throttled_until = lambda_time(l, "throttled_until", h->throttled_until);
    if (line_key(l, "end") != NULL)
        h->end = word_is(l, "end", "error")        ? HANDLER_ERROR
                 : word_is(l, "end", "unknown-id") ? HANDLER_UNKNOWN_ID
                                                   : HANDLER_OK;
}

static bool run_function(struct script *s, const struct line *l, struct result *r)
{
    struct script_lambda *t = s->functions;
    uint32_t i = 0;
    const struct arg *name = line_word(l, &i);
    struct err err = {.class = ERR_NONE};
    if (name == NULL || t->n_function == FUNCTIONS_MAX)
        return false;
    lambda_call(s);
    struct function_note f = {.cold = lambda_time(l, "cold", 0)};
    struct lam_config c = config_of(s, l);
    struct lam_async_config a = async_of(l);
    f.init = lambda_time(l, "init", f.cold / 5 * 4);
    set_handler(&f.handler, l);
    snprintf(f.name, sizeof(f.name), "%s", name->value);
    if (!lam_open(&f.core, &c, &err) || !lam_async_open(&f.async, &a, &err)) {
        lam_close(f.core);
        result_text(r, "%.*s", (int)strcspn(err.text, ":"), err.text);
        return true;
    }
    t->function[t->n_function++] = f;
    lambda_result(r, LAM_OK);
    return true;
}

static bool run_handler(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    if (f == NULL)
        return false;
    set_handler(&f->handler, l);
    lambda_result(r, LAM_OK);
    return true;
}

static bool run_setting(struct script *s, const struct line *l, struct result *r,
                        enum lam_outcome (*set)(struct lambda *, struct call *, uint32_t))
{
    uint32_t i = 0;
    struct call *c = lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    const struct arg *n = line_word(l, &i);
    if (f == NULL || n == NULL)
        return false;
    bool none = strcmp(n->value, "none") == 0;
    lambda_result(r, set(f->core, c, none ? LAM_UNRESERVED : (uint32_t)strtoul(n->value, NULL, 10)));
    return true;
}

static bool run_reserve(struct script *s, const struct line *l, struct result *r)
{
    return run_setting(s, l, r, lam_set_reserved);
}

static bool run_provision(struct script *s, const struct line *l, struct result *r)
{
    return run_setting(s, l, r, lam_set_provisioned);
}

/* --- invocations --- */

static uint32_t note_new(struct script *s, const struct line *l, uint32_t function)
{
    struct script_lambda *t = s->functions;
    const struct arg *as = line_key(l, "as");
    if (t->n_note == NOTES_MAX)
        return UINT32_MAX;
    struct event_note *n = &t->note[t->n_note];
    *n = (struct event_note){.function = function, .accepted = account_now(s->account)};
    snprintf(n->name, sizeof(n->name), "%s", as == NULL ? "it" : as->value);
    snprintf(n->state, sizeof(n->state), "waiting");
    return t->n_note++;
}

static void tell_start(struct result *r, const struct lam_start *start, const struct run *run)
{
    static const char *const init[] = {"warm", "cold", "again"};
    (void)run;
    result_field(r, "start", "%s", init[start->init]);
    result_field(r, "env", "%c", 'A' + (int)(start->serial % 26));
    result_field(r, "provisioned", "%s", start->provisioned ? "yes" : "no");
}

static bool run_call(struct script *s, const struct line *l, struct result *r)
{
    struct script_lambda *t = s->functions;
    uint32_t i = 0;
    lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    uint64_t n = (uint64_t)line_int(l, "n", 1), started = 0;
    struct lam_start start = {.env = 0};
    enum lam_outcome o = LAM_OK, worst = LAM_OK;
    if (f == NULL)
        return false;
    sim_time usual = f->handler.time;
    set_handler(&f->handler, l);
    if (line_int(l, "bytes", 0) > LAM_SYNC_BYTES) {
        lambda_result(r, LAM_TOO_LARGE);
        return true;
    }
    for (uint64_t k = 0; k < n; k++) {
        uint32_t note = n == 1 ? note_new(s, l, (uint32_t)(f - t->function)) : UINT32_MAX;
        struct run run = {.kind = RUN_CALL, .of = note};
        o = lambda_start(t, account_now(s->account), (uint32_t)(f - t->function), true, &run, &start);
        started += o == LAM_OK;
        worst = o == LAM_OK ? worst : o;
        if (o == LAM_OK && n == 1)
            tell_start(r, &start, &run);
    }
    f->handler.time = usual;
    lambda_result(r, worst);
    result_field(r, "started", "%" PRIu64, started);
    result_field(r, "throttled", "%" PRIu64, n - started);
    return true;
}

/* Calls evenly spaced. */
static bool run_load(struct script *s, const struct line *l, struct result *r)
{
    struct script_lambda *t = s->functions;
    uint32_t i = 0;
    struct call *c = lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    uint64_t rate = (uint64_t)line_int(l, "rate", 0), started = 0, throttled = 0;
    sim_time begin = c->now, until = lambda_time(l, "until", 0);
    if (f == NULL || rate == 0)
        return false;
    set_handler(&f->handler, l);
    f->most = 0;
    for (uint64_t k = 0;; k++) {
        sim_time at = begin + (sim_time)((__int128)k * SIM_S / (int64_t)rate);
        struct run run = {.kind = RUN_CALL, .of = UINT32_MAX};
        struct lam_start start;
        if (at >= until)
            break;
        script_to(s, at);
        bool good = lambda_start(t, at, (uint32_t)(f - t->function), true, &run, &start) == LAM_OK;
        started += good;
        throttled += !good;
    }
    result_text(r, "%u", lam_busy(f->core));
    result_field(r, "started", "%" PRIu64, started);
    result_field(r, "throttled", "%" PRIu64, throttled);
    result_field(r, "most", "%u", f->most);
    return true;
}

static bool run_event(struct script *s, const struct line *l, struct result *r)
{
    struct script_lambda *t = s->functions;
    uint32_t i = 0;
    lambda_call(s);
    struct function_note *f = lambda_function(s, l, &i);
    uint32_t bytes = (uint32_t)line_int(l, "bytes", 100);
    if (f == NULL)
        return false;
    uint64_t before = lam_async_counts(f->async)->requests;
    uint32_t note = note_new(s, l, (uint32_t)(f - t->function));
    if (note == UINT32_MAX)
        return false;
    call_begin(&t->call, account_now(s->account), NULL);
    enum lam_outcome o = lam_async_accept(f->async, &t->call, note, bytes);
    lambda_result(r, o);
    if (o == LAM_OK)
        result_field(r, "http", "202");
    result_field(r, "requests", "%" PRIu64, lam_async_counts(f->async)->requests - before);
    script_lambda_to(s, account_now(s->account));
    return true;
}

/* --- what became of them --- */

static struct event_note *note_word(struct script *s, const struct line *l)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i);
    struct script_lambda *t = s->functions;
    lambda_call(s);
    for (uint32_t k = t->n_note; k-- > 0;)
        if (strcmp(t->note[k].name, a == NULL ? "it" : a->value) == 0)
            return &t->note[k];
    return NULL;
}

static bool run_starts(struct script *s, const struct line *l, struct result *r)
{
    struct event_note *n = note_word(s, l);
    size_t at = 0;
    char time[32];
    if (n == NULL)
        return false;
    r->text[at++] = '[';
    for (uint32_t i = 0; i < n->n_at && i < STARTS_MAX; i++) {
        lambda_seconds(time, n->at[i]);
        at += (size_t)snprintf(r->text + at, sizeof(r->text) - at, "%s%s", i == 0 ? "" : ",", time);
    }
    snprintf(r->text + at, sizeof(r->text) - at, "]");
    lambda_seconds(time, n->last);
    result_field(r, "n", "%u", n->n_at);
    result_field(r, "last", "%s", time);
    return true;
}

static bool run_became(struct script *s, const struct line *l, struct result *r)
{
    struct event_note *n = note_word(s, l);
    char time[32];
    if (n == NULL)
        return false;
    result_text(r, "%s", n->state);
    lambda_seconds(time, n->ended_at);
    result_field(r, "at", "%s", time);
    lambda_seconds(time, n->ended_at - n->accepted);
    result_field(r, "latency", "%s", time);
    result_field(r, "count", "%u", n->invokes);
    result_field(r, "billed", "%" PRIu64, n->billed);
    return true;
}

const struct verb verbs_function[] = {
    {"lambda_account", run_account, "lambda_account [limit=N]"},
    {"lambda", run_function, "lambda NAME [memory=MB] [timeout=S] [reserved=N] [provisioned=N] …"},
    {"handler", run_handler, "handler FUNCTION [for=S] [end=ok|error|unknown-id] [failed=N]"},
    {"reserve", run_reserve, "reserve FUNCTION N|none"},
    {"provision", run_provision, "provision FUNCTION N"},
    {"call", run_call, "call FUNCTION [n=N] [for=S] [end=ok|error] [bytes=N] [as=NAME]"},
    {"load", run_load, "load FUNCTION rate=N until=S [for=S]"},
    {"event_to", run_event, "event_to FUNCTION [bytes=N] [as=NAME]"},
    {"starts", run_starts, "starts [NAME]"},
    {"became", run_became, "became [NAME]"},
    {NULL, NULL, NULL},
};
