/* eb_region.h - quotas by region (EB-16): calls of PutEvents and invocations of targets, per second and account. */
#ifndef EB_REGION_H
#define EB_REGION_H

#include <stdbool.h>
#include <stdint.h>

/* Regions that are not listed have the smallest quotas. false: that is no name of a region at all. */
bool eb_region(const char *name, uint32_t *puts, uint32_t *invocations);

#endif
