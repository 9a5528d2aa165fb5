/* advise_readers.c - a stream's readers on instances that come and go: shards are shared out one by one, and what a reader holds has
 * to be handed over. */
#include "advisor.h"

#include <math.h>
#include <string.h>

static const struct spec_entity *next_readers(const struct adviser *a, const struct spec_entity *g,
                                              const struct spec_entity **consumer)
{
    while ((g = next_of(a, "group", g)) != NULL) {
        *consumer = ref_at(g, NULL, "target");
        if (*consumer != NULL && kind_is(*consumer, "consumer"))
            return g;
    }
    return NULL;
}

static double threads_of(const struct spec_entity *group)
{
    return (double)int_at(group, NULL, "threads", 1);
}

/* --- too many --- */

static void beyond_shards(struct adviser *a)
{
    const struct spec_entity *c;
    for (const struct spec_entity *g = next_readers(a, NULL, &c); g != NULL; g = next_readers(a, g, &c)) {
        const struct spec_entity *s = ref_at(c, NULL, "source");
        double most = (double)int_at(g, NULL, "max", 10) * threads_of(g), shards = s == NULL ? 0 : shards_of(s);
        if (shards > 0 && most - threads_of(g) >= shards)
            advise_about(a, g, value_at(g, NULL, "max"),
                         "grows to %g workers, and %s has %g shards, each with one worker: beyond %g instances the others have nothing to do",
                         most, s->path, shards, ceil(shards / threads_of(g)));
    }
}

static void free_workers(struct adviser *a)
{
    const struct spec_entity *c;
    for (const struct spec_entity *g = next_readers(a, NULL, &c); g != NULL; g = next_readers(a, g, &c)) {
        const struct spec_entity *s = scaled_by(a, g, NULL);
        if (s != NULL && !is_at(s, NULL, "policy", "scheduled") && value_at(c, NULL, "worker_threads") == NULL)
            advise_about(a, c, NULL, "a worker has a thread for each of its shards: one instance does as much as all that %s adds", s->path);
    }
}

/* --- those who go --- */

static bool any_scale_in(const struct spec_entity *scaling)
{
    return may_scale_in(scaling) || is_at(scaling, NULL, "policy", "scheduled") || is_at(scaling, NULL, "policy", "step");
}

static void killed_readers(struct adviser *a)
{
    const struct spec_entity *c;
    for (const struct spec_entity *g = next_readers(a, NULL, &c); g != NULL; g = next_readers(a, g, &c)) {
        const struct spec_entity *s = scaled_by(a, g, any_scale_in);
        bool untold = is_at(c, NULL, "shutdown", "none"), at_once = !(seconds_at(g, NULL, "drain", 0) > 0);
        const char *who = s != NULL ? s->path : given_at(g, NULL, "refresh") ? "a refresh" : NULL;
        if (who != NULL && (untold || at_once) && int_at(g, NULL, "min", 1) < int_at(g, NULL, "max", 10))
            advise_about(a, g, untold ? value_at(c, NULL, "shutdown") : value_at(g, NULL, "drain"),
                         "%s takes instances away whose workers are killed: their shards stand still for up to %s, and what was done since "
                         "their checkpoints is done again",
                         who, time_text(a, seconds_at(c, NULL, "failover", 10)));
    }
}

/* --- those who come --- */

static bool reacts(const struct spec_entity *scaling)
{
    return !is_at(scaling, NULL, "policy", "scheduled");
}

/* Others come to help when it is behind. */
static bool is_helped(const struct adviser *a, const struct spec_entity *consumer)
{
    const struct spec_entity *c;
    for (const struct spec_entity *g = next_readers(a, NULL, &c); g != NULL; g = next_readers(a, g, &c))
        if (c == consumer && scaled_by(a, g, reacts) != NULL)
            return true;
    return scaled_by(a, consumer, reacts) != NULL;
}

static void long_batch(struct adviser *a)
{
    for (const struct spec_entity *c = next_of(a, "consumer", NULL); c != NULL; c = next_of(a, "consumer", c)) {
        double batch = (double)int_at(c, NULL, "max_records", 10000) * work_of(a, c, 0.99).mean, handoff = seconds_at(c, NULL, "handoff", 30);
        if (is_helped(a, c) && batch > handoff)
            advise_about(a, c, value_at(c, NULL, "max_records"),
                         "when it is behind, a batch of %g records takes %s, and a lease that moves to a new worker waits for %s: what was done of "
                         "the batch is done again",
                         (double)int_at(c, NULL, "max_records", 10000), time_text(a, batch), time_text(a, handoff));
    }
}

/* --- in on age alone --- */

static bool sets_off(const struct spec_entity *alarm, const struct spec_entity *scaling)
{
    const struct value *actions = value_at(alarm, NULL, "actions");
    for (uint32_t i = 0; actions != NULL && i < actions->list.n; i++)
        if (actions->list.item[i].ref == scaling)
            return true;
    return false;
}

static bool watches_lag_only(const struct spec_entity *alarm, const struct spec_entity *consumer)
{
    const struct value *metric = value_at(alarm, NULL, "metric"), *when = value_at(alarm, NULL, "when");
    size_t n = strlen(consumer->path);
    if (metric == NULL || when == NULL || when->text[0] != '<' || strncmp(metric->text, consumer->path, n) != 0)
        return false;
    return strcmp(metric->text + n, ".iterator_age") == 0 || strcmp(metric->text + n, ".lag") == 0;
}

/* Instances that are left of all, when the policy has acted once. */
static double left_of(const struct spec_entity *g, const struct spec_entity *scaling, double shards)
{
    const struct value *by = value_at(scaling, NULL, "by");
    double most = fmin((double)int_at(g, NULL, "max", 10), ceil(shards / threads_of(g)));
    return fmax(most + (by == NULL || !is_at(scaling, NULL, "adjust", "change") ? 0 : by->number), (double)int_at(g, NULL, "min", 1));
}

static void in_on_age(struct adviser *a)
{
    const struct spec_entity *c;
    for (const struct spec_entity *g = next_readers(a, NULL, &c); g != NULL; g = next_readers(a, g, &c)) {
        const struct spec_entity *in = scaled_by(a, g, may_scale_in), *s = ref_at(c, NULL, "source");
        double threads = (double)int_at(c, NULL, "worker_threads", 0) * threads_of(g), shards = s == NULL ? 0 : shards_of(s);
        if (in == NULL || !is_at(in, NULL, "policy", "simple") || !(threads > 0) || !(shards > 0))
            continue;
        double busy = peak_rate(a, s) * work_of(a, c, 0.99).mean;
        for (const struct spec_entity *m = next_of(a, "alarm", NULL); m != NULL; m = next_of(a, "alarm", m))
            if (sets_off(m, in) && watches_lag_only(m, c) && busy > left_of(g, in, shards) * threads && busy < shards)
                advise_about(a, m, value_at(m, NULL, "metric"),
                             "says that all is read, not that fewer could do it: the peak keeps %.3g threads at work, and %s leaves %g instances of "
                             "%g: they fall behind, and the others come back",
                             busy, in->path, left_of(g, in, shards), threads);
    }
}

static const struct advice items[] = {
    {650, "beyond-shards", "a group of readers larger than its stream",
     "A shard is leased to one worker. A group that scales on lag adds instances as long as there is any, and those beyond the number of shards "
     "have nothing to do: the lag is the same, and they are paid for.",
     "KIN-71", "`consumer.*.idle_workers` is above 0 while `lag` grows; in the chart `capacity` they stand without a shard.",
     "Let max times threads be the number of shards, and split shards when that is not enough.", beyond_shards},
    {651, "killed-readers", "scale-in of readers without a graceful shutdown",
     "A worker that is killed leaves its leases to run out: nobody reads its shards until the failover time is over, and the next one begins at the "
     "last checkpoint. That happens at every scale-in.",
     "KIN-73, KIN-99", "`consumer.*.crashed`, `reprocessed` and `ownerless` rise with `group.*.ended`.",
     "Give drain the time of a batch and call for a graceful shutdown (shutdown = \"expire\"), better one that clears its leases (\"release\").",
     killed_readers},
    {652, "long-batch", "batches longer than a lease's handoff",
     "A lease that moves to a new worker waits until the batch in hand is done, 30 s at most; then it is taken away, and what was done of the batch "
     "has no checkpoint. Batches are largest when the readers are behind, which is when others come to help.",
     "KIN-72, KIN-76", "`consumer.*.moved` and `reprocessed` rise together after a scale-out.",
     "Take batches (max_records) that are done in a few seconds, or checkpoint within them (checkpoint_every).", long_batch},
    {653, "in-on-age", "scale-in because nothing is late",
     "A small age or lag says that the readers keep up. How many fewer would keep up as well it does not say: in a peak that needs them all they "
     "are sent away as soon as they have caught up, and called back when the age has grown again.",
     "KIN-95, ASG-24", "`group.*.scale_ins` is several times the number of peaks, and `iterator_age` a saw.",
     "Scale in on what comes per instance, or on how busy the threads are, and only when nothing is late.", in_on_age},
    {654, "free-workers", "instances that make nothing faster",
     "Without worker_threads a worker works on all its shards at the same time, as if its processors had no end. One instance then does as much "
     "as one for each shard, and a policy that adds instances moves leases and nothing else.",
     "KIN-100", "`consumer.*.lag` falls no faster after a scale-out.", "Say in worker_threads how many batches an instance can work on at a time.",
     free_workers},
};
const struct advice_set advice_readers = {items, sizeof items / sizeof items[0]};
