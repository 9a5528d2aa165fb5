/* bare_queue.c - a queue as a linked list: nodes of 64 bytes from a free list, appended, taken from
 * the head, unlinked. */
#include "bare_queues.h"

#include <stdlib.h>

#define LIVES   4e6
#define WAITING 10000

struct node {
    int64_t sent, due;
    uint64_t user, number;
    uint32_t size, group, count, first;
    struct node *next, *prev;
};
struct nodes {
    struct node *head, *tail;
};

static struct node *idle, *all;
static uint64_t number;

static void append(struct nodes *l, struct node *x)
{
    x->next = NULL;
    x->prev = l->tail;
    *(l->tail != NULL ? &l->tail->next : &l->head) = x;
    l->tail = x;
}

static void unlink_node(struct nodes *l, struct node *x)
{
    *(x->prev != NULL ? &x->prev->next : &l->head) = x->next;
    *(x->next != NULL ? &x->next->prev : &l->tail) = x->prev;
}

static __attribute__((noinline)) void send(struct nodes *waiting, int64_t now, uint64_t user)
{
    struct node *x = idle;
    idle = x->next;
    *x = (struct node){.sent = now, .user = user, .number = ++number, .size = 100};
    append(waiting, x);
}

static __attribute__((noinline)) struct node *receive(struct nodes *waiting, struct nodes *flying,
                                                      int64_t now)
{
    struct node *x = waiting->head;
    unlink_node(waiting, x);
    x->count++;
    x->first = (uint32_t)(now / 1000000);
    x->due = now + INT64_C(30000000000);
    append(flying, x);
    return x;
}

static __attribute__((noinline)) void delete_node(struct nodes *flying, struct node *x)
{
    unlink_node(flying, x);
    x->number = 0;
    x->next = idle;
    idle = x;
}

bool bare_queue(double scale, struct bench_sample *s, struct err *err)
{
    struct nodes waiting = {NULL, NULL}, flying = {NULL, NULL};
    uint64_t n = (uint64_t)(LIVES * scale);
    int64_t now = 0;
    all = calloc(WAITING + 1, sizeof *all);
    if (all == NULL)
        return err_set(err, ERR_OS, "out of memory");
    idle = all;
    for (uint32_t i = 0; i < WAITING; i++)
        all[i].next = &all[i + 1];
    for (uint32_t i = 0; i < WAITING; i++)
        send(&waiting, now += 1000, i);
    double start = bench_clock();
    for (uint64_t i = 0; i < n; i++) {
        send(&waiting, now += 1000, i);
        delete_node(&flying, receive(&waiting, &flying, now));
    }
    *s = (struct bench_sample){(double)n, bench_clock() - start};
    free(all);
    return true;
}
