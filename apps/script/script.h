/* script.h - a script of calls to queues, with what is expected of each. Language:
 * docs/reference/scripts.md.
 *
 * A line is read into a struct line, its verb makes a struct result, and what the line expects is
 * compared with it. */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "map64.h"
#include "script_bus.h"
#include "script_filter.h"
#include "sqs_account.h"

#define ARGS_MAX   64
#define FIELDS_MAX 24
#define LABELS_MAX 65536
#define POLLS_MAX  64

struct arg {   /* word, or key=value */
    char *key; /* NULL: a word */
    char *value;
    size_t n;
};
struct line {
    int number;
    bool timed;
    sim_time at;
    uint64_t repeat;
    char *verb;
    struct arg arg[ARGS_MAX];
    uint32_t n_arg;
    bool judged; /* it has an expectation */
    struct arg expect[ARGS_MAX];
    uint32_t n_expect;
    char *space; /* the line's own copy, cut up */
};
/* NULL: an empty line or a comment. A mistake in the line is told in *mistake. */
bool line_read(struct line *, const char *text, const char **mistake);
void line_free(struct line *);
/* The next word; NULL: none is left. Starts at *i = 0. */
const struct arg *line_word(const struct line *, uint32_t *i);
/* The value of a key; NULL: not there. */
const struct arg *line_key(const struct line *, const char *key);
int64_t line_int(const struct line *, const char *key, int64_t otherwise);

struct field {
    char key[48], value[512];
};
struct result {
    char text[8192]; /* "ok", "[a,b]", an error's name */
    struct field field[FIELDS_MAX];
    uint32_t n_field;
};
void result_text(struct result *, const char *format, ...) __attribute__((format(printf, 2, 3)));
void result_field(struct result *, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void result_outcome(struct result *, enum sqs_outcome);
/* Adds a comma and the text. */
void result_append(struct result *, const char *key, const char *text);
/* false: *expected and *got say what differs. */
bool result_matches(const struct result *, const struct line *, char expected[512], char got[512]);

struct label { /* a message as the script calls it */
    char name[48];
    char id[40];
    char first[64], last[64]; /* receipts */
};
#define WISHES_MAX 8
struct wishes { /* attributes that a receive asks for */
    struct text attribute[WISHES_MAX], system[WISHES_MAX];
    uint32_t n_attribute, n_system;
    char copy[2][160];
};
struct poll_note {
    char name[48];
    struct wishes wishes;
    bool answered;
    sim_time at;
    struct result result;
};

struct script_fh;
struct script_kin;
struct script_kpls;
struct script_mappings;
struct script_scaling;
struct script_lambda;
struct script_sns;
struct script {
    const char *file;
    char test[160];
    struct account_config config;
    struct account *account;
    struct dice dice[SQS_DICE_KINDS];
    uint64_t chance[SQS_DICE_KINDS];
    uint64_t forced[64]; /* rolls that a line prescribes */
    uint32_t n_forced, next_forced;
    struct label *label;
    uint32_t n_label, cap_label;
    struct map64 by_name, by_id;
    struct poll_note *poll;
    uint32_t n_poll;
    char task[16][2][64]; /* name, handle */
    uint32_t n_task;
    uint64_t n_unique;
    uint64_t lines, judged, failed;
    struct script_filter filter;
    struct script_bus *bus;
    struct script_kin *streams;
    struct script_kpls *kpls;         /* the same */
    struct script_mappings *mappings; /* NULL: none yet */
    struct script_fh *deliveries;
    struct script_scaling *scaling;
    struct script_lambda *functions;
    struct script_sns *topics;
    char publishing[48]; /* the name of the message that is being published */
    bool repeating; /* a repeated call is under way: details are left out */
    bool usage;     /* a line could not be understood */
};

/* script_run.c */
bool script_open(struct script *);
void script_close(struct script *);
/* A fresh account, at time 0. */
bool script_fresh(struct script *);
void script_line(struct script *, const char *text, int number);
bool script_to(struct script *, sim_time); /* false: back in time */
struct account_queue *script_queue(struct script *, const char *name,
                                   struct result *); /* NULL: the result says why */

/* script_knobs.c: `knob` and `seed`; false: wrongly used */
bool script_setting(struct script *, const struct line *);

/* script_labels.c */
struct label *label_by_name(struct script *, const char *name);
struct label *label_by_id(struct script *, const char *id);
struct label *label_add(struct script *, const char *name, const char *id);
/* The same, but the name goes on to mean what it meant. */
void label_known(struct script *, const char *name, const char *id);

typedef bool (*verb_function)(struct script *, const struct line *,
                              struct result *); /* false: wrongly used */
struct verb {
    const char *name;
    verb_function run;
    const char *use;
};
extern const struct verb verbs_queue[], verbs_message[], verbs_batch[], verbs_other[],
    verbs_filter[], verbs_bus_rules[], verbs_bus_events[], verbs_pipe[], verbs_topic[], verbs_publish[],
    verbs_sns_pure[], verbs_stream_admin[], verbs_stream_pure[], verbs_stream_read[],
    verbs_stream_write[], verbs_kcl[], verbs_kpl[], verbs_mapping[], verbs_firehose[], verbs_firehose_pure[],
    verbs_cw[], verbs_scaling_pure[], verbs_group[], verbs_function[], verbs_lambda_pure[],
    verbs_lambda_mapping[]; /* ended by a NULL name */

/* script_answer.c */
void wishes_of(struct wishes *, const struct line *);
void answer_result(struct script *, const struct account_answer *, const struct wishes *,
                   struct result *);
void result_int(struct result *, const char *key, int64_t);
void result_digests(struct result *, struct text body, struct text trace,
                    const struct account_attribute *, uint32_t n);

#endif
