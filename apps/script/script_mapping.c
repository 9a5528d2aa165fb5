/* script_mapping.c - the clock of a script's mappings: what is due, and the ends of the function's invocations. */
#include "script_mapping.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"

void script_mappings_close(struct script *s)
{
    for (uint32_t i = 0; s->mappings != NULL && i < s->mappings->n; i++) {
        esm_close(s->mappings->mapping[i]->core);
        free(s->mappings->mapping[i]->flight);
        free(s->mappings->mapping[i]);
    }
    free(s->mappings);
    s->mappings = NULL;
}

struct script_mapping *mapping_word(struct script *s, const struct line *l, uint32_t *i)
{
    const struct arg *a = line_word(l, i);
    for (uint32_t k = 0; a != NULL && s->mappings != NULL && k < s->mappings->n; k++)
        if (strcmp(s->mappings->mapping[k]->name, a->value) == 0)
            return s->mappings->mapping[k];
    return NULL;
}

/* --- the function --- */

static void append(char *text, size_t room, const char *more)
{
    size_t n = strlen(text);
    if (n + strlen(more) + 2 < room)
        snprintf(text + n, room - n, "%s%s", n == 0 ? "" : ",", more);
}

/* "1-4@0.5"; an empty one "-@60"; a window's last with '!'. */
static void note_invocation(struct script_mapping *m, uint32_t lane, const struct esm_batch *b, sim_time now)
{
    char at[32], text[100];
    streams_seconds(at, now);
    if (b->n == 0)
        snprintf(text, sizeof(text), "-@%s%s", at, b->final ? "!" : "");
    else
        snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64 "@%s%s", esm_at(m->core, lane, 0)->seq,
                 esm_at(m->core, lane, b->n - 1)->seq, at, b->final ? "!" : "");
    append(m->invoked, sizeof(m->invoked), text);
    m->n_invoked++;
    m->invoked_at = now;
    m->age_ms = b->n == 0 ? 0 : (now - esm_at(m->core, lane, b->n - 1)->arrival) / SIM_MS;
}

static void fly(struct script_mapping *m, uint32_t lane, sim_time now)
{
    struct esm_batch b;
    esm_batch(m->core, lane, &b);
    note_invocation(m, lane, &b, now);
    if (m->n_flight == m->cap_flight) {
        m->cap_flight = m->cap_flight * 2 + 16;
        m->flight = realloc(m->flight, m->cap_flight * sizeof(*m->flight));
        if (m->flight == NULL)
            exit(71);
    }
    bool refused = now < m->throttled;
    m->flight[m->n_flight++] = (struct flight){lane, now + (refused ? 0 : m->time)};
    m->peak = m->n_flight > m->peak ? m->n_flight : m->peak;
}

/* The first record of the batch that the function fails over. */
static uint32_t first_bad(const struct script_mapping *m, uint32_t lane, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < m->n_poison; k++)
            if (esm_at(m->core, lane, i)->seq == m->poison[k])
                return i;
    return n;
}

static void note_effects(struct script_mapping *m, const struct call *c);

static void land(struct script_mapping *m, uint32_t i, sim_time now)
{
    struct call c;
    struct esm_batch b;
    uint32_t lane = m->flight[i].lane;
    m->flight[i] = m->flight[--m->n_flight];
    esm_batch(m->core, lane, &b);
    uint32_t bad = first_bad(m, lane, b.n);
    bool refused = now < m->throttled, good = bad == b.n;
    m->n_throttled += refused;
    m->n_errors += !refused && !good && (!m->config.report || bad == 0);
    call_begin(&c, now, NULL);
    esm_done(m->core, &c, lane, refused ? ESM_THROTTLED : good || m->config.report ? ESM_OK : ESM_FAILED, bad);
    note_effects(m, &c);
}

/* --- effects --- */

static void note_discard(struct script_mapping *m, const struct effect *fx)
{
    char text[100];
    uint32_t n = (uint32_t)fx->c;
    const char *why = esm_condition_name((enum esm_condition)(fx->c >> 32));
    m->n_discarded += n;
    if (n == 0)
        return;
    snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64 ":%s", fx->b, esm_gone(m->core, fx, n - 1)->seq, why);
    append(m->discarded, sizeof(m->discarded), text);
}

static void note_effects(struct script_mapping *m, const struct call *c)
{
    for (uint32_t i = 0; i < c->n_fx; i++) {
        const struct effect *fx = &c->fx[i];
        if (fx->kind == ESM_FX_INVOKE)
            fly(m, fx->a, c->now);
        else if (fx->kind == ESM_FX_DISCARD)
            note_discard(m, fx);
        m->n_done += fx->kind == ESM_FX_DONE ? fx->c : 0;
        m->n_split += fx->kind == ESM_FX_SPLIT;
        m->n_finished += fx->kind == ESM_FX_FINISHED;
        if (fx->kind == ESM_FX_EXPIRED) {
            m->n_expired += fx->c;
            m->expired_at = c->now;
        }
    }
}

/* --- time --- */

/* The invocation that ends first; the one that began first among equals. */
static uint32_t first_flight(const struct script_mapping *m)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < m->n_flight; i++)
        if (m->flight[i].end < m->flight[best].end ||
            (m->flight[i].end == m->flight[best].end && m->flight[i].lane < m->flight[best].lane))
            best = i;
    return best;
}

static bool step(struct script_mapping *m, sim_time to)
{
    struct call c;
    sim_time due = esm_deadline(m->core);
    uint32_t i = first_flight(m);
    sim_time end = m->n_flight == 0 ? SIM_NEVER : m->flight[i].end;
    if (due > to && end > to)
        return false;
    if (end <= due) {
        land(m, i, end);
        return true;
    }
    call_begin(&c, due, NULL);
    esm_advance(m->core, &c);
    note_effects(m, &c);
    return true;
}

void mapping_settle(struct script_mapping *m, sim_time now)
{
    while (step(m, now))
        ;
}

void script_mappings_to(struct script *s, sim_time to)
{
    for (uint32_t i = 0; s->mappings != NULL && i < s->mappings->n; i++)
        mapping_settle(s->mappings->mapping[i], to);
}

void script_mappings_check(struct script *s)
{
    for (uint32_t i = 0; s->mappings != NULL && i < s->mappings->n; i++)
        esm_check(s->mappings->mapping[i]->core, account_now(s->account));
}
