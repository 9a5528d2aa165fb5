/* script_bus.h - the buses that a script works with: an account of EventBridge beside that of SQS, on the same clock. Targets
 * answer as the script says; what they were sent is written down. */
#ifndef SCRIPT_BUS_H
#define SCRIPT_BUS_H

#include "arena.h"
#include "eventbridge.h"

#define BUS_NAMES_MAX 64
#define BUS_LOG_MAX   200000

struct bus_behaviour { /* of a target or a dead-letter queue, by name */
    char name[72];
    enum eb_answer answer;
};
struct bus_log { /* an attempt */
    uint32_t target; /* number of its name */
    sim_time at;
    uint64_t event;
};
struct bus_letter_log {
    char queue[72], rule[200], target[200];
    const char *code, *exhausted;
    uint32_t retries;
    sim_time at;
    uint64_t event;
};
struct script_bus {
    struct eb *eb; /* NULL: no call yet */
    struct eb_config config;
    struct dice dice[EB_DICE_KINDS];
    uint64_t chance[EB_DICE_KINDS];
    struct arena scratch; /* of one line */
    struct bus_behaviour behaviour[BUS_NAMES_MAX];
    uint32_t n_behaviour;
    char target[BUS_NAMES_MAX][72];
    uint32_t n_target;
    struct bus_log *log;
    uint32_t n_log, cap_log;
    struct bus_letter_log letter[BUS_NAMES_MAX];
    uint32_t n_letter;
    uint64_t n_refused_letters;
};

struct script;
struct line;
struct result;
bool script_bus_open(struct script *);
void script_bus_clear(struct script *); /* nothing is left of the test before */
void script_bus_close(struct script *);
/* What is due until then happens. */
void script_bus_to(struct script *, sim_time);
void script_bus_end_line(struct script *); /* invariants; texts of the line are forgotten */
/* `knob events.KEY VALUE` */
bool script_bus_knob(struct script *, const char *key, const char *value);

/* For the verbs: the account, opened by the first of them. */
struct eb *script_bus(struct script *);
void script_bus_drain(struct script *);
enum eb_answer script_bus_call(struct script *, const char *target); /* of a target that somebody else calls: written down */
void bus_result(struct script *, struct result *, enum eb_outcome);
/* JSON as a script writes it: ' for ", when there is no " in it; *N is an object of N bytes. */
const char *bus_text(struct script *, const char *);
const char *bus_key(struct script *, const struct line *, const char *key);

#endif
