/* eb_shelf.c - archives and replays. The k-th event of a replay is sent k/rate after it began: exact, whatever was sent late. */
#include "eb_shelf.h"

#include <string.h>

#include "mem.h"

void eb_shelf_init(struct eb_shelf *s, sim_time retention)
{
    *s = (struct eb_shelf){.retention = retention};
}

void eb_shelf_free(struct eb_shelf *s)
{
    mem_release(s->item);
    s->item = NULL;
    s->first = s->n = s->cap = 0;
}

/* What has expired makes room first. */
static bool make_room(struct eb_shelf *s)
{
    if (s->n < s->cap)
        return true;
    if (s->first > s->cap / 2) {
        memmove(s->item, s->item + s->first, (s->n - s->first) * sizeof(*s->item));
        s->n -= s->first;
        s->first = 0;
        return true;
    }
    uint32_t cap = s->cap == 0 ? 64 : s->cap * 2;
    struct eb_shelved *more = mem_resize(s->item, cap * sizeof(*more));
    if (more == NULL)
        return false;
    s->item = more;
    s->cap = cap;
    return true;
}

bool eb_shelf_put(struct eb_shelf *s, const struct eb_shelved *x)
{
    if (!make_room(s))
        return false;
    s->item[s->n++] = *x;
    s->bytes += x->bytes;
    return true;
}

sim_time eb_shelf_deadline(const struct eb_shelf *s)
{
    return s->first == s->n || s->retention == SIM_NEVER ? SIM_NEVER : s->item[s->first].in + s->retention;
}

bool eb_shelf_expired(struct eb_shelf *s, sim_time now, struct eb_shelved *x)
{
    if (eb_shelf_deadline(s) > now)
        return false;
    *x = s->item[s->first++];
    s->bytes -= x->bytes;
    return true;
}

/* --- replays --- */

static sim_time minute_of(sim_time t)
{
    return t >= 0 ? t / SIM_MIN : -((SIM_MIN - 1 - t) / SIM_MIN);
}

/* By slice; those of one slice stay in their order. */
static void sort(struct eb_playback *p, uint64_t *user, sim_time *slice)
{
    for (uint32_t width = 1; width < p->n; width *= 2) {
        for (uint32_t low = 0; low < p->n; low += 2 * width) {
            uint32_t middle = low + width < p->n ? low + width : p->n;
            uint32_t high = middle + width < p->n ? middle + width : p->n;
            for (uint32_t i = low, j = middle, k = low; k < high; k++) {
                uint32_t from = j == high || (i < middle && p->slice[i] <= p->slice[j]) ? i++ : j++;
                user[k] = p->user[from];
                slice[k] = p->slice[from];
            }
        }
        memcpy(p->user, user, p->n * sizeof(*user));
        memcpy(p->slice, slice, p->n * sizeof(*slice));
    }
}

bool eb_playback_open(struct eb_playback *p, const struct eb_shelf *s, sim_time from, sim_time to, sim_time now, uint32_t rate,
                      struct dice *dice)
{
    uint32_t room = s->n - s->first + 1;
    *p = (struct eb_playback){.began = now, .rate = rate, .dice = dice};
    p->user = mem_get(room * sizeof(*p->user));
    p->slice = mem_get(room * sizeof(*p->slice));
    uint64_t *user = mem_get(room * sizeof(*user));
    sim_time *slice = mem_get(room * sizeof(*slice));
    bool ok = p->user != NULL && p->slice != NULL && user != NULL && slice != NULL;
    for (uint32_t i = s->first; ok && i < s->n; i++) {
        const struct eb_shelved *x = &s->item[i];
        if (x->at < from || x->at >= to || x->in > now)
            continue;
        p->user[p->n] = x->user;
        p->slice[p->n++] = minute_of(x->at);
    }
    if (ok)
        sort(p, user, slice);
    mem_release(user);
    mem_release(slice);
    if (!ok)
        eb_playback_close(p);
    return ok;
}

void eb_playback_close(struct eb_playback *p)
{
    mem_release(p->user);
    mem_release(p->slice);
    p->user = NULL;
    p->slice = NULL;
    p->n = p->sent = 0;
}

sim_time eb_playback_deadline(const struct eb_playback *p)
{
    if (p->sent == p->n)
        return SIM_NEVER;
    return p->rate == 0 ? p->began : p->began + (sim_time)((__int128)p->sent * SIM_S / p->rate);
}

bool eb_playback_next(struct eb_playback *p, sim_time now, uint64_t *user)
{
    if (eb_playback_deadline(p) > now)
        return false;
    uint32_t i = p->sent, end = i;
    while (end < p->n && p->slice[end] == p->slice[i])
        end++;
    if (p->dice != NULL) {
        uint32_t pick = i + (uint32_t)dice_roll(p->dice, end - i);
        uint64_t other = p->user[pick];
        p->user[pick] = p->user[i];
        p->user[i] = other;
    }
    *user = p->user[p->sent++];
    return true;
}
