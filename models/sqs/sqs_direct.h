/* sqs_direct.h - two steps that are one, for the actor of a queue whose ways are plain: a message that is sent to who
 * waits for it, and a delete with the next receive. What happens to the queue is what sqs_send, sqs_delete and
 * sqs_receive do; but nothing is put where it is taken away again at once, no effect is told that is known, and what is
 * next due is asked for only when it has changed.
 *
 * Each may decline: then nothing has happened, and the steps are to be taken one by one. Nothing may be due (sqs_advance),
 * and nobody may wait who could be served (sqs_may_serve). */
#ifndef SQS_DIRECT_H
#define SQS_DIRECT_H

#include "sqs.h"

bool direct_open(const struct sqs *); /* false: it declines all, as it is configured */
enum direct { DIRECT_DECLINED, DIRECT_STORED, DIRECT_WAITS, DIRECT_GOT };

/* STORED: available now. GOT: it went to the poll that waited longest; its tag. */
enum direct direct_send(struct sqs *, sim_time now, const struct sqs_send *, struct sqs_got *, uint64_t *tag);

struct direct_gone {
    uint64_t user;
    uint32_t receives; /* in this queue */
};
/* The message is deleted and the poll, of one message, begun. WAITS: `number` is its number, and the poll tells how long.
 * GOT: answered. */
enum direct direct_swap(struct sqs *, sim_time now, struct sqs_handle, struct direct_gone *, struct sqs_poll *,
                        struct sqs_got *, uint32_t *number);
/* sqs_may_serve, of a queue that was open. */
bool direct_may_serve(const struct sqs *);
/* sqs_deadline may tell another time than before the last of these. */
bool direct_moved(const struct sqs *);
/* A message may lie where it is to come next: its user. 0: none. */
uint64_t direct_coming(const struct sqs *);

#endif
