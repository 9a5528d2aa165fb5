/* sim.c - the clock, the event set (sim_set.h) and the lanes.
 *
 * A lane is a list in the order of (at, order); its `wake` stands for it in the set, at or before
 * the head's key. So starting at the end and cancelling anywhere do not touch the set: a wake that
 * comes too early is corrected when it is the first (an "empty wake": no event, no sequence
 * number). The order in which timers fire is exactly the one that they would have if each were in
 * the set. */
#include "sim.h"

#include "sim_lane.h"
#include "sim_set.h"

#define RANK_SHIFT  61
#define STOP_EVENTS 4096
#define FOR_EVER    (SIM_NEVER - 1) /* all timers are due by then */
#define PATIENCE    (UINT64_C(1) << 25)

struct sim {
    sim_time now;
    uint64_t seq, events;
    uint64_t still, patience; /* events since time has passed, and how many that may be */
    sim_time bell_at; /* SIM_NEVER: no bell */
    sim_bell bell;
    void *owner;      /* of the bell */
    bool halted;
    struct set set;
};

struct sim *sim_open(void)
{
    struct sim *s = mem_get_zero(1, sizeof(*s));
    if (s != NULL && !set_open(&s->set)) {
        mem_release(s);
        return NULL;
    }
    if (s != NULL) {
        s->patience = PATIENCE;
        s->bell_at = SIM_NEVER;
    }
    return s;
}

void sim_close(struct sim *s)
{
    if (s == NULL)
        return;
    set_close(&s->set);
    mem_release(s);
}

sim_time sim_now(const struct sim *s)
{
    return s->now;
}

uint64_t sim_events(const struct sim *s)
{
    return s->events;
}

bool sim_failed(const struct sim *s)
{
    return set_failed(&s->set);
}

void sim_timer_init(struct sim_timer *t, enum sim_rank rank, sim_fire fire)
{
    *t = (struct sim_timer){.fire = fire, .place = SIM_NO_PLACE, .order = (uint64_t)rank << RANK_SHIFT};
}

/* Never called: its address tells a lane's wake from a timer that fires. */
static void wake_fire(struct sim *s, struct sim_timer *t)
{
    (void)s;
    (void)t;
}

void sim_lane_init(struct sim_lane *l, sim_time delay)
{
    CHECK(delay >= 0);
    *l = (struct sim_lane){.delay = delay, .ends = {.at = INT64_MIN, .next = &l->ends, .prev = &l->ends}};
    sim_timer_init(&l->wake, SIM_STATE, wake_fire);
    l->wake.at = SIM_NEVER;
}

void sim_lane_set(struct sim_lane *l, sim_time delay)
{
    CHECK(delay >= 0);
    l->delay = delay;
}

static inline uint64_t next_order(const struct sim *s, const struct sim_timer *t)
{
    return t->order >> RANK_SHIFT << RANK_SHIFT | s->seq;
}

/* Out of the set; then it is later than any head. */
static inline void lane_sleep(struct sim *s, struct sim_lane *l)
{
    set_pop(&s->set, &l->wake);
    l->wake.at = SIM_NEVER;
}

/* Brings the wake to the head's key. */
static void lane_rearm(struct sim *s, struct sim_lane *l)
{
    const struct sim_timer *head = l->ends.next;
    if (l->wake.place != SIM_NO_PLACE)
        set_move(&s->set, &l->wake, head->at, head->order);
    else
        set_put(&s->set, &l->wake, head->at, head->order);
}

void sim_cancel(struct sim *s, struct sim_timer *t)
{
    if (t->place == SIM_LANE_PLACE)
        lane_unlink(t);
    else if (t->place != SIM_NO_PLACE)
        set_remove(&s->set, t);
}

/* A timer that may be pending, at any time. */
static __attribute__((noinline)) void start(struct sim *s, struct sim_timer *t, sim_time at)
{
    if (at == SIM_NEVER) {
        sim_cancel(s, t);
        return;
    }
    uint64_t order = next_order(s, t);
    s->seq++;
    if (t->place == SIM_LANE_PLACE)
        lane_unlink(t);
    if (t->place != SIM_NO_PLACE)
        set_move(&s->set, t, at, order);
    else
        set_put(&s->set, t, at, order);
}

EVERY_WAY void sim_at(struct sim *s, struct sim_timer *t, sim_time at)
{
    CHECK(at >= s->now);
    if (sim_pending(t) || !set_put_in_row(&s->set, t, at, next_order(s, t)))
        start(s, t, at);
    else
        s->seq++;
}

/* Somebody else may set a pace: the sooner of the two does from now on. */
static __attribute__((noinline)) void start_again(struct sim *s, struct sim_timer *t, sim_time at)
{
    bool is_sooner = !sim_pending(t) && at != SIM_NEVER && (uint64_t)at < s->set.pace_at;
    if (!is_sooner) {
        start(s, t, at);
        return;
    }
    set_drop_pace(&s->set);
    set_put_pace(&s->set, t, at, next_order(s, t));
    s->seq++;
}

EVERY_WAY void sim_again(struct sim *s, struct sim_timer *t, sim_time at)
{
    CHECK(at >= s->now);
    if (__builtin_expect(sim_pending(t) || s->set.pace_at != PACE_NEVER || at == SIM_NEVER, 0)) {
        start_again(s, t, at);
        return;
    }
    set_put_pace(&s->set, t, at, next_order(s, t));
    s->seq++;
}

static inline sim_time later(const struct sim *s, sim_time delay)
{
    uint64_t at = (uint64_t)s->now + (uint64_t)delay; /* neither is negative */
    return at < (uint64_t)SIM_NEVER ? (sim_time)at : SIM_NEVER;
}

void sim_after(struct sim *s, struct sim_timer *t, sim_time delay)
{
    CHECK(delay >= 0);
    sim_at(s, t, later(s, delay));
}

/* A timer that is nowhere, and does not belong into the row. */
static __attribute__((noinline)) void begin_elsewhere(struct sim *s, struct sim_timer *t, uint64_t rank, sim_time delay)
{
    sim_time at = later(s, delay);
    t->place = SIM_NO_PLACE;
    t->order = rank << RANK_SHIFT;
    if (at != SIM_NEVER)
        set_put(&s->set, t, at, rank << RANK_SHIFT | s->seq++);
}

EVERY_WAY void sim_begin_after(struct sim *s, struct sim_timer *t, enum sim_rank rank, sim_fire fire, sim_time delay)
{
    CHECK(delay >= 0);
    sim_time at = (sim_time)((uint64_t)s->now + (uint64_t)delay); /* negative: beyond all time, and not for the row */
    t->fire = fire;
    if (set_put_in_row(&s->set, t, at, (uint64_t)rank << RANK_SHIFT | s->seq))
        s->seq++;
    else
        begin_elsewhere(s, t, rank, delay);
}

/* A timer that is nowhere, and will not be when the lane's delay is for ever. */
ALWAYS_INLINE void lane_start(struct sim *s, struct sim_lane *l, struct sim_timer *t, uint64_t rank)
{
    uint64_t at = (uint64_t)s->now + (uint64_t)l->delay;
    t->order = rank << RANK_SHIFT | s->seq;
    if (__builtin_expect(at >= (uint64_t)SIM_NEVER, 0)) {
        t->place = SIM_NO_PLACE;
        return;
    }
    t->at = (sim_time)at;
    s->seq++;
    lane_link(l, t);
    if (__builtin_expect(lane_before(t, &l->wake), 0)) /* then it is before all others, too */
        lane_rearm(s, l);
}

void sim_lane_start(struct sim *s, struct sim_lane *l, struct sim_timer *t)
{
    sim_cancel(s, t);
    lane_start(s, l, t, t->order >> RANK_SHIFT);
}

EVERY_WAY void sim_begin_in_lane(struct sim *s, struct sim_lane *l, struct sim_timer *t, enum sim_rank rank, sim_fire fire)
{
    t->fire = fire;
    lane_start(s, l, t, rank);
}

/* The wake comes first in the set: the lane's head when it is due now, else NULL after the wake was
 * put right. */
static inline struct sim_timer *wake_due(struct sim *s, struct sim_timer *wake)
{
    struct sim_lane *l = CONTAINER_OF(wake, struct sim_lane, wake);
    if (lane_is_empty(l)) {
        lane_sleep(s, l);
        return NULL;
    }
    if (lane_before(wake, l->ends.next)) {
        lane_rearm(s, l);
        return NULL;
    }
    return l->ends.next;
}

static inline void take_head(struct sim *s, struct sim_timer *wake, struct sim_timer *head)
{
    struct sim_lane *l = CONTAINER_OF(wake, struct sim_lane, wake);
    lane_unlink(head);
    if (lane_is_empty(l))
        lane_sleep(s, l);
    else
        lane_rearm(s, l);
}

/* Inlined in each place: who sets the pace is called from a place of its own, where it is foreseen. */
ALWAYS_INLINE void fire(struct sim *s, struct sim_timer *t)
{
    s->now = t->at;
    s->events++;
    t->fire(s, t);
}

/* Executes the next event if it is due by `end`. */
static inline bool step(struct sim *s, sim_time end)
{
    while (!set_pace_is_first(&s->set, end)) {
        struct sim_timer *t;
        if (!set_first(&s->set, end, &t))
            return false;
        if (__builtin_expect(t->fire != wake_fire, 1)) {
            set_pop(&s->set, t);
        } else {
            struct sim_timer *wake = t;
            t = wake_due(s, wake);
            if (t == NULL)
                continue;
            take_head(s, wake, t);
        }
        fire(s, t);
        return true;
    }
    if (s->set.pace_at > (uint64_t)end)
        return false;
    fire(s, set_pop_pace(&s->set));
    return true;
}

static sim_time first_in_set(struct sim *s)
{
    for (struct sim_timer *t; set_first(&s->set, FOR_EVER, &t);) {
        if (t->fire != wake_fire || wake_due(s, t) != NULL)
            return t->at;
    }
    return SIM_NEVER;
}

sim_time sim_peek(struct sim *s)
{
    sim_time first = first_in_set(s);
    return (uint64_t)first < s->set.pace_at ? first : (sim_time)s->set.pace_at;
}

void sim_ring(struct sim *s, sim_time first, sim_bell bell, void *owner)
{
    CHECK(first > s->now);
    s->bell_at = first;
    s->bell = bell;
    s->owner = owner;
}

/* Nothing is due before the bell. False: and nothing else happens by `end`. */
static bool ring(struct sim *s, sim_time end)
{
    sim_time next = sim_peek(s), at = next < end ? next : end;
    if (at < s->bell_at || at == SIM_NEVER)
        return false;
    s->bell_at = s->bell(s->owner, at);
    CHECK(s->bell_at > at);
    return true;
}

/* To the bell, and not on it; sooner than SIM_NEVER. */
static inline sim_time quiet(const struct sim *s, sim_time end)
{
    return end < s->bell_at ? end : s->bell_at - 1;
}

bool sim_step(struct sim *s)
{
    return step(s, quiet(s, SIM_NEVER)) || (ring(s, SIM_NEVER) && step(s, quiet(s, SIM_NEVER)));
}

void sim_halt(struct sim *s)
{
    s->halted = true;
}

void sim_patience(struct sim *s, uint64_t events)
{
    s->patience = events;
}

bool sim_stuck(const struct sim *s)
{
    return s->still >= s->patience;
}

static bool goes_on(const struct sim *s, const volatile int *stop)
{
    return !s->halted && !sim_stuck(s) && (stop == NULL || __atomic_load_n(stop, __ATOMIC_RELAXED) == 0);
}

static bool run_out(struct sim *s, sim_time end)
{
    if (end != SIM_NEVER)
        s->now = end;
    return true;
}

EVERY_WAY bool sim_run(struct sim *s, sim_time end, const volatile int *stop)
{
    CHECK(end >= s->now);
    sim_time until = quiet(s, end);
    while (goes_on(s, stop)) {
        sim_time began = s->now;
        for (int i = 0; i < STOP_EVENTS; i++) {
            while (!step(s, until)) {
                if (!ring(s, end))
                    return run_out(s, end);
                until = quiet(s, end);
            }
        }
        s->still = s->now == began ? s->still + STOP_EVENTS : 0;
    }
    return false;
}
