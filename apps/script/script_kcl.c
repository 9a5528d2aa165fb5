/* script_kcl.c - applications of the Kinesis Client Library on the streams of a script: workers
 * that come, go and crash, and what they process. A worker processes only when the script says so;
 * the leases move by themselves. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "script_kinesis.h"

/* --- time --- */

static void sync_shards(struct kcl_app *a, sim_time now)
{
    uint32_t n = kin_shards(a->stream->core);
    struct kcl_shard *list = calloc(n + 1, sizeof(*list));
    for (uint32_t i = 0; list != NULL && i < n; i++) {
        struct kin_shard_view v;
        kin_shard_view(a->stream->core, now, i, &v);
        list[i] = (struct kcl_shard){i, v.status == KIN_OPEN, {v.parent[0], v.parent[1]}};
    }
    if (list != NULL)
        kcl_sync(a->kcl, now, list, n);
    free(list);
}

static void settle(struct kcl_app *a, sim_time now)
{
    struct kcl_news news;
    while (kcl_news(a->kcl, now, &news)) {
        if (news.kind == KCL_NEWS_SYNC) {
            sync_shards(a, now);
            continue;
        }
        if (news.shard >= KCL_SHARDS_MAX)
            continue;
        struct kcl_hold *h = &a->hold[news.shard];
        if (news.kind == KCL_NEWS_YIELD) {
            h->yields = true;
            continue;
        }
        *h = (struct kcl_hold){.since = now, .next = news.from == KCL_FROM_SEQUENCE ? news.seq : 1};
        if (news.kind == KCL_NEWS_TAKEN && news.from == KCL_FROM_START && a->latest) {
            struct kin_shard_view v;
            kin_shard_view(a->stream->core, now, news.shard, &v);
            h->next = v.next;
        }
    }
    kcl_check(a->kcl, now);
}

sim_time script_kcl_deadline(const struct script_kin *t)
{
    sim_time at = SIM_NEVER;
    for (uint32_t i = 0; i < t->n_app; i++)
        at = kcl_deadline(t->app[i].kcl) < at ? kcl_deadline(t->app[i].kcl) : at;
    return at;
}

void script_kcl_advance(struct script_kin *t, sim_time now)
{
    for (uint32_t i = 0; i < t->n_app; i++)
        while (kcl_deadline(t->app[i].kcl) <= now) {
            kcl_advance(t->app[i].kcl, now);
            settle(&t->app[i], now);
        }
}

void script_kcl_close(struct script_kin *t)
{
    for (uint32_t i = 0; i < t->n_app; i++) {
        kcl_close(t->app[i].kcl);
        free(t->app[i].hold);
    }
}

/* --- words --- */

static struct kcl_app *app_word(struct script *s, const struct line *l, uint32_t *i)
{
    const struct arg *name = line_word(l, i);
    streams_call(s);
    for (uint32_t k = 0; name != NULL && k < s->streams->n_app; k++)
        if (strcmp(s->streams->app[k].name, name->value) == 0)
            return &s->streams->app[k];
    return NULL;
}

static bool is_set(const struct line *l, const char *key)
{
    return line_key(l, key) != NULL;
}

static bool run_app(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    bool used;
    const struct arg *name = line_word(l, &i), *start = line_key(l, "start");
    struct kin_stream *stream = stream_word(s, l, &i, r, &used);
    struct kcl_config c;
    if (name == NULL || !used || stream == NULL || s->streams->n_app == KCL_APPS_MAX)
        return false;
    kcl_config_default(&c);
    bool latest = start != NULL && strcmp(start->value, "LATEST") == 0;
    c.start = latest ? KCL_LATEST : KCL_TRIM_HORIZON;
    c.now = account_now(s->account);
    c.failover = seconds_key(l, "failover", c.failover);
    c.shard_sync = seconds_key(l, "shard_sync", c.shard_sync);
    c.parent_poll = seconds_key(l, "parent_poll", c.parent_poll);
    c.balance = is_set(l, "balance") ? seconds_key(l, "balance", 0) : 2 * c.failover;
    c.handoff = seconds_key(l, "handoff", c.handoff);
    c.checkpoint_every = (uint32_t)line_int(l, "checkpoint_every", 0);
    struct kcl_app *a = &s->streams->app[s->streams->n_app];
    *a = (struct kcl_app){.stream = stream, .latest = latest};
    a->hold = calloc(KCL_SHARDS_MAX, sizeof(*a->hold));
    if (a->hold == NULL || !kcl_open(&a->kcl, &c, NULL))
        return false;
    snprintf(a->name, sizeof(a->name), "%s", name->value);
    s->streams->n_app++;
    result_text(r, "ok");
    return true;
}

/* --- workers --- */

typedef bool (*worker_call)(struct kcl *, sim_time, uint32_t);

static bool leave(struct kcl *k, sim_time now, uint32_t worker)
{
    kcl_leave(k, now, worker);
    return true;
}

static bool stop(struct kcl *k, sim_time now, uint32_t worker)
{
    kcl_stop(k, now, worker);
    return true;
}

static bool freeze(struct kcl *k, sim_time now, uint32_t worker)
{
    kcl_freeze(k, now, worker);
    return true;
}

static bool thaw(struct kcl *k, sim_time now, uint32_t worker)
{
    kcl_thaw(k, now, worker);
    return true;
}

/* Of all the workers that the line names, at one instant. */
static bool each(struct script *s, const struct line *l, struct result *r, worker_call call)
{
    uint32_t i = 0, worker;
    sim_time now = account_now(s->account);
    struct kcl_app *a = app_word(s, l, &i);
    bool any = false;
    while (a != NULL && number_word(l, &i, &worker))
        any = call(a->kcl, now, worker);
    if (any)
        settle(a, now);
    result_text(r, "ok");
    return any;
}

static bool run_join(struct script *s, const struct line *l, struct result *r)
{
    return each(s, l, r, kcl_join);
}

static bool run_leave(struct script *s, const struct line *l, struct result *r)
{
    return each(s, l, r, leave);
}

static bool run_stop(struct script *s, const struct line *l, struct result *r)
{
    return each(s, l, r, stop);
}

static bool run_freeze(struct script *s, const struct line *l, struct result *r)
{
    return each(s, l, r, freeze);
}

static bool run_thaw(struct script *s, const struct line *l, struct result *r)
{
    return each(s, l, r, thaw);
}

/* --- work --- */

static bool end_shard(struct kcl_app *a, sim_time now, uint32_t worker, uint32_t shard,
                      const struct kin_shard_view *v)
{
    struct kcl_shard child[2];
    uint32_t n = 0;
    for (; n < 2 && v->child[n] != KIN_NONE; n++) {
        struct kin_shard_view c;
        kin_shard_view(a->stream->core, now, v->child[n], &c);
        child[n] =
            (struct kcl_shard){v->child[n], c.status == KIN_OPEN, {c.parent[0], c.parent[1]}};
    }
    return kcl_shard_end(a->kcl, now, worker, shard, child, n);
}

/* So many records of a shard from where its holder stands: one batch, unless it stays open. */
static bool run_work(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard, n, again = 0;
    sim_time now = account_now(s->account);
    struct kcl_app *a = app_word(s, l, &i);
    struct kin_shard_view v;
    struct kcl_view lease;
    if (a == NULL || !number_word(l, &i, &shard) || !number_word(l, &i, &n) ||
        shard >= KCL_SHARDS_MAX)
        return false;
    kcl_view(a->kcl, shard, &lease);
    result_text(r, "NotHeld");
    if (lease.state != KCL_HELD)
        return true;
    struct kcl_hold *h = &a->hold[shard];
    kin_shard_view(a->stream->core, now, shard, &v);
    h->next = h->next < v.horizon ? v.horizon : h->next;
    n = v.next - h->next < n ? (uint32_t)(v.next - h->next) : n;
    result_text(r, n == 0 ? "[]" : "[%" PRIu64 "-%" PRIu64 "]", h->next, h->next + n - 1);
    if (n > 0)
        kcl_processed(a->kcl, lease.owner, shard, h->next, n, &again);
    kcl_record_done(a->kcl, lease.owner, shard);
    h->next += n;
    result_field(r, "again", "%u", again);
    result_field(r, "worker", "%u", lease.owner);
    bool end = v.status != KIN_OPEN && h->next == v.next;
    result_field(r, "end", "%s", end ? "yes" : "no");
    if (end)
        end_shard(a, now, lease.owner, shard, &v);
    else if (!is_set(l, "open"))
        kcl_batch_done(a->kcl, lease.owner, shard);
    if (!end && h->yields && !is_set(l, "open"))
        kcl_release(a->kcl, now, lease.owner, shard);
    settle(a, now);
    return true;
}

/* --- what there is --- */

static const char *state_word(const struct kcl_view *v, char number[16])
{
    static const char *const word[] = {
        [KCL_UNKNOWN] = "unknown", [KCL_SKIPPED] = "skipped", [KCL_WAITS] = "waits",
        [KCL_FREE] = "free",       [KCL_ORPHAN] = "orphan",   [KCL_DONE] = "end"};
    if (v->state != KCL_HELD)
        return word[v->state];
    snprintf(number, 16, "%u", v->owner);
    return number;
}

static bool run_leases(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, idle = 0;
    struct kcl_app *a = app_word(s, l, &i);
    char number[16];
    struct kcl_view v;
    if (a == NULL)
        return false;
    r->text[0] = '\0';
    for (uint32_t k = 0; k < kcl_shards(a->kcl); k++) {
        size_t at = strlen(r->text);
        kcl_view(a->kcl, k, &v);
        snprintf(r->text + at, sizeof(r->text) - at, "%s%s", k == 0 ? "" : ",",
                 state_word(&v, number));
    }
    for (uint32_t w = 0; w < kcl_workers(a->kcl); w++)
        idle += kcl_is_live(a->kcl, w) && kcl_leases(a->kcl, w) == 0;
    result_field(r, "idle", "%u", idle);
    return true;
}

static bool run_lease(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0, shard;
    struct kcl_app *a = app_word(s, l, &i);
    char number[16], at[32];
    struct kcl_view v;
    if (a == NULL || !number_word(l, &i, &shard) || shard >= KCL_SHARDS_MAX)
        return false;
    kcl_view(a->kcl, shard, &v);
    result_text(r, "%s", state_word(&v, number));
    streams_seconds(at, a->hold[shard].since);
    result_field(r, "since", "%s", at);
    result_field(r, "checkpoint", v.has_checkpoint ? "%" PRIu64 : "none", v.checkpoint - 1);
    result_field(r, "processed", v.has_processed ? "%" PRIu64 : "none", v.processed - 1);
    result_field(r, "yields", "%s", a->hold[shard].yields ? "yes" : "no");
    return true;
}

static bool run_count(struct script *s, const struct line *l, struct result *r)
{
    uint32_t i = 0;
    struct kcl_app *a = app_word(s, l, &i);
    const struct arg *name = line_word(l, &i);
    if (a == NULL || name == NULL)
        return false;
    const struct kcl_counts *c = kcl_counts(a->kcl);
    const struct {
        const char *name;
        uint64_t n;
    } row[] = {{"created", c->created},       {"given", c->given},
               {"taken_over", c->taken_over}, {"moved", c->moved},
               {"moved_late", c->moved_late}, {"checkpoints", c->checkpoints},
               {"ended", c->ended},           {"syncs", c->syncs},
               {"processed", c->processed},   {"again", c->again}};
    result_text(r, "absent");
    for (unsigned k = 0; k < ARRAY_LEN(row); k++)
        if (strcmp(row[k].name, name->value) == 0)
            result_text(r, "%" PRIu64, row[k].n);
    return true;
}

const struct verb verbs_kcl[] = {
    {"kcl_app", run_app,
     "kcl_app APP STREAM [start=LATEST] [failover=S] [shard_sync=S] [parent_poll=S] [balance=S] "
     "[handoff=S] [checkpoint_every=N]"},
    {"kcl_join", run_join, "kcl_join APP WORKER…"},
    {"kcl_leave", run_leave, "kcl_leave APP WORKER…"},
    {"kcl_stop", run_stop, "kcl_stop APP WORKER…"},
    {"kcl_freeze", run_freeze, "kcl_freeze APP WORKER…"},
    {"kcl_thaw", run_thaw, "kcl_thaw APP WORKER…"},
    {"kcl_work", run_work, "kcl_work APP SHARD N [open=1]"},
    {"kcl_leases", run_leases, "kcl_leases APP"},
    {"kcl_lease", run_lease, "kcl_lease APP SHARD"},
    {"kcl_count", run_count, "kcl_count APP NAME"},
    {NULL, NULL, NULL},
};
