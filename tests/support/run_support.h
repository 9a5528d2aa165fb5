/* run_support.h - one replication of a spec given as lines, and its numbers by name. */
#ifndef RUN_SUPPORT_H
#define RUN_SUPPORT_H

#include "specbuild.h"
#include "world.h"

struct run {
    struct specbuild       *build;
    const struct spec      *spec;
    struct arena            arena;
    const struct metric_id *id;
    uint32_t                n;
    struct result          *result;
};

/* Runs replication 0; anything wrong ends the program. */
struct run run_lines(const char *lines);
struct run run_replication(const char *lines, uint32_t replication);
void       run_free(struct run *);

/* entity "" is the scenario. A metric or stat that is not there ends the program. */
const struct metric_value *run_metric(const struct run *, const char *entity, const char *metric);
double   run_stat(const struct run *, const char *entity, const char *metric, const char *stat);
double   run_count(const struct run *, const char *entity, const char *metric); /* of a counter or tally */
uint64_t run_print(const struct run *, const char *entity);

/* A request of the world's first producer in the hands of the test; to the producer it is under way until the end. */
uint32_t run_request(struct world *, uint64_t item, uint32_t size, uint32_t key);

#endif
