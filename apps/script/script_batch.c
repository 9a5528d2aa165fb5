/* script_batch.c - SendMessageBatch, DeleteMessageBatch, ChangeMessageVisibilityBatch. */
#include "script_message.h"

#include <stdlib.h>
#include <string.h>

/* --- batches: entries are separated by a word ';', each an id and what the single call takes ---
 */

#define ENTRIES 12

struct batch_line {
    struct account_entry entry[ENTRIES];
    struct parcel_text space[ENTRIES];
    const struct arg *body[ENTRIES];
    uint32_t n;
};

static bool is_end(const struct arg *a)
{
    return a->key == NULL && strcmp(a->value, ";") == 0;
}

typedef bool (*entry_reader)(struct script *, struct account_queue *, struct batch_line *,
                             const struct arg *, uint32_t n);

static bool read_entries(struct script *s, struct account_queue *q, const struct line *l,
                         struct batch_line *b, entry_reader read)
{
    b->n = 0;
    for (uint32_t i = 1; i < l->n_arg;) {
        uint32_t end = i;
        while (end < l->n_arg && !is_end(&l->arg[end]))
            end++;
        if (end == i || b->n == ENTRIES || l->arg[i].key != NULL)
            return false;
        struct account_entry *e = &b->entry[b->n];
        *e = (struct account_entry){.id = {l->arg[i].value, l->arg[i].n}};
        b->space[b->n].body = NULL;
        if (!read(s, q, b, &l->arg[i + 1], end - i - 1))
            return false;
        b->n++;
        i = end + 1;
    }
    return true;
}

static bool read_send_entry(struct script *s, struct account_queue *q, struct batch_line *b,
                            const struct arg *a, uint32_t n)
{
    b->body[b->n] = a;
    return n > 0 && a->key == NULL &&
           read_send(s, q, a, a + 1, n - 1, false, &b->entry[b->n].send, &b->space[b->n]);
}

static bool read_delete_entry(struct script *s, struct account_queue *q, struct batch_line *b,
                              const struct arg *a, uint32_t n)
{
    (void)q;
    if (n != 1)
        return false;
    b->entry[b->n].receipt = receipt_of(s, a->value);
    return true;
}

static bool read_change_entry(struct script *s, struct account_queue *q, struct batch_line *b,
                              const struct arg *a, uint32_t n)
{
    (void)q;
    if (n != 2)
        return false;
    b->entry[b->n].receipt = receipt_of(s, a->value);
    return text_integer((struct text){a[1].value, a[1].n}, &b->entry[b->n].visibility);
}

/* "e1:ok e2:InvalidParameterValue" */
static void batch_result(enum sqs_outcome out, const struct batch_line *b, struct result *r)
{
    size_t at = 0;
    result_outcome(r, out);
    if (out != SQS_OK)
        return;
    for (uint32_t i = 0; i < b->n; i++) {
        const struct account_entry *e = &b->entry[i];
        const char *code = sqs_outcome_row(e->outcome)->code;
        at += (size_t)snprintf(r->text + at, sizeof(r->text) - at, "%s%.*s:%s", i == 0 ? "" : " ",
                               (int)e->id.n, e->id.at, code == NULL ? "ok" : code);
    }
}

typedef enum sqs_outcome (*batch_call)(struct account *, struct account_queue *,
                                       struct account_entry *, uint32_t);

static bool run_batch(struct script *s, const struct line *l, struct result *r,
                      struct batch_line *b, entry_reader read, batch_call call)
{
    if (l->n_arg == 0 || l->arg[0].key != NULL)
        return false;
    b->n = 0;
    struct account_queue *q = script_queue(s, l->arg[0].value, r);
    if (q == NULL)
        return true;
    if (!read_entries(s, q, l, b, read))
        return false;
    batch_result(call(s->account, q, b->entry, b->n), b, r);
    return true;
}

static bool run_send_batch(struct script *s, const struct line *l, struct result *r)
{
    static struct batch_line b;
    bool ok = run_batch(s, l, r, &b, read_send_entry, account_send_batch);
    bool sent = ok && (r->text[0] == '\0' || strchr(r->text, ':') != NULL);
    for (uint32_t i = 0; i < b.n; i++) {
        if (sent && b.entry[i].outcome == SQS_OK)
            sent_result(s, b.body[i]->value, &b.entry[i].sent, r);
        free(b.space[i].body);
    }
    return ok;
}

static bool run_delete_batch(struct script *s, const struct line *l, struct result *r)
{
    static struct batch_line b;
    return run_batch(s, l, r, &b, read_delete_entry, account_delete_batch);
}

static bool run_change_batch(struct script *s, const struct line *l, struct result *r)
{
    static struct batch_line b;
    return run_batch(s, l, r, &b, read_change_entry, account_change_batch);
}

const struct verb verbs_batch[] = {
    {"send_batch", run_send_batch, "send_batch QUEUE ID BODY [KEY=VALUE…] [; ID BODY …]"},
    {"delete_batch", run_delete_batch, "delete_batch QUEUE ID HANDLE [; ID HANDLE …]"},
    {"change_batch", run_change_batch, "change_batch QUEUE ID HANDLE SECONDS [; …]"},
    {NULL, NULL, NULL},
};
