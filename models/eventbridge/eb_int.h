/* eb_int.h - private to eb_*.c: what an account holds. Texts and rows lie in its arena and live as long as it does; what
 * grows and shrinks is in arrays. */
#ifndef EB_INT_H
#define EB_INT_H

#include "arena.h"
#include "delivery.h"
#include "eb_bucket.h"
#include "eb_schedule.h"
#include "eb_shelf.h"
#include "eb_text.h"
#include "eventbridge.h"
#include "filter.h"
#include "map64.h"

struct rule;
struct target { /* outlives its removal: letters may still speak of it */
    struct rule *rule;
    const char *id, *arn, *dead_letter;
    enum eb_target_kind kind;
    struct retry_law law;
    uint32_t line;
    sim_time since; /* takes part from here on (EB-4) */
};
struct version { /* of a rule, as events meet it */
    struct filter *filter; /* NULL: no pattern */
    bool enabled;
};
struct bus;
struct rule {
    struct rule *next; /* of its bus, by creation */
    struct bus *bus;
    const char *name;
    struct version now, coming;
    sim_time coming_at; /* SIM_NEVER: nothing is coming */
    bool scheduled;
    struct eb_schedule schedule;
    int64_t since_s, fires_s; /* INT64_MAX: never */
    struct target *target[EB_TARGETS_MAX];
    uint32_t n_target;
};
struct bus {
    struct bus *next;
    const char *name;
    struct rule *rule;
    uint32_t n_rule;
};
struct event {
    const char *source, *detail_type, *detail, *resources; /* resources: JSON */
    const char *replay;                                    /* its name; NULL: not replayed */
    int64_t time_s;
    uint64_t id, bytes;
    uint32_t hops;               /* forwarded from another bus (EB-8) */
    uint32_t *lines;             /* that it was fanned out to */
    struct filter_event *parsed; /* NULL: not looked at yet */
};
struct archive {
    struct archive *next;
    const char *name;
    struct bus *bus;
    struct filter *filter;
    struct eb_shelf shelf;
};
struct replay {
    struct replay *next;
    const char *name;
    struct bus *bus;
    const char **rule;
    uint32_t n_rule;
    struct eb_playback play;
};
struct letter {
    const struct target *target;
    enum eb_answer answer;
    enum delivery_end end;
    uint32_t retries;
    uint64_t event;
};
enum control { /* calls with a quota of their own (EB-61) */
    CONTROL_CREATE_BUS,
    CONTROL_DELETE_BUS,
    CONTROL_PUT_RULE,
    CONTROL_DELETE_RULE,
    CONTROL_ENABLE_RULE,
    CONTROL_PUT_TARGETS,
    CONTROL_REMOVE_TARGETS,
    CONTROL_TEST_PATTERN,
    CONTROL_CREATE_ARCHIVE,
    CONTROL_START_REPLAY,
    N_CONTROL
};

struct eb {
    struct eb_config config;
    struct arena arena;
    sim_time now;
    struct bus *bus; /* the first is the default */
    uint32_t n_bus;
    struct archive *archive;
    struct replay *replay;
    struct delivery *delivery;
    struct event **event;
    uint32_t n_event, cap_event;
    struct letter *letter; /* [first, n) are not taken yet */
    uint32_t first_letter, n_letter, cap_letter;
    bool letter_out;
    struct target **by_line; /* whose line it is */
    uint32_t n_by_line;
    struct map64 last_answer; /* of a delivery that will be tried again */
    struct map64 under_way;   /* attempt to its line and event */
    struct eb_bucket put, control[N_CONTROL];
    uint64_t metric[EB_METRICS];
    bool failed;
    char reason[1000];
    char *text; /* eb_event_json */
    size_t cap_text;
    struct call call;
};

/* eventbridge.c */
struct call *eb_begin(struct eb *);
bool eb_admitted(struct eb *, enum control);
struct bus *eb_bus(struct eb *, const char *name); /* NULL: default. Result NULL: there is none */
int64_t eb_clock_s(const struct eb *);             /* seconds since 1970 */
struct filter *eb_pattern(struct eb *, const char *text, enum eb_outcome *);
/* eb_rules.c */
struct rule *eb_rule(const struct bus *, const char *name);
void eb_rule_settle(const struct eb *, struct rule *); /* what is coming to it has come */
void eb_rules_close(struct eb *);
/* eb_put.c */
/* Copies the entry; NULL: memory is short. */
struct event *eb_event_new(struct eb *, const struct eb_entry *);
/* To the rules of the bus, or to those that are named; archived: it goes into the bus's archives. */
void eb_publish(struct eb *, struct bus *, struct event *, const struct replay *only, bool archived);
void eb_publish_to(struct eb *, struct rule *, struct event *); /* to one rule's targets */
/* eb_archive.c */
void eb_archive_event(struct eb *, struct bus *, struct event *);
sim_time eb_replays_deadline(const struct eb *);
bool eb_replays_next(struct eb *); /* sends one event that is due */
void eb_archives_close(struct eb *);
/* eb_deliver.c */
void eb_effects(struct eb *, struct call *, enum eb_answer); /* answer: what ended them, unless they aged */

#endif
