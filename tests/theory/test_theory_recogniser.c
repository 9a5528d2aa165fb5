/* What the recogniser finds in small scenarios, against values worked out by hand, and where it
 * must say that there is no formula. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "../loader/loading.h"
#include "recognise.h"

struct seen {
    struct loaded l;
    struct findings f;
};

static void look(struct seen *s, const char *text)
{
    char whole[4000];
    snprintf(whole, sizeof whole, "run = { duration = \"1h\"; warmup = \"1min\"; };\n%s", text);
    s->l = loading_text(whole, NULL);
    if (!s->l.ok)
        loading_show(&s->l);
    assert_true(s->l.ok);
    findings_open(&s->f);
    assert_true(recognise(&s->f, scenario_spec(s->l.scenario)));
}

static void done(struct seen *s)
{
    findings_close(&s->f);
    loading_close(&s->l);
}

/* The one finding of that subject. */
static const struct finding *finding(const struct seen *s, const char *subject)
{
    const struct finding *found = NULL;
    for (const struct finding *x = s->f.first; x != NULL; x = x->next) {
        if (strcmp(x->subject, subject) != 0)
            continue;
        assert_null(found);
        found = x;
    }
    if (found == NULL) {
        for (const struct finding *x = s->f.first; x != NULL; x = x->next)
            print_error("there is: %s: %s\n", x->subject, x->model);
        fail_msg("no finding of %s", subject);
    }
    return found;
}

static const struct finding_value *value(const struct finding *x, const char *name)
{
    for (const struct finding_value *v = x->value; v != NULL; v = v->next) {
        if (strcmp(v->name, name) == 0)
            return v;
    }
    fail_msg("%s has no '%s'", x->subject, name);
    return NULL;
}

static void near_to(const struct finding *x, const char *name, double wanted)
{
    double got = value(x, name)->x;
    if (fabs(got - wanted) > 1e-6 * fabs(wanted))
        fail_msg("%s, %s: %.9g, not %.9g", x->subject, name, got, wanted);
}

static void is(const struct finding *x, const char *model, enum finding_kind kind)
{
    assert_string_equal(x->model, model);
    assert_string_equal(finding_kinds[x->kind], finding_kinds[kind]);
}

static bool says(const struct finding *x, const char *part)
{
    for (const struct finding_note *n = x->note; n != NULL; n = n->next) {
        if (strstr(n->text, part) != NULL)
            return true;
    }
    return false;
}

static void probed(const struct finding *x, const char *name, const char *entity,
                   const char *metric, const char *stat)
{
    const struct finding_probe *p = &value(x, name)->probe;
    assert_non_null(p->metric);
    assert_string_equal(p->entity, entity);
    assert_string_equal(p->metric, metric);
    assert_string_equal(p->stat, stat);
}

/* 8 a second, 100 ms each: rho 0.8, L 4, W 1 / (10 - 8) s. */
static void one_exponential_server(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"8/s\"; target = \"service.s\"; }; };"
             "service = { s = { time = \"exponential(100ms)\"; }; };");
    const struct finding *x = finding(&s, "service.s");
    is(x, "M/M/1", FINDING_EXACT);
    near_to(x, "utilisation", 0.8);
    near_to(x, "mean sojourn", 0.5e9);
    near_to(x, "mean wait", 0.4e9);
    near_to(x, "mean number inside", 4);
    near_to(x, "wait p90", log(8) / 2 * 1e9); /* 0.8 e^{-2t} = 0.1 */
    probed(x, "mean wait", "service.s", "wait", "mean");
    probed(x, "wait p90", "service.s", "wait", "p90");
    probed(x, "utilisation", "service.s", "utilisation", "mean");
    done(&s);
}

/* Two doctors, 2 an hour each way of 3 an hour: Hillier and Lieberman's hospital, Wq 1/24 of the
 * unit. */
static void two_servers_of_a_database(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s,
         "producer = { p = { rate = \"2/s\"; target = \"database.d\"; }; };"
         "database = { d = { connections = 2; write_time = \"exponential(333333333ns)\"; }; };");
    const struct finding *x = finding(&s, "database.d");
    is(x, "M/M/2", FINDING_EXACT);
    near_to(x, "mean wait", 1e9 / 24);
    near_to(x, "share who wait", 1.0 / 6);
    done(&s);
}

static void other_laws(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s,
         "producer = { a = { rate = \"0.5/s\"; target = \"service.det\"; }; b = { rate = "
         "\"0.5/s\"; target = \"service.uni\"; };"
         "             c = { rate = \"1/s\"; target = \"service.loss\"; }; d = { rate = \"1/s\"; "
         "target = \"service.room\"; };"
         "             e = { rate = \"4/s\"; target = \"service.many\"; }; g = { rate = \"2/s\"; "
         "target = \"service.over\"; };"
         "             h = { arrivals = \"constant\"; rate = \"1/s\"; target = \"service.even\"; "
         "}; };"
         "service = { det = { time = \"1s\"; }; uni = { time = \"uniform(0s, 2s)\"; };"
         "            loss = { servers = 2; waiting = 0; time = \"lognormal(mean=1s, cv=3)\"; };"
         "            room = { waiting = 1; time = \"exponential(1s)\"; };"
         "            many = { servers = 5; time = \"gamma(shape=2, mean=1s)\"; };"
         "            over = { time = \"exponential(1s)\"; };"
         "            even = { servers = 2; time = \"exponential(1s)\"; }; };");
    const struct finding *x =
        finding(&s, "service.det"); /* half of M/M/1's wait: 0.5 * 0.5 / (2 * 0.5) */
    is(x, "M/D/1", FINDING_EXACT);
    near_to(x, "mean wait", 0.5e9);
    x = finding(&s, "service.uni"); /* E[S^2] = 4/3: 0.5 * 4/3 / (2 * 0.5) = 2/3 */
    is(x, "M/G/1", FINDING_EXACT);
    near_to(x, "mean wait", 2e9 / 3);
    x = finding(&s, "service.loss"); /* B(2, 1) = (1/2) / (1 + 1 + 1/2), whatever the law */
    is(x, "M/G/2/2", FINDING_EXACT);
    near_to(x, "share refused", 0.2);
    x = finding(&s, "service.room"); /* three states alike */
    is(x, "M/M/1/2", FINDING_EXACT);
    near_to(x, "share refused", 1.0 / 3);
    near_to(x, "throughput", 2.0 / 3);
    x = finding(&s, "service.many"); /* Erlang C(5, 4) = 0.554113, / (5 - 4), times (1 + 1/2) / 2 */
    is(x, "M/G/5", FINDING_APPROXIMATE);
    near_to(x, "mean wait", 0.5541125541e9 * 0.75);
    x = finding(&s, "service.over"); /* one more a second than it can do */
    is(x, "overloaded", FINDING_FLUID);
    near_to(x, "growth", 1);
    is(finding(&s, "service.even"), "D/G/2", FINDING_APPROXIMATE);
    done(&s);
}

static const char worker[] = "producer = { p = { rate = \"%s\"; target = \"queue.q\"; %s }; };"
                             "queue = { q = { wait_time = \"20s\"; %s }; };"
                             "fleet = { f = { source = \"queue.q\"; %s }; };";

static void look_worker(struct seen *s, const char *rate, const char *producer, const char *queue,
                        const char *fleet)
{
    char text[2000];
    snprintf(text, sizeof text, worker, rate, producer, queue, fleet);
    look(s, text);
}

static void a_queue_and_its_workers(void **unused)
{
    (void)unused;
    struct seen s;
    look_worker(&s, "2/s", "", "", "size = 3; time = \"exponential(1s)\";");
    const struct finding *x = finding(&s, "queue.q -> fleet.f");
    is(x, "M/M/3", FINDING_EXACT); /* C(3, 2) = 4/9 */
    near_to(x, "share who wait", 4.0 / 9);
    near_to(x, "mean wait", 4e9 / 9);
    near_to(x, "mean sojourn", 13e9 / 9);
    probed(x, "mean wait", "queue.q", "wait", "mean");
    probed(x, "mean sojourn", "producer.p", "latency", "mean");
    probed(x, "mean number waiting", "queue.q", "depth", "mean");
    done(&s);
}

/* The sleep's half is added: 1 + 5/2; 0.5 + (1 - 0.5)/5 receives a second. */
static void a_sleeping_poller(void **unused)
{
    (void)unused;
    struct seen s;
    look_worker(&s, "0.5/s", "", "",
                "poll = \"short\"; poll_interval = \"5s\"; time = \"exponential(1s)\";");
    const struct finding *x = finding(&s, "queue.q -> fleet.f");
    is(x, "M/G/1 with vacations", FINDING_EXACT);
    near_to(x, "mean wait", 3.5e9);
    x = finding(&s, "queue.q -> fleet.f, polls");
    is(x, "short polls", FINDING_EXACT);
    near_to(x, "receive calls", 0.6);
    near_to(x, "empty receives", 0.1);
    done(&s);
    look_worker(&s, "0.5/s", "", "", "size = 2; poll = \"short\"; time = \"exponential(1s)\";");
    assert_int_equal(finding(&s, "queue.q -> fleet.f")->kind, FINDING_NONE);
    done(&s);
}

/* 20 groups of 2.5 a second against 5: rho 0.5, W = 1 / (5 - 2.5). */
static void message_groups(void **unused)
{
    (void)unused;
    struct seen s;
    look_worker(&s, "50/s", "key = \"uniform_key(20)\";", "type = \"fifo\";",
                "size = 40; time = \"exponential(200ms)\";");
    const struct finding *x = finding(&s, "queue.q -> fleet.f");
    is(x, "20 x M/G/1", FINDING_EXACT);
    near_to(x, "mean sojourn", 0.4e9);
    near_to(x, "groups at work", 10);
    x = finding(&s, "queue.q -> fleet.f, caps");
    near_to(x, "message groups, one at a time", 100);
    near_to(x, "quota of receive calls", 300);
    assert_true(says(x, "binding: message groups"));
    done(&s);
}

/* 12 instances of 10 workers that take a second each: 120 a second, 250 ones once the schedule has raised the bound. */
static void a_group_of_instances(void **unused)
{
    (void)unused;
    static const char base[] =
        "producer = { p = { rate = \"15/s\"; target = \"queue.q\"; }; };\n"
        "queue = { q = { }; };\n"
        "fleet = { f = { source = \"queue.q\"; time = \"exponential(1s)\"; }; };\n"
        "group = { g = { target = \"fleet.f\"; threads = 10; min = 2; max = 12; }; };\n";
    char scheduled[1000];
    struct seen s;
    look(&s, base);
    const struct finding *x = finding(&s, "queue.q -> fleet.f, caps");
    near_to(x, "all workers that group.g may have", 120);
    assert_true(says(x, "binding: all workers that group.g may have, 120/s"));
    done(&s);
    snprintf(scheduled, sizeof scheduled, "%s%s", base,
             "scaling = { night = { target = \"group.g\"; policy = \"scheduled\";\n"
             "  times = ( { at = \"10min\"; max = 25; }, { at = \"20min\"; max = 5; } ); }; };\n");
    look(&s, scheduled);
    near_to(finding(&s, "queue.q -> fleet.f, caps"), "all workers that group.g may have", 250);
    done(&s);
}

/* Service of mean 10 s against 8 s: 1.816 receives when only the latest handle deletes, 1.549 when
 * any does. */
static void visibility(void **unused)
{
    (void)unused;
    struct seen s;
    look_worker(&s, "0.1/s", "", "visibility_timeout = \"8s\"; stale_delete = \"ignore\";",
                "size = 50; time = \"exponential(10s)\";");
    near_to(finding(&s, "queue.q -> fleet.f, visibility timeout"), "mean receives",
            1 / (1 - exp(-0.8)));
    assert_int_equal(finding(&s, "queue.q -> fleet.f")->kind, FINDING_NONE);
    done(&s);
    look_worker(&s, "0.1/s", "", "visibility_timeout = \"8s\";",
                "size = 50; time = \"exponential(10s)\";");
    double any = 1 + exp(-0.8) + exp(-2.4) + exp(-4.8) + exp(-8) + exp(-12) + exp(-16.8);
    near_to(finding(&s, "queue.q -> fleet.f, visibility timeout"), "mean receives", any);
    done(&s);
}

static void crashes(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"1/s\"; target = \"queue.q\"; }; };"
             "queue = { q = { wait_time = \"20s\"; visibility_timeout = \"30s\"; dead_letter = { "
             "queue = \"queue.dead\"; max_receive_count = 3; }; };"
             "          dead = { }; };"
             "fleet = { f = { size = 10; source = \"queue.q\"; time = \"2s\"; crash = { "
             "probability = 0.2; }; }; };");
    const struct finding *x = finding(&s, "queue.q -> fleet.f, crashes");
    near_to(x, "share set aside as dead letters", 0.008);
    near_to(x, "mean receives", 1.24);
    assert_int_equal(finding(&s, "queue.q -> fleet.f")->kind, FINDING_APPROXIMATE);
    done(&s);
}

/* Twenty workers at a database with two connections: the database's two servers, wherever a message
 * waits. */
static void workers_at_a_database(void **unused)
{
    (void)unused;
    struct seen s;
    static const char *const text =
        "producer = { p = { rate = \"2/s\"; target = \"queue.q\"; done_at = \"database.d\"; }; };"
        "queue = { q = { wait_time = \"20s\"; }; };"
        "fleet = { f = { size = 20; source = \"queue.q\"; %s calls = ( { target = \"database.d\"; "
        "} ); }; };"
        "database = { d = { connections = 2; write_time = \"exponential(333333333ns)\"; }; };";
    char whole[1500];
    snprintf(whole, sizeof whole, text, "");
    look(&s, whole);
    const struct finding *x = finding(&s, "queue.q -> fleet.f -> database.d");
    is(x, "M/M/2", FINDING_EXACT);
    near_to(x, "mean sojourn", 0.375e9);
    probed(x, "mean sojourn", "producer.p", "latency", "mean");
    assert_null(value(x, "mean wait")->probe.metric);
    done(&s);
    snprintf(whole, sizeof whole, text, "time = \"exponential(1s)\";");
    look(&s, whole);
    x = finding(&s, "queue.q -> fleet.f");
    assert_int_equal(x->kind, FINDING_NONE);
    assert_true(says(x, "workers wait for each other at database.d"));
    done(&s);
}

/* Rates follow calls and sends; what leaves M/M/1 is Poisson (Burke), what leaves M/D/1 is not. */
static void rates_along_the_way(void **unused)
{
    (void)unused;
    struct seen s;
    static const char *const text =
        "producer = { p = { rate = \"2/s\"; target = \"service.a\"; done_at = \"fleet.f\"; };"
        "             r = { rate = \"3/s\"; target = \"service.a\"; done_at = \"fleet.f\"; }; };"
        "service = { a = { time = \"%s(100ms)\"; sends = ( { target = \"queue.q\"; } ); }; };"
        "queue = { q = { wait_time = \"20s\"; }; };"
        "fleet = { f = { size = 1; source = \"queue.q\"; time = \"exponential(100ms)\"; }; };";
    char whole[1500];
    snprintf(whole, sizeof whole, text, "exponential");
    look(&s, whole);
    near_to(finding(&s, "service.a"), "mean sojourn", 0.2e9);
    is(finding(&s, "queue.q -> fleet.f"), "M/M/1", FINDING_EXACT);
    near_to(finding(&s, "queue.q -> fleet.f"), "mean sojourn", 0.2e9);
    done(&s);
    snprintf(whole, sizeof whole, text, "constant");
    look(&s, whole);
    is(finding(&s, "service.a"), "M/D/1", FINDING_EXACT);
    is(finding(&s, "queue.q -> fleet.f"), "M/M/1", FINDING_APPROXIMATE);
    assert_true(says(finding(&s, "queue.q -> fleet.f"), "what leaves service.a is not Poisson"));
    done(&s);
}

static void servers_held_across_calls(void **unused)
{
    (void)unused;
    struct seen s;
    static const char *const text = "producer = { p = { rate = \"8/s\"; target = \"service.web\"; "
                                    "done_at = \"database.d\"; }; };"
                                    "service = { web = { servers = %d; time = \"10ms\"; calls = ( "
                                    "{ target = \"database.d\"; } ); }; };"
                                    "database = { d = { write_time = \"exponential(100ms)\"; }; };";
    char whole[1500];
    snprintf(whole, sizeof whole, text, 100);
    look(&s, whole);
    is(finding(&s, "service.web"), "M/G/inf", FINDING_EXACT); /* 10 ms + 1 / (10 - 8) s */
    near_to(finding(&s, "service.web"), "mean sojourn", 0.51e9);
    near_to(finding(&s, "service.web"), "mean number inside", 4.08);
    is(finding(&s, "database.d"), "M/M/1", FINDING_EXACT);
    done(&s);
    snprintf(whole, sizeof whole, text, 5);
    look(&s, whole);
    assert_int_equal(finding(&s, "service.web")->kind, FINDING_NONE);
    is(finding(&s, "database.d"), "M/M/1", FINDING_APPROXIMATE);
    done(&s);
}

/* One user: thinks a second, is served a second. */
static void a_closed_group(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { arrivals = \"closed\"; users = 1; think = \"1s\"; target = "
             "\"service.s\"; }; };"
             "service = { s = { time = \"exponential(1s)\"; }; };");
    const struct finding *x = finding(&s, "producer.p -> service.s");
    is(x, "M/M/1//1", FINDING_EXACT);
    near_to(x, "throughput", 0.5);
    near_to(x, "mean answer", 1e9);
    done(&s);
    look(&s, "producer = { p = { arrivals = \"closed\"; users = 10; think = \"1s\"; target = "
             "\"service.s\"; }; };"
             "service = { s = { servers = 2; time = \"1s\"; }; };");
    x = finding(&s, "producer.p -> service.s"); /* bounds: min(10 / 2, 2) and max(1, 10/2 - 1) */
    assert_int_equal(x->kind, FINDING_NONE);
    near_to(x, "throughput at most", 2);
    near_to(x, "mean answer at least", 4e9);
    done(&s);
}

/* 50 a second, 150 for a minute, 100 can be done: 3,000 wait, a minute to drain; then nothing for a
 * minute: 3,000 and again one. */
static void spikes_and_outages(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"50/s\"; target = \"queue.q\"; profile = ( { at = "
             "\"10min\"; for = \"1min\"; rate = \"150/s\"; } ); }; };"
             "queue = { q = { wait_time = \"20s\"; }; };"
             "fleet = { f = { size = 10; source = \"queue.q\"; time = \"100ms\"; }; };"
             "fault = { out = { target = \"fleet.f\"; effect = \"down\"; at = \"30min\"; for = "
             "\"1min\"; }; };");
    const struct finding *x = finding(&s, "queue.q -> fleet.f, from 10 min");
    is(x, "backlog", FINDING_FLUID);
    near_to(x, "peak backlog", 3000);
    near_to(x, "empty again at", 720e9);
    near_to(x, "longest wait", 30e9);
    x = finding(&s, "queue.q -> fleet.f, from 30 min");
    near_to(x, "peak backlog", 3000);
    near_to(x, "time to drain after the peak", 60e9);
    near_to(x, "longest wait", 60e9);
    /* a whole run is not the long run at the base rate */
    assert_null(value(finding(&s, "queue.q -> fleet.f"), "mean wait")->probe.metric);
    done(&s);
}

/* Who comes later at a rate that nobody knows is no part of the long run; backlogs are foretold until then. */
static void latecomers(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"50/s\"; target = \"queue.q\"; profile = ( { at = "
             "\"10min\"; for = \"1min\"; rate = \"150/s\"; } ); };"
             "late = { start = \"40min\"; arrivals = \"renewal\"; interval = \"uniform(1s, 2s)\"; target = \"queue.q\"; }; };"
             "queue = { q = { wait_time = \"20s\"; }; };"
             "fleet = { f = { size = 10; source = \"queue.q\"; time = \"100ms\"; }; };"
             "fault = { out = { target = \"fleet.f\"; effect = \"down\"; at = \"39min30s\"; for = \"1min\"; }; };");
    const struct finding *x = finding(&s, "queue.q -> fleet.f, from 10 min");
    near_to(x, "peak backlog", 3000);
    near_to(x, "empty again at", 720e9);
    for (x = s.f.first; x != NULL; x = x->next)
        assert_null(strstr(x->subject, "from 39")); /* it lasts into what is not known */
    x = finding(&s, "queue.q -> fleet.f");
    near_to(x, "utilisation", 0.5);
    assert_true(says(x, "long run without producer.late, which begins later"));
    assert_null(value(x, "utilisation")->probe.metric);
    done(&s);
}

/* 10 a second, 20 for 10 s, one second of which fill the room of 10 (1 server, 9 places); the rest,
 * 90, are refused; and the outage refuses 10 s of 10. */
static void what_a_bounded_room_refuses(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"10/s\"; target = \"service.s\"; profile = ( { at = "
             "\"10min\"; for = \"10s\"; rate = \"20/s\"; } ); }; };"
             "service = { s = { waiting = 9; time = \"100ms\"; }; };"
             "fault = { out = { target = \"service.s\"; effect = \"down\"; at = \"5min\"; for = "
             "\"10s\"; }; };");
    near_to(finding(&s, "service.s, overload and outage"), "calls refused", 190);
    done(&s);
}

static void timeouts_and_storms(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"1/s\"; target = \"service.a\"; done_at = \"database.d\"; "
             "call = { attempts = 3; timeout = \"300ms\"; }; }; };"
             "service = { a = { servers = 1000; calls = ( { target = \"database.d\"; attempts = 4; "
             "timeout = \"300ms\"; } ); }; };"
             "database = { d = { connections = 100; write_time = \"exponential(100ms)\"; }; };");
    const struct finding *x = finding(&s, "service.a -> database.d, timeout");
    near_to(x, "share of attempts that time out", exp(-3));
    near_to(x, "share of calls that fail", exp(-12));
    near_to(finding(&s, "producer.p"), "calls at the end for one request, at most", 12);
    done(&s);
}

/* Eighteen layers of two services, each of which calls both of the next, twice if need be: 2^17 ways to each of the last two, by
 * which a request in two hours makes 18.2 calls a second, and 2^18 attempts for it. Who walked all ways, and looked at each
 * twice on the way, would be at it for a day. */
static void more_ways_than_can_be_walked(void **unused)
{
    (void)unused;
    struct seen s;
    char text[3900];
    int n = snprintf(text, sizeof text, "producer = { p = { rate = \"0.5/h\"; target = \"service.a0\"; }; };\nservice = {");
    for (int k = 0; k < 18; k++) {
        for (const char *name = "ab"; *name != '\0'; name++)
            n += snprintf(text + n, sizeof text - (size_t)n,
                          "%c%d={servers=9;calls=({target=\"service.a%d\";attempts=2;},{target=\"service.b%d\";attempts=2;});};\n", *name,
                          k, k + 1, k + 1);
    }
    n += snprintf(text + n, sizeof text - (size_t)n, "a18={time=\"1ms\";};b18={time=\"1ms\";};};\n");
    assert_true((size_t)n < sizeof text);
    look(&s, text);
    near_to(finding(&s, "producer.p"), "calls at the end for one request, at most", 262144);
    const struct finding *x = finding(&s, "service.a18");
    if (!says(x, "arrivals 18.2/s"))
        fail_msg("%s", x->note == NULL ? "no note" : x->note->text);
    done(&s);
}

/* Several fleets at one queue, a setting that no formula has, a ring. */
static void no_formula(void **unused)
{
    (void)unused;
    struct seen s;
    look(&s, "producer = { p = { rate = \"1/s\"; target = \"queue.q\"; done_at = \"fleet.a\"; }; };"
             "queue = { q = { wait_time = \"20s\"; }; };"
             "fleet = { a = { source = \"queue.q\"; time = \"100ms\"; }; b = { source = "
             "\"queue.q\"; time = \"100ms\"; }; };");
    assert_int_equal(finding(&s, "queue.q")->kind, FINDING_NONE);
    done(&s);
    look_worker(&s, "1/s", "", "sampled = 1; shards = 10;", "time = \"exponential(100ms)\";");
    assert_int_equal(finding(&s, "queue.q -> fleet.f")->kind, FINDING_APPROXIMATE);
    assert_true(
        says(finding(&s, "queue.q -> fleet.f"), "not in the formula: queue.q.{shards, sampled}"));
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_exponential_server),
        cmocka_unit_test(two_servers_of_a_database),
        cmocka_unit_test(other_laws),
        cmocka_unit_test(a_queue_and_its_workers),
        cmocka_unit_test(a_sleeping_poller),
        cmocka_unit_test(message_groups),
        cmocka_unit_test(a_group_of_instances),
        cmocka_unit_test(visibility),
        cmocka_unit_test(crashes),
        cmocka_unit_test(workers_at_a_database),
        cmocka_unit_test(rates_along_the_way),
        cmocka_unit_test(servers_held_across_calls),
        cmocka_unit_test(a_closed_group),
        cmocka_unit_test(spikes_and_outages), cmocka_unit_test(latecomers),
        cmocka_unit_test(what_a_bounded_room_refuses),
        cmocka_unit_test(timeouts_and_storms),
        cmocka_unit_test(more_ways_than_can_be_walked),
        cmocka_unit_test(no_formula),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    loading_remove();
    return failed;
}
