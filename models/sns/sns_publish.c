/* sns_publish.c - a publish: is there quota (SNS-18 … 20), is it well-formed, is it a duplicate
 * (SNS-23), and who gets it. */
#include "sns_int.h"

static uint64_t size_of(const struct sns_publish *p)
{
    return (uint64_t)p->size + p->attribute_bytes;
}

static bool has_quota(const struct sns *t, sim_time now, const struct sns_publish *p, uint32_t n)
{
    const struct sns_config *c = &t->config;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < n; i++)
        bytes += size_of(&p[i]);
    if (c->region != NULL &&
        !sns_bucket_has(c->fifo ? &c->region->fifo : &c->region->standard,
                        c->fifo ? c->region->fifo_rate : c->region->standard_rate, now, n))
        return false;
    return c->group_scope || (sns_bucket_has(&t->topic_messages, c->topic_rate, now, n) &&
                              sns_bucket_has(&t->topic_bytes, c->topic_bytes, now, bytes));
}

/* Messages of the same group in the call up to the i-th. */
static bool groups_have(struct sns *t, sim_time now, const struct sns_publish *p, uint32_t n)
{
    for (uint32_t i = 0; t->config.group_rate > 0 && i < n; i++) {
        uint64_t same = 0;
        for (uint32_t k = 0; k <= i; k++)
            same += p[k].group == p[i].group;
        if (p[i].group != SNS_NO_GROUP && !group_has(t, p[i].group, same, now))
            return false;
    }
    return true;
}

static void take_quota(struct sns *t, sim_time now, const struct sns_publish *p)
{
    struct sns_config *c = &t->config;
    if (c->region != NULL)
        sns_bucket_take(c->fifo ? &c->region->fifo : &c->region->standard,
                        c->fifo ? c->region->fifo_rate : c->region->standard_rate, now, 1);
    if (!c->group_scope) {
        sns_bucket_take(&t->topic_messages, c->topic_rate, now, 1);
        sns_bucket_take(&t->topic_bytes, c->topic_bytes, now, size_of(p));
    }
}

enum sns_outcome sns_admit(struct sns *t, struct call *call, const struct sns_publish *p,
                           uint32_t n)
{
    topic_begin(t, call);
    if (!has_quota(t, call->now, p, n) || !groups_have(t, call->now, p, n)) {
        t->counts.throttled++;
        return SNS_THROTTLED;
    }
    for (uint32_t i = 0; i < n; i++) {
        take_quota(t, call->now, &p[i]);
        if (t->config.group_rate > 0 && p[i].group != SNS_NO_GROUP &&
            !group_take(t, p[i].group, call->now))
            return SNS_NO_MEMORY;
    }
    return SNS_OK;
}

static enum sns_outcome judge_publish(const struct sns *t, const struct sns_publish *p)
{
    if (p->size == 0)
        return SNS_EMPTY;
    if (size_of(p) > t->config.max_message)
        return SNS_TOO_LONG;
    if (!t->config.fifo)
        return p->dedup == SNS_NO_DEDUP_ID ? SNS_OK : SNS_DEDUP_ON_STANDARD;
    if (p->group == SNS_NO_GROUP)
        return SNS_MISSING_GROUP;
    return p->dedup == SNS_NO_DEDUP_ID ? SNS_MISSING_DEDUP : SNS_OK;
}

static uint32_t note_new(struct sns *t, const struct sns_publish *p, struct sns_published *out)
{
    uint32_t i = slab_take(&t->notes);
    if (i == NONE)
        return NONE;
    *note_at(t, i) = (struct note){.user = p->user,
                                   .id = out->id,
                                   .dedup = p->dedup,
                                   .sequence = out->sequence,
                                   .published = t->now,
                                   .size = p->size,
                                   .group = p->group,
                                   .attribute_bytes = p->attribute_bytes,
                                   .n_attributes = p->n_attributes,
                                   .event = p->event,
                                   .attributes = p->attributes,
                                   .body = p->body,
                                   .copies = out->copies,
                                   .next = NONE,
                                   .live = true};
    return i;
}

static void count_filtered(struct sns *t, const struct match_list *l)
{
    t->counts.filtered_out += l->n - l->n_match;
    for (unsigned r = 0; r < SNS_REASONS; r++)
        t->counts.filtered[r] += l->reason[r];
}

static enum sns_outcome fan_out(struct sns *t, struct call *call, const struct sns_publish *p,
                                struct match_list *l, struct sns_published *out)
{
    uint32_t i = note_new(t, p, out);
    if (i == NONE)
        return SNS_NO_MEMORY;
    struct delivery_message m = {i, t->config.fifo ? p->group : DELIVERY_NO_GROUP};
    if (!delivery_fan(t->delivery, call, &m, l->line, l->n_match)) {
        slab_give(&t->notes, i);
        return SNS_NO_MEMORY;
    }
    l->uses++;
    t->counts.matched += l->n_match;
    count_filtered(t, l);
    if (t->config.archive > 0)
        archive_add(t, call, i);
    note_free_if_unused(t, i);
    return SNS_OK;
}

static enum sns_outcome publish_fresh(struct sns *t, struct call *call, const struct sns_publish *p,
                                      struct sns_published *out)
{
    struct match_list *l = match_list(t, p);
    if (l == NULL)
        return SNS_NO_MEMORY;
    out->id = t->n_published + 1;
    out->sequence = t->config.fifo ? t->sequence + 1 : 0;
    out->copies = l->n_match;
    out->filtered = l->n - l->n_match;
    if (t->config.fifo && p->dedup != SNS_UNIQUE && !sns_dedup_note(t, p, out))
        return SNS_NO_MEMORY;
    enum sns_outcome o = fan_out(t, call, p, l, out);
    if (o != SNS_OK)
        return o;
    t->n_published++;
    t->sequence += t->config.fifo;
    t->counts.published++;
    t->counts.bytes += size_of(p);
    return SNS_OK;
}

enum sns_outcome sns_publish(struct sns *t, struct call *call, const struct sns_publish *p,
                             struct sns_published *out)
{
    topic_begin(t, call);
    *out = (struct sns_published){0};
    enum sns_outcome o = judge_publish(t, p);
    if (o != SNS_OK) {
        t->counts.refused++;
        return o;
    }
    sns_dedup_expire(t, call->now);
    const struct dedup *d = t->config.fifo ? sns_dedup_find(t, p) : NULL;
    if (d == NULL)
        return publish_fresh(t, call, p, out);
    out->id = d->message;
    out->sequence = d->sequence;
    t->counts.published++; /* accepted, and counted as every other (SNS-23) */
    t->counts.bytes += size_of(p);
    t->counts.deduplicated++;
    return SNS_DUPLICATE;
}
