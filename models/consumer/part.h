/* part.h - private to models/consumer: one shard and the machine that reads it. */
#ifndef CONSUMER_PART_H
#define CONSUMER_PART_H

#include "consumer.h"
#include "record.h"

/* How often a record was begun, by spans of earlier holders. */
#define SPANS_MAX 16
struct part_span {
    uint64_t first, end;
};

struct part_reader {
    struct consumer *app;
    uint32_t part, worker; /* worker: KCL_NONE when nobody has it */
    bool running, working; /* working: a batch is in hand */
    bool yields, ended, has_at, has_cursor, rewound, subscribed, listening;
    bool has_thread, waits; /* of its worker's threads: it has one; it waits for one */
    uint64_t ticket;        /* since when */
    bool turned; /* its turn has come, but its iterator was too old: a new one is used at once */
    void (*next)(struct part_reader *);  /* as soon as the frame that runs it comes back */
    void (*after)(struct part_reader *); /* when the timer fires */
    struct sim_timer timer, sub;         /* sub: of the subscription */
    struct log_from from;
    struct log_cursor cursor;
    struct log_read got;               /* on its way back */
    uint64_t at, batch_end, available; /* the next record; of the batch; pushed so far */
    uint64_t unheard; /* pushed while it stood still, from here on; 0: nothing was */
    uint64_t seen; /* records below have reached the application before, some holder */
    sim_time slot; /* of the last read */
    uint32_t child[2];
    struct part_span span[SPANS_MAX];
    uint32_t n_span, n_forgotten;
    uint64_t forgotten_to, tenure; /* tenure: where this holder began */
    /* the record in hand */
    uint32_t sub_at, sub_n; /* of the user records of an aggregated one */
    bool holding, had_effect, crash_at_end, poisoned;
    struct job job;
    uint16_t copy;  /* its attempt code in the stream */
    uint32_t begun; /* times before */
    uint64_t tried; /* failures of this one */
    sim_time began, pause, crash_after;
    sim_time restart;
    struct world_spin spin;
    struct steps_walk walk;
};
typedef void part_step(struct part_reader *);

static inline struct part_reader *consumer_part(const struct consumer *c, uint32_t part)
{
    return slab_at(&c->parts, part);
}
static inline struct world *part_world(const struct part_reader *p)
{
    return p->app->e.world;
}
static inline sim_time part_now(const struct part_reader *p)
{
    return world_now(p->app->e.world);
}

/* part_reader.c */
bool parts_make(struct consumer *, uint32_t part); /* room for that shard; false: memory is short */
void part_go(struct part_reader *, part_step *);
void part_wait(struct part_reader *, sim_time, part_step *);
void part_take(struct part_reader *, const struct kcl_news *);
/* It is another's from now on: all is dropped. */
void part_drop(struct part_reader *, bool crashed);
void part_freeze(struct part_reader *);
void part_thaw(struct part_reader *);
void part_yield(struct part_reader *);
part_step part_batch_over, part_go_on;
sim_time part_latency(struct part_reader *, enum log_call);
void part_stand_at(struct part_reader *, uint64_t seq);
struct log_from part_from_number(uint64_t seq);
void part_handed(struct part_reader *, uint64_t first, uint32_t n);
void part_count_refusal(struct part_reader *, enum log_verdict);

/* part_push.c */
void part_subscribe(struct part_reader *, sim_time after);
void part_on_subscribe(struct sim *, struct sim_timer *);
void part_pushed(struct log_reader *, const struct log_push *);
void part_hear(struct part_reader *);

/* part_thread.c: a batch begins when its worker has a thread for it */
part_step work_batch;
void thread_release(struct part_reader *);
bool threads_agree(const struct consumer *); /* for tests */
void thread_forget(struct part_reader *); /* it waits no longer, and gives back what it has */

/* part_work.c */
part_step work_begin, work_record;
void work_drop(struct part_reader *, bool crashed);
/* How often a record was begun by earlier holders. */
uint32_t work_begun(const struct part_reader *, uint64_t seq);
void work_tenure_over(struct part_reader *);

#endif
