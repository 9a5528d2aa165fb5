/* station_open.c - a station that does more than serve in order of arrival: made from its settings, and taken apart. */
#include "station_more.h"

static const struct value *key_of(const struct station *s, const struct station_config *c, enum station_key key)
{
    return spec_value(s->e.spec, c->first_key + key);
}

static bool is_group(const struct value *v)
{
    return v->list.n > 0;
}

static void choose_way(struct station *s, const struct station_config *config)
{
    struct station_more *m = s->more;
    const struct value *batch = key_of(s, config, STATION_BATCH), *setup = key_of(s, config, STATION_SETUP),
                       *breakdown = key_of(s, config, STATION_BREAKDOWN);
    m->way = &way_servers;
    if (m->order == ORDER_SHARING) {
        m->way = &way_sharing;
        sharing_open(s);
    } else if (is_group(batch)) {
        m->way = &way_bulk;
        bulk_open(s, batch);
    } else if (is_group(setup) || is_group(breakdown)) {
        m->way = &way_seats;
        seats_open(s, setup, breakdown);
    }
}

static void read_patience(struct station_more *m, const struct value *v)
{
    m->patience = v->absent ? NULL : v->dist;
    m->patience_constant = -1;
    if (m->patience != NULL && dist_is_constant(m->patience, &m->patience_constant))
        sim_lane_init(&m->patience_lane, m->patience_constant);
    else
        m->patience_constant = -1;
}

static void read_work(struct station *s, const struct station_config *config)
{
    struct station_more *m = s->more;
    const struct value *slowdown = key_of(s, config, STATION_SLOWDOWN), *throttle = key_of(s, config, STATION_THROTTLE);
    m->read_time = config->read_time;
    m->per_byte = key_of(s, config, STATION_TIME_PER_BYTE)->i;
    if (is_group(slowdown)) {
        m->contention = value_field(slowdown, SLOWDOWN_CONTENTION)->number;
        m->coherency = value_field(slowdown, SLOWDOWN_COHERENCY)->number;
    }
    m->throttles = is_group(throttle);
    if (m->throttles)
        throttle_open(&m->throttle, throttle);
}

bool more_open(struct station *s, const struct station_config *config)
{
    if (!station_keys_given(s->e.spec, config->first_key) && config->read_time == NULL)
        return true;
    struct station_more *m = arena_get(&s->e.world->arena, sizeof(*m));
    if (m == NULL)
        return false;
    s->more = m;
    m->station = s;
    m->order = (enum station_order)key_of(s, config, STATION_ORDER)->i;
    m->preemptive = key_of(s, config, STATION_PREEMPTIVE)->i != 0;
    m->drop_abandoned = key_of(s, config, STATION_DROP_ABANDONED)->i != 0;
    m->cancellable = (enum station_cancellable)key_of(s, config, STATION_CANCELLABLE)->i;
    m->line.loose = m->order == ORDER_RANDOM;
    m->working.reverse = m->preemptive;
    m->patience_stream = entity_stream(&s->e, "patience");
    m->pick_stream = entity_stream(&s->e, "pick");
    read_patience(m, key_of(s, config, STATION_PATIENCE));
    read_work(s, config);
    choose_way(s, config);
    return true;
}

void more_start(struct station *s)
{
    if (s->more->way == &way_seats)
        seats_start(s);
}

void more_resized(struct station *s)
{
    if (s->more->way == &way_seats)
        seats_resized(s);
    else if (s->more->way == &way_sharing)
        sharing_resized(s);
}

void more_close(struct station *s)
{
    struct station_more *m = s->more;
    line_free(&m->line);
    line_free(&m->working);
    if (m->way == &way_seats)
        seats_close(s);
    else if (m->way == &way_bulk)
        bulk_close(s);
}
