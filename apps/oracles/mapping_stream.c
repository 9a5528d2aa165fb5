/* mapping_stream.c - keys and records on the shards of a stream: occupancy, a quota a second, the share of popular keys.
 *
 * Keys thrown at shards: requests without key have random hash keys of their own, so each second of a run is one throw of as many
 * keys as come in it. A popular key is seen by itself: the stream is split around its hash, which leaves it a shard. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "kin_text.h"
#include "oracle.h"

#define THROWS_MAX 9000 /* buckets of a series */
#define THROWS_MIN 20
#define MEDIAN_MIN 1000
#define PARTS_MAX  100
#define TOP_MAX    10

struct throws { /* whole seconds, and what came to the shards in them */
    double rate, shards;
};

static bool throws_of(const struct row *row, struct throws *t)
{
    return (param_number(row, "keys", &t->rate) || param_number(row, "total_rate", &t->rate)) &&
           param_number(row, "shards", &t->shards) && t->shards <= PARTS_MAX;
}

static const char *refuse_throws(const struct row *row)
{
    struct throws t;
    double limit;
    if (!throws_of(row, &t) || (param_number(row, "limit_per_s", &limit) && limit != 1000))
        return "its parameters are not known";
    if (strcmp(row->metric, "expected_empty_shards") == 0 && row->value < 0.01)
        return "too rare: hardly a shard is ever empty";
    return NULL;
}

static void write_stream(const char *arrivals, double rate, double shards, FILE *out)
{
    char a[32];
    fprintf(out, "producer = { p = { arrivals = \"%s\"; rate = \"%s\"; size = \"10B\"; target = \"stream.s\"; }; };\n", arrivals,
            rate_text(rate, a));
    fprintf(out, "stream = { s = { shards = %.0f; watched_shards = %.0f; put_latency = \"0s\"; }; };\n", shards, shards);
}

static bool write_throws(const struct row *row, double customers, FILE *out)
{
    struct throws t;
    if (!throws_of(row, &t))
        return false;
    double least = strcmp(row->metric, "median_max_keys") == 0 ? MEDIAN_MIN : THROWS_MIN;
    double n = fmin(fmax(ceil(customers / t.rate), least), THROWS_MAX);
    fprintf(out, "run = { duration = \"%.0fs\"; interval = \"1s\"; histograms = false; };\n", n);
    write_stream(starts_with(row->model, "per-shard") ? "poisson" : "constant", t.rate, t.shards, out);
    return true;
}

static const struct series *of_shard(const struct view *v, uint32_t shard, const char *name)
{
    char part[32];
    snprintf(part, sizeof part, "stream.s[%u]", shard);
    return view_metric(v, part, name)->series;
}

/* --- occupancy --- */

/* A median of whole numbers jumps where about half lie below it, and its mean over replications tells nothing. So the row's value
 * is taken for the sample's median where that may be by chance (4.5 standard errors of a share of a half). */
static double median_near(const double *x, uint32_t n, double value)
{
    double below = 0, upto = 0, chance = 4.5 * 0.5 / sqrt(n);
    for (uint32_t i = 0; i < n; i++) {
        below += x[i] < value;
        upto += x[i] <= value;
    }
    if (below / n <= 0.5 + chance && upto / n >= 0.5 - chance)
        return value;
    return below / n > 0.5 ? value - 1 : value + 1;
}

static double sample_occupancy(const struct row *row, const struct view *v)
{
    static const char *const metrics[] = {"expected_max_keys_per_shard", "expected_hottest_over_mean", "median_max_keys"};
    struct throws t;
    double most[THROWS_MAX] = {0}, empty = 0, sum = 0;
    uint32_t n = of_shard(v, 0, "records")->n;
    if (!throws_of(row, &t) || n > THROWS_MAX)
        return NAN;
    for (uint32_t s = 0; s < (uint32_t)t.shards; s++) {
        const struct series *x = of_shard(v, s, "records");
        for (uint32_t i = 0; i < n; i++) {
            most[i] = fmax(most[i], (double)x->sum[i]);
            empty += x->sum[i] == 0;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        sum += most[i];
    if (strcmp(row->metric, metrics[0]) == 0)
        return sum / n;
    if (strcmp(row->metric, metrics[1]) == 0)
        return sum / n / (t.rate / t.shards);
    return strcmp(row->metric, metrics[2]) == 0 ? median_near(most, n, row->value) : empty / n;
}

/* --- until every shard has a key --- */

static bool write_coupons(const struct row *row, double customers, FILE *out)
{
    double shards;
    (void)customers;
    if (!param_number(row, "shards", &shards))
        return false;
    fprintf(out, "run = { duration = \"%.0fs\"; interval = \"1s\"; histograms = false; };\n", ceil(shards * (log(shards) + 16)));
    write_stream("constant", 1, shards, out);
    return true;
}

/* The number of the key that reached the last shard; one that none reached in all that time is no sample (1 in 10^7). */
static double sample_coupons(const struct row *row, const struct view *v)
{
    double shards = 0;
    uint32_t last = 0;
    param_number(row, "shards", &shards);
    for (uint32_t s = 0; s < (uint32_t)shards; s++) {
        const struct series *x = of_shard(v, s, "records");
        uint32_t first = 0;
        while (first < x->n && x->sum[first] == 0)
            first++;
        if (first == x->n)
            return NAN;
        last = first > last ? first : last;
    }
    return last + 1;
}

static const char *refuse_coupons(const struct row *row)
{
    double shards;
    return param_number(row, "shards", &shards) && shards <= PARTS_MAX ? NULL : "its parameters are not known";
}

/* --- a quota a second --- */

static double sample_quota(const struct row *row, const struct view *v)
{
    struct throws t;
    bool any[THROWS_MAX] = {false};
    double over = 0, windows = 0;
    uint32_t n = of_shard(v, 0, "throttled")->n;
    if (!throws_of(row, &t) || n > THROWS_MAX)
        return NAN;
    if (strcmp(row->metric, "fraction_throttled") == 0)
        return view_stat(v, "stream.s", "throttled", "sum") / view_stat(v, "producer.p", "offered", "sum");
    for (uint32_t s = 0; s < (uint32_t)t.shards; s++) {
        const struct series *x = of_shard(v, s, "throttled");
        for (uint32_t i = 0; i < n; i++) {
            over += x->sum[i] > 0;
            any[i] |= x->sum[i] > 0;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        windows += any[i];
    return strcmp(row->metric, "P_any_shard_over_limit_in_a_window") == 0 ? windows / n : over / n / t.shards;
}

/* --- popular keys --- */

struct alone {
    kin_hash hash[TOP_MAX];
    uint32_t shard[TOP_MAX], n; /* the shard that has nothing but the key */
};

static int by_hash(const void *a, const void *b)
{
    kin_hash x = *(const kin_hash *)a, y = *(const kin_hash *)b;
    return (x > y) - (x < y);
}

/* "key-0", "key-1" …: their hashes in order, and the numbers that shards get by splits from below: at the hash, and two above. */
static void find_alone(struct alone *a, uint32_t n)
{
    a->n = n;
    for (uint32_t i = 0; i < n; i++) {
        char text[16];
        unsigned char sum[16];
        int length = snprintf(text, sizeof text, "key-%u", i);
        digest_md5_raw(text, (size_t)length, sum);
        a->hash[i] = kin_hash_of(sum);
    }
    qsort(a->hash, n, sizeof a->hash[0], by_hash);
    for (uint32_t i = 0; i < n; i++)
        a->shard[i] = 4 * i + 3;
}

static void write_split(uint32_t number, uint32_t shard, kin_hash at, FILE *out)
{
    char key[40];
    kin_hash_print(at, key);
    fprintf(out, "%s { at = \"%ums\"; split = %u; at_key = \"%s\"; }", number > 0 ? "," : "", 10 * (number + 1), shard, key);
}

static uint32_t top(const struct row *row)
{
    return strcmp(row->metric, "share_of_hottest_key") == 0 ? 1 : TOP_MAX;
}

static bool write_popular(const struct row *row, double customers, FILE *out)
{
    double keys, s;
    struct alone a;
    if (!param_number(row, "keys", &keys) || !param_number(row, "zipf_s", &s))
        return false;
    find_alone(&a, top(row));
    fprintf(out, "run = { duration = \"%.0fs\"; warmup = \"1s\"; series = false; };\n", 1 + ceil(customers / 800));
    fprintf(out, "producer = { p = { rate = \"800/s\"; size = \"10B\"; key = \"zipf(%.0f, %.9g)\"; target = \"stream.s\"; }; };\n", keys, s);
    fprintf(out, "stream = { s = { put_latency = \"0s\"; reshard_step = \"1ms\"; actions = (");
    for (uint32_t i = 0; i < a.n; i++) {
        write_split(2 * i, 4 * i, a.hash[i], out);
        write_split(2 * i + 1, 4 * i + 2, a.hash[i] + 2, out);
    }
    fprintf(out, " ); }; };\n");
    return true;
}

static double sample_popular(const struct row *row, const struct view *v)
{
    struct alone a;
    double sum = 0;
    find_alone(&a, top(row));
    for (uint32_t i = 0; i < a.n; i++) {
        char part[32];
        snprintf(part, sizeof part, "stream.s[%u]", a.shard[i]);
        sum += view_stat(v, part, "records", "sum");
    }
    return sum / view_stat(v, "stream.s", "records", "sum");
}

static const char *refuse_popular(const struct row *row)
{
    double keys;
    return param_number(row, "keys", &keys) ? NULL : "its parameters are not known";
}

/* --- the published limits --- */

static bool write_records(const struct row *row, double customers, FILE *out)
{
    double rate;
    (void)customers;
    if (!param_number(row, "rate", &rate))
        return false;
    fprintf(out, "run = { duration = \"1min\"; };\n");
    write_stream("constant", rate, 1, out);
    return true;
}

static double sample_records(const struct row *row, const struct view *v)
{
    (void)row;
    return view_stat(v, "stream.s", "throttled", "sum") / view_stat(v, "producer.p", "offered", "sum");
}

static const char *refuse_records(const struct row *row)
{
    double rate;
    return param_number(row, "rate", &rate) ? NULL : "its parameters are not known";
}

/* --- who reads one shard --- */

#define READ_RATE  100 /* records a second */
#define SUBSCRIBED 250 /* s: less than five minutes */

static bool pushes(const struct row *row)
{
    char transport[16];
    return param_text(row, "transport", transport, sizeof transport) && strcmp(transport, "fan_out") == 0;
}

/* A whole number of turns, from between two reads on: each is a read. What is pushed comes at even distances and within
 * one subscription: a record that waits in the pipe for another is later by microseconds, and one under way when the subscription
 * ends comes 70 ms after the next. */
static bool write_readers(const struct row *row, double customers, FILE *out)
{
    double n, overhead = 0;
    if (!param_number(row, "consumers", &n))
        return false;
    param_number(row, "overhead", &overhead);
    double turn = n * 0.2, length = pushes(row) ? SUBSCRIBED : customers / READ_RATE, turns = ceil(length / turn);
    fprintf(out, "run = { warmup = \"%.0fms\"; duration = \"%.0fms\"; series = false; };\n", 2000 * turn + 50,
            1000 * (turns + 2) * turn + 50);
    fprintf(out, "producer = { p = { arrivals = \"%s\"; rate = \"%d/s\"; size = \"10B\";", pushes(row) ? "constant" : "poisson", READ_RATE);
    fprintf(out, " target = \"stream.s\"; done_at = \"consumer.c1\"; }; };\nstream = { s = { put_latency = \"0s\"; }; };\nconsumer = {");
    for (int i = 1; i <= (int)n; i++) {
        fprintf(out, " c%d = { source = \"stream.s\";", i);
        if (!pushes(row))
            fprintf(out, " library = \"none\"; poll_interval = \"200ms\"; reply_latency = \"%.0fms\";", 1000 * overhead);
        fprintf(out, " };");
    }
    fprintf(out, " };\n");
    return true;
}

static double sample_readers(const struct row *row, const struct view *v)
{
    double n = 0, sum = 0;
    param_number(row, "consumers", &n);
    for (int i = 1; i <= (int)n; i++) {
        char name[32];
        snprintf(name, sizeof name, "consumer.c%d", i);
        sum += strcmp(row->metric, "poll_interval") == 0
                   ? sim_seconds(v->result->observed) / view_stat(v, name, "reads", "sum")
                   : view_stat(v, name, "delay", "mean");
    }
    return strcmp(row->metric, "poll_interval") == 0 ? sum / n : sum / n / 1e9;
}

static const char *refuse_readers(const struct row *row)
{
    double n;
    return param_number(row, "consumers", &n) && n >= 1 && n <= 20 ? NULL : "its parameters are not known";
}

const struct mapping mappings_stream[] = {
    {.model = "uniform hash of equal keys to shards", .steady = true, .refuse = refuse_throws, .scenario = write_throws,
     .sample = sample_occupancy},
    {.model = "coupon collector", .refuse = refuse_coupons, .scenario = write_coupons, .sample = sample_coupons},
    {.model = "per-shard 1 s quota", .steady = true, .refuse = refuse_throws, .scenario = write_throws, .sample = sample_quota},
    {.model = "Zipf keys", .steady = true, .refuse = refuse_popular, .scenario = write_popular, .sample = sample_popular},
    {.model = "records a second at one shard", .runs = 2, .refuse = refuse_records, .scenario = write_records,
     .sample = sample_records},
    {.model = "shared-throughput shard polling", .steady = true, .refuse = refuse_readers, .scenario = write_readers,
     .sample = sample_readers},
    {.model = "records read from one shard", .steady = true, .refuse = refuse_readers, .scenario = write_readers,
     .sample = sample_readers},
    {0},
};
