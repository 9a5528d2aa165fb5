/* store_life.c - the lives of recorded requests, one row an event. */
#include "store_int.h"

#include "check.h"

static void row_some(struct row *r, bool there, int64_t value)
{
    if (there)
        row_int(r, value);
    else
        row_null(r);
}

static void row_entity(struct row *r, const struct store *s, uint32_t number)
{
    row_some(r, number != LIFE_NONE, s->entity + (int64_t)number);
}

static bool write_event(struct store *s, uint32_t number, const struct life_event *e,
                        struct err *err)
{
    CHECK(e->producer < s->n_entity && e->entity < s->n_entity && e->what < LIFE_KINDS);
    struct row r = store_row(s, INSERT_LIFE);
    row_int(&r, s->replication);
    row_int(&r, number);
    row_int(&r, e->at);
    row_entity(&r, s, e->producer);
    row_int(&r, (int64_t)e->item + 1);
    row_int(&r, e->attempt);
    row_entity(&r, s, e->entity);
    row_text(&r, life_word((enum life_what)e->what));
    row_some(&r, e->message > 0, e->message);
    row_some(&r, e->receives > 0, e->receives);
    row_entity(&r, s, e->other);
    row_some(&r, e->worker != LIFE_NONE, e->worker);
    row_some(&r, e->until != SIM_NEVER, e->until);
    row_some(&r, e->value >= 0, e->value);
    row_some(&r, e->group != LIFE_NONE, e->group);
    row_entity(&r, s, e->cause_producer);
    row_some(&r, e->cause_producer != LIFE_NONE, (int64_t)e->cause + 1);
    row_text(&r, e->why[0] == '\0' ? NULL : e->why);
    return row_end(&r, &s->db, err);
}

bool write_life(struct store *s, const struct life *l, struct err *err)
{
    for (uint32_t i = 0; i < l->n; i++)
        if (!write_event(s, i, &l->event[i], err))
            return false;
    return true;
}
