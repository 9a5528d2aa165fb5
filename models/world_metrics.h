/* world_metrics.h - private to the world: its observers from registration to result. */
#ifndef WORLD_METRICS_H
#define WORLD_METRICS_H

#include "world.h"

/* Room for all metrics of the scenario's entities. false: memory is short. */
bool metrics_open(struct world *);
void metrics_close(struct world *);
/* Every metric of the entity is there: it has been made. */
void metrics_made(const struct entity *);
/* All observers are rolled now and then, as obs.h asks: from when the world is built. */
void metrics_start(struct world *);
/* The end of warm-up. */
void metrics_reset(struct world *);
/* Everything observed moves into the result, fates included. false: memory is short. */
bool metrics_take(struct world *, struct result *);
/* Number of metrics of the scenario itself. */
uint32_t metrics_scenario(void);

#endif
