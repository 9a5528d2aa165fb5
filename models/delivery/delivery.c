/* delivery.c - fan-out, attempts, retries, and the end of deliveries.
 *
 * A delivery has a record only while it waits or is under way. Each attempt passes the gates of its line and of the set, in that
 * order; what is held up there becomes ready again when its token comes. */
#include "delivery_int.h"

#include "mem.h"

#define PPB 1000000000

bool delivery_open(struct delivery **out, const struct delivery_config *config, struct err *err)
{
    struct delivery *d = mem_get_zero(1, sizeof(*d));
    *out = NULL;
    if (d == NULL)
        return err_set(err, ERR_OS, "memory is short");
    d->config = *config;
    slab_init(&d->records, sizeof(struct record));
    slab_init(&d->lines, sizeof(struct line));
    map64_init(&d->groups);
    d->free_bucket = d->first_ready = d->last_ready = NONE;
    if (bucket_open(d, config->per_second) == NONE) {
        delivery_close(d);
        return err_set(err, ERR_OS, "memory is short");
    }
    *out = d;
    return true;
}

void delivery_close(struct delivery *d)
{
    if (d == NULL)
        return;
    slab_free(&d->records);
    slab_free(&d->lines);
    map64_free(&d->groups);
    mem_release(d->heap);
    mem_release(d->bucket);
    mem_release(d->fan);
    mem_release(d);
}

const struct delivery_counts *delivery_counts(const struct delivery *d)
{
    return &d->counts;
}

bool delivery_failed(const struct delivery *d)
{
    return d->failed;
}

sim_time delivery_deadline(const struct delivery *d)
{
    if (d->first_ready != NONE || d->n_fan > 0)
        return d->now;
    return d->n_heap == 0 || d->failed ? SIM_NEVER : d->heap[0].at;
}

/* --- records --- */

void due_ready(struct delivery *d, uint32_t id)
{
    struct record *r = record_at(d, id);
    r->state = RECORD_READY;
    r->link = NONE;
    if (d->first_ready == NONE)
        d->first_ready = id;
    else
        record_at(d, d->last_ready)->link = id;
    d->last_ready = id;
}

static uint32_t record_take(struct delivery *d, const struct delivery_message *m, sim_time began, uint32_t line)
{
    uint32_t id = slab_take(&d->records);
    if (id == NONE || !due_room(d, d->records.n_live + d->n_bucket)) {
        d->failed = true;
        return NONE;
    }
    *record_at(d, id) = (struct record){.message = *m, .began = began, .line = line, .link = NONE, .behind = NONE};
    line_at(d, line)->pending++;
    return id;
}

static uint64_t chain_key(uint32_t line, uint32_t group)
{
    return (uint64_t)line << 32 | group;
}

/* Behind the others of its group; false: there are none, and it is the first. */
static bool queue_behind(struct delivery *d, uint32_t id)
{
    struct record *r = record_at(d, id);
    uint64_t key = chain_key(r->line, r->message.group), last;
    bool behind = map64_get(&d->groups, key, &last);
    if (!map64_put(&d->groups, key, id))
        d->failed = true;
    if (!behind)
        return false;
    r->state = RECORD_BEHIND;
    record_at(d, (uint32_t)last)->behind = id;
    return true;
}

static void record_end(struct delivery *d, uint32_t id)
{
    struct record *r = record_at(d, id);
    uint32_t number = r->line;
    struct line *l = line_at(d, number);
    if (l->ordered && !r->again) {
        if (r->behind != NONE)
            due_ready(d, r->behind);
        else
            map64_remove(&d->groups, chain_key(r->line, r->message.group));
    }
    d->twice_live -= r->again;
    r->state = RECORD_FREE;
    slab_give(&d->records, id);
    l->pending--;
    line_done(d, number);
}

/* Without success. */
static void give_up(struct delivery *d, struct call *call, uint32_t id, enum delivery_end why)
{
    struct record *r = record_at(d, id);
    struct line *l = line_at(d, r->line);
    if (!r->again) {
        bool dead = l->dead_letter && why != DELIVERY_LINE_CLOSED;
        uint64_t retries = r->number == 0 ? 0 : r->number - 1;
        if (dead) {
            l->dead++;
            d->counts.dead++;
        } else {
            l->dropped++;
            d->counts.dropped++;
        }
        d->counts.waiting--; /* as one that waits: see delivery_settle */
        call_effect(call, dead ? DELIVERY_FX_DEAD : DELIVERY_FX_DROPPED, r->line, r->message.user, retries << 8 | why);
    }
    record_end(d, id);
}

/* --- attempts --- */

bool delivery_fan(struct delivery *d, struct call *call, const struct delivery_message *m, const uint32_t *lines, uint32_t n)
{
    d->now = call->now;
    if (n == 0)
        return true;
    if (d->n_fan == d->cap_fan) {
        uint32_t cap = d->cap_fan == 0 ? 16 : d->cap_fan * 2;
        struct fan *more = mem_get(cap * sizeof(*more));
        if (more == NULL)
            return false;
        for (uint32_t i = 0; i < d->n_fan; i++)
            more[i] = d->fan[(d->first_fan + i) & (d->cap_fan - 1)];
        mem_release(d->fan);
        d->fan = more;
        d->cap_fan = cap;
        d->first_fan = 0;
    }
    d->fan[(d->first_fan + d->n_fan++) & (d->cap_fan - 1)] = (struct fan){*m, call->now, lines, n, 0};
    d->counts.begun += n;
    d->counts.waiting += n;
    return true;
}

static bool aged(const struct record *r, const struct line *l, sim_time now)
{
    return l->law->max_age != SIM_NEVER && now - r->began > l->law->max_age;
}

static void attempt(struct delivery *d, uint32_t id, struct delivery_attempt *a)
{
    struct record *r = record_at(d, id);
    struct line *l = line_at(d, r->line);
    *a = (struct delivery_attempt){id, r->line, l->user, r->message, r->number, r->began, r->again};
    l->attempts++;
    d->counts.attempts++;
    if (r->number > 0) {
        l->retries++;
        d->counts.retries++;
    }
    r->number++;
    r->passed = 0;
    r->state = RECORD_UNDER_WAY;
    if (!r->again) {
        d->counts.waiting--;
        d->counts.under_way++;
    }
}

/* An attempt of this record now, if no gate holds it. */
static bool wanted(struct delivery *d, struct call *call, uint32_t id, struct delivery_attempt *a)
{
    struct record *r = record_at(d, id);
    struct line *l = line_at(d, r->line);
    if (!l->open || r->ageing || aged(r, l, d->now)) {
        give_up(d, call, id, l->open ? DELIVERY_AGE_EXCEEDED : DELIVERY_LINE_CLOSED);
        return false;
    }
    if (r->passed == 0 && l->bucket != NONE && !bucket_pass(d, l->bucket, id))
        return false;
    if (r->passed <= 1 && d->config.per_second > 0) {
        r->passed = 1;
        if (!bucket_pass(d, 0, id))
            return false;
    }
    attempt(d, id, a);
    return true;
}

static bool next_ready(struct delivery *d, struct call *call, struct delivery_attempt *a)
{
    uint32_t id = d->first_ready;
    d->first_ready = record_at(d, id)->link;
    return wanted(d, call, id, a);
}

static void next_due(struct delivery *d)
{
    struct due x = d->heap[0];
    due_pop(d);
    if (x.what >= BUCKET_BIT)
        bucket_turn(d, x.what & ~BUCKET_BIT);
    else
        due_ready(d, x.what);
}

static bool next_fanned(struct delivery *d, struct call *call, struct delivery_attempt *a)
{
    struct fan *f = &d->fan[d->first_fan];
    uint32_t number = f->lines[f->at];
    uint32_t id = record_take(d, &f->message, f->began, number);
    if (id == NONE)
        return false;
    line_at(d, number)->begun++;
    if (++f->at == f->n) {
        d->first_fan = (d->first_fan + 1) & (d->cap_fan - 1);
        d->n_fan--;
    }
    if (line_at(d, number)->ordered && queue_behind(d, id))
        return false;
    return wanted(d, call, id, a);
}

bool delivery_next(struct delivery *d, struct call *call, struct delivery_attempt *a)
{
    d->now = call->now;
    while (!d->failed && call->n_fx < CALL_FX_MAX) {
        bool got = false;
        if (d->first_ready != NONE)
            got = next_ready(d, call, a);
        else if (d->n_heap > 0 && d->heap[0].at <= d->now)
            next_due(d);
        else if (d->n_fan > 0)
            got = next_fanned(d, call, a);
        else
            return false;
        if (got)
            return true;
    }
    return false;
}

/* --- what became of it --- */

static void deliver(struct delivery *d, struct call *call, uint32_t id)
{
    struct record *r = record_at(d, id);
    struct line *l = line_at(d, r->line);
    if (!r->again) {
        l->delivered++;
        d->counts.delivered++;
        d->counts.under_way--;
        if (l->open && d->config.duplicates > 0 && dice_chance(&call->dice[DELIVERY_DICE_DUPLICATE], (uint64_t)d->config.duplicates, PPB)) {
            struct delivery_message m = r->message;
            uint32_t twice = record_take(d, &m, r->began, r->line);
            if (twice != NONE) {
                record_at(d, twice)->again = true;
                l->twice++;
                d->counts.twice++;
                d->twice_live++;
                due_ready(d, twice);
            }
        }
    }
    record_end(d, id);
}

static void retry(struct delivery *d, struct call *call, uint32_t id)
{
    struct record *r = record_at(d, id);
    const struct retry_law *law = line_at(d, r->line)->law;
    uint32_t made = r->number - 1, allowed = retry_count(law);
    if (d->config.count_initial && allowed > 0)
        allowed--;
    if (made >= allowed) {
        give_up(d, call, id, DELIVERY_ATTEMPTS_EXHAUSTED);
        return;
    }
    sim_time at = d->now + retry_delay_drawn(law, made + 1, &call->dice[DELIVERY_DICE_JITTER]);
    sim_time end = law->max_age == SIM_NEVER ? SIM_NEVER : r->began + law->max_age;
    r->ageing = at > end;
    if (r->ageing)
        at = end < d->now ? d->now : end;
    r->state = RECORD_TIMED;
    r->seq = d->seq++;
    due_push(d, at, r->seq, id);
}

void delivery_settle(struct delivery *d, struct call *call, uint32_t id, enum delivery_result result)
{
    struct record *r = record_at(d, id);
    CHECK(r->state == RECORD_UNDER_WAY);
    d->now = call->now;
    if (result == DELIVERY_OK) {
        deliver(d, call, id);
        return;
    }
    struct line *l = line_at(d, r->line);
    l->failed++;
    d->counts.failed++;
    if (!r->again) {
        d->counts.under_way--;
        d->counts.waiting++;
    }
    if (!l->open)
        give_up(d, call, id, DELIVERY_LINE_CLOSED);
    else if (result == DELIVERY_NEVER)
        give_up(d, call, id, DELIVERY_REFUSED);
    else
        retry(d, call, id);
}
