/* stream_give_up.c - records that no reader is going to process. They stay until their retention ends, as all do; but a request
 * whose done_at only that reader leads to does not wait for anything any more, so its copy here is parked, as a dead letter is. A
 * replay may still read it, and what it does counts. */
#include "mem.h"
#include "reach.h"
#include "stream_actor.h"

static bool leads(const struct stream *s, const struct entity *reader, const struct entity *done)
{
    return reader == done || reach_leads(s->e.world->spec, reader->spec, done->spec);
}

/* Whether what this reader does not do is done by nobody: of all readers it alone leads to where that source's requests are done. */
static bool only_way(struct stream *s, const struct log_reader *r, const struct entity *done)
{
    const struct stream_readers *const of[] = {&s->polling, &s->pushed};
    if (done == NULL || !leads(s, r->owner, done))
        return false;
    for (unsigned k = 0; k < ARRAY_LEN(of); k++)
        for (uint32_t i = 0; i < of[k]->n; i++) {
            const struct entity *other = of[k]->at[i].reader->owner;
            if (other != r->owner && leads(s, other, done))
                return false;
        }
    return true;
}

/* Looked up once for each source of requests. */
static bool is_only_way(struct stream *s, struct log_reader *r, uint32_t source)
{
    const struct request_table *t = &s->e.world->requests;
    struct stream_reader *x = stream_reader_of(s, r);
    if (x->way == NULL)
        x->way = mem_get_zero(t->n_source, 1);
    if (x->way == NULL) {
        s->e.world->failed = true;
        return false;
    }
    if (x->way[source] == 0)
        x->way[source] = only_way(s, r, t->source[source]->done_at) ? 2 : 1;
    return x->way[source] == 2;
}

static bool parks(struct stream *s, struct log_reader *r, uint32_t request)
{
    struct world *w = s->e.world;
    if (!is_only_way(s, r, request_at(&w->requests, request)->source))
        return false;
    request_park(w, request);
    return true;
}

void stream_give_up(struct entity *e, struct log_reader *r, uint32_t part, uint64_t seq)
{
    struct stream *s = stream_of(e);
    const struct kin_record *record = kin_alive(s->core, world_now(e->world), part, seq);
    if (record == NULL)
        return;
    if (!(record->user & STREAM_BUNDLE)) {
        if (!(record->user & STREAM_GIVEN_UP) && parks(s, r, stream_request(record->user)))
            kin_tag(s->core, part, seq, record->user | STREAM_GIVEN_UP);
        return;
    }
    struct stream_bundle *b = stream_bundle_at(s, record->user);
    for (uint32_t i = 0; i < b->n; i++)
        b->given_up[i] |= !b->given_up[i] && parks(s, r, b->job[i].request);
}
