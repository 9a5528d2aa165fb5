/* fh_list.c - records of a lot: chunks linked one behind the other. A chunk knows which of its records are there, so two lists
 * become one by a link, and the oldest record is taken away without moving the others. */
#include "fh_int.h"

void fh_list_init(struct fh_list *l)
{
    *l = (struct fh_list){.head = SLAB_NONE, .tail = SLAB_NONE};
}

static bool more(struct firehose *f, struct fh_list *l)
{
    uint32_t number = slab_take(&f->chunks);
    if (number == SLAB_NONE)
        return false;
    struct fh_chunk *c = chunk_at(f, number);
    c->next = SLAB_NONE;
    c->first = c->end = 0;
    if (l->tail == SLAB_NONE)
        l->head = number;
    else
        chunk_at(f, l->tail)->next = number;
    l->tail = number;
    return true;
}

bool fh_list_add(struct firehose *f, struct fh_list *l, const struct fh_record *r)
{
    if ((l->tail == SLAB_NONE || chunk_at(f, l->tail)->end == CHUNK_RECORDS) && !more(f, l))
        return false;
    struct fh_chunk *c = chunk_at(f, l->tail);
    c->record[c->end++] = *r;
    l->n++;
    l->bytes += r->size;
    return true;
}

const struct fh_record *fh_list_first(const struct firehose *f, const struct fh_list *l)
{
    if (l->n == 0)
        return NULL;
    const struct fh_chunk *c = chunk_at(f, l->head);
    return &c->record[c->first];
}

bool fh_list_pop(struct firehose *f, struct fh_list *l, struct fh_record *out)
{
    if (l->n == 0)
        return false;
    uint32_t number = l->head;
    struct fh_chunk *c = chunk_at(f, number);
    *out = c->record[c->first++];
    l->n--;
    l->bytes -= out->size;
    if (c->first == c->end) {
        l->head = c->next;
        if (l->head == SLAB_NONE)
            l->tail = SLAB_NONE;
        slab_give(&f->chunks, number);
    }
    return true;
}

void fh_list_join(struct firehose *f, struct fh_list *l, struct fh_list *from)
{
    if (from->n == 0)
        return;
    if (l->n == 0)
        l->head = from->head;
    else
        chunk_at(f, l->tail)->next = from->head;
    l->tail = from->tail;
    l->n += from->n;
    l->bytes += from->bytes;
    fh_list_init(from);
}

void fh_list_free(struct firehose *f, struct fh_list *l)
{
    for (uint32_t number = l->head; number != SLAB_NONE;) {
        uint32_t next = chunk_at(f, number)->next;
        slab_give(&f->chunks, number);
        number = next;
    }
    fh_list_init(l);
}
