/* sqs_account.c - an account's clock: queues, attribute changes and move tasks come due in one
 * order. */
#include "sqs_account_int.h"

#include "mem.h"

void account_config_default(struct account_config *config)
{
    *config = (struct account_config){
        .region = "us-east-1",
        .id = "000000000000",
        .batch_bytes = 1048576,
        .ghost_delay = 60 * SIM_S,
    };
    sqs_config_default(&config->standard, false);
    sqs_config_default(&config->fifo, true);
}

bool account_open(struct account **out, const struct account_config *config, struct err *err)
{
    struct account *a = mem_get_zero(1, sizeof(*a));
    if (a == NULL)
        return err_set(err, ERR_OS, "out of memory for an account");
    a->config = *config;
    slab_init(&a->parcels, sizeof(struct parcel));
    map64_init(&a->groups);
    a->count_at = config->count_lag > 0 ? 0 : SIM_NEVER;
    *out = a;
    return true;
}

void account_close(struct account *a)
{
    if (a == NULL)
        return;
    queue_close_all(a);
    for (uint32_t i = 0; i < a->parcels.n_touched; i++)
        if (parcel_at(a, i)->copies > 0)
            mem_release(parcel_at(a, i)->block);
    slab_free(&a->parcels);
    map64_free(&a->groups);
    mem_release(a->gone);
    mem_release(a->change);
    mem_release(a->task);
    mem_release(a);
}

bool account_widen(void **array, uint32_t *cap, uint32_t n, size_t item)
{
    if (n < *cap)
        return true;
    uint32_t wider = *cap == 0 ? 8 : 2 * *cap;
    void *grown = mem_resize(*array, wider * item);
    if (grown == NULL)
        return false;
    *array = grown;
    *cap = wider;
    return true;
}

struct account_queue *queue_number(const struct account *a, uint32_t number)
{
    return number == 0 || number > a->n_queue ? NULL : a->queue[number - 1];
}

sim_time account_now(const struct account *a)
{
    return a->now;
}

/* --- one queue's turn --- */

/* A dead letter whose queue is gone is lost. */
static void deliver_letter(struct account *a, struct account_queue *q, struct sqs_letter letter)
{
    struct account_queue *to = queue_number(a, q->dlq);
    struct call call; /* the other queue's, in the middle of this one's */
    if (to == NULL) {
        parcel_drop(a, letter.user);
        return;
    }
    while (sqs_deadline(to->core) <= a->now) {
        call_begin(&call, a->now, a->config.dice);
        sqs_advance(to->core, &call);
        CHECK(call.n_fx == 0 || to != q);
        for (uint32_t i = 0; i < call.n_fx; i++)
            if (call.fx[i].kind != SQS_FX_GHOST)
                parcel_drop(a, call.fx[i].b);
    }
    call_begin(&call, a->now, a->config.dice);
    if (sqs_accept(to->core, &call, &letter) != SQS_OK)
        a->failed = true;
}

void account_drain(struct account *a, struct account_queue *q)
{
    for (uint32_t i = 0; i < a->call.n_fx; i++) {
        const struct effect *fx = &a->call.fx[i];
        if (fx->kind == SQS_FX_DEAD) {
            deliver_letter(a, q, *sqs_letter(q->core, fx->a));
        } else if (fx->kind == SQS_FX_GHOST) {
            parcel_at(a, fx->b)->copies++;
            sqs_ghost(q->core, &a->call, fx->a, a->config.ghost_delay);
        } else {
            parcel_drop(a, fx->b);
        }
    }
    a->call.n_fx = 0;
}

static void settle(struct account *a, struct account_queue *q)
{
    while (sqs_deadline(q->core) <= a->now) {
        call_begin(&a->call, a->now, a->config.dice);
        sqs_advance(q->core, &a->call);
        account_drain(a, q);
    }
}

struct call *account_begin(struct account *a, struct account_queue *q)
{
    settle(a, q);
    call_begin(&a->call, a->now, a->config.dice);
    return &a->call;
}

/* --- the clock --- */

static sim_time state_deadline(const struct account *a)
{
    sim_time at = account_changes_deadline(a), task = account_tasks_deadline(a);
    at = task < at ? task : at;
    sim_time gone = account_gone_deadline(a);
    at = gone < at ? gone : at;
    at = a->count_at < at ? a->count_at : at;
    for (uint32_t i = 0; i < a->n_queue; i++) {
        sim_time due = a->queue[i] == NULL ? SIM_NEVER : sqs_deadline(a->queue[i]->core);
        at = due < at ? due : at;
    }
    return at;
}

static sim_time late_deadline(const struct account *a)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < a->n_queue; i++) {
        sim_time due = a->queue[i] == NULL ? SIM_NEVER : sqs_late_deadline(a->queue[i]->core);
        at = due < at ? due : at;
    }
    return at;
}

sim_time account_deadline(const struct account *a)
{
    sim_time state = state_deadline(a), late = late_deadline(a);
    return state < late ? state : late;
}

/* What GetQueueAttributes shows of the counts, when it lags (SQS-21). */
static void take_counts(struct account *a)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL)
            sqs_gauges(a->queue[i]->core, a->now, &a->queue[i]->shown);
    a->count_at += a->config.count_lag;
}

static void settle_all(struct account *a)
{
    for (uint32_t i = 0; i < a->n_queue; i++)
        if (a->queue[i] != NULL)
            settle(a, a->queue[i]);
    account_gone_due(a);
    account_changes_due(a);
    account_tasks_due(a);
    if (a->count_at <= a->now)
        take_counts(a);
}

static bool serve_any(struct account *a)
{
    struct sqs_batch batch;
    for (uint32_t i = 0; i < a->n_queue; i++) {
        struct account_queue *q = a->queue[i];
        if (q == NULL || !sqs_serve(q->core, account_begin(a, q), &batch)) {
            if (q != NULL)
                account_drain(a, q);
            continue;
        }
        account_fill(a, q, &batch, &a->ready);
        account_drain(a, q);
        settle(a, q);
        return true;
    }
    return false;
}

bool account_answered(struct account *a, struct account_answer *answer)
{
    if (!a->has_ready && !serve_any(a))
        return false;
    a->has_ready = false;
    *answer = a->ready;
    return true;
}

static void give_up_one(struct account *a)
{
    struct sqs_batch batch;
    for (uint32_t i = 0; i < a->n_queue; i++) {
        struct account_queue *q = a->queue[i];
        if (q != NULL && sqs_give_up(q->core, account_begin(a, q), &batch)) {
            account_fill(a, q, &batch, &a->ready);
            a->has_ready = true;
            return;
        }
    }
}

bool account_advance(struct account *a, sim_time now)
{
    CHECK(now >= a->now);
    while (!a->has_ready) {
        sim_time state = state_deadline(a), late = late_deadline(a);
        if (state <= now && state <= late) {
            a->now = state > a->now ? state : a->now;
            settle_all(a);
            a->has_ready = serve_any(a);
        } else if (late < now) {
            a->now = late;
            give_up_one(a);
        } else {
            a->now = now;
            return false;
        }
    }
    return true;
}
