/* rooms.c - the registry: one line per kind of entity, sorted by kind. */
#include "room.h"

#include <stddef.h>
#include <string.h>

extern const struct room room_alarm, room_bus, room_consumer, room_database, room_destination, room_endpoint, room_event, room_fault, room_firehose, room_fleet,
    room_function, room_group,
    room_kpl, room_mapping, room_pipe, room_pool, room_producer, room_proxy, room_queue, room_scaling, room_service, room_stream, room_topic;

const struct room *const rooms[] = {
    &room_alarm,
    &room_bus,
    &room_consumer,
    &room_database,
    &room_destination,
    &room_endpoint,
    &room_event,
    &room_fault,
    &room_firehose,
    &room_fleet,
    &room_function,
    &room_group,
    &room_kpl,
    &room_mapping,
    &room_pipe,
    &room_pool,
    &room_producer,
    &room_proxy,
    &room_queue,
    &room_scaling,
    &room_service,
    &room_stream,
    &room_topic,
    NULL,
};

const struct room *room_find(const char *kind)
{
    for (const struct room *const *r = rooms; *r != NULL; r++) {
        if (strcmp((*r)->kind, kind) == 0)
            return *r;
    }
    return NULL;
}
