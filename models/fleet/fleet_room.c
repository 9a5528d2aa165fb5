/* fleet_room.c - a fleet of workers described, checked and put together. */
#include "check_codes.h"
#include "fleet.h"

static const struct key crash_keys[N_CRASH_KEYS] = {
    [CRASH_PROBABILITY] = {.name = "probability",
                           .type = VALUE_SHARE,
                           .flags = KEY_REQUIRED,
                           .doc = "Chance that a worker dies over a job, each time that it is received."},
    [CRASH_AT] = {.name = "at",
                  .type = VALUE_CHOICE,
                  .choices = "start|middle|end",
                  .fallback = "middle",
                  .doc = "start: before the work; middle: at a uniform point of it; end: after it, before the delete."},
    [CRASH_RESTART] = {.name = "restart",
                       .type = VALUE_DIST,
                       .unit = DIST_DURATION,
                       .fallback = "5s",
                       .doc = "Time until a worker that died polls again."},
};

static const struct key hang_keys[N_HANG_KEYS] = {
    [HANG_PROBABILITY] = {.name = "probability",
                          .type = VALUE_SHARE,
                          .flags = KEY_REQUIRED,
                          .doc = "Chance that a worker hangs over a job, each time that it is received."},
    [HANG_FOR] = {.name = "for",
                  .type = VALUE_DIST,
                  .unit = DIST_DURATION,
                  .flags = KEY_REQUIRED,
                  .doc = "How long it hangs; then it goes on with the job as if nothing had been."},
};

static const struct key keys[N_FLEET_KEYS] = {
    [FLEET_SIZE] = {.name = "size",
                    .type = VALUE_COUNT,
                    .flags = KEY_RUNTIME,
                    .fallback = "1",
                    .low = "0",
                    .high = "100000",
                    .doc = "Number of workers."},
    [FLEET_SOURCE] = {.name = "source",
                      .type = VALUE_REF,
                      .flags = KEY_REQUIRED,
                      .refs = "queue",
                      .doc = "Where the jobs come from."},
    [FLEET_BATCH] = {.name = "batch",
                     .type = VALUE_COUNT,
                     .fallback = "1",
                     .low = "1",
                     .high = "10",
                     .doc = "Jobs a worker takes at most with one call; it works through them in order."},
    [FLEET_POLL] = {.name = "poll",
                    .type = VALUE_CHOICE,
                    .choices = "long|short",
                    .fallback = "long",
                    .doc = "long: a poll waits for jobs; short: it looks once and comes back after poll_interval."},
    [FLEET_WAIT_TIME] = {.name = "wait_time",
                         .type = VALUE_DURATION,
                         .flags = KEY_WHOLE_SECONDS,
                         .low = "0s",
                         .quota = "sqs.wait_time",
                         .rule = "SQS-17",
                         .doc = "How long a long poll waits. Default: the source's setting."},
    [FLEET_POLL_INTERVAL] = {.name = "poll_interval",
                             .type = VALUE_DURATION,
                             .fallback = "1s",
                             .low = "1us",
                             .high = "1h",
                             .doc = "Pause after an empty short poll, or a poll that was refused."},
    [FLEET_VISIBILITY_TIMEOUT] = {.name = "visibility_timeout",
                                  .type = VALUE_DURATION,
                                  .flags = KEY_WHOLE_SECONDS,
                                  .low = "0s",
                                  .quota = "sqs.visibility_timeout",
                                  .rule = "SQS-17",
                                  .doc = "For what it receives. Default: the source's setting."},
    [FLEET_TIME] = {.name = "time",
                    .type = VALUE_DIST,
                    .unit = DIST_DURATION,
                    .fallback = "0s",
                    .doc = "A worker's own time for a job, before its steps."},
    [FLEET_CALLS] = {.name = "calls",
                     .type = VALUE_LIST,
                     .element = VALUE_GROUP,
                     .sub = caller_keys,
                     .n_sub = N_CALLER_KEYS,
                     .doc = "Calls it makes for each job in this order, waiting for the answers."},
    [FLEET_SENDS] = {.name = "sends",
                     .type = VALUE_LIST,
                     .element = VALUE_GROUP,
                     .sub = caller_send_keys,
                     .n_sub = N_CALLER_KEYS,
                     .doc = "Messages it sends then."},
    [FLEET_CRASH] = {.name = "crash",
                     .type = VALUE_GROUP,
                     .sub = crash_keys,
                     .n_sub = N_CRASH_KEYS,
                     .doc = "Workers that die and leave what they have in hand undeleted."},
    [FLEET_HANG] = {.name = "hang",
                    .type = VALUE_GROUP,
                    .sub = hang_keys,
                    .n_sub = N_HANG_KEYS,
                    .doc = "Workers that stand still over a job for a while."},
    [FLEET_PAUSE] = {.name = "pause",
                     .type = VALUE_BACKOFF,
                     .fallback = "none",
                     .doc = "Pause of a worker after a failure, longer with each in a row."},
    [FLEET_ON_FAILURE] = {.name = "on_failure",
                          .type = VALUE_CHOICE,
                          .choices = "leave|return",
                          .fallback = "leave",
                          .doc = "What becomes of a job that failed: left to its visibility timeout, or made visible "
                                 "at once."},
};

#define COUNTER(name, doc) {name, NULL, OBS_COUNTER, UNIT_ONE, 0, doc}
static const struct metric_def metrics[N_FLEET_METRICS] = {
    [FM_SIZE] = {"size", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Workers there are."},
    [FM_BUSY] = {"busy", NULL, OBS_LEVEL, UNIT_ONE, METRIC_SERIES, "Workers with jobs in hand."},
    [FM_POLLING] = {"polling", NULL, OBS_LEVEL, UNIT_ONE, 0, "Workers whose poll waits."},
    [FM_UTILISATION] = {"utilisation", NULL, OBS_LEVEL, UNIT_SHARE, METRIC_SHARE, "Share of workers with jobs in hand."},
    [FM_RECEIVES] = COUNTER("receives", "Receive calls."),
    [FM_EMPTY_RECEIVES] = COUNTER("empty_receives", "Receive calls that brought nothing."),
    [FM_REFUSED_RECEIVES] = COUNTER("refused_receives", "Receive calls that were throttled or refused."),
    [FM_RECEIVED] = COUNTER("received", "Jobs received, each time counted."),
    [FM_PROCESSED] = {"processed", NULL, OBS_COUNTER, UNIT_ONE, METRIC_SERIES, "Jobs done with success."},
    [FM_FAILED] = COUNTER("failed", "Jobs that failed."),
    [FM_DUPLICATES] = COUNTER("duplicates", "Jobs done whose request was done already."),
    [FM_CRASHED] = COUNTER("crashed", "Workers that died with jobs in hand."),
    [FM_HUNG] = COUNTER("hung", "Jobs over which a worker hung."),
    [FM_DELETED] = COUNTER("deleted", "Jobs deleted after they were done."),
    [FM_STALE_DELETES] = COUNTER("stale_deletes", "Deletes that came too late or were refused."),
    [FM_RETURNED] = COUNTER("returned", "Failed jobs made visible again at once."),
    [FM_TRIES] = COUNTER("tries", "Attempts of its calls and sends."),
    [FM_RETRIES] = COUNTER("retries", "Attempts after the first."),
    [FM_TIMEOUTS] = COUNTER("timeouts", "Attempts whose answer did not come in time."),
    [FM_HOLD] = {"hold", NULL, OBS_TALLY, UNIT_NS, METRIC_HIST, "Time a worker works on a job."},
};

static void check(const struct spec *spec, const struct spec_entity *e, struct problems *p)
{
    (void)spec;
    const struct value *wait = spec_value(e, FLEET_WAIT_TIME);
    if (spec_int(e, FLEET_POLL) == POLL_SHORT && wait->given && wait->i > 0)
        problem_add(p, SEVERITY_ERROR, CHECK_USELESS, &wait->place, "%s: a short poll has no wait_time", e->path);
}

static bool register_metrics(struct fleet *f)
{
    struct entity *e = &f->e;
    bool ok = entity_level(e, FM_SIZE, &f->size_level, spec_int(e->spec, FLEET_SIZE)) &&
              entity_level(e, FM_BUSY, &f->busy, 0) && entity_level(e, FM_POLLING, &f->polling, 0) &&
              entity_share(e, FM_UTILISATION, &f->utilisation, &f->busy, &f->size_level);
    for (unsigned m = FM_RECEIVES; ok && m <= FM_TIMEOUTS; m++)
        ok = entity_counter(e, m, &f->count[m - FM_RECEIVES]);
    return ok && entity_tally(e, FM_HOLD, &f->hold);
}

static sim_time or_default(const struct value *v)
{
    return v->absent ? PULL_DEFAULT : v->i;
}

static void read_polling(struct fleet *f)
{
    const struct spec_entity *e = f->e.spec;
    f->batch = (uint32_t)spec_int(e, FLEET_BATCH);
    f->poll = (enum fleet_poll)spec_int(e, FLEET_POLL);
    f->poll_interval = spec_int(e, FLEET_POLL_INTERVAL);
    f->wait_time = or_default(spec_value(e, FLEET_WAIT_TIME));
    f->visibility = or_default(spec_value(e, FLEET_VISIBILITY_TIMEOUT));
}

static void read_work(struct fleet *f)
{
    const struct spec_entity *e = f->e.spec;
    const struct value *crash = spec_value(e, FLEET_CRASH), *hang = spec_value(e, FLEET_HANG),
                       *pause = spec_value(e, FLEET_PAUSE);
    f->time = spec_value(e, FLEET_TIME)->dist;
    if (!dist_is_constant(f->time, &f->time_constant))
        f->time_constant = -1;
    if (crash->list.n > 0) {
        f->crash_ppb = value_field(crash, CRASH_PROBABILITY)->i;
        f->crash_at = (enum fleet_crash_at)value_field(crash, CRASH_AT)->i;
        f->restart = value_field(crash, CRASH_RESTART)->dist;
    }
    if (hang->list.n > 0) {
        f->hang_ppb = value_field(hang, HANG_PROBABILITY)->i;
        f->hang_for = value_field(hang, HANG_FOR)->dist;
    }
    f->pause = pause->absent ? NULL : pause->backoff;
    f->on_failure = (enum fleet_on_failure)spec_int(e, FLEET_ON_FAILURE);
}

static void open_streams(struct fleet *f)
{
    f->time_stream = entity_stream(&f->e, "time");
    f->crash_stream = entity_stream(&f->e, "crash");
    f->hang_stream = entity_stream(&f->e, "hang");
    f->fail_stream = entity_stream(&f->e, "fail");
    f->pause_stream = entity_stream(&f->e, "pause");
}

static struct entity *make(struct world *w, const struct spec_entity *spec)
{
    struct fleet *f = arena_get(&w->arena, sizeof(*f));
    if (f == NULL)
        return NULL;
    entity_init(&f->e, w, spec);
    slab_init(&f->workers, sizeof(struct worker));
    read_polling(f);
    read_work(f);
    open_streams(f);
    return register_metrics(f) ? &f->e : NULL;
}

static bool wire(struct entity *e)
{
    struct fleet *f = (struct fleet *)e;
    f->source = world_entity(e->world, spec_value(e->spec, FLEET_SOURCE)->ref);
    f->pull = f->source->room->pull;
    struct steps_counters counters = {&f->count[FM_TRIES - FM_RECEIVES], &f->count[FM_RETRIES - FM_RECEIVES],
                                      &f->count[FM_TIMEOUTS - FM_RECEIVES]};
    return steps_init(&f->steps, e, spec_value(e->spec, FLEET_CALLS), spec_value(e->spec, FLEET_SENDS), counters) &&
           fleet_resize(f, (uint32_t)spec_int(e->spec, FLEET_SIZE));
}

static void set(struct entity *e, unsigned key, const struct value *v)
{
    struct fleet *f = (struct fleet *)e;
    if (key == FLEET_SIZE && fleet_resize(f, (uint32_t)v->i))
        fleet_wake(f);
}

const struct room room_fleet = {
    .kind = "fleet",
    .title = "Workers that read a queue",
    .doc = "Each worker polls its source, works through the jobs it got in order and deletes each after it is done. A job's "
           "work is the worker's own time, then its calls and sends. A worker that dies leaves its jobs to come back.",
    .key = keys,
    .n_key = N_FLEET_KEYS,
    .metric = metrics,
    .n_metric = N_FLEET_METRICS,
    .effects = FAULT_DOWN | FAULT_HANG | FAULT_SLOW | FAULT_FAIL,
    .check = check,
    .make = make,
    .wire = wire,
    .start = fleet_start,
    .conserve = fleet_conserve,
    .fault = fleet_fault,
    .set = set,
    .close = fleet_close,
};
