/* sns.c - a topic's life, and what becomes of the copies of its messages.
 *
 * A message is kept once, with the number of copies that are on their way; each copy is a delivery
 * of its own (delivery.h). So a message for a million subscriptions costs one entry here. */
#include "sns_int.h"

#include "mem.h"

/* --- life --- */

void sns_config_default(struct sns_config *c, bool fifo)
{
    *c = (struct sns_config){
        .fifo = fifo,
        .max_message = 262144,
        .topic_rate = fifo ? 3000 : 0,
        .topic_bytes = fifo ? 20000000 : 0,
        .group_rate = fifo ? 300 : 0,
        .subscriptions_max = fifo ? 100 : 12500000,
        .filters_max = 200,
        .replay_rate = 300,
    };
}

bool sns_open(struct sns **out, const struct sns_config *config, struct err *err)
{
    struct delivery_config d = {.duplicates = config->duplicates,
                                .count_initial = config->count_initial};
    struct sns *t = *out = mem_get_zero(1, sizeof(*t));
    if (t == NULL)
        return err_set(err, ERR_OS, "memory is short");
    t->config = *config;
    slab_init(&t->notes, sizeof(struct note));
    slab_init(&t->subs, sizeof(struct subscription));
    slab_init(&t->laws, sizeof(struct retry_law));
    slab_init(&t->replays, sizeof(struct replay));
    sns_dedup_init(t);
    t->first_archived = t->last_archived = t->loose = NONE;
    if (delivery_open(&t->delivery, &d, err))
        return true;
    sns_close(t);
    *out = NULL;
    return false;
}

void sns_close(struct sns *t)
{
    if (t == NULL)
        return;
    delivery_close(t->delivery);
    match_close(t);
    sns_dedup_close(t);
    slab_free(&t->notes);
    slab_free(&t->subs);
    slab_free(&t->laws);
    slab_free(&t->replays);
    mem_release(t);
}

const struct sns_config *sns_config(const struct sns *t)
{
    return &t->config;
}
const struct sns_counts *sns_counts(const struct sns *t)
{
    return &t->counts;
}
const struct delivery_counts *sns_deliveries(const struct sns *t)
{
    return delivery_counts(t->delivery);
}

/* --- messages --- */

/* Those that nobody needs are freed a call later, so that their effects can be looked up. */
static void free_loose(struct sns *t)
{
    while (t->loose != NONE) {
        uint32_t i = t->loose;
        t->loose = note_at(t, i)->next;
        note_at(t, i)->live = false;
        slab_give(&t->notes, i);
    }
}

void topic_begin(struct sns *t, struct call *call)
{
    CHECK(call->now >= t->now);
    t->now = call->now;
    if (call->n_fx == 0)
        free_loose(t);
}

void note_free_if_unused(struct sns *t, uint32_t i)
{
    struct note *n = note_at(t, i);
    if (n->copies > 0 || n->archived || n->loose)
        return;
    n->loose = true;
    n->next = t->loose;
    t->loose = i;
}

void note_let_go(struct sns *t, struct call *call, uint32_t i)
{
    struct note *n = note_at(t, i);
    CHECK(n->copies > 0);
    if (--n->copies > 0)
        return;
    call_effect(call, SNS_FX_DONE, i, n->user, 0);
    note_free_if_unused(t, i);
}

void sns_message(const struct sns *t, uint32_t i, struct sns_message *m)
{
    const struct note *n = note_at(t, i);
    *m = (struct sns_message){n->user,         n->id,    n->dedup,   n->sequence,
                              n->published,    n->size,  n->group,   n->attribute_bytes,
                              n->n_attributes, n->event, n->replayed};
}

uint32_t sns_body_size(const struct sns *t, const struct sns_message *m, bool raw)
{
    if (raw)
        return m->size;
    return m->size + m->attribute_bytes + (t->config.fifo ? SNS_ENVELOPE_FIFO : SNS_ENVELOPE);
}

/* --- deliveries --- */

/* What ends without success is a copy less. `again` ones tell nothing: see sns_settle. */
void effects_translate(struct sns *t, struct call *call, uint32_t first)
{
    uint32_t n = call->n_fx;
    for (uint32_t i = first; i < n; i++) {
        struct effect *fx = &call->fx[i];
        struct subscription *s = sub_at(t, fx->a);
        fx->kind = fx->kind == DELIVERY_FX_DEAD ? SNS_FX_DEAD : SNS_FX_DROPPED;
        if (!sns_is_http((enum sns_endpoint)s->endpoint) && (fx->c & 0xff) != DELIVERY_LINE_CLOSED)
            t->counts.failed++;
        note_let_go(t, call, (uint32_t)fx->b);
    }
}

/* Deliveries leave at most one effect an attempt, and each may be followed by SNS_FX_DONE. */
#define NEXT_FX (CALL_FX_MAX / 2)

bool sns_next(struct sns *t, struct call *call, struct sns_attempt *a)
{
    struct delivery_attempt d;
    topic_begin(t, call);
    uint32_t first = call->n_fx;
    if (first >= NEXT_FX)
        return false;
    struct call inner;
    call_begin(&inner, call->now, call->dice);
    inner.n_fx = CALL_FX_MAX - (NEXT_FX - first); /* no more than half the list */
    uint32_t from = inner.n_fx;
    bool got = delivery_next(t->delivery, &inner, &d);
    for (uint32_t i = from; i < inner.n_fx; i++)
        call->fx[call->n_fx++] = inner.fx[i];
    effects_translate(t, call, first);
    if (!got) {
        if (delivery_deadline(t->delivery) > call->now)
            match_sweep(t);
        return false;
    }
    const struct subscription *s = sub_at(t, d.line);
    uint32_t message = (uint32_t)d.message.user;
    *a = (struct sns_attempt){
        .id = d.id,
        .subscription = d.line,
        .subscription_user = s->user,
        .message = message,
        .number = d.number,
        .endpoint = (enum sns_endpoint)s->endpoint,
        .raw = s->raw,
        .again = d.again,
        .refused = s->raw && sns_is_queue((enum sns_endpoint)s->endpoint) &&
                   note_at(t, message)->n_attributes > SNS_RAW_ATTRIBUTES,
    };
    return true;
}

void sns_settle(struct sns *t, struct call *call, const struct sns_attempt *a,
                enum delivery_result result)
{
    topic_begin(t, call);
    uint32_t first = call->n_fx;
    uint64_t twice = sns_deliveries(t)->twice;
    bool ok = result == DELIVERY_OK;
    if (!ok && sns_is_http(a->endpoint))
        t->counts.failed++;
    if (a->endpoint == SNS_FIREHOSE)
        firehose_law(t, a->subscription, !ok && a->throttled);
    /* A second delivery is not tried again: the first one has arrived. */
    delivery_settle(t->delivery, call, a->id, !ok && a->again ? DELIVERY_NEVER : result);
    effects_translate(t, call, first);
    t->counts.delivered += ok;
    if ((ok || a->again) && sns_deliveries(t)->twice == twice)
        note_let_go(t, call, a->message);
}

void sns_redriven(struct sns *t, uint32_t number, bool ok)
{
    (void)number;
    if (ok)
        t->counts.redriven++;
    else
        t->counts.not_redriven++;
}

sim_time sns_deadline(const struct sns *t)
{
    sim_time d = delivery_deadline(t->delivery), a = archive_deadline(t);
    return d < a ? d : a;
}

bool sns_failed(const struct sns *t)
{
    return t->failed || delivery_failed(t->delivery);
}
