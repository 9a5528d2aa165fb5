/* part_thread.c - a worker's threads: each has one batch in hand to its end, and shards with a batch wait for one in the order in
 * which they came. */
#include "part.h"

static struct crew_worker *worker_of(const struct part_reader *p)
{
    return crew_worker(p->app, p->worker);
}

void work_batch(struct part_reader *p)
{
    struct consumer *c = p->app;
    if (c->worker_threads > 0) {
        struct crew_worker *w = worker_of(p);
        p->waits = w->threads_busy == c->worker_threads;
        p->ticket = ++c->n_ticket;
        if (p->waits)
            return;
        w->threads_busy++;
        p->has_thread = true;
    }
    part_go(p, work_begin);
}

static struct part_reader *longest_waiting(const struct consumer *c, uint32_t worker)
{
    struct part_reader *first = NULL;
    for (uint32_t i = 0; i < c->parts.n_live; i++) {
        struct part_reader *p = consumer_part(c, i);
        if (p->worker == worker && p->waits && (first == NULL || p->ticket < first->ticket))
            first = p;
    }
    return first;
}

/* Who gets it goes on in an event of its own: this one is in the middle of something. Who stands still begins when he is well. */
void thread_release(struct part_reader *p)
{
    if (!p->has_thread)
        return;
    p->has_thread = false;
    struct part_reader *next = longest_waiting(p->app, p->worker);
    if (next == NULL) {
        worker_of(p)->threads_busy--;
        return;
    }
    next->waits = false;
    next->has_thread = true;
    next->after = work_begin;
    if ((p->app->fault.active & FAULT_HANG) == 0)
        sim_after(part_world(p)->sim, &next->timer, 0);
}

bool threads_agree(const struct consumer *c)
{
    uint64_t busy = 0, held = 0;
    for (uint32_t i = 0; i < c->workers.n_live; i++)
        busy += crew_worker(c, i)->threads_busy;
    for (uint32_t i = 0; i < c->parts.n_live; i++) {
        const struct part_reader *p = consumer_part(c, i);
        held += p->has_thread;
        if (p->has_thread && (p->waits || worker_of(p)->threads_busy > c->worker_threads))
            return false;
        if (p->working && c->worker_threads > 0 && !p->has_thread)
            return false;
        if (p->waits && worker_of(p)->threads_busy < c->worker_threads)
            return false;
    }
    return busy == held;
}

void thread_forget(struct part_reader *p)
{
    p->waits = false;
    thread_release(p);
}
