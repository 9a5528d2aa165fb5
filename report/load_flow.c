/* load_flow.c - the counters of a run as a flow. Requests: what each producer offered, by fate. Messages: what a topic or bus
 * had to deliver, subscription by subscription; what queues took in, from them or otherwise; and how each left its queue.
 *
 * Each count is the sum over the replications of a stored counter, hence whole. What a queue holds at the end is read from
 * its levels; should a balance not close (counters begin anew at the end of a warm-up, levels do not; a FIFO queue stores
 * no repeat), the rest has a bar of its own, and a note says so. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fanout.h"
#include "layouts_fanout.h"
#include "load.h"
#include "mem.h"

#define PARTS_MAX  12 /* more subscriptions of a topic, or queues, share a bar */
#define STAGES_MAX 6
#define NO_NODE    SIZE_MAX

enum { REQUESTS, MESSAGES, N_UNIT };

struct builder {
    const struct chart_request *r;
    struct fanout               f;
    struct flow_node           *node;
    char                      (*name)[128];
    struct flow_link           *link;
    size_t                      n_node, n_link, room;
    const char                **queue; /* of all queues */
    size_t                     *at;    /* … their nodes */
    size_t                     *stage;
    size_t                      n_queue, n_dead, last_stage;
    bool                        others, rest; /* sent by others than topics; a balance did not close */
    bool                        failed;       /* memory is short */
};

/* --- counts --- */

static uint64_t total(struct builder *b, const char *entity, const char *metric, const char *stat)
{
    struct err none = {0};
    double *x, sum = 0;
    size_t n;
    if (!fanout_has(&b->f, entity, metric))
        return 0;
    if (!query_values(b->r->query, b->r->run[0], 0, entity, metric, stat, &x, &n, &none)) {
        b->failed |= none.class == ERR_OS;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        sum += isfinite(x[i]) && x[i] > 0 ? x[i] : 0;
    mem_release(x);
    return sum < 9e15 ? (uint64_t)sum : 0;
}

static uint64_t counted(struct builder *b, const char *entity, const char *metric)
{
    return total(b, entity, metric, "sum");
}

static uint64_t level(struct builder *b, const char *entity, const char *metric)
{
    return total(b, entity, metric, "last");
}

/* --- nodes and links --- */

static bool grow(struct builder *b)
{
    size_t room = 2 * b->room + 32;
    struct flow_node *node = mem_resize(b->node, room * sizeof(*node));
    b->node = node != NULL ? node : b->node;
    void *name = mem_resize(b->name, room * sizeof(*b->name));
    b->name = name != NULL ? name : b->name;
    struct flow_link *link = mem_resize(b->link, 8 * room * sizeof(*link));
    b->link = link != NULL ? link : b->link;
    if (node == NULL || name == NULL || link == NULL)
        b->failed = true;
    else
        b->room = room;
    return !b->failed;
}

static size_t add_node(struct builder *b, const char *name, enum flow_kind kind, size_t stage, size_t part)
{
    for (size_t i = 0; i < b->n_node; i++)
        if (strcmp(b->name[i], name) == 0 && b->node[i].part == part && b->node[i].stage == stage)
            return i;
    if (b->n_node == b->room && !grow(b))
        return NO_NODE;
    snprintf(b->name[b->n_node], sizeof(*b->name), "%s", name);
    b->node[b->n_node] = (struct flow_node){.kind = kind, .stage = stage, .part = part};
    return b->n_node++;
}

static void add_link(struct builder *b, size_t from, size_t to, uint64_t count)
{
    if (count == 0 || from == NO_NODE || to == NO_NODE)
        return;
    for (size_t i = 0; i < b->n_link; i++)
        if (b->link[i].from == from && b->link[i].to == to) {
            b->link[i].count += count;
            return;
        }
    if (b->n_link == 8 * b->room && !grow(b))
        return;
    b->link[b->n_link++] = (struct flow_link){from, to, count};
}

static void add_end(struct builder *b, size_t from, size_t part, const char *name, enum flow_kind kind, uint64_t count)
{
    if (count > 0)
        add_link(b, from, add_node(b, name, kind, b->last_stage, part), count);
}

/* --- requests --- */

static const struct {
    const char    *metric, *name;
    enum flow_kind kind;
} fates[] = {
    {"in_time", "in time", FLOW_GOOD}, {"late", "late", FLOW_LATE}, {"waiting", "waiting", FLOW_WAITING}, {"lost", "lost", FLOW_BAD}};

/* Producers one by one, or together when they are many; what the scenario counts beyond came from schedules and alarms. */
static void add_requests(struct builder *b)
{
    uint64_t rest[ARRAY_LEN(fates)];
    size_t n = 0;
    bool told = false;
    for (size_t i = 0; i < b->f.n_metric; i++)
        n += wiring_is(b->f.metric[i].entity, "producer") && strcmp(b->f.metric[i].name, "offered") == 0;
    for (size_t k = 0; k < ARRAY_LEN(fates); k++)
        rest[k] = counted(b, "", fates[k].metric);
    for (size_t i = 0; i < b->f.n_metric; i++) {
        const char *entity = b->f.metric[i].entity;
        told |= wiring_is(entity, "alarm") && counted(b, entity, "notifications") > 0;
        if (!wiring_is(entity, "producer") || strcmp(b->f.metric[i].name, "offered") != 0)
            continue;
        size_t from = add_node(b, n <= PARTS_MAX ? entity : "all producers", FLOW_STEP, 0, REQUESTS);
        for (size_t k = 0; k < ARRAY_LEN(fates); k++) {
            uint64_t count = counted(b, entity, fates[k].metric);
            add_end(b, from, REQUESTS, fates[k].name, fates[k].kind, count);
            rest[k] -= count < rest[k] ? count : rest[k];
        }
    }
    const char *others = told ? "alarms, schedules" : n > 0 ? "schedules" : "requests";
    for (size_t k = 0; k < ARRAY_LEN(fates); k++)
        if (rest[k] > 0)
            add_end(b, add_node(b, others, FLOW_STEP, 0, REQUESTS), REQUESTS, fates[k].name, fates[k].kind, rest[k]);
}

/* --- queues --- */

static size_t queue_number(const struct builder *b, const char *entity)
{
    size_t i = 0;
    while (i < b->n_queue && (entity == NULL || strcmp(b->queue[i], entity) != 0))
        i++;
    return i;
}

static bool is_dead(const struct builder *b, size_t q)
{
    for (size_t i = 0; i < b->f.wiring.n; i++)
        if (b->f.wiring.wire[i].dead && strcmp(b->f.wiring.wire[i].to, b->queue[q]) == 0)
            return true;
    return false;
}

static bool list_queues(struct builder *b)
{
    b->queue = mem_get_zero(b->f.n_metric + 1, sizeof(*b->queue));
    b->at = mem_get_zero(b->f.n_metric + 1, sizeof(*b->at));
    b->stage = mem_get_zero(b->f.n_metric + 1, sizeof(*b->stage));
    if (b->queue == NULL || b->at == NULL || b->stage == NULL)
        return false;
    for (size_t i = 0; i < b->f.n_metric; i++)
        if (wiring_is(b->f.metric[i].entity, "queue") && strcmp(b->f.metric[i].name, "sent") == 0)
            b->queue[b->n_queue++] = b->f.metric[i].entity;
    for (size_t q = 0; q < b->n_queue; q++)
        b->n_dead += is_dead(b, q);
    return true;
}

/* A dead-letter queue stands right of what it serves; a circle of them is cut at the last stage. */
static void set_stages(struct builder *b)
{
    size_t first = b->f.n > 0 ? 2 : 1, last = first;
    for (size_t q = 0; q < b->n_queue; q++)
        b->stage[q] = first;
    for (size_t round = 0; round < STAGES_MAX; round++)
        for (size_t i = 0; i < b->f.wiring.n; i++) {
            const struct wire *w = &b->f.wiring.wire[i];
            size_t from = queue_number(b, w->from), to = queue_number(b, w->to);
            bool right = w->dead && from < b->n_queue && to < b->n_queue && b->stage[to] <= b->stage[from];
            if (right && b->stage[from] + 1 < STAGES_MAX && counted(b, w->from, "moved_out") > 0)
                b->stage[to] = b->stage[from] + 1;
        }
    for (size_t q = 0; q < b->n_queue; q++)
        last = b->stage[q] > last ? b->stage[q] : last;
    b->last_stage = (b->n_queue > 0 ? last : b->f.n > 0 ? 1 : 0) + 1;
}

static void add_queues(struct builder *b)
{
    for (size_t q = 0; q < b->n_queue; q++) {
        bool dead = is_dead(b, q);
        size_t alike = dead ? b->n_dead : b->n_queue - b->n_dead;
        const char *name = alike <= PARTS_MAX ? b->queue[q] : dead ? "dead-letter queues" : "queues";
        b->at[q] = add_node(b, name, dead ? FLOW_BAD : FLOW_STEP, b->stage[q], MESSAGES);
    }
}

static const char *letters_of(const struct builder *b, size_t q)
{
    for (size_t i = 0; i < b->f.wiring.n; i++)
        if (b->f.wiring.wire[i].dead && strcmp(b->f.wiring.wire[i].from, b->queue[q]) == 0)
            return b->f.wiring.wire[i].to;
    return NULL;
}

static void add_moved(struct builder *b, size_t q)
{
    uint64_t moved = counted(b, b->queue[q], "moved_out");
    size_t to = queue_number(b, letters_of(b, q));
    if (to < b->n_queue && b->stage[to] > b->stage[q])
        add_link(b, b->at[q], b->at[to], moved);
    else
        add_end(b, b->at[q], MESSAGES, "dead letters", FLOW_BAD, moved);
}

static void add_ways_out(struct builder *b, size_t q)
{
    const char *entity = b->queue[q];
    bool dead = is_dead(b, q);
    uint64_t there = level(b, entity, "depth") + level(b, entity, "in_flight") + level(b, entity, "delayed");
    add_end(b, b->at[q], MESSAGES, "deleted by consumers", FLOW_GOOD, counted(b, entity, "removed"));
    add_end(b, b->at[q], MESSAGES, "expired", FLOW_BAD, counted(b, entity, "expired"));
    add_end(b, b->at[q], MESSAGES, "redriven", FLOW_ASIDE, counted(b, entity, "redriven"));
    add_end(b, b->at[q], MESSAGES, dead ? "dead letters" : "still there", dead ? FLOW_BAD : FLOW_WAITING, there);
    add_moved(b, q);
}

static uint64_t flow_into(const struct builder *b, size_t node)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < b->n_link; i++)
        sum += b->link[i].to == node ? b->link[i].count : 0;
    return sum;
}

static uint64_t flow_out_of(const struct builder *b, size_t node)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < b->n_link; i++)
        sum += b->link[i].from == node ? b->link[i].count : 0;
    return sum;
}

/* What was sent beyond what topics delivered; queue by queue before any dead letter is linked. */
static void add_sent(struct builder *b, const uint64_t *delivered)
{
    for (size_t q = 0; q < b->n_queue; q++) {
        uint64_t sent = counted(b, b->queue[q], "sent");
        if (sent <= delivered[q])
            continue;
        b->others = true;
        add_link(b, add_node(b, b->f.n > 0 ? "sent otherwise" : "sent", FLOW_STEP, b->f.n > 0 ? 1 : 0, MESSAGES), b->at[q], sent - delivered[q]);
    }
}

/* Closes each queue's balance, from left to right. */
static void close_balances(struct builder *b)
{
    for (size_t q = 0; q < b->n_queue; q++) {
        uint64_t in = flow_into(b, b->at[q]), out = flow_out_of(b, b->at[q]);
        b->rest |= in != out;
        if (in > out)
            add_end(b, b->at[q], MESSAGES, "not stored", is_dead(b, q) ? FLOW_BAD : FLOW_ASIDE, in - out);
        else if (in < out)
            add_link(b, add_node(b, "there before", FLOW_STEP, b->stage[q] - 1, MESSAGES), b->at[q], out - in);
    }
}

/* --- topics and buses --- */

static uint64_t first_of(struct builder *b, const char *entity, const char *const *metric)
{
    for (; *metric != NULL; metric++)
        if (fanout_has(&b->f, entity, *metric))
            return counted(b, entity, *metric);
    return 0;
}

static void deliver(struct builder *b, size_t from, const char *target, uint64_t count, const char *name, enum flow_kind kind, uint64_t *delivered)
{
    size_t q = queue_number(b, target);
    if (q == b->n_queue || b->at[q] == NO_NODE) {
        add_end(b, from, MESSAGES, name, kind, count);
        return;
    }
    add_link(b, from, b->at[q], count);
    delivered[q] += count;
}

/* What the counters of a part, or of a whole topic or bus, say. */
static void add_part(struct builder *b, size_t topic, const char *name, const struct fan_part *p, uint64_t *delivered)
{
    static const char *const dead[] = {"dead", "redriven", "to_dlq", NULL};
    size_t node = add_node(b, name, FLOW_STEP, 1, MESSAGES);
    deliver(b, node, p->target, counted(b, p->path, "delivered"), "taken by subscribers", FLOW_GOOD, delivered);
    deliver(b, node, p->dead, first_of(b, p->path, dead), "dead letters", FLOW_BAD, delivered);
    add_end(b, node, MESSAGES, "filtered out", FLOW_ASIDE, counted(b, p->path, "filtered"));
    add_end(b, node, MESSAGES, "dropped", FLOW_BAD, counted(b, p->path, "dropped"));
    uint64_t out = flow_out_of(b, node), in = flow_into(b, node);
    add_link(b, topic, node, out > in ? out - in : 0);
}

static void add_fan(struct builder *b, const struct fan *fan, uint64_t *delivered)
{
    char name[128];
    size_t topic = add_node(b, fan->entity, FLOW_STEP, 0, MESSAGES);
    const struct fan_part whole = {.path = fan->entity};
    uint64_t under_way = level(b, fan->entity, "waiting") + level(b, fan->entity, "under_way");
    for (size_t i = 0; i < fan->n; i++) {
        if (fan->n > PARTS_MAX)
            snprintf(name, sizeof(name), "%zu subscribers", fan->n);
        else
            snprintf(name, sizeof(name), "%s", b->f.n == 1 ? fan->part[i].name : fan->part[i].path);
        add_part(b, topic, name, &fan->part[i], delivered);
    }
    if (fan->n == 0)
        add_part(b, topic, "subscribers", &whole, delivered);
    add_end(b, topic, MESSAGES, "no rule matched", FLOW_ASIDE, counted(b, fan->entity, "unmatched"));
    add_end(b, topic, MESSAGES, "on their way", FLOW_WAITING, under_way); /* to whom is not counted */
}

static bool add_messages(struct builder *b)
{
    uint64_t *delivered = mem_get_zero(b->n_queue + 1, sizeof(*delivered));
    if (delivered == NULL)
        return false;
    add_queues(b);
    for (size_t i = 0; i < b->f.n; i++)
        add_fan(b, &b->f.fan[i], delivered);
    add_sent(b, delivered);
    for (size_t q = 0; q < b->n_queue; q++)
        add_ways_out(b, q);
    close_balances(b);
    mem_release(delivered);
    return true;
}

static void builder_close(struct builder *b)
{
    mem_release(b->node);
    mem_release(b->name);
    mem_release(b->link);
    mem_release(b->queue);
    mem_release(b->at);
    mem_release(b->stage);
    fanout_close(&b->f);
}

bool load_flow(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct builder b = {.r = r};
    if (!load_open(&l, r, err))
        return false;
    bool ok = fanout_open(&b.f, r->query, r->run[0], err);
    if (ok && !list_queues(&b))
        ok = err_set(err, ERR_OS, "memory is short");
    if (ok) {
        set_stages(&b);
        add_requests(&b);
        if (!add_messages(&b) || b.failed)
            ok = err_set(err, ERR_OS, "memory is short");
    }
    for (size_t i = 0; ok && i < b.n_node; i++)
        b.node[i].name = b.name[i];
    const char *const unit[N_UNIT] = {"requests", b.f.n > 0 && !b.others && !b.rest ? "copies" : "messages"};
    const struct flow_data d = {
        .run = l.run[0].told, .n_replication = l.run[0].q->n_replication, .node = b.node, .n_node = b.n_node,
        .link = b.link, .n_link = b.n_link, .unit = unit, .n_unit = N_UNIT, .subject = b.f.n > 0 ? MESSAGES : REQUESTS,
        .note = !b.rest ? NULL : l.run[0].q->warmup_ns > 0
                ? "there before, not stored: what crossed the end of the warm-up, where counting began"
                : "not stored: what a queue was given and did not keep, such as repeats that a FIFO queue recognises",
    };
    ok = ok && flow_layout(&d, r->width, r->height, out, err);
    builder_close(&b);
    load_close(&l);
    return ok;
}
