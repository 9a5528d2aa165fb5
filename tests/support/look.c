/* look.c - see look.h. */
#include "look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim.h"

struct look look_open(const char *lines)
{
    struct err err = {0};
    struct look l = {.build = specbuild_open(lines)};
    l.w = world_open(specbuild_done(l.build), 0, &err);
    assert_non_null(l.w);
    return l;
}

void look_close(struct look *l)
{
    struct err err = {0};
    sim_run(l->w->sim, l->w->end, NULL);
    struct result *r = world_finish(l->w, &err);
    if (r == NULL)
        fail_msg("%s", err.text);
    result_free(r);
    world_close(l->w);
    specbuild_close(l->build);
}

int64_t look_value(const struct look *l, const char *entity, const char *metric)
{
    for (uint32_t i = 0; i < l->w->n_metric; i++) {
        const struct metric_slot *m = &l->w->metric[i];
        if (strcmp(m->entity->spec->path, entity) == 0 && strcmp(m->def->name, metric) == 0)
            return m->def->kind == OBS_COUNTER ? (int64_t)((const struct obs_counter *)m->observer)->n
                                               : ((const struct obs_level *)m->observer)->value;
    }
    fail_msg("no %s.%s", entity, metric);
    return 0;
}
