/* load_life.c - from events to the rows of the swimlane chart. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mem.h"

#define ROWS_MAX  30
#define PARTS_MAX 60 /* bars, works, marks of a row: what comes after is not drawn */

/* A message: the copy of a request in a queue, and in the dead-letter queue that it is moved to. */
struct row {
    uint32_t producer;
    uint32_t place, reader; /* the queue or stream, who received it last; LIFE_NONE: not yet */
    uint16_t copy;
    uint64_t item;
    sim_time born;
    struct lane lane;
    struct lane_bar bar[PARTS_MAX];
    struct lane_work work[PARTS_MAX];
    struct lane_mark mark[PARTS_MAX];
    uint32_t open_worker[4]; /* whose work is not over; by place in `work` */
    size_t open_work[4], n_open;
    bool open_bar;
    bool dead;
    char name[100];
};
struct rows {
    struct row *row;
    size_t n;
    sim_time end;
};

static double since(const struct row *r, sim_time at)
{
    return sim_seconds(at - r->born);
}

/* --- bars --- */

static void end_bar(struct row *r, sim_time at)
{
    if (r->open_bar && r->lane.n_bar > 0)
        r->bar[r->lane.n_bar - 1].to_s = since(r, at);
    r->open_bar = false;
}

static void begin_bar(struct row *r, sim_time at, enum lane_state state, uint32_t receive)
{
    end_bar(r, at);
    if (r->lane.n_bar == PARTS_MAX)
        return;
    r->bar[r->lane.n_bar++] = (struct lane_bar){since(r, at), since(r, at), state, receive};
    r->open_bar = true;
}

static void put_mark(struct row *r, sim_time at, enum lane_event what)
{
    if (r->lane.n_mark < PARTS_MAX)
        r->mark[r->lane.n_mark++] = (struct lane_mark){since(r, at), what};
}

static void begin_work(struct row *r, const struct life_event *e)
{
    if (r->lane.n_work == PARTS_MAX || r->n_open == 4)
        return;
    r->open_worker[r->n_open] = e->worker;
    r->open_work[r->n_open++] = r->lane.n_work;
    r->work[r->lane.n_work++] = (struct lane_work){since(r, e->at), since(r, e->at)};
}

static void end_work(struct row *r, const struct life_event *e)
{
    for (size_t i = 0; i < r->n_open; i++) {
        if (r->open_worker[i] != e->worker)
            continue;
        r->work[r->open_work[i]].to_s = since(r, e->at);
        r->n_open--;
        r->open_worker[i] = r->open_worker[r->n_open];
        r->open_work[i] = r->open_work[r->n_open];
        return;
    }
}

/* What happens to the message. */
static void take_state(struct row *r, const struct life_event *e)
{
    switch ((enum life_what)e->what) {
    case LIFE_SENT:
        begin_bar(r, e->at, e->until != SIM_NEVER ? LANE_DELAYED : LANE_WAITING, 0);
        break;
    case LIFE_SHOWN:
        begin_bar(r, e->at, LANE_WAITING, 0);
        break;
    case LIFE_RECEIVED:
        begin_bar(r, e->at, LANE_FLIGHT, e->receives);
        r->lane.receives++;
        break;
    case LIFE_RETURNED:
        begin_bar(r, e->at, e->until != SIM_NEVER ? LANE_DELAYED : LANE_WAITING, 0);
        break;
    case LIFE_MOVED_IN:
        put_mark(r, e->at, LANE_MOVED);
        begin_bar(r, e->at, LANE_DEAD, 0);
        r->dead = true;
        break;
    case LIFE_DELETED:
    case LIFE_RETIRED:
    case LIFE_PURGED:
    case LIFE_REDRIVEN:
        end_bar(r, e->at);
        break;
    default:
        break;
    }
}

/* What is done with it. */
static void take_work(struct row *r, const struct life_event *e)
{
    switch ((enum life_what)e->what) {
    case LIFE_BEGUN:
        begin_work(r, e);
        break;
    case LIFE_DONE:
    case LIFE_RECOGNISED:
        end_work(r, e);
        break;
    case LIFE_FAILED:
        end_work(r, e);
        put_mark(r, e->at, LANE_FAILED);
        break;
    case LIFE_CRASHED:
        end_work(r, e);
        put_mark(r, e->at, LANE_DIED);
        break;
    case LIFE_EFFECT:
        put_mark(r, e->at, e->value > 1 ? LANE_AGAIN : LANE_EFFECT);
        r->lane.effects++;
        break;
    default:
        break;
    }
}

/* --- rows --- */

static bool of_request(const struct row *r, const struct life_event *e)
{
    return r->producer == e->producer && r->item == e->item;
}

/* Where the event belongs: what happens to a message, at its queue; what a consumer does, to what it received last; what neither
 * of them knows, to the message of this copy that was received last, or came last. */
static int belongs(const struct row *r, const struct life_event *e)
{
    uint32_t from = e->what == LIFE_MOVED_IN ? e->other : e->entity;
    if (r->place == from)
        return 4;
    if (r->reader == e->entity)
        return 3;
    return r->reader != LIFE_NONE ? 2 : 1;
}

/* An effect knows no copy and goes to the one whose work ended last. */
static struct row *row_of_effect(struct rows *all, const struct life_event *e)
{
    struct row *found = NULL;
    for (size_t i = all->n; i-- > 0;) {
        struct row *r = &all->row[i];
        if (!of_request(r, e))
            continue;
        int better = found == NULL ? 1 : belongs(r, e) - belongs(found, e);
        if (better > 0 || (better == 0 && r->n_open < found->n_open))
            found = r;
    }
    return found;
}

static struct row *row_of(struct rows *all, const struct life_event *e)
{
    struct row *found = NULL;
    if (e->what == LIFE_EFFECT)
        return row_of_effect(all, e);
    for (size_t i = all->n; i-- > 0;) {
        struct row *r = &all->row[i];
        if (of_request(r, e) && r->copy == e->attempt && (found == NULL || belongs(r, e) > belongs(found, e)))
            found = r;
    }
    return found;
}

static struct row *row_new(struct rows *all, const struct life_event *e, sim_time born)
{
    struct row *more = mem_resize(all->row, (all->n + 1) * sizeof(*more));
    if (more == NULL)
        return NULL;
    all->row = more;
    struct row *r = &all->row[all->n++];
    *r = (struct row){
        .producer = e->producer, .place = LIFE_NONE, .reader = LIFE_NONE, .copy = e->attempt, .item = e->item, .born = born};
    return r;
}

/* It is in another place now. false: the event is that of a message that has no row yet. */
static bool settle_place(struct row *r, const struct life_event *e)
{
    if (e->what == LIFE_SENT && r->place != LIFE_NONE && r->place != e->entity)
        return false;
    if (e->what == LIFE_SENT || e->what == LIFE_MOVED_IN)
        r->place = e->entity;
    else if (e->what == LIFE_REDRIVEN)
        r->place = e->other;
    else if (e->what == LIFE_RECEIVED)
        r->reader = e->other;
    return true;
}

static bool take(struct rows *all, const struct life_event *e)
{
    struct row *r = row_of(all, e), *first = r;
    for (size_t i = 0; first == NULL && i < all->n; i++)
        if (of_request(&all->row[i], e))
            first = &all->row[i];
    sim_time born = first == NULL ? e->at : first->born;
    if (r != NULL && !settle_place(r, e))
        r = NULL;
    else if (r == NULL && e->what != LIFE_BORN && e->what != LIFE_SENT)
        return true; /* of a copy that never became a message */
    if (r == NULL) {
        if ((r = row_new(all, e, born)) == NULL)
            return false;
        settle_place(r, e);
    }
    take_state(r, e);
    take_work(r, e);
    return true;
}

static void finish(struct rows *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct row *r = &all->row[i];
        end_bar(r, all->end);
        for (size_t k = 0; k < r->n_open; k++)
            r->work[r->open_work[k]].to_s = since(r, all->end);
    }
}

static int by_interest(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    if (x->lane.receives != y->lane.receives)
        return x->lane.receives > y->lane.receives ? -1 : 1;
    if (x->producer != y->producer)
        return x->producer < y->producer ? -1 : 1;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    if (x->copy != y->copy)
        return x->copy > y->copy ? 1 : -1;
    return (x->place > y->place) - (x->place < y->place);
}

/* --- what is asked for --- */

struct wanted {
    char producer[100]; /* "": any */
    uint64_t number;    /* 0: any */
};

static bool read_wanted(struct wanted *w, const char *entity, struct err *err)
{
    *w = (struct wanted){.number = 0};
    if (entity == NULL)
        return true;
    size_t n = strcspn(entity, "#");
    if (n >= sizeof(w->producer) || strncmp(entity, "producer.", 9) != 0)
        return err_set(err, ERR_USAGE,
                       "the swimlanes are those of a producer's requests: --entity "
                       "producer.orders, or producer.orders#4711 for one of them");
    memcpy(w->producer, entity, n);
    w->producer[n] = '\0';
    if (entity[n] == '#')
        w->number = strtoull(entity + n + 1, NULL, 10);
    return true;
}

static bool fits(const struct wanted *w, const struct life_event *e, char **path)
{
    return (w->producer[0] == '\0' || strcmp(w->producer, path[e->producer]) == 0) &&
           (w->number == 0 || w->number == e->item + 1);
}

/* Its queue where there are several: topics and buses put copies of a request into each. */
static void name_row(const struct rows *all, struct row *r, char **path)
{
    const char *name = strchr(path[r->producer], '.'), *place = "";
    for (size_t i = 0; i < all->n; i++) {
        const struct row *x = &all->row[i];
        if (x != r && x->producer == r->producer && x->item == r->item && x->copy == r->copy && r->place != LIFE_NONE)
            place = path[r->place];
    }
    snprintf(r->name, sizeof(r->name), "%.30s#%" PRIu64 "%s%s%.30s", name == NULL ? path[r->producer] : name + 1, r->item + 1,
             r->copy > 0 ? " (again)" : "", *place == 0 ? "" : ", ", place);
    r->lane.name = r->name;
}

static bool draw(const struct chart_request *request, const struct load *l, struct rows *all,
                 char **path, struct sheet **out, struct err *err)
{
    struct swimlane_data d = {
        .run = l->run[0].told, .n_recorded = all->n, .n_replication = l->run[0].q->n_replication};
    struct lane lane[ROWS_MAX];
    if (all->n > 1)
        qsort(all->row, all->n, sizeof(*all->row), by_interest);
    for (size_t i = 0; i < all->n; i++) {
        struct row *r = &all->row[i];
        d.n_again += r->lane.receives > 1;
        d.n_effect_again += r->lane.effects > 1;
        d.n_dead += r->dead;
        if (i >= ROWS_MAX)
            continue;
        name_row(all, r, path);
        r->lane.bar = r->bar;
        r->lane.work = r->work;
        r->lane.mark = r->mark;
        lane[d.n++] = r->lane;
    }
    d.lane = lane;
    return swimlane_layout(&d, request->width, request->height, out, err);
}

static bool gather(struct rows *all, const struct life *life, const struct wanted *w, char **path,
                   struct err *err)
{
    for (uint32_t i = 0; i < life->n; i++)
        if (fits(w, &life->event[i], path) && !take(all, &life->event[i]))
            return err_set(err, ERR_OS, "memory is short");
    finish(all);
    if (all->n > 0)
        return true;
    return life->n == 0 ? err_set(err, ERR_DATA,
                                  "this run recorded no message; set run.record, such as "
                                  "\"producer.orders: 1-100\"")
                        : err_set(err, ERR_DATA, "this run did not record that message");
}

bool load_swimlane(const struct chart_request *r, struct sheet **out, struct err *err)
{
    struct load l;
    struct wanted wanted;
    struct rows all = {.n = 0};
    struct life life = {0};
    char **path = NULL;
    size_t n_path = 0;
    if (!read_wanted(&wanted, r->entity, err) || !load_open(&l, r, err))
        return false;
    all.end = l.run[0].q->duration_ns + l.run[0].q->drain_ns;
    bool ok = query_life(r->query, r->run[0], 0, 0, &life, err) &&
              query_entities(r->query, r->run[0], &path, &n_path, err) &&
              gather(&all, &life, &wanted, path, err) && draw(r, &l, &all, path, out, err);
    mem_release(all.row);
    life_free(&life);
    query_entities_free(path, n_path);
    load_close(&l);
    return ok;
}
