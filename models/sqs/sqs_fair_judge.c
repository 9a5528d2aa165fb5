/* sqs_fair_judge.c - who is noisy (SQS-76, 78): at every receive, by messages in flight and by the
 * share of the processing time of the last minute. AWS calls its thresholds approximate; so is the
 * window here, which moves on by parts. */
#include "sqs_fair.h"

#define FLYING_MIN  30
#define QUIET_AFTER (300 * SIM_S)

/* --- the window --- */

void fair_account(struct usage *u, uint32_t part, uint32_t flying, sim_time until)
{
    u->time[part] += (int64_t)flying * (until - u->since);
    u->since = until;
}

static int64_t sum_of(const struct usage *u)
{
    int64_t sum = 0;
    for (int i = 0; i < FAIR_PARTS; i++)
        sum += u->time[i];
    return sum;
}

static void next_part(struct sqs *s)
{
    struct fair *f = s->fair;
    uint32_t next = (f->part + 1) % FAIR_PARTS;
    fair_account(&f->all, f->part, s->flying, f->step_at);
    int64_t all = sum_of(&f->all);
    f->all.time[next] = 0;
    f->n_slow = 0;
    for (uint32_t i = 0; i < f->tenants.n_touched; i++) {
        struct tenant *t = tenant_at(f, i);
        if (t->id == SQS_NO_GROUP)
            continue;
        fair_account(&t->usage, f->part, t->flying, f->step_at);
        int64_t own = sum_of(&t->usage);
        t->slow = own > all / 10;
        if (t->slow && f->n_slow < NOISY_MAX)
            f->slow[f->n_slow++] = i;
        t->usage.time[next] = 0;
        if (t->live == 0 && own == 0)
            fair_forget(s, i);
    }
    f->part = next;
}

static void jump(struct sqs *s, sim_time to)
{
    struct fair *f = s->fair;
    f->all = (struct usage){.since = to};
    for (uint32_t i = 0; i < f->tenants.n_touched; i++)
        if (tenant_at(f, i)->id != SQS_NO_GROUP)
            tenant_at(f, i)->usage = (struct usage){.since = to};
}

/* What is in flight has not changed since the last call, so after a long pause the last window's
 * worth of it is all that counts. */
void fair_window(struct sqs *s)
{
    struct fair *f = s->fair;
    if (s->now < f->step_at)
        return;
    sim_time step = s->config.fair_window / FAIR_PARTS, behind = (s->now - f->step_at) / step;
    if (behind > FAIR_PARTS) {
        f->step_at += (behind - FAIR_PARTS) * step;
        jump(s, f->step_at - step);
    }
    for (; f->step_at <= s->now; f->step_at += step)
        next_part(s);
}

/* --- the verdict --- */

static bool is_noisy(const struct sqs *s, const struct tenant *t)
{
    bool crowded = t->flying >= FLYING_MIN && (uint64_t)t->flying * 10 > s->flying;
    return (crowded || (t->slow && t->visible > 0)) && t->visible > 0 &&
           s->now - t->last_sent < QUIET_AFTER;
}

static void quieten(struct sqs *s)
{
    struct fair *f = s->fair;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->n_noisy; i++) {
        uint32_t number = f->noisy[i];
        struct tenant *t = tenant_at(f, number);
        if (is_noisy(s, t)) {
            f->noisy[kept++] = number;
            continue;
        }
        t->noisy = false;
        fair_refresh(s, number);
    }
    f->n_noisy = kept;
}

static void accuse(struct sqs *s, uint32_t number)
{
    struct fair *f = s->fair;
    struct tenant *t = tenant_at(f, number);
    if (t->noisy || f->n_noisy == NOISY_MAX || !is_noisy(s, t))
        return;
    t->noisy = true;
    f->noisy[f->n_noisy++] = number;
    fair_refresh(s, number);
}

/* Those with the most in flight stand at the top of the heap: below one that has too few all have
 * too few. */
static void accuse_crowded(struct sqs *s, uint32_t place)
{
    const struct order *o = &s->fair->flying;
    if (place >= o->n)
        return;
    uint32_t number = o->entry[place].slot, flying = tenant_at(s->fair, number)->flying;
    if (flying < FLYING_MIN || (uint64_t)flying * 10 <= s->flying)
        return;
    accuse(s, number);
    for (uint32_t i = 1; i <= 4; i++)
        accuse_crowded(s, 4 * place + i);
}

static void accuse_slow(struct sqs *s)
{
    struct fair *f = s->fair;
    for (uint32_t i = 0; i < f->n_slow; i++)
        if (tenant_at(f, f->slow[i])->id != SQS_NO_GROUP)
            accuse(s, f->slow[i]);
}

void fair_acquit(struct sqs *s, uint32_t number)
{
    struct fair *f = s->fair;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < f->n_noisy; i++)
        if (f->noisy[i] != number)
            f->noisy[kept++] = f->noisy[i];
    f->n_noisy = kept;
    tenant_at(f, number)->noisy = false;
}

void fair_judge(struct sqs *s)
{
    fair_window(s);
    quieten(s);
    accuse_crowded(s, 0);
    accuse_slow(s);
}
