/* reach.h - where requests can come to: along every reference of the entities on their way, and from a source that is pulled to those
 * who pull it. */
#ifndef REACH_H
#define REACH_H

#include "spec.h"

/* Whether what comes to `from` may come to `to`; also when memory is short. */
bool reach_leads(const struct spec *, const struct spec_entity *from, const struct spec_entity *to);

#endif
