/* charts.c - the registry of charts: an addition is a line here and its two files. */
#include "charts.h"

#include <string.h>

#include "check.h"
#include "load.h"

const struct chart charts[] = {
    {"fates", "What did users lose? Each request's fate by time of birth.", 1, 4, "", false, load_fates},
    {"latency", "What do the slow 1 % see? Latency on a percentile axis.", 1, 6, "", false, load_latency},
    {"depth", "Is the backlog draining? A queue's messages over time.", 1, 1, "entity", false, load_depth},
    {"age", "Is it late now? The age of the oldest message over time.", 1, 1, "entity", false, load_age},
    {"cumulative", "How far do departures fall behind arrivals? Both counted from the start.", 1, 3, "", false, load_cumulative},
    {"sweep", "How does a metric depend on a setting? The points of a sweep with their intervals.", 1, 4, "metric x by", true, load_sweep},
    {"visibility", "Which visibility timeout? What is done twice, and what a crash costs, over the timeout.", 1, 1, "entity metric x", true, load_visibility},
    {"fifo", "When do more groups stop helping? A FIFO queue's throughput over groups, with its quotas.", 1, 1, "entity metric x by", true, load_fifo},
    {"pareto", "What is the cheapest that is good enough? Worker-hours or another cost against latency.", 1, 1, "metric x by", true, load_pareto},
    {"tornado", "Which setting matters? What a metric does at both ends of each interval.", 1, 1, "metric", true, load_tornado},
    {"goodput", "Does it come back? Done and in time against what is offered, on the way up and down.", 1, 1, "", false, load_goodput},
    {"welch", "Where does the warm-up end? The mean of the replications, smoothed.", 1, 1, "metric", false, load_welch},
    {"swimlane", "Why was this processed twice? The lives of recorded messages.", 1, 1, "entity", false, load_swimlane},
    {"flow", "Where do messages end? From producers and topics through queues to their ends, every one counted.", 1, 1, "", false, load_flow},
    {"deliveries", "What did each subscriber get, and at which try? A topic's or bus's deliveries over time.", 1, 1, "entity", false, load_deliveries},
    {"gap", "Do all queues hold the same? What each lacks of those that one sender feeds, directly or by a topic.", 1, 2, "entity", false, load_gap},
    {"shards", "Which shard is hot? The load of each shard of a stream over time, most loaded first.", 1, 1, "entity", false, load_shards},
    {"genealogy", "Where do shards come from? Splits and merges of a stream over time and hash keys.", 1, 1, "entity", false, load_genealogy},
    {"lag", "How far are consumers of a stream behind? Iterator age and records not processed, over time.", 1, 1, "entity", false, load_lag},
    {"delay", "How long does a delivery stream hold records? Its delay, for each way to buffer.", 1, 4, "entity", true, load_delay},
    {"capacity", "Does capacity follow the load? Instances in service against what they have to do, over time.", 1, 1, "entity", false, load_capacity},
    {"policies", "Which policy follows the load best? Runs as rows: capacity against load on one time axis.", 2, 8, "entity", false, load_capacity},
    {"cost", "Which policy is cheap and quick? What each run costs against its latency.", 2, 8, "metric x", false, load_cost},
    {"concurrency", "What limits a function? Concurrent executions, throttles and cold starts over time.", 1, 1, "entity", false, load_concurrency},
    {"alarms", "When was an alarm on? The state of each over time.", 1, 1, "entity", false, load_alarms},
    {"difference", "Is it really better? A metric's difference in each replication.", 2, 2, "metric", false, load_difference},
};
const size_t n_charts = ARRAY_LEN(charts);

const struct chart *chart_find(const char *name)
{
    for (size_t i = 0; i < n_charts; i++)
        if (strcmp(charts[i].name, name) == 0)
            return &charts[i];
    return NULL;
}

bool chart_format_of(const char *path, enum chart_format *format)
{
    static const struct {
        const char       *ending;
        enum chart_format format;
    } known[] = {{".png", CHART_PNG}, {".svg", CHART_SVG}, {".pdf", CHART_PDF}};
    size_t n = strlen(path);
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (n > 4 && strcmp(path + n - 4, known[i].ending) == 0) {
            *format = known[i].format;
            return true;
        }
    }
    return false;
}
