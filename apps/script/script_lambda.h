/* script_lambda.h - the functions of a script, what runs in them, and their mappings, on the same
 * clock as the rest. A handler takes the time that the script says, and ends as the script says. */
#ifndef SCRIPT_LAMBDA_H
#define SCRIPT_LAMBDA_H

#include "esmq.h"
#include "lam_async.h"
#include "lambda.h"
#include "script.h"
#include "sqs.h"

#define FUNCTIONS_MAX 16
#define QUEUE_MAPPINGS_MAX  8
#define NOTES_MAX     64
#define STARTS_MAX    40

enum handler_end { HANDLER_OK, HANDLER_ERROR, HANDLER_UNKNOWN_ID }; /* the last: a bad response */
struct handler {
    sim_time time;
    enum handler_end end;
    uint32_t failed;          /* reported items, the first ones */
    sim_time throttled_until; /* every invocation before is refused */
};
struct function_note {
    char name[48];
    struct lambda *core;
    struct lam_async *async;
    sim_time cold; /* delay of a cold start, and the init in it */
    sim_time init;
    struct handler handler;
    uint32_t most; /* concurrent executions so far */
};
struct event_note { /* an event or a call by its name */
    char name[48];
    uint32_t function;
    sim_time accepted;
    sim_time at[STARTS_MAX]; /* of the first attempts */
    uint32_t n_at;
    sim_time last, ended_at;
    char state[32]; /* "waiting", "done", "ok", "error", AWS's condition */
    uint32_t invokes;
    uint64_t billed;
};
enum run_kind { RUN_CALL, RUN_EVENT, RUN_BATCH };
struct run { /* an invocation under way, in a heap by its end */
    sim_time at;
    uint64_t order;
    uint32_t function, env;
    enum lam_end end;
    enum handler_end answer;
    uint32_t failed;
    enum run_kind kind;
    uint32_t of; /* event_note, event id, batch: by kind */
    uint32_t mapping;
};
struct mapping_note {
    char name[48];
    uint32_t function;
    struct sqs *queue;
    struct esmq *core;
    struct call call;
    bool report, endless;
    uint64_t sent, dead;
    sim_time dead_at;
    uint32_t groups, size; /* size: of messages of an endless one */
    struct sqs_handle *handle; /* of each message, by number */
    uint32_t cap;
    uint32_t *receives;
    sim_time starts[STARTS_MAX]; /* of the first invocations */
    uint32_t sizes[STARTS_MAX];
    uint64_t n_started;
    sim_time done_at;
};
struct script_lambda {
    struct lam_account account;
    struct function_note function[FUNCTIONS_MAX];
    struct event_note note[NOTES_MAX];
    struct mapping_note mapping[QUEUE_MAPPINGS_MAX];
    uint32_t n_function, n_note, n_mapping;
    struct run *run;
    uint32_t n_run, cap_run;
    uint64_t order;
    struct call call;
    struct dice *dice; /* of the queues */
};

/* script_lambda.c */
bool script_lambda_open(struct script *);
void script_lambda_close(struct script *);
void script_lambda_to(struct script *, sim_time);
void script_lambda_check(struct script *);
struct call *lambda_call(struct script *); /* ready for an operation at the script's time */
struct function_note *lambda_function(struct script *, const struct line *, uint32_t *i);
/* Begins an invocation that the script's handler ends; not LAM_OK: it was throttled. */
enum lam_outcome lambda_start(struct script_lambda *, sim_time now, uint32_t function,
                              bool synchronous, struct run *, struct lam_start *);
void lambda_result(struct result *, enum lam_outcome);
/* "12.5": up to nine decimals. */
void lambda_seconds(char out[32], sim_time);
sim_time lambda_time(const struct line *, const char *key, sim_time otherwise);

/* script_lambda_mapping.c */
void lambda_mapping_close(struct mapping_note *);
sim_time lambda_mapping_deadline(const struct mapping_note *);
void lambda_mapping_turn(struct script_lambda *, uint32_t mapping, sim_time now);
void lambda_mapping_late(struct script_lambda *, uint32_t mapping, sim_time now);
void lambda_mapping_ended(struct script_lambda *, const struct run *, sim_time now);

#endif
