/* script_knobs.c - settings of an account before it is opened: quotas and the knobs of section 28.
 */
#include <string.h>

#include "script_sns.h"

static bool whole(const char *text, int64_t *n)
{
    return text_integer(text_of(text), n);
}

/* Settings of queues: both templates get them. */
static bool queue_knob(struct sqs_config *c, const char *key, const char *value, int64_t n,
                       bool number)
{
    if (strcmp(key, "stale_delete") == 0)
        c->stale_delete_ignore = strcmp(value, "ignore") == 0;
    else if (strcmp(key, "late_change") == 0)
        c->change_late_error = strcmp(value, "error") == 0;
    else if (strcmp(key, "wake_order") == 0)
        c->wake_random = strcmp(value, "random") == 0;
    else if (!number)
        return false;
    else if (strcmp(key, "shards") == 0)
        c->shards = c->fifo ? 1 : (uint32_t)n;
    else if (strcmp(key, "sampled") == 0)
        c->sampled = c->fifo ? 1 : (uint32_t)n;
    else if (strcmp(key, "reorder_window") == 0)
        c->reorder_window = (uint32_t)n;
    else if (strcmp(key, "duplicate_in_flight") == 0)
        c->dup_in_flight = c->fifo ? 0 : n;
    else if (strcmp(key, "duplicate_after_delete") == 0)
        c->dup_after_delete = c->fifo ? 0 : n;
    else if (strcmp(key, "response_lost") == 0)
        c->response_lost = n;
    else if (strcmp(key, "in_flight_limit") == 0)
        c->in_flight_limit = (uint32_t)n;
    else if (strcmp(key, "scan_window") == 0)
        c->scan_window = (uint32_t)n;
    else if (strcmp(key, "max_message") == 0)
        c->max_message = (uint32_t)n;
    else if (strcmp(key, "calls") == 0)
        c->call_rate = c->fifo ? (uint32_t)n : 0;
    else if (strcmp(key, "standard_calls") == 0)
        c->call_rate = c->fifo ? c->call_rate : (uint32_t)n;
    else if (strcmp(key, "wake_gather") == 0)
        c->wake_gather = n * SIM_MS;
    else if (strcmp(key, "fair_time") == 0)
        c->fair_window = n * SIM_S;
    else
        return false;
    return true;
}

static bool account_knob(struct account_config *a, const char *key, int64_t n)
{
    const struct {
        const char *key;
        sim_time *lag;
    } lags[] = {{"create_lag", &a->create_lag},       {"delete_lag", &a->delete_lag},
                {"attribute_lag", &a->attribute_lag}, {"retention_lag", &a->retention_lag},
                {"count_lag", &a->count_lag},         {"ghost_delay", &a->ghost_delay}};
    for (size_t i = 0; i < ARRAY_LEN(lags); i++)
        if (strcmp(lags[i].key, key) == 0) {
            *lags[i].lag = n * SIM_S;
            return true;
        }
    if (strcmp(key, "batch_bytes") != 0)
        return false;
    a->batch_bytes = (uint32_t)n;
    return true;
}

bool script_setting(struct script *s, const struct line *l)
{
    uint32_t i = 0;
    const struct arg *a = line_word(l, &i), *b = line_word(l, &i);
    int64_t n = 0;
    if (strcmp(l->verb, "seed") == 0) {
        if (a == NULL || !whole(a->value, &n))
            return false;
        for (unsigned k = 0; k < SQS_DICE_KINDS; k++)
            s->chance[k] = (uint64_t)n * 16 + k;
        return true;
    }
    if (a != NULL && b != NULL && strncmp(a->value, "events.", 7) == 0)
        return s->bus->eb == NULL && script_bus_knob(s, a->value + 7, b->value);
    if (s->account != NULL || a == NULL || b == NULL)
        return false;
    bool number = whole(b->value, &n);
    if (queue_knob(&s->config.standard, a->value, b->value, n, number))
        return queue_knob(&s->config.fifo, a->value, b->value, n, number);
    return topics_knob(s->topics, a->value, b->value, n, number) ||
           (number && account_knob(&s->config, a->value, n));
}
