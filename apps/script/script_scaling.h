/* script_scaling.h - the scaling of a script: metrics, alarms, policies, groups and replicas by name, on the same clock. */
#ifndef SCRIPT_SCALING_H
#define SCRIPT_SCALING_H

#include "cw_alarm.h"
#include "cw_metric.h"
#include "cw_spread.h"
#include "group.h"
#include "scale_cooldown.h"
#include "scale_keda.h"
#include "scale_step.h"
#include "scale_target.h"
#include "script.h"

#define SCALING_MAX 16

struct scaling_group {
    char name[48];
    struct group *core;
    sim_time launch; /* how long an instance boots */
    uint64_t stopped, ended, refreshed, refreshes_failed;
};
struct scaling_metric {
    char name[48];
    struct cw_metric core;
    struct ratio value;
    bool none;          /* nothing is published */
    bool counter;       /* sum since the last datapoint */
    struct scaling_group *per;
    int64_t span;       /* the next to be put down */
    /* with many values a minute (script_scaling_spread.c) */
    bool tally;
    struct cw_stat stat;
    struct cw_spread spread;
    sim_time period;    /* of its statistic */
    struct cw_bin *bin; /* the values since the last datapoint */
    uint32_t n_bin;
};
struct scaling_alarm {
    char name[48];
    struct cw_alarm core;
    struct scaling_metric *metric;
    enum cw_statistic statistic;
    uint64_t fewest; /* samples that a period must have */
    sim_time next;
    uint64_t changes, invoked, held;
};
enum scaling_kind { SCALING_TARGET, SCALING_STEP, SCALING_SIMPLE };
struct scaling_policy {
    char name[48];
    enum scaling_kind kind;
    struct scaling_group *group;
    struct scaling_alarm *alarm;   /* step, simple */
    struct scaling_metric *metric; /* target */
    struct scale_target target;
    struct scale_steps steps; /* simple: the first one's adjustment */
    struct scale_wish wish;
};
struct scaling_keda {
    char name[48];
    struct scale_keda core;
    struct scale_keda_queue queue;
    bool in_flight, delayed;
    sim_time poll, sync;
};
struct scaling_cooldown {
    char name[48];
    struct scale_cooldown core;
    int64_t current;
};

struct script_scaling {
    sim_time now;
    struct call call;
    struct scaling_group group[SCALING_MAX];
    struct scaling_metric metric[SCALING_MAX];
    struct scaling_alarm alarm[SCALING_MAX];
    struct scaling_policy policy[SCALING_MAX];
    struct scaling_keda keda[SCALING_MAX];
    struct scaling_cooldown cooldown[SCALING_MAX];
    uint32_t n_group, n_metric, n_alarm, n_policy, n_keda, n_cooldown;
};

/* script_scaling.c */
void script_scaling_close(struct script *);
void script_scaling_to(struct script *, sim_time);
void script_scaling_check(struct script *);
/* Ready for a call at the script's time; NULL: memory is short. */
struct script_scaling *scaling_at(struct script *);
/* Groups settle what is due now. */
void scaling_settle(struct script_scaling *, struct scaling_group *);

/* script_scaling_spread.c. false: wrong words, or memory is short. */
bool spread_open(struct scaling_metric *, const struct line *);
void spread_close(struct scaling_metric *);
bool spread_add(struct scaling_metric *, const char *word);
bool spread_take(struct scaling_metric *, struct cw_point *);

/* script_scaling_words.c */
bool ratio_key(const struct line *, const char *key, struct ratio *); /* unchanged when it is not there */
void ratio_words(char out[64], struct ratio);
const char *text_key(const struct line *, const char *key, const char *otherwise);
/* "change", "exact", "percent"; false: none of them. */
bool adjust_word(const char *, enum scale_adjust *);
bool compare_word(const char *, enum cw_compare *);
bool missing_word(const char *, enum cw_missing *);
/* "0:10:0,10:20:10,20::30" */
bool steps_word(const char *, struct scale_steps *);

/* Of the words that name things; NULL: there is none. */
struct scaling_group *scaling_group(struct script_scaling *, const char *name);
struct scaling_metric *scaling_metric(struct script_scaling *, const char *name);
struct scaling_alarm *scaling_alarm(struct script_scaling *, const char *name);
struct scale_view scaling_view(const struct scaling_group *, sim_time now);

#endif
