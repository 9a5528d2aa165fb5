/* script_kinesis.c - the streams' clock, and what the calls to them share. */
#include "script_kinesis.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool script_streams_open(struct script *s)
{
    script_streams_close(s);
    s->streams = calloc(1, sizeof(*s->streams));
    if (s->streams == NULL)
        return false;
    kin_account_config(&s->streams->config, s->config.region);
    return kin_account_open(&s->streams->account, &s->streams->config, NULL);
}

void script_streams_close(struct script *s)
{
    if (s->streams != NULL) {
        script_kcl_close(s->streams);
        kin_account_close(s->streams->account);
    }
    free(s->streams);
    s->streams = NULL;
}

/* --- time: states first, then what is pushed --- */

static void note_push(struct script_kin *t, const struct kin_stream *stream,
                      const struct kin_push *p, sim_time now)
{
    uint32_t i = 0;
    while (i < t->n_pipe && (t->pipe[i].stream != stream || t->pipe[i].consumer != p->consumer))
        i++;
    if (i == t->n_pipe)
        return;
    struct kin_pipe *x = &t->pipe[i];
    x->shard = p->shard;
    x->next = p->first + p->n;
    if (p->kind == KIN_PUSH_RECORDS) {
        x->n += p->n;
        x->last = p->first + p->n - 1;
        x->at = now;
        x->behind_ms = p->behind_ms;
        return;
    }
    x->ended_at = now;
    if (p->kind == KIN_PUSH_EXPIRED)
        snprintf(x->ended, sizeof(x->ended), "expired");
    else if (p->child[1] == KIN_NONE)
        snprintf(x->ended, sizeof(x->ended), "shard_end:%u", p->child[0]);
    else
        snprintf(x->ended, sizeof(x->ended), "shard_end:%u,%u", p->child[0], p->child[1]);
}

static sim_time next_push(const struct script_kin *t)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; kin_account_stream(t->account, i) != NULL; i++) {
        sim_time due = kin_push_deadline(kin_account_stream(t->account, i)->core);
        at = due < at ? due : at;
    }
    return at;
}

static void pushes(struct script_kin *t, sim_time now)
{
    struct kin_push p;
    for (uint32_t i = 0; kin_account_stream(t->account, i) != NULL; i++) {
        struct kin_stream *stream = kin_account_stream(t->account, i);
        call_begin(&t->call, now, NULL);
        while (kin_push_next(stream->core, &t->call, &p))
            note_push(t, stream, &p, now);
    }
}

void script_streams_to(struct script *s, sim_time to)
{
    struct script_kin *t = s->streams;
    struct kin_stream *of;
    for (;;) {
        sim_time state = kin_account_deadline(t->account), push = next_push(t);
        sim_time at = state < push ? state : push, leases = script_kcl_deadline(t);
        if (at > to && leases > to)
            return;
        call_begin(&t->call, at < leases ? at : leases, NULL);
        if (leases < at)
            script_kcl_advance(t, leases);
        else if (state <= push)
            kin_account_advance(t->account, &t->call, &of);
        else
            pushes(t, at);
    }
}

void script_streams_check(struct script *s)
{
    for (uint32_t i = 0; kin_account_stream(s->streams->account, i) != NULL; i++)
        kin_check(kin_account_stream(s->streams->account, i)->core, account_now(s->account));
}

struct call *streams_call(struct script *s)
{
    script_streams_to(s, account_now(s->account));
    call_begin(&s->streams->call, account_now(s->account), NULL);
    return &s->streams->call;
}

/* --- words --- */

struct kin_stream *stream_word(struct script *s, const struct line *l, uint32_t *i,
                               struct result *r, bool *used)
{
    const struct arg *a = line_word(l, i);
    streams_call(s);
    struct kin_stream *stream = a == NULL ? NULL : kin_account_find(s->streams->account, a->value);
    *used = a != NULL;
    if (a != NULL && stream == NULL)
        kin_result(r, KIN_NO_STREAM);
    return stream;
}

bool number_word(const struct line *l, uint32_t *i, uint32_t *out)
{
    const struct arg *a = line_word(l, i);
    int64_t n;
    if (a == NULL || !text_integer(text_of(a->value), &n) || n < 0 || n > UINT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}

void kin_result(struct result *r, enum kin_outcome o)
{
    const struct kin_outcome_row *row = kin_outcome_row(o);
    result_text(r, "%s", row->code == NULL ? "ok" : row->code);
    result_field(r, "why", "%s", row->name);
    result_field(r, "http", "%d", row->http);
}

static sim_time seconds_of(const char *text)
{
    char *rest;
    sim_time t = (sim_time)strtoll(text, &rest, 10) * SIM_S;
    sim_time digit = SIM_S / 10;
    for (rest += *rest == '.'; *rest >= '0' && *rest <= '9'; rest++, digit /= 10)
        t += (*rest - '0') * digit;
    return t;
}

sim_time seconds_key(const struct line *l, const char *key, sim_time otherwise)
{
    const struct arg *a = line_key(l, key);
    return a == NULL ? otherwise : seconds_of(a->value);
}

void streams_seconds(char out[32], sim_time t)
{
    int n = snprintf(out, 32, "%" PRId64 ".%09d", t / SIM_S, (int)(t % SIM_S));
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[--n] = '\0';
}

bool from_words(const struct line *l, uint32_t *i, struct kin_from *from)
{
    static const char *const name[] = {"TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER",
                                       "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"};
    const struct arg *a = line_word(l, i);
    for (unsigned k = 0; a != NULL && k < ARRAY_LEN(name); k++)
        if (strcmp(name[k], a->value) == 0) {
            *from = (struct kin_from){.type = (enum kin_start)k,
                                      .seq = (uint64_t)line_int(l, "seq", 0),
                                      .at = seconds_key(l, "at", 0)};
            return true;
        }
    return false;
}
