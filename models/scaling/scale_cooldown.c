/* scale_cooldown.c - a larger scale-out goes through at once, a second scale-in waits. */
#include "scale_cooldown.h"

void scale_cooldown_init(struct scale_cooldown *c, sim_time out, sim_time in)
{
    *c = (struct scale_cooldown){.out = out, .in = in};
}

int64_t scale_cooldown_base(const struct scale_cooldown *c, sim_time now, int64_t current)
{
    return now < c->out_until && c->base < current ? c->base : current;
}

int64_t scale_cooldown_apply(struct scale_cooldown *c, sim_time now, int64_t current, int64_t wants)
{
    if (wants > current) {
        c->base = scale_cooldown_base(c, now, current);
        c->out_until = now + c->out;
        c->in_until = now;
        return wants;
    }
    if (wants == current || now < c->in_until)
        return current;
    c->in_until = now + c->in;
    c->out_until = now;
    return wants;
}
