/* trials.c - threads pull the next number under one lock, which they hold for a few instructions
 * per trial. Started numbers are always 0 … next-1 and each of them finishes, so what reaches the
 * sink is a prefix whatever happens. The clock is read for the progress tick only; no trial sees
 * it. */
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
    pthread_cond_t ready; /* for the caller: slots are done */
    pthread_cond_t room;  /* for the workers: the window moved, or the whole ended */
    size_t next, finished, taken;
    size_t window;
    struct slot *slot; /* of number modulo window */
    bool ended;
    sim_time tick_at;
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

/* The caller's thread takes a processor from those who work: it is called for half a window, or when nothing else is under
 * way; its tick brings it here before long anyway. */
static bool is_worth_waking(const struct pool *p)
{
    return 2 * (p->finished - p->taken) >= p->window || p->finished == p->next;
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
        if (is_worth_waking(p))
            pthread_cond_signal(&p->ready);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Waits until something is ready or a tick is due; calls the tick without the lock. */
static void wait_a_while(struct pool *p)
{
    struct timespec until = {p->tick_at / SIM_S, p->tick_at % SIM_S};
    pthread_cond_timedwait(&p->ready, &p->lock, &until);
    sim_time now = clock_now();
    if (now < p->tick_at)
        return;
    p->tick_at = now + TICK;
    size_t started = p->next, finished = p->finished;
    pthread_mutex_unlock(&p->lock);
    if (p->t->tick != NULL)
        p->t->tick(p->t->context, started, finished);
    pthread_mutex_lock(&p->lock);
}

static void end(struct pool *p)
{
    p->ended = true;
    pthread_cond_broadcast(&p->room);
}

/* False: the sink wants no more. */
static bool take_one(struct pool *p)
{
    struct slot *s = &p->slot[p->taken % p->window];
    void *result = s->result;
    *s = (struct slot){0};
    pthread_mutex_unlock(&p->lock);
    bool on = p->t->sink(p->t->context, p->taken, result);
    pthread_mutex_lock(&p->lock);
    p->taken += on;
    pthread_cond_broadcast(&p->room);
    return on;
}

/* The caller's part: hands slots over in order. After a stop, what was started is still waited for.
 */
static void take_all(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->tick_at = clock_now() + TICK;
    bool on = true;
    while (on && p->taken < p->t->n) {
        if (!p->ended && is_stopped(p->t))
            end(p);
        if (p->slot[p->taken % p->window].done)
            on = take_one(p);
        else if (p->ended && p->taken == p->next)
            break;
        else
            wait_a_while(p);
    }
    end(p);
    pthread_mutex_unlock(&p->lock);
}

static void pool_open(struct pool *p)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->ready, &attr);
    pthread_cond_init(&p->room, NULL);
    pthread_condattr_destroy(&attr);
}

static void pool_close(struct pool *p)
{
    for (size_t i = 0; i < p->window; i++)
        if (p->slot[i].result != NULL)
            p->t->drop(p->t->context, p->slot[i].result);
    pthread_cond_destroy(&p->room);
    pthread_cond_destroy(&p->ready);
    pthread_mutex_destroy(&p->lock);
}

/* False when not one thread could be started: nothing was done. */
static bool run_threads(struct pool *p, pthread_t *thread, size_t threads)
{
    size_t running = 0;
    pool_open(p);
    while (running < threads && pthread_create(&thread[running], NULL, worker, p) == 0)
        running++;
    if (running > 0)
        take_all(p);
    for (size_t i = 0; i < running; i++)
        pthread_join(thread[i], NULL);
    pool_close(p);
    return running > 0;
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
