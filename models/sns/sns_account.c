/* sns_account.c - an account's clock, and what leaves its topics: attempts and dead letters. */
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "sns_account_int.h"

void sns_account_config_default(struct sns_account_config *c)
{
    struct sns_region rates;
    sns_region_rates(&rates, "us-east-1");
    *c = (struct sns_account_config){.region = "us-east-1",
                                     .id = "000000000000",
                                     .standard_rate = rates.standard_rate,
                                     .fifo_rate = rates.fifo_rate,
                                     .topics_max = 100000,
                                     .fifo_topics_max = 1000,
                                     .filters_max = 10000,
                                     .pending_max = 5000,
                                     .subscribe_rate = 100};
    sns_config_default(&c->standard, false);
    sns_config_default(&c->fifo, true);
}

bool sns_account_open(struct sns_account **out, const struct sns_account_config *config,
                      struct err *err)
{
    struct sns_account *a = *out = mem_get_zero(1, sizeof(*a));
    if (a == NULL)
        return err_set(err, ERR_OS, "memory is short");
    a->config = *config;
    a->region.standard_rate = config->standard_rate;
    a->region.fifo_rate = config->fifo_rate;
    a->config.standard.region = a->config.fifo.region = &a->region;
    a->config.standard.judge = a->config.fifo.judge = config->parse.judge;
    slab_init(&a->parcels, sizeof(struct parcel));
    return true;
}

static void topic_free(struct sns_topic *t)
{
    sns_close(t->core);
    for (int i = 0; i < TOPIC_ATTRIBUTES; i++)
        mem_release(t->value[i]);
    while (t->tags != NULL) {
        struct tag *g = t->tags;
        t->tags = g->next;
        mem_release(g->name);
        mem_release(g->value);
        mem_release(g);
    }
    mem_release(t);
}

void sns_account_close(struct sns_account *a)
{
    if (a == NULL)
        return;
    for (uint32_t i = 0; i < a->n_member; i++)
        member_free(a->member[i]);
    for (uint32_t i = 0; i < a->n_topic; i++)
        topic_free(a->topic[i]);
    for (uint32_t i = 0; i < a->parcels.n_touched; i++)
        if (sns_parcel(a, i)->needed > 0)
            parcel_free(a, sns_parcel(a, i));
    slab_free(&a->parcels);
    mem_release(a->topic);
    mem_release(a->member);
    mem_release(a);
}

bool account_grow(void **array, uint32_t *cap, uint32_t n, size_t item)
{
    if (n < *cap)
        return true;
    uint32_t more = *cap == 0 ? 16 : *cap * 2;
    void *grown = mem_resize(*array, more * item);
    if (grown == NULL)
        return false;
    *array = grown;
    *cap = more;
    return true;
}

char *account_copy(struct sns_text t)
{
    char *s = mem_get(t.n + 1);
    if (s != NULL) {
        memcpy(s, t.n > 0 ? t.at : "", t.n);
        s[t.n] = '\0';
    }
    return s;
}

enum sns_outcome account_refuse(struct sns_account *a, enum sns_outcome o, const char *reason)
{
    snprintf(a->reason, sizeof(a->reason), "%s", reason);
    return o;
}

const char *sns_account_reason(const struct sns_account *a)
{
    return a->reason;
}
sim_time sns_account_now(const struct sns_account *a)
{
    return a->now;
}

/* --- what leaves --- */

void account_call(struct sns_account *a, struct call *call)
{
    call_begin(call, a->now, a->config.dice);
}

static void letter(struct sns_topic *t, const struct effect *fx)
{
    struct sns_account *a = t->account;
    struct sns_member *m = a->member[sns_subscription_user(t->core, fx->a)];
    struct sns_attempt at = {.subscription = fx->a,
                             .subscription_user = m->index,
                             .message = (uint32_t)fx->b,
                             .endpoint = m->kind,
                             .raw = m->raw};
    struct sns_account_attempt out;
    struct sns_string text = {0};
    bool ok = parcel_attempt(t, &at, &out, &text) && a->config.dead != NULL &&
              a->config.dead(a->config.context, m->dead_letter, &out);
    sns_string_free(&text);
    sns_redriven(t->core, fx->a, ok);
}

static void carry_out(struct sns_topic *t, const struct call *call)
{
    struct sns_account *a = t->account;
    for (uint32_t i = 0; i < call->n_fx; i++) {
        const struct effect *fx = &call->fx[i];
        if (fx->kind == SNS_FX_DEAD)
            letter(t, fx);
        else if (fx->kind == SNS_FX_DONE || fx->kind == SNS_FX_FORGOTTEN)
            parcel_let_go(a, fx->b);
        else if (fx->kind == SNS_FX_ARCHIVED || fx->kind == SNS_FX_REPLAYED)
            sns_parcel(a, fx->b)->needed++;
    }
}

static void attempt(struct sns_topic *t, const struct sns_attempt *at)
{
    struct sns_account *a = t->account;
    struct sns_account_attempt out;
    struct sns_string text = {0};
    if (at->refused || !parcel_attempt(t, at, &out, &text))
        sns_account_settle(a, t, at, DELIVERY_NEVER);
    else
        a->config.attempt(a->config.context, &out);
    sns_string_free(&text);
}

void account_after(struct sns_topic *t, struct call *call)
{
    struct sns_attempt at;
    carry_out(t, call);
    do {
        account_call(t->account, call);
        bool got = sns_next(t->core, call, &at);
        carry_out(t, call);
        if (got)
            attempt(t, &at);
        else if (sns_deadline(t->core) > t->account->now)
            return;
        account_call(t->account, call);
        sns_advance(t->core, call);
        carry_out(t, call);
    } while (true);
}

void sns_account_settle(struct sns_account *a, struct sns_topic *t, const struct sns_attempt *at,
                        enum delivery_result result)
{
    struct call call;
    account_call(a, &call);
    sns_settle(t->core, &call, at, result);
    carry_out(t, &call);
}

/* --- time --- */

sim_time sns_account_deadline(const struct sns_account *a)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < a->n_topic; i++) {
        sim_time d = sns_deadline(a->topic[i]->core);
        at = d < at ? d : at;
    }
    for (uint32_t i = 0; i < a->n_member; i++)
        at = a->member[i]->coming_at < at ? a->member[i]->coming_at : at;
    return at;
}

static void turn(struct sns_account *a)
{
    struct call call;
    for (uint32_t i = 0; i < a->n_member; i++)
        if (a->member[i]->coming_at <= a->now)
            member_filter_due(a->member[i]);
    for (uint32_t i = 0; i < a->n_topic; i++) {
        if (sns_deadline(a->topic[i]->core) > a->now)
            continue;
        account_call(a, &call);
        sns_advance(a->topic[i]->core, &call);
        account_after(a->topic[i], &call);
    }
}

void sns_account_advance(struct sns_account *a, sim_time now)
{
    for (sim_time at = sns_account_deadline(a); at <= now; at = sns_account_deadline(a)) {
        a->now = at > a->now ? at : a->now;
        turn(a);
    }
    a->now = now;
}

void sns_account_check(const struct sns_account *a)
{
    for (uint32_t i = 0; i < a->n_topic; i++)
        sns_check(a->topic[i]->core, a->now);
}
