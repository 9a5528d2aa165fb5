/* firehose_check.c - what the settings come to, and what the service would refuse, told with its place. */
#include <string.h>

#include "check_codes.h"
#include "firehose_actor.h"

#define GIVEN(e, key, field)                                                                       \
    do {                                                                                           \
        if (!spec_value(e, key)->absent)                                                           \
            (field) = (__typeof__(field))spec_int(e, key);                                         \
    } while (0)

static bool is_group(const struct value *v)
{
    return v->list.n > 0;
}

static enum fh_destination type_of(const struct spec_entity *e)
{
    const struct spec_entity *to = spec_value(e, FIREHOSE_DESTINATION)->ref;
    const struct value *type = to == NULL ? NULL : spec_named(to, "type");
    return type == NULL ? FH_S3 : (enum fh_destination)type->i;
}

static void read_transform(const struct value *v, struct fh_config *c)
{
    c->transform = is_group(v);
    if (!c->transform)
        return;
    const struct value *size = value_field(v, TRANSFORM_SIZE), *interval = value_field(v, TRANSFORM_INTERVAL);
    if (!size->absent)
        c->lambda_size = (uint64_t)size->i;
    if (!interval->absent)
        c->lambda_interval = interval->i;
    c->lambda_retries = (uint32_t)value_field(v, TRANSFORM_RETRIES)->i;
}

static void read_partitioning(const struct spec_entity *e, struct fh_config *c)
{
    const struct value *v = spec_value(e, FIREHOSE_PARTITIONING);
    if (!is_group(v))
        return;
    c->partitions = (uint32_t)value_field(v, PARTITIONING_LIMIT)->i;
    if (spec_value(e, FIREHOSE_SIZE)->absent)
        c->size = 128 * (uint64_t)FH_MIB;
    c->parse_time = (sim_time)((__int128)c->interval * value_field(v, PARTITIONING_PARSE)->i / 1000000000);
}

/* As long as a stream keeps its records, so long are they kept (FH-9). */
static void read_source(const struct spec_entity *e, struct fh_config *c)
{
    const struct spec_entity *source = spec_value(e, FIREHOSE_SOURCE)->ref;
    const struct value *retention = source == NULL ? NULL : spec_named(source, "retention"),
                       *shards = source == NULL ? NULL : spec_named(source, "shards");
    if (source == NULL)
        return;
    c->source = FH_STREAM;
    c->shards = shards == NULL || shards->absent ? 1 : (uint32_t)shards->i;
    if (retention != NULL && !retention->absent)
        c->keep = retention->i;
}

void firehose_config(const struct spec_entity *e, struct fh_config *c)
{
    fh_config_default(c, type_of(e), is_group(spec_value(e, FIREHOSE_CONVERSION)));
    read_source(e, c);
    GIVEN(e, FIREHOSE_SIZE, c->size);
    GIVEN(e, FIREHOSE_INTERVAL, c->interval);
    GIVEN(e, FIREHOSE_RETRY, c->retry);
    GIVEN(e, FIREHOSE_KEEP, c->keep);
    GIVEN(e, FIREHOSE_BYTES, c->bytes_per_s);
    GIVEN(e, FIREHOSE_RECORDS, c->records_per_s);
    GIVEN(e, FIREHOSE_REQUESTS, c->requests_per_s);
    GIVEN(e, FIREHOSE_PARALLEL, c->parallel);
    GIVEN(e, FIREHOSE_ZERO_LATENCY, c->zero_latency);
    GIVEN(e, FIREHOSE_BACKUP_SIZE, c->backup_size);
    GIVEN(e, FIREHOSE_BACKUP_INTERVAL, c->backup_interval);
    c->jitter = spec_int(e, FIREHOSE_JITTER) == 1;
    c->backup_all = spec_int(e, FIREHOSE_BACKUP_MODE) == 1;
    read_transform(spec_value(e, FIREHOSE_TRANSFORM), c);
    read_partitioning(e, c);
}

/* --- check --- */

static const char *rule_of(enum fh_outcome o, enum firehose_key *key)
{
    switch (o) {
    case FH_BAD_SIZE:
        *key = FIREHOSE_SIZE;
        return "FH-12";
    case FH_BAD_INTERVAL:
        *key = FIREHOSE_INTERVAL;
        return "FH-12";
    case FH_BAD_LAMBDA:
        *key = FIREHOSE_TRANSFORM;
        return "FH-19";
    case FH_BAD_RETRY:
        *key = FIREHOSE_RETRY;
        return "FH-27, FH-30";
    case FH_BAD_CONVERSION:
        *key = FIREHOSE_CONVERSION;
        return "FH-35";
    default:
        *key = FIREHOSE_PARTITIONING;
        return "FH-36";
    }
}

static void check_service(const struct spec_entity *e, struct problems *p)
{
    static const char *const name[FH_DESTINATIONS] = {"s3", "redshift", "opensearch", "http", "splunk", "snowflake", "iceberg"};
    struct fh_config c;
    enum firehose_key key;
    firehose_config(e, &c);
    enum fh_outcome o = fh_config_judge(&c);
    if (o == FH_OK)
        return;
    const char *rule = rule_of(o, &key);
    const struct fh_limits *l = fh_limits(c.destination, c.convert);
    const struct place *where = spec_value(e, key)->given ? &spec_value(e, key)->place : &e->place;
    problem_note(problem_add(p, SEVERITY_ERROR, CHECK_FIREHOSE, where, "%s: %s (%s)", e->path, fh_outcome_row(o)->text, rule),
                 "for %s: buffers of %u to %u MiB, an interval of 0 to %u s", name[c.destination], l->size_min, l->size_max,
                 l->interval_max);
}

static void useless(const struct spec_entity *e, enum firehose_key key, const char *why, struct problems *p)
{
    const struct value *v = spec_value(e, key);
    if (v->given)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &v->place, "%s: '%s' %s", e->path, firehose_keys[key].name, why);
}

static void check_backup(const struct spec_entity *e, struct problems *p)
{
    const struct value *backup = spec_value(e, FIREHOSE_BACKUP), *mode = spec_value(e, FIREHOSE_BACKUP_MODE);
    const struct value *type = backup->ref == NULL ? NULL : spec_named(backup->ref, "type");
    if (backup->ref == NULL && type_of(e) != FH_S3)
        problem_note(problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &e->place, "%s needs a 'backup' for what its destination does not take (FH-34)",
                                 e->path),
                     "destination = { failed = { type = \"s3\"; }; }; and here backup = \"destination.failed\"");
    if (backup->ref == NULL && mode->i == 1)
        problem_add(p, SEVERITY_ERROR, CHECK_NEEDS, &mode->place, "%s: backup_mode = \"all\" needs a 'backup' (FH-34)", e->path);
    if (type != NULL && type->i != FH_S3)
        problem_add(p, SEVERITY_ERROR, CHECK_FIREHOSE, &backup->place, "%s: the backup is a bucket: %s needs type = \"s3\" (FH-34)", e->path,
                    backup->ref->path);
    if (mode->i == 0) {
        useless(e, FIREHOSE_BACKUP_SIZE, "needs backup_mode = \"all\"", p);
        useless(e, FIREHOSE_BACKUP_INTERVAL, "needs backup_mode = \"all\"", p);
    }
}

static void check_transform(const struct spec_entity *e, struct problems *p)
{
    const struct value *v = spec_value(e, FIREHOSE_TRANSFORM);
    if (!is_group(v))
        return;
    const struct value *failed = value_field(v, TRANSFORM_FAILED);
    if (value_field(v, TRANSFORM_DROPPED)->i + failed->i > 1000000000)
        problem_add(p, SEVERITY_ERROR, CHECK_CHANCES, &failed->place, "%s: 'dropped' and 'failed' are more than all records", e->path);
}

void firehose_check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    static const enum firehose_key puts[] = {FIREHOSE_API_LATENCY, FIREHOSE_BYTES, FIREHOSE_RECORDS, FIREHOSE_REQUESTS};
    if (spec_value(e, FIREHOSE_DESTINATION)->ref == NULL)
        return;
    check_service(e, p);
    check_backup(e, p);
    check_transform(e, p);
    if (spec_value(e, FIREHOSE_SOURCE)->ref != NULL)
        for (unsigned i = 0; i < ARRAY_LEN(puts); i++)
            useless(e, puts[i], "is about puts; this one reads its source", p);
}
