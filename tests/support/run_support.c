/* run_support.c - see run_support.h. */
#include "run_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "producer.h"

struct run run_replication(const char *lines, uint32_t replication)
{
    struct run r = {.build = specbuild_open(lines)};
    struct err err = {0};
    r.spec = specbuild_done(r.build);
    arena_init(&r.arena);
    r.id = world_metrics(r.spec, &r.arena, &r.n);
    r.result = world_run(r.spec, replication, NULL, &err);
    if (r.result == NULL) {
        fprintf(stderr, "run: %s\n", err.text);
        abort();
    }
    return r;
}

struct run run_lines(const char *lines)
{
    return run_replication(lines, 0);
}

void run_free(struct run *r)
{
    result_free(r->result);
    arena_free(&r->arena);
    specbuild_close(r->build);
}

static uint32_t number_of(const struct run *r, const char *entity, const char *metric)
{
    for (uint32_t i = 0; i < r->n; i++) {
        if (strcmp(r->id[i].entity, entity) == 0 && strcmp(r->id[i].name, metric) == 0)
            return i;
    }
    fprintf(stderr, "run: no metric %s.%s\n", entity, metric);
    abort();
}

const struct metric_value *run_metric(const struct run *r, const char *entity, const char *metric)
{
    return &r->result->metric[number_of(r, entity, metric)];
}

double run_stat(const struct run *r, const char *entity, const char *metric, const char *stat)
{
    uint32_t i = number_of(r, entity, metric);
    struct obs_stat s;
    if (!obs_stat_parse(stat, &s) || !obs_stat_fits(r->id[i].kind, s)) {
        fprintf(stderr, "run: %s.%s has no %s\n", entity, metric, stat);
        abort();
    }
    return metric_stat(&r->result->metric[i], r->id[i].kind, s, r->result->observed);
}

double run_count(const struct run *r, const char *entity, const char *metric)
{
    return (double)run_metric(r, entity, metric)->n;
}

uint64_t run_print(const struct run *r, const char *entity)
{
    const struct spec_entity *e = spec_find(r->spec, entity);
    if (e == NULL) {
        fprintf(stderr, "run: no entity %s\n", entity);
        abort();
    }
    return r->result->fingerprint[e->index];
}

uint32_t run_request(struct world *w, uint64_t item, uint32_t size, uint32_t key)
{
    struct producer *p = CONTAINER_OF(w->requests.source[0], struct producer, source);
    p->n_active++;
    return request_open(w, 0, item, size, key);
}
