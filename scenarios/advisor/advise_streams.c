/* advise_streams.c - streams, who writes to them and who reads them: a shard has limits of its own,
 * and one record after the other. */
#include "advisor.h"

#include <math.h>
#include <string.h>

#define SHARD_RECORDS 1000.0
#define SHARD_BYTES   1048576.0
#define POLLERS       5 /* GetRecords that a shard answers in a second */

static double size_of(const struct spec_entity *producer)
{
    const struct value *size = value_at(producer, NULL, "size");
    double mean =
        size == NULL || size->type != VALUE_DIST || size->dist == NULL ? 0 : dist_mean(size->dist);
    return isfinite(mean) && !given_at(producer, NULL, "events") ? mean : 0;
}

/* Bytes of a record on average, over all that send; 0: unknown. */
static double record_bytes(const struct adviser *a, const struct spec_entity *to)
{
    double rate = 0, bytes = 0;
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        double from = rate_from(a, p, to);
        rate += from;
        bytes += from * size_of(p);
    }
    return rate > 0 ? bytes / rate : 0;
}

/* --- writing --- */

static void few_shards(struct adviser *a)
{
    for (const struct spec_entity *s = next_of(a, "stream", NULL); s != NULL;
         s = next_of(a, "stream", s)) {
        double rate = peak_rate(a, s), shards = shards_of(s),
               need = fmax(rate / SHARD_RECORDS, rate * record_bytes(a, s) / SHARD_BYTES);
        if (shards > 0 && need > shards)
            advise_about(a, s, value_at(s, NULL, "shards"),
                         "up to %s come, of %g bytes: that needs %g shards, and it has %g",
                         rate_text(a, rate), round(record_bytes(a, s)), ceil(need), shards);
    }
}

static void hot_key(struct adviser *a)
{
    for (const struct spec_entity *s = next_of(a, "stream", NULL); s != NULL;
         s = next_of(a, "stream", s)) {
        for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
             p = next_of(a, "producer", p)) {
            double rate = key_law(p) == NULL || int_at(s, NULL, "ignore_keys", 0)
                              ? 0
                              : rate_from(a, p, s) * hottest(key_law(p));
            if (rate > SHARD_RECORDS || rate * size_of(p) > SHARD_BYTES)
                advise_about(a, p, value_at(p, NULL, "key"),
                             "its most frequent key comes %s, more than one shard takes, and a key "
                             "has one shard only: %s throttles it, however many it has",
                             rate_text(a, rate), s->path);
        }
    }
}

static void short_ttl(struct adviser *a)
{
    for (const struct spec_entity *k = next_of(a, "kpl", NULL); k != NULL;
         k = next_of(a, "kpl", k)) {
        const struct spec_entity *s = ref_at(k, NULL, "target");
        const struct value *where;
        double outage = s == NULL ? 0 : outage_of(a, s, &where),
               ttl = seconds_at(k, NULL, "record_ttl", 30);
        if (outage > ttl)
            advise_about(a, k, value_at(k, NULL, "record_ttl"),
                         "records are dropped when they are %s old, and %s is to be out for %s",
                         time_text(a, ttl), s->path, time_text(a, outage));
    }
}

/* --- reading --- */

static bool polls(const struct spec_entity *reader, double *interval)
{
    *interval = seconds_at(reader, NULL, "poll_interval", 1);
    if (kind_is(reader, "consumer"))
        return is_at(reader, NULL, "transport", "polling") ||
               (value_at(reader, NULL, "transport") == NULL &&
                is_at(reader, NULL, "library", "none"));
    return kind_is(reader, "firehose") ||
           (kind_is(reader, "mapping") && !int_at(reader, NULL, "fan_out", 0));
}

static void many_pollers(struct adviser *a)
{
    for (const struct spec_entity *s = next_of(a, "stream", NULL); s != NULL;
         s = next_of(a, "stream", s)) {
        double n = 0, calls = 0, interval;
        for (uint32_t i = 0; i < a->spec->n_entity; i++) {
            if (ref_at(&a->spec->entity[i], NULL, "source") == s &&
                polls(&a->spec->entity[i], &interval)) {
                n++;
                calls += 1 / fmax(interval, 1e-3);
            }
        }
        if (n > POLLERS || (calls > POLLERS && !int_at(s, NULL, "fair_polling", 1)))
            advise_about(a, s, NULL,
                         "%g applications poll each shard, together up to %s, and a shard answers "
                         "5 calls a second",
                         n, rate_text(a, calls));
    }
}

static void idle_workers(struct adviser *a)
{
    for (const struct spec_entity *c = next_of(a, "consumer", NULL); c != NULL;
         c = next_of(a, "consumer", c)) {
        const struct spec_entity *s = ref_at(c, NULL, "source");
        double workers = (double)int_at(c, NULL, "workers", 1),
               shards = s == NULL ? 0 : shards_of(s);
        if (shards > 0 && workers > shards && is_at(c, NULL, "library", "kcl"))
            advise_about(
                a, c, value_at(c, NULL, "workers"),
                "%g workers, but %s has %g shards, and a shard has one worker: the others idle",
                workers, s->path, shards);
    }
}

static void slow_reader(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i], *s = ref_at(e, NULL, "source"),
                                 *to = ref_at(e, NULL, "target");
        bool mapping = kind_is(e, "mapping") && to != NULL && !kind_is(to, "function");
        double lanes = s == NULL || !kind_is(s, "stream") ? 0 : shards_of(s);
        if (!(lanes > 0) || !(kind_is(e, "consumer") || mapping))
            continue;
        lanes *= mapping ? (double)int_at(e, NULL, "parallelization_factor", 1) : 1;
        double rate = steady_rate(a, s), mean = work_of(a, mapping ? to : e, 0.99).mean;
        if (rate * mean >= lanes)
            advise_about(a, e, NULL,
                         "%s come into %s, each takes %s, and %g can be worked on at a time, one "
                         "after the other in a shard: it falls behind for ever",
                         rate_text(a, rate), s->path, time_text(a, mean), lanes);
    }
}

static void stream_retention(struct adviser *a)
{
    for (uint32_t i = 0; i < a->spec->n_entity; i++) {
        const struct spec_entity *e = &a->spec->entity[i], *s = ref_at(e, NULL, "source");
        const struct value *where;
        double outage = s == NULL || !kind_is(s, "stream") ? 0 : outage_of(a, e, &where),
               kept = outage > 0 ? seconds_at(s, NULL, "retention", 0) : 0;
        if (outage > 0 && outage >= kept)
            advise_about(a, s, value_at(s, NULL, "retention"),
                         "records are gone after %s, and %s is to be out for %s",
                         time_text(a, kept), e->path, time_text(a, outage));
    }
}

/* --- poison --- */

/* Over which its function, or it itself, always fails. */
static bool has_poison(const struct spec_entity *e)
{
    const struct spec_entity *to = ref_at(e, NULL, "target");
    bool own = int_at(e, NULL, "poison.share", 0) > 0 && value_at(e, NULL, "poison.until") == NULL;
    return own || (to != NULL && kind_is(to, "function") && int_at(to, NULL, "poison.share", 0) > 0);
}

static bool gives_up(const struct spec_entity *mapping)
{
    return int_at(mapping, NULL, "retry_attempts", INT64_MAX) < 1000000 ||
           value_at(mapping, NULL, "max_record_age") != NULL;
}

static const struct spec_entity *next_stream_mapping(const struct adviser *a,
                                                     const struct spec_entity *m)
{
    while ((m = next_of(a, "mapping", m)) != NULL) {
        const struct spec_entity *s = ref_at(m, NULL, "source");
        if (s != NULL && kind_is(s, "stream"))
            return m;
    }
    return NULL;
}

static void mapping_blocked(struct adviser *a)
{
    for (const struct spec_entity *m = next_stream_mapping(a, NULL); m != NULL;
         m = next_stream_mapping(a, m)) {
        if (has_poison(m) && !gives_up(m))
            advise_about(
                a, m, NULL,
                "there are records over which its function always fails, and batches are tried "
                "again without end: each holds up its shard until the retention is over");
    }
}

static void mapping_whole_batch(struct adviser *a)
{
    for (const struct spec_entity *m = next_stream_mapping(a, NULL); m != NULL;
         m = next_stream_mapping(a, m)) {
        if (has_poison(m) && gives_up(m) && int_at(m, NULL, "batch", 100) > 1 &&
            !int_at(m, NULL, "bisect", 0) && !int_at(m, NULL, "report_failures", 0))
            advise_about(a, m, value_at(m, NULL, "batch"),
                         "a batch with one bad record is given up as a whole, up to %g records",
                         (double)int_at(m, NULL, "batch", 100));
    }
}

static void mapping_silent(struct adviser *a)
{
    for (const struct spec_entity *m = next_stream_mapping(a, NULL); m != NULL;
         m = next_stream_mapping(a, m)) {
        if (gives_up(m) && !given_at(m, NULL, "on_failure") && has_poison(m))
            advise_about(a, m, NULL, "what it gives up is told to nobody: it has no on_failure");
    }
}

static void consumer_blocked(struct adviser *a)
{
    for (const struct spec_entity *c = next_of(a, "consumer", NULL); c != NULL;
         c = next_of(a, "consumer", c)) {
        if (has_poison(c) && int_at(c, NULL, "attempts", 1) > 1000000)
            advise_about(a, c, value_at(c, NULL, "attempts"),
                         "a record that always fails is tried again without end, and all behind it "
                         "in its shard wait");
    }
}

/* --- delivery streams --- */

static double buffered_for(const struct spec_entity *f)
{
    const struct spec_entity *to = ref_at(f, NULL, "destination");
    double otherwise = to == NULL || is_at(to, NULL, "type", "snowflake") ? 0
                       : is_at(to, NULL, "type", "splunk")                ? 60
                                                                          : 300;
    return seconds_at(f, NULL, "buffer_interval", otherwise);
}

static double bytes_per_second(struct adviser *a, const struct spec_entity *f)
{
    const struct spec_entity *from = ref_at(f, NULL, "source");
    return steady_rate(a, from != NULL ? from : f) * record_bytes(a, from != NULL ? from : f);
}

static void buffer_deadline(struct adviser *a)
{
    for (const struct spec_entity *p = next_of(a, "producer", NULL); p != NULL;
         p = next_of(a, "producer", p)) {
        const struct spec_entity *f = ref_at(p, NULL, "target"), *done = ref_at(p, NULL, "done_at");
        double deadline = seconds_at(p, NULL, "deadline", INFINITY);
        if (f == NULL || !kind_is(f, "firehose") ||
            (done != NULL && !kind_is(done, "firehose") && !kind_is(done, "destination")))
            continue;
        double fills =
            (double)int_at(f, NULL, "buffer_size", 5242880) / fmax(bytes_per_second(a, f), 1e-9);
        if (bytes_per_second(a, f) > 0 && fmin(buffered_for(f), fills) > deadline)
            advise_about(a, f, value_at(f, NULL, "buffer_interval"),
                         "records gather for %s before they are delivered, and those of %s have %s",
                         time_text(a, fmin(buffered_for(f), fills)), p->path,
                         time_text(a, deadline));
    }
}

static void small_buffer(struct adviser *a)
{
    for (const struct spec_entity *f = next_of(a, "firehose", NULL); f != NULL;
         f = next_of(a, "firehose", f)) {
        const struct value *size = value_at(f, NULL, "buffer_size");
        double bytes = bytes_per_second(a, f);
        if (size != NULL && bytes > 0 && (double)size->i < 10 * bytes)
            advise_about(
                a, f, size,
                "it fills its buffer every %s: the size should hold ten seconds of what comes",
                time_text(a, (double)size->i / bytes));
    }
}

static const struct advice items[] = {
    {600, "few-shards", "fewer shards than the load needs",
     "A shard takes 1,000 records and 1 MiB a second. What is above that is throttled, each record "
     "by itself; a sender that does not try again has lost "
     "it, one that does sends more still.",
     "KIN-10, KIN-65", "`stream.*.throttled` is above 0.",
     "Have the larger of records / 1,000 and KiB / 1,024 shards, and a fifth more, for keys never "
     "spread evenly.",
     few_shards},
    {601, "hot-key", "a key that needs more than a shard",
     "All records of a partition key go to one shard. A key above a shard's limits is throttled "
     "whatever the number of shards, and so is every other key that "
     "shares its shard.",
     "KIN-10, KIN-25",
     "One part of `stream.*[*].throttled` is nearly all of it, and more shards hardly change it.",
     "Put a number behind the hot key (its order is then one per part), or aggregate.", hot_key},
    {602, "short-ttl", "a record's time to live below an outage",
     "The producer library keeps what it cannot put for record_ttl, 30 s by default, and drops it "
     "then. An outage that is longer loses all that came in it but "
     "the last seconds.",
     "KIN-79", "`kpl.*.user_records_expired` is above 0, `lost` too.",
     "Raise record_ttl above the longest outage, and watch the memory that takes.", short_ttl},
    {603, "many-pollers", "more pollers than a shard answers",
     "A shard answers five GetRecords a second, for all applications together. With more pollers "
     "each of them waits, or is refused now and then, and the delay of "
     "every one of them grows with their number.",
     "KIN-30, KIN-41",
     "`consumer.*.delay` grows with the number of applications; `stream.*.read_throttled` is above "
     "0 where turns are not fair.",
     "Give applications enhanced fan-out (transport = \"fan_out\"), or poll less often.",
     many_pollers},
    {604, "idle-workers", "more workers than shards",
     "A shard is leased to one worker. Workers beyond the number of shards have nothing to do, but "
     "wait for somebody to die.",
     "KIN-71", "`consumer.*.idle_workers` is above 0 all the time.",
     "Have as many workers as shards, or one more as a spare and say so in run.quiet; or more "
     "shards.",
     idle_workers},
    {605, "slow-reader", "records that come faster than their shards are worked on",
     "A shard's records are worked on one after the other. When rate x time is above the number of "
     "shards (and lanes), the reader falls behind for ever, and no "
     "further worker helps.",
     "KIN-71, KIN-85", "`iterator_age` grows for as long as records come.",
     "Have more shards, or a larger parallelization_factor; or do less for each record.",
     slow_reader},
    {606, "stream-retention", "a stream's retention below its reader's outage",
     "A stream keeps records for 24 hours by default, read or not. A reader that is away for "
     "longer misses what has gone, and begins at the oldest that is left.",
     "KIN-44, KIN-47", "`consumer.*.missed` or `mapping.*.expired` is above 0.",
     "Keep records for longer than the longest outage of a reader, and the time to catch up.",
     stream_retention},
    {607, "mapping-blocked", "a mapping that never gives up",
     "A batch that fails is tried again until its records expire, a day or a week later, and "
     "everything behind it in the shard waits. One bad record stops a shard.",
     "KIN-86",
     "`mapping.*.blocked` is above 0 for the rest of the run; `mapping.*.errors` grows and grows.",
     "Limit retry_attempts and max_record_age, set bisect, and an on_failure.", mapping_blocked},
    {608, "mapping-whole-batch", "a batch that is given up for one record",
     "When the retries are over the whole batch is discarded, the good records with the bad one.",
     "KIN-86, KIN-88, KIN-90",
     "`mapping.*.discarded_attempts` is many times the number of bad records.",
     "Set bisect, which halves a batch until the bad record is alone, or let the function say "
     "which failed (report_failures).",
     mapping_whole_batch},
    {609, "mapping-silent", "a mapping that gives up without a word",
     "What a mapping gives up is gone from its point of view. Without on_failure nobody learns "
     "where it lay.",
     "KIN-86, KIN-89",
     "`mapping.*.discarded_attempts` or `discarded_age` is above 0, `mapping.*.letters` is 0.",
     "Name a queue or topic in on_failure. It is told the place of the records in the stream, so "
     "read them there before they expire.",
     mapping_silent},
    {610, "consumer-blocked", "a consumer that never skips",
     "Records of a shard are dealt with in their order. One that always fails and is never skipped "
     "is the last that this shard sees.",
     "KIN-71", "`consumer.*.lag` grows, `consumer.*.retried` too, and `processed` does not.",
     "Skip it after some attempts (attempts = 5), and put it aside.", consumer_blocked},
    {611, "buffer-deadline", "a buffer that outlasts the deadline",
     "A delivery stream gathers records until its size or its interval is reached, 300 s by "
     "default, and only then delivers. Data that should be there earlier "
     "is late by design.",
     "FH-12", "`late` is nearly all; `firehose.*.delay` is about half the interval and more.",
     "Shorten buffer_interval (0 is about 5 s), or do not promise so much.", buffer_deadline},
    {612, "small-buffer", "a buffer of less than ten seconds",
     "A buffer that is full after a few seconds makes many small objects, each with its own "
     "delivery; when the destination lags they are put together anyway.",
     "FH-14, FH-17", "`firehose.*.objects` is high and `object_size` small.",
     "Take a size above what comes in ten seconds.", small_buffer},
};
const struct advice_set advice_streams = {items, sizeof items / sizeof items[0]};
