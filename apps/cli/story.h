/* story.h - the life of one request, told: where it comes from (a run made again, or a stored one), what happened and by
 * which rule, and the verdict: why it was processed twice, why it is a dead letter, what it waited for. */
#ifndef STORY_H
#define STORY_H

#include <jansson.h>
#include <string.h>

#include "life.h"
#include "options.h"

struct story {
    struct life  life;  /* of this request only */
    char       **path;  /* entities by number */
    size_t       n_path;
    uint32_t     producer, replication;
    uint64_t     item, seed;
    sim_time     end;   /* of the run */
    uint32_t     queue; /* asked for as its message; LIFE_NONE: as the producer's request */
    uint64_t     number;
    char         source[200]; /* "shop.cfg", "run 3 of results.db" */
};

/* "queue.orders#4711": an entity and a number from 1 on. */
struct story_ref {
    char     entity[100];
    uint64_t number;
};
bool story_ref(struct story_ref *, const char *text);

/* Runs the scenario again, with that one request recorded. 0 or the exit code after saying why. */
int story_run(struct story *, const char *scenario, const struct story_ref *, const struct args *);
/* From a database; runs the scenario again when the run did not record the request. */
int story_stored(struct story *, const char *database, const struct story_ref *, const struct args *);
void story_close(struct story *);

/* story_rerun.c: the scenario run again with these overrides. */
struct story_rerun {
    const char        *scenario;
    const char *const *set;
    size_t             n_set;
    uint32_t           replication;
    uint64_t           print; /* fingerprint of the run that was */
};
int story_again(struct story *, struct story_rerun *, const struct story_ref *);

/* Whether it befell a record of a stream, not a message. */
static inline bool story_is_record(const struct story *s, const struct life_event *e)
{
    return e->entity < s->n_path && strncmp(s->path[e->entity], "stream.", 7) == 0;
}

/* --- telling --- */
#define STORY_TEXT 320
/* One event in words; the rule's number ("SQS-50") or NULL. */
const char *story_tell(const struct story *, size_t event, char text[STORY_TEXT]);
/* Events that say nothing by themselves are left out of the table. */
bool story_is_told(const struct story *, size_t event);
const char *story_who(const struct story *, const struct life_event *, char out[120]); /* "fleet.f[0]" */
/* "2:05.250", "12.5 s"; a point of time and a length. */
const char *story_time(sim_time, char out[40]);
const char *story_length(sim_time, char out[40]);
const char *story_ordinal(uint32_t, char out[16]);

/* --- the verdict --- */
struct story_verdict {
    const char *about; /* "processed twice" */
    const char *rule;  /* "SQS-50"; NULL: none */
    char        text[STORY_TEXT * 2];
};
#define VERDICTS_MAX 16
size_t story_judge(const struct story *, struct story_verdict out[VERDICTS_MAX]);

void    story_print(const struct story *);
json_t *story_json(const struct story *);

#endif
