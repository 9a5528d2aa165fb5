/* sqs_account_moves.c - message move tasks (section 18): message k of a task leaves at its start +
 * k / rate. */
#include "sqs_account_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"

#define RATE_DEFAULT 500
#define RUNNING_MAX  100
#define RUN_MAX      (36 * SIM_H)

static void handle_text(const struct task *t, char out[64])
{
    snprintf(out, 64, "task-%016" PRIx64 "-%08" PRIx64, t->number, hash_mix(t->number) >> 32);
}

/* --- who may be moved where --- */

static uint32_t running(const struct account *a, uint32_t source)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < a->n_task; i++)
        n += a->task[i].state == TASK_RUNNING && (source == 0 || a->task[i].source == source);
    return n;
}

static enum sqs_outcome check_start(struct account *a, const struct account_queue *source,
                                    const char *destination, int64_t rate,
                                    const struct account_queue **to)
{
    *to = NULL;
    if (source == NULL)
        return SQS_NO_RESOURCE;
    if (!queue_is_dlq(a, source))
        return SQS_NOT_A_DLQ;
    if (destination != NULL && (*to = account_by_arn(a, destination)) == NULL)
        return SQS_NO_RESOURCE;
    if (rate != -1 && (rate < 1 || rate > 500))
        return SQS_BAD_PARAMETER;
    if (running(a, source->number) > 0)
        return SQS_TASK_RUNNING;
    return running(a, 0) >= RUNNING_MAX ? SQS_OVER_LIMIT : SQS_OK;
}

enum sqs_outcome account_move_start(struct account *a, const char *source_arn,
                                    const char *destination_arn, int64_t rate, char handle[64])
{
    struct account_queue *source = account_by_arn(a, source_arn);
    const struct account_queue *to;
    enum sqs_outcome out = check_start(a, source, destination_arn, rate, &to);
    if (out != SQS_OK)
        return out;
    if (!account_widen((void **)&a->task, &a->cap_task, a->n_task, sizeof(*a->task)))
        return SQS_NO_MEMORY;
    account_begin(a, source);
    struct sqs_gauges g;
    sqs_gauges(source->core, a->now, &g);
    struct task *t = &a->task[a->n_task++];
    *t = (struct task){
        .number = a->n_task,
        .source = source->number,
        .destination = to == NULL ? 0 : to->number,
        .rate = rate == -1 ? RATE_DEFAULT : rate,
        .started = a->now,
        .next = a->now,
        .total = g.visible,
        .state = TASK_RUNNING,
    };
    snprintf(t->source_arn, sizeof(t->source_arn), "%s", source_arn);
    snprintf(t->destination_arn, sizeof(t->destination_arn), "%s",
             destination_arn == NULL ? "" : destination_arn);
    handle_text(t, handle);
    account_tasks_due(a);
    return SQS_OK;
}

/* --- moving --- */

static void end_task(struct task *t, enum task_state state, const char *failure)
{
    t->state = state;
    t->failure = failure;
    t->next = SIM_NEVER;
}

/* A redriven message is a new one: id, time, count start anew (SQS-121). Its deduplication id is
 * its own, too. */
static bool resend(struct account *a, struct account_queue *to, const struct sqs_letter *l)
{
    bool fifo = sqs_config(to->core)->fifo;
    struct sqs_send send = {
        .user = l->user,
        .dedup = fifo ? SQS_UNIQUE : SQS_NO_DEDUP_ID,
        .size = l->size,
        .group = l->group,
        .delay = SQS_DEFAULT,
    };
    struct sqs_sent sent;
    parcel_at(a, l->user)->id = ++a->n_message;
    enum sqs_outcome out = sqs_send(to->core, account_begin(a, to), &send, &sent);
    account_drain(a, to);
    if (out != SQS_OK)
        parcel_drop(a, l->user);
    return out == SQS_OK;
}

static void move_one(struct account *a, struct task *t)
{
    struct account_queue *source = queue_number(a, t->source);
    struct sqs_letter letter;
    if (source == NULL || a->now - t->started >= RUN_MAX) {
        end_task(t, TASK_FAILED,
                 source == NULL ? "AWS.SimpleQueueService.NonExistentQueue" : "TimedOut");
        return;
    }
    if (t->moved >= t->total || !sqs_peek(source->core, account_begin(a, source), &letter)) {
        end_task(t, TASK_COMPLETED, NULL);
        return;
    }
    struct account_queue *to =
        queue_number(a, t->destination != 0 ? t->destination : letter.source);
    if (to == NULL) {
        end_task(t, TASK_FAILED,
                 t->destination == 0 && letter.source == 0
                     ? "CouldNotDetermineMessageSource"
                     : "AWS.SimpleQueueService.NonExistentQueue");
        return;
    }
    sqs_take(source->core, account_begin(a, source), &letter);
    account_drain(a, source);
    if (!resend(a, to, &letter))
        a->failed = true;
    t->moved++;
    if (t->moved == t->total)
        end_task(t, TASK_COMPLETED, NULL);
    else
        t->next = t->started + (sim_time)(t->moved * (uint64_t)SIM_S / (uint64_t)t->rate);
}

sim_time account_tasks_deadline(const struct account *a)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < a->n_task; i++)
        if (a->task[i].state == TASK_RUNNING && a->task[i].next < at)
            at = a->task[i].next;
    return at;
}

void account_tasks_due(struct account *a)
{
    for (uint32_t i = 0; i < a->n_task; i++)
        while (a->task[i].state == TASK_RUNNING && a->task[i].next <= a->now)
            move_one(a, &a->task[i]);
}

/* --- cancel, list --- */

static bool well_formed(const char *handle, uint64_t *number)
{
    uint64_t mark;
    char again[64];
    if (sscanf(handle, "task-%16" SCNx64 "-%8" SCNx64, number, &mark) != 2)
        return false;
    struct task t = {.number = *number};
    handle_text(&t, again);
    return strcmp(again, handle) == 0;
}

enum sqs_outcome account_move_cancel(struct account *a, const char *handle, uint64_t *moved)
{
    uint64_t number;
    if (!well_formed(handle, &number))
        return SQS_BAD_TASK;
    if (number == 0 || number > a->n_task || a->task[number - 1].state != TASK_RUNNING)
        return SQS_NO_TASK;
    end_task(&a->task[number - 1], TASK_CANCELLED, NULL);
    *moved = a->task[number - 1].moved;
    return SQS_OK;
}

bool account_move_at(struct account *a, const char *source_arn, uint32_t i,
                     struct account_task *out)
{
    const struct task *t = NULL;
    for (uint32_t k = a->n_task; k-- > 0 && t == NULL;)
        if (strcmp(a->task[k].source_arn, source_arn) == 0 && i-- == 0)
            t = &a->task[k];
    if (t == NULL)
        return false;
    *out = (struct account_task){
        .state = t->state,
        .source = t->source_arn,
        .destination = t->destination_arn[0] == '\0' ? NULL : t->destination_arn,
        .rate = t->rate,
        .started_ms = t->started / SIM_MS,
        .moved = t->moved,
        .to_move = t->total,
        .failure = t->failure,
    };
    if (t->state == TASK_RUNNING)
        handle_text(t, out->handle);
    return true;
}
