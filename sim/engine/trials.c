/* trials.c - threads pull the next number under one lock, which they hold for a few instructions per trial. Whoever
 * finishes a trial hands over what is ready, unless somebody is at it already: nobody is woken for that, and a result is
 * often still in the cache of the one who takes it. The caller's thread sleeps between ticks. Started numbers are always
 * 0 … next-1 and each of them finishes, so what reaches the sink is a prefix whatever happens. The clock is read for the
 * progress tick only; no trial sees it. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "trials.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "mem.h"
#include "simtime.h"

#define SLOTS_PER_THREAD 4
#define TICK             (100 * SIM_MS)

struct slot {
    void *result;
    bool done;
};

struct pool {
    const struct trials *t;
    pthread_mutex_t lock;
    pthread_mutex_t outside; /* held in the sink and in the tick, never together with the other */
    pthread_cond_t over; /* for the caller: no worker is left */
    pthread_cond_t room; /* for the workers: the window moved, or the whole ended */
    size_t next, finished, taken;
    size_t window, running;
    struct slot *slot; /* of number modulo window */
    bool ended; /* the sink wants no more */
};

static sim_time clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * SIM_S + now.tv_nsec;
}

/* volatile alone is no promise between threads. */
static bool is_stopped(const struct trials *t)
{
    return t->stop != NULL && __atomic_load_n(t->stop, __ATOMIC_RELAXED) != 0;
}

/* Holds the lock on entry and exit. False: nothing is left to start. */
static bool next_number(struct pool *p, size_t *number)
{
    while (!p->ended && p->next < p->t->n && p->next >= p->taken + p->window)
        pthread_cond_wait(&p->room, &p->lock);
    if (p->ended || p->next == p->t->n || is_stopped(p->t))
        return false;
    *number = p->next++;
    return true;
}

static void take_one(struct pool *p)
{
    struct slot *s = &p->slot[p->taken % p->window];
    void *result = s->result;
    *s = (struct slot){0};
    pthread_mutex_unlock(&p->lock);
    pthread_mutex_lock(&p->outside);
    bool on = p->t->sink(p->t->context, p->taken, result);
    pthread_mutex_unlock(&p->outside);
    pthread_mutex_lock(&p->lock);
    p->taken += on;
    p->ended = !on;
    pthread_cond_broadcast(&p->room);
}

/* Holds the lock on entry and exit, but not while the sink works: what is done meanwhile is taken as well. A slot that is
 * being handed over is empty already, so others come back from here at once. */
static void take_ready(struct pool *p)
{
    while (!p->ended && p->slot[p->taken % p->window].done)
        take_one(p);
}

static void *worker(void *arg)
{
    struct pool *p = arg;
    size_t number;
    pthread_mutex_lock(&p->lock);
    while (next_number(p, &number)) {
        pthread_mutex_unlock(&p->lock);
        void *result = p->t->work(p->t->context, number);
        pthread_mutex_lock(&p->lock);
        p->slot[number % p->window] = (struct slot){result, true};
        p->finished++;
        take_ready(p);
    }
    if (--p->running == 0)
        pthread_cond_signal(&p->over);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* The caller's part: a tick now and then, without the lock, until all is done. */
static void watch(struct pool *p)
{
    sim_time tick_at = clock_now() + TICK;
    while (p->running > 0) {
        struct timespec until = {tick_at / SIM_S, tick_at % SIM_S};
        pthread_cond_timedwait(&p->over, &p->lock, &until);
        if (clock_now() < tick_at)
            continue;
        size_t started = p->next, finished = p->finished;
        pthread_mutex_unlock(&p->lock);
        pthread_mutex_lock(&p->outside);
        if (p->t->tick != NULL)
            p->t->tick(p->t->context, started, finished);
        pthread_mutex_unlock(&p->outside);
        pthread_mutex_lock(&p->lock);
        tick_at = clock_now() + TICK;
    }
}

static void pool_open(struct pool *p)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_mutex_init(&p->outside, NULL);
    pthread_cond_init(&p->over, &attr);
    pthread_cond_init(&p->room, NULL);
    pthread_condattr_destroy(&attr);
}

static void pool_close(struct pool *p)
{
    for (size_t i = 0; i < p->window; i++)
        if (p->slot[i].result != NULL)
            p->t->drop(p->t->context, p->slot[i].result);
    pthread_cond_destroy(&p->room);
    pthread_cond_destroy(&p->over);
    pthread_mutex_destroy(&p->outside);
    pthread_mutex_destroy(&p->lock);
}

/* False when not one thread could be started: nothing was done. */
static bool run_threads(struct pool *p, pthread_t *thread, size_t threads)
{
    size_t started = 0;
    pool_open(p);
    pthread_mutex_lock(&p->lock);
    while (started < threads && pthread_create(&thread[started], NULL, worker, p) == 0)
        started++;
    p->running = started;
    watch(p);
    pthread_mutex_unlock(&p->lock);
    for (size_t i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    pool_close(p);
    return started > 0;
}

static size_t run_here(const struct trials *t)
{
    sim_time tick_at = clock_now() + TICK;
    for (size_t i = 0; i < t->n; i++) {
        if (is_stopped(t) || !t->sink(t->context, i, t->work(t->context, i)))
            return i;
        if (t->tick != NULL && clock_now() >= tick_at) {
            t->tick(t->context, i + 1, i + 1);
            tick_at = clock_now() + TICK;
        }
    }
    return t->n;
}

size_t trials_run(const struct trials *t)
{
    CHECK(t->threads >= 1);
    size_t threads = (size_t)t->threads < t->n ? (size_t)t->threads : t->n;
    if (threads <= 1)
        return run_here(t);
    struct pool pool = {.t = t, .window = (size_t)t->threads * SLOTS_PER_THREAD};
    pool.slot = mem_get_zero(pool.window, sizeof(*pool.slot));
    pthread_t *thread = mem_get(threads * sizeof(*thread));
    /* Without memory or threads the work is still done, only slower. */
    bool shared = pool.slot != NULL && thread != NULL && run_threads(&pool, thread, threads);
    mem_release(thread);
    mem_release(pool.slot);
    return shared ? pool.taken : run_here(t);
}

int trials_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}
