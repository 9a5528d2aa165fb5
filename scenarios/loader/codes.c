/* codes.c - the one table of diagnostics. Sorted by number; `afterbay explain` prints a row, the
 * reference page prints all, and a test sees to it that no code is given that is not here. */
#include "codes.h"

#include "check_codes.h"

const struct code codes[] = {
    {AB_NO_FILE, "no such file", "A scenario, or a file that it extends or includes, is not there.",
     "Check the name. Names after `extends` and `@include` are looked up beside the file that says "
     "them."},
    {AB_FOLDER, "a folder instead of a file", "The name belongs to a folder.",
     "Name a scenario file inside it."},
    {AB_UNREADABLE, "a file cannot be read",
     "The file is there, but the system refuses to hand out its contents.",
     "The message carries the system's reason, most often missing permission."},
    {AB_EMPTY, "the file is empty", "There is nothing in the file but blanks.",
     "`afterbay new` writes a scenario to start from."},
    {AB_BOM, "byte-order mark",
     "The file starts with the bytes EF BB BF, which some editors put before UTF-8 text.",
     "Save the file as UTF-8 without byte-order mark."},
    {AB_NUL, "NUL byte", "The file holds a zero byte, so it is not text (or it is UTF-16).",
     "Save the file as UTF-8 text."},
    {AB_UTF8, "not UTF-8", "A byte, or a text written with \\x escapes, is not valid UTF-8.",
     "Save the file as UTF-8; a Korean or Latin code page is a common cause."},
    {AB_TOO_LARGE, "file too large", "A scenario file may have 8 MiB.",
     "Describe many equal ones by one entity with a count, and put data into a file that a law "
     "reads "
     "(`empirical`)."},
    {AB_EXTENDS_LOOP, "extends itself",
     "Following `extends` leads back to a file that is being read already.",
     "The message shows the way round; break it at one place."},
    {AB_EXTENDS_DEPTH, "extends too deep",
     "`extends` goes through more than 16 files in a row, or more than 1,000 in all.",
     "Flatten the chain."},
    {AB_EXTENDS_FORM, "extends names no file",
     "`extends` takes a file name in quotes, or a list of them.",
     "Write extends = \"common.cfg\"; or extends = [ \"a.cfg\", \"b.cfg\" ];"},
    {AB_UNSET, "nothing to unset",
     "`unset` removes settings of the files below; the path it gives is not set there, or is no "
     "path.",
     "Write paths such as \"fault.outage\" or \"queue.orders.dead_letter\"."},
    {AB_INCLUDE_LOOP, "includes itself", "A file includes itself, directly or through others.",
     "Remove the @include."},
    {AB_INCLUDE_DEPTH, "included too deep",
     "@include goes more than ten files deep, stands more than 1,000 times, or makes the text "
     "larger than 32 MiB.",
     "Use `extends`, which merges instead of copying text."},
    {AB_MEMORY, "memory is short", "The system gave no more memory while the scenario was loaded.",
     "Free memory and try again."},
    {AB_SYNTAX, "syntax error",
     "The text is not what a scenario file may hold at this place. Only the first such error of a "
     "file is reported, because "
     "what follows cannot be trusted.",
     "A setting is NAME = VALUE; with text and quantities in quotes; groups stand in { }, lists in "
     "( ), arrays in [ ]. There is no "
     "comma before a closing bracket."},
    {AB_DEEP, "nested too deep", "Groups and lists are nested more than 64 deep.",
     "No scenario needs more than six."},
    {AB_UNKNOWN_KIND, "unknown kind",
     "A top-level name is neither a kind of entity nor a reserved word.",
     "`afterbay describe` lists the kinds. Reserved are extends, unset, title, run, expect, sweep, "
     "price."},
    {AB_UNKNOWN_KEY, "unknown setting", "The kind has no setting of that name.",
     "`afterbay describe KIND` lists the settings."},
    {AB_MISSING_KEY, "required setting missing", "An entity lacks a setting that has no default.",
     "Add it; the message says what it is."},
    {AB_TYPE, "wrong type", "The value is of another type than the setting.",
     "Durations, sizes, rates, choices, references and laws stand in quotes; counts, plain numbers "
     "and flags do not."},
    {AB_NAME, "bad name", "A name starts with a letter and holds letters, digits, '-' and '_'.",
     "A dot belongs to paths only. The name that the service knows is the setting `name`."},
    {AB_TOO_MANY, "too many names in a group", "A group may hold 10,000 names.",
     "Many equal ones are one entity with a count: a fleet's `size`, a service's `servers`."},
    {AB_QUANTITY, "not a quantity",
     "The text is no duration, size, rate or share, or no whole number of nanoseconds or bytes.",
     "Durations: ns us ms s min h d (\"1h30min\"). Sizes: B KB MB GB KiB MiB GiB. Rates: \"80/s\". "
     "Shares: 0.01 or \"1%\"."},
    {AB_UNIT, "unit missing", "A number stands where a quantity with a unit is expected.",
     "Write the unit and put both in quotes: \"30s\", \"64KiB\", \"80/s\"."},
    {AB_RANGE, "out of range", "The value is below or above what the setting allows.",
     "Limits of services are those of the quota profile in `run.quotas`; the message names rule "
     "and profile."},
    {AB_WHOLE_SECONDS, "not whole seconds", "The service keeps this setting in whole seconds.",
     "Round it."},
    {AB_CHOICE, "unknown choice", "The setting takes one of a few words.",
     "The message lists them."},
    {AB_INTERVAL, "bad interval",
     "An interval is { low = …; mid = …; high = …; } with low <= mid <= high.",
     "Give all three, each in the setting's own form."},
    {AB_NO_ENTITY, "no such entity", "A reference names an entity that no file defines.",
     "Check the spelling, or define the entity."},
    {AB_REF_KIND, "reference to the wrong kind",
     "The entity exists, but the setting cannot use its kind.",
     "The message lists the kinds that fit."},
    {AB_REF_FORM, "not a reference", "A reference is \"kind.id\".",
     "Write \"queue.orders\", not \"orders\"."},
    {AB_TWICE, "set twice", "A name stands twice in one group of one file.",
     "Remove one. To change a setting of another file, use `extends`."},
    {AB_LAW, "bad law", "The text is no probability law, or its parameters contradict each other.",
     "docs/reference/distributions.md lists the laws and their parameters."},
    {AB_BACKOFF, "bad backoff", "The text is no backoff law.",
     "There are none, constant(1s), exponential(base=100ms, cap=2s), equal_jitter, full_jitter and "
     "decorrelated."},
    {AB_INTEGER, "integer does not fit",
     "An integer above 2147483647 needs an L at its end; none is larger than 64 bits.",
     "Write 10000000000L."},
    {AB_NOT_FINITE, "number too large", "The number is beyond what a decimal number can hold.",
     "Write a smaller one."},
    {AB_NOT_WHOLE, "not a whole number", "A count is a whole number.",
     "1e3 and 20.0 count as whole; 2.5 does not."},
    {AB_SET_FORM, "--set without '='", "--set takes PATH=VALUE.",
     "--set queue.orders.visibility_timeout=45s"},
    {AB_SET_PATH, "--set of an unknown path",
     "The path names no setting. An override may add a setting to an entity that exists, never a "
     "new entity.",
     "Paths are kind.id.setting; `afterbay show SCENARIO` prints all of them."},
    {AB_SET_INDEX, "--set of a missing element",
     "A list has no element of that number; the first is [0].",
     "An override changes elements that exist; write a new list to add one."},
    {CHECK_WARMUP, "warm-up takes the whole run",
     "`run.warmup` is as long as `run.duration` or longer, so nothing would be measured.",
     "Lengthen the run or shorten the warm-up."},
    {CHECK_INTERVAL, "series with too many points",
     "`run.interval` is so short that a series would have more than 10,000 points.",
     "Lengthen the interval, or leave it out."},
    {CHECK_NEEDS, "a setting needs another one",
     "Two settings belong together, and one of them is missing.", "The message names both."},
    {CHECK_USELESS, "a setting without meaning", "A setting does nothing beside another one.",
     "Remove one of the two."},
    {CHECK_OVERLAP, "spans of time overlap",
     "Two spans (of a profile, or of faults on one target) hold at the same time.",
     "Move or shorten one."},
    {CHECK_DONE_AT, "where a request is done is not clear",
     "`done_at` does not name an entity that the producer's requests reach.",
     "Name the entity whose first success is the effect."},
    {CHECK_TARGET, "the target cannot do that",
     "A fault or a reference asks something of an entity that its kind does not do.",
     "`afterbay describe KIND` says which faults a kind knows."},
    {CHECK_NO_TIME, "no time passes", "Something would happen again and again at the same instant.",
     "Give it a duration above zero."},
    {CHECK_QUEUE_NAME, "not a queue name",
     "SQS takes 1 to 80 letters, digits, '-' and '_'; the name of a FIFO queue ends in .fifo, "
     "which counts.",
     "Change `name`, or leave it out: the default is the id, with .fifo added where it belongs."},
    {CHECK_DLQ_TYPE, "dead-letter queue of the other type",
     "A FIFO queue's dead-letter queue is FIFO, a standard queue's is standard.",
     "Give both the same `type`."},
    {CHECK_DLQ_LOOP, "dead letters come back",
     "Following the dead-letter queues leads back to a queue that they left.",
     "Let the last one have no `dead_letter`."},
    {CHECK_SHARDS, "more shards sampled than there are",
     "A short poll cannot ask more servers than hold the queue's messages.",
     "Lower `sampled`, or raise `shards`."},
    {CHECK_FIFO_ONLY, "only FIFO queues have this",
     "The setting means nothing on a standard queue.",
     "Set type = \"fifo\", or remove the setting."},
    {CHECK_MOVES, "a redrive or a purge that SQS would refuse",
     "Messages are moved from a dead-letter queue only, to a queue of the same type, and a queue is "
     "purged at most once a minute.",
     "Give the redrive to the queue that another one names in `dead_letter`; put purges further "
     "apart."},
    {CHECK_RECORD, "`run.record` names no requests",
     "It says, for one or more producers, which of their requests are written down, by number from "
     "1 on.",
     "Write record = \"producer.orders: 1-100, 4711, every 1000; producer.web: 5\";"},
    {CHECK_NOT_YET, "the service did not have this yet",
     "`run.quotas` names the time whose limits hold, and this came later.",
     "Choose a later profile, or remove the setting."},
    {CHECK_EVENT, "an event that cannot be read",
     "A template's `detail`, `body` and `attributes` are JSON (' may stand for \"), and what they say is what filter policies "
     "and patterns see. A detail and attributes must be objects.",
     "Mend the text at the line and column that the message names."},
    {CHECK_CHANCES, "chances that do not add up",
     "Each state's `next` has one chance for each state, and they add up to 100 %.",
     "Give one chance a state; 0 for those that never follow."},
    {CHECK_WEEK, "a week of another length",
     "`week` is a list of factors: one for each day, or one for each hour, Monday first.",
     "Give 7 or 168 factors."},
    {CHECK_TRACE, "bad trace",
     "The file that a producer replays is not there, or a line of it cannot be read: the message "
     "says line and column. The beginning of a trace is read before the run; a line that is wrong "
     "further on ends the run, and nothing is stored.",
     "Mend the line, or the settings of `trace` (column names, `unit`, `format`). Rows are in "
     "order of time."},
    {CHECK_TRACE_ROWS, "a trace without rows",
     "The trace has no row, or none of the type that `only` asks for.",
     "Compare `only` with what stands in the column `type`."},
    {CHECK_PATTERN, "an event pattern that EventBridge would refuse",
     "A pattern is a JSON object (' may stand for \"): for each field an array of values and operators, or an object of fields. The "
     "message has EventBridge's reason, and the line and column inside the pattern.",
     "Mend it there; docs/semantics/eventbridge.md, section \"Patterns\", has the rules."},
    {CHECK_SCHEDULE, "a schedule that is none",
     "A schedule is rate(5 minutes) or cron(minutes hours day-of-month month day-of-week year) in UTC, where one of the two days is "
     "'?'. Only the bus named default has schedules. A date is written 2026-11-21T19:42:00Z.",
     "Mend it at the position that the message names; `afterbay-script` has the call `times` to try one."},
    {CHECK_BUS_NAME, "a name that EventBridge would refuse",
     "Names of buses, rules and targets have letters, digits, '.', '-' and '_'; a bus has each rule once, a rule each target once.",
     "Choose another name; a target may have an `id` of its own."},
    {CHECK_BUS_LIMIT, "more than EventBridge allows",
     "A bus has up to 300 rules, 30 of them with wildcards, a rule up to five targets; an archive keeps events for whole days.",
     "Make a second rule with the same pattern for further targets."},
    {CHECK_QUIET, "run.quiet silences nothing",
     "Each text in run.quiet is the number of a piece of advice, \"AB0506\", or a number and an entity, \"AB0506 queue.orders\". This one "
     "names no advice, or an entity that there is not.",
     "`afterbay explain --list` has the numbers; remove what has become obsolete."},
    {AB_METRIC, "unknown metric",
     "An expression names a metric that no entity of the scenario has.",
     "`afterbay describe KIND` lists the metrics of a kind under both their names."},
    {AB_STAT, "unknown stat", "The metric has no such stat.",
     "Counters have sum and rate; levels mean, min, max, sd, last, min_at, max_at and quantiles; tallies also sum, "
     "count and rate."},
    {AB_EXPRESSION, "bad expression", "The text is no comparison of metrics with values.",
     "METRIC OP VALUE, joined by `and`: \"latency.p99 < 2s and lost == 0\". + - * / stand between "
     "blanks."},
    {AB_EXPRESSION_UNIT, "units do not go together",
     "The two sides of a comparison or sum are of different kinds.",
     "Durations need a unit (2s), rates too (90/s); a percent goes with shares and with counts of "
     "requests."},
    {AB_SWEEP, "bad sweep", "A `sweep` entry is not understood.",
     "Each axis is a group with `set` and `values`, or `set`, `from`, `to` and `steps`."},
    {CHECK_TOPIC_NAME, "a name that SNS would refuse",
     "A topic's name has 1 to 256 letters, digits, '-' and '_', a FIFO topic's ends in '.fifo'. The names of a topic's subscriptions "
     "tell them apart in metrics: topic.orders[seoul].delivered.",
     "Choose another name, or leave it out."},
    {CHECK_SUBSCRIPTION, "a subscription that SNS would refuse",
     "A FIFO topic has queues only, up to 100; a FIFO queue cannot subscribe to a standard topic. Dead letters of a FIFO queue's "
     "subscription need a FIFO queue. A topic has up to 200 filter policies.",
     "docs/semantics/sns.md has the rule that the message names. Whoever cannot subscribe to a FIFO topic reads from a queue."},
    {CHECK_FILTER, "a filter policy that SNS would refuse",
     "A policy is a JSON object (' may stand for \"): for each key an array of values and operators. The message has SNS's reason, and "
     "the line and column inside the policy.",
     "Mend it there; docs/semantics/sns.md, section \"Filter policies\", has the rules."},
    {CHECK_DELIVERY_POLICY, "a delivery policy that SNS would refuse",
     "Delays lie between 1 s and an hour, the shortest is not above the longest; there are at most 100 retries, the phases' counts "
     "together at most as many, and all delays together at most an hour. Only HTTP/S has such policies.",
     "Take fewer retries or shorter delays."},
    {CHECK_STREAM, "a setting that Kinesis would refuse",
     "A retention is of whole hours; two neighbouring shards are merged; a hash key is a decimal number below 2^128.",
     "docs/semantics/kinesis.md has the rule that the message names."},
    {CHECK_FUNCTION, "a setting that Lambda would refuse",
     "Reserved and provisioned concurrency have bounds, in the function and in the account, of which 100 stay unreserved; an event's destination is not the "
     "function itself.",
     "docs/semantics/lambda.md has the rule that the message names."},
    {CHECK_FIREHOSE, "a setting that Firehose would refuse",
     "Each destination has its range of buffer sizes and intervals; S3 is tried as long as data is kept; conversion and dynamic partitioning "
     "are for S3, with buffers of 64 MiB at least, partitioning with an interval above 0; the backup is a bucket.",
     "docs/semantics/firehose.md has the rule that the message names, and the ranges."},
    {CHECK_METER, "an alarm or policy watches no metric",
     "A metric is one of an entity, by its short name or CloudWatch's, perhaps with a statistic; several are put together with + - * / "
     "between blanks. Percentiles and trimmed statistics need a metric with many values a minute, a tally (CW-14). What is known when the run has "
     "ended - the fates of a producer's requests, shard-hours, a group's bill - cannot be watched. `afterbay describe KIND` "
     "lists a kind's metrics.",
     "Write the entity's path, the metric and the statistic: \"queue.orders.depth.max\", \"service.api.sojourn.p99\"."},
    {CHECK_ALARM, "an alarm that CloudWatch would refuse",
     "A threshold is an operator and a number; a period is 10, 20 or 30 s or whole minutes; of N datapoints M must breach, 1 <= M <= N; "
     "period times N is at most 7 days, for periods below an hour one day (CW-6). A state has five actions at most, and a topic that is told is "
     "a standard one (CW-8).",
     "Mend what the message names."},
    {CHECK_GROUP, "a group that does not fit",
     "min <= desired <= max; a fleet or service has one group at most, and then no size of its own.",
     "Remove the fleet's size or the service's servers: the group says how many there are."},
    {CHECK_POLICY, "a policy that Auto Scaling would refuse",
     "Each kind of policy needs settings of its own; steps stand in order, without gaps and overlaps (ASG-21).",
     "`afterbay describe scaling` says what each kind of policy needs."},
};
const size_t n_codes = sizeof(codes) / sizeof(codes[0]);

const struct code *code_find(int number)
{
    for (size_t i = 0; i < n_codes; i++)
        if (codes[i].number == number)
            return &codes[i];
    return 0;
}
