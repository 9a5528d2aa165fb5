/* sns_match.c - which subscriptions get a message. What filters say depends on the message's
 * template alone, so it is worked out once per template and remembered as a list; subscriptions
 * that come, go, or come into force make it stale. */
#include "sns_int.h"

#include <string.h>

#include "mem.h"

static void list_free(struct match_list *l)
{
    if (l != NULL)
        mem_release(l->line);
    mem_release(l);
}

/* The counts of those that did not get its messages. */
static void settle_uses(struct sns *t, struct match_list *l)
{
    for (uint32_t i = l->n_match; l->uses > 0 && i < l->n; i++)
        sub_at(t, l->line[i])->filtered += l->uses;
    l->uses = 0;
}

static void retire(struct sns *t, struct match_list *l)
{
    if (l == NULL)
        return;
    settle_uses(t, l);
    l->next = t->retired;
    t->retired = l;
}

void match_forget(struct sns *t)
{
    for (uint32_t i = 0; i < t->cap_list; i++) {
        retire(t, t->list[i]);
        t->list[i] = NULL;
    }
}

void match_sweep(struct sns *t)
{
    while (t->retired != NULL) {
        struct match_list *l = t->retired;
        t->retired = l->next;
        list_free(l);
    }
}

void match_close(struct sns *t)
{
    match_sweep(t);
    for (uint32_t i = 0; i < t->cap_list; i++)
        list_free(t->list[i]);
    mem_release(t->list);
}

/* --- building a list --- */

/* A message without attributes passes no policy on them, whatever it asks for (SNS-64, 76). */
static enum sns_reason judge(const struct sns *t, const struct subscription *s,
                             const struct filter_event *attributes, const struct filter_event *body)
{
    if (s->filter == NULL)
        return SNS_MATCHES;
    const struct filter_event *e = s->scope == SNS_BODY ? body : attributes;
    if (e == NULL)
        return s->scope == SNS_BODY ? SNS_BY_INVALID_BODY : SNS_BY_NO_ATTRIBUTES;
    return t->config.judge(s->filter, e);
}

bool match_gets(const struct sns *t, uint32_t line, const struct note *n)
{
    return judge(t, sub_at(t, line), n->attributes, n->body) == SNS_MATCHES;
}

bool sns_gets(const struct sns *t, uint32_t number, const struct sns_publish *p)
{
    return judge(t, sub_at(t, number), p->attributes, p->body) == SNS_MATCHES;
}

static struct match_list *list_make(const struct sns *t)
{
    struct match_list *l = mem_get_zero(1, sizeof(*l));
    if (l == NULL)
        return NULL;
    l->line = mem_get((t->n_subs > 0 ? t->n_subs : 1) * sizeof(*l->line));
    if (l->line != NULL)
        return l;
    mem_release(l);
    return NULL;
}

static struct match_list *build(const struct sns *t, const struct sns_publish *p)
{
    struct match_list *l = list_make(t);
    if (l == NULL)
        return NULL;
    uint32_t at = 0, behind = t->n_subs; /* those that do not get it stand at the end, backwards */
    l->until = SIM_NEVER;
    for (uint32_t i = 0; i < t->n_lines; i++) {
        const struct subscription *s = sub_at(t, i);
        if (!s->live)
            continue;
        if (s->from > t->now) {
            l->until = s->from < l->until ? s->from : l->until;
            continue;
        }
        enum sns_reason why = judge(t, s, p->attributes, p->body);
        if (why == SNS_MATCHES)
            l->line[at++] = i;
        else
            l->line[--behind] = i;
        if (why != SNS_MATCHES)
            l->reason[why]++;
    }
    l->n_match = at;
    l->n = at + (t->n_subs - behind);
    memmove(l->line + at, l->line + behind, (t->n_subs - behind) * sizeof(*l->line));
    return l;
}

static bool lists_for(struct sns *t, uint32_t event)
{
    if (event < t->cap_list)
        return true;
    uint32_t cap = event + 1;
    struct match_list **more = mem_resize(t->list, cap * sizeof(*more));
    if (more == NULL)
        return false;
    memset(more + t->cap_list, 0, (cap - t->cap_list) * sizeof(struct match_list *));
    t->list = more;
    t->cap_list = cap;
    return true;
}

struct match_list *match_list(struct sns *t, const struct sns_publish *p)
{
    uint32_t event = t->n_filters == 0 ? 0 : p->event;
    struct match_list *l;
    if (event == SNS_LITERAL) {
        l = build(t, p);
        if (l == NULL)
            return NULL;
        l->uses = 1; /* counted now: the list serves once */
        retire(t, l);
        return l;
    }
    if (!lists_for(t, event))
        return NULL;
    l = t->list[event];
    if (l != NULL && t->now < l->until)
        return l;
    t->list[event] = NULL;
    retire(t, l);
    return t->list[event] = build(t, p);
}

static uint64_t uses_without(const struct match_list *l, uint32_t line)
{
    uint64_t n = 0;
    for (uint32_t i = l->n_match; l->uses > 0 && i < l->n; i++)
        n += l->line[i] == line ? l->uses : 0;
    return n;
}

uint64_t match_filtered(const struct sns *t, uint32_t line)
{
    uint64_t n = 0;
    for (uint32_t e = 0; e < t->cap_list; e++)
        n += t->list[e] == NULL ? 0 : uses_without(t->list[e], line);
    return n;
}

uint64_t match_bytes(const struct sns *t)
{
    uint64_t bytes = 0;
    for (uint32_t e = 0; e < t->cap_list; e++)
        bytes += t->list[e] == NULL ? 0 : t->list[e]->n * sizeof(uint32_t);
    return bytes;
}
