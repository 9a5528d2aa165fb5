/* by_hand.h - schedules worked out by hand: producers a, b, c … of one request each, and when their clients were answered. */
#ifndef BY_HAND_H
#define BY_HAND_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "run_support.h"

#define TARGET "service.s"

/* Lines for one request at each of the instants: "0s 1s 2500ms" is producer a at 0, b at 1 s, c at 2.5 s. */
static inline void add_requests(char *out, size_t size, const char *instants)
{
    char id = 'a';
    for (const char *at = instants; *at != '\0'; id++) {
        size_t n = strcspn(at, " ");
        size_t used = strlen(out);
        snprintf(out + used, size - used,
                 "producer.%c.arrivals = constant\nproducer.%c.rate = 1/s\nproducer.%c.limit = 1\n"
                 "producer.%c.target = " TARGET "\nproducer.%c.start = %.*s\n",
                 id, id, id, id, id, (int)n, at);
        at += n + (at[n] == ' ');
    }
}

static inline struct run run_requests(const char *instants, const char *lines)
{
    char text[8000] = "run.duration = 100s\nrun.drain = 100s\n";
    add_requests(text, sizeof(text), instants);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s", lines);
    return run_lines(text);
}

/* When producer a's, b's … client was told, in seconds from its birth; -1: never, or told no. */
static inline double answer_of(const struct run *r, char id)
{
    char path[] = "producer.?";
    path[9] = id;
    return run_count(r, path, "told_ok") == 1 ? run_stat(r, path, "answer", "max") / 1e9 : -1;
}

static inline void expect_answers(const char *instants, const char *lines, const char *want)
{
    struct run r = run_requests(instants, lines);
    char *end = (char *)want;
    for (char id = 'a'; *end != '\0'; id++) {
        double w = strtod(end, &end), got = answer_of(&r, id);
        if (fabs(w - got) > 1e-9)
            fail_msg("%c is answered after %.9g s, not %.9g, of\n%s", id, got, w, lines);
    }
    run_free(&r);
}

/* One metric of a run of requests. */
static inline void expect_metric(const char *instants, const char *lines, const char *entity, const char *metric,
                                 const char *stat, double want)
{
    struct run r = run_requests(instants, lines);
    double got = run_stat(&r, entity, metric, stat);
    if (!(fabs(got - want) <= 1e-9 * (1 + fabs(want))))
        fail_msg("%s.%s.%s is %.9g, not %.9g, of\n%s", entity, metric, stat, got, want, lines);
    run_free(&r);
}

/* The checks find exactly one error, which speaks of that. */
static inline void expect_refused(const char *lines, const char *word)
{
    struct problems p;
    char text[4000];
    snprintf(text, sizeof(text),
             "run.duration = 1s\nproducer.p.rate = 1/s\nproducer.p.target = service.s\nproducer.p.done_at = service.s\n"
             "service.s.servers = 1\n%s",
             lines);
    problems_init(&p);
    struct specbuild *b = specbuild_open(text);
    specbuild_check(b, &p);
    if (p.n_errors != 1 || strstr(p.item[0].text, word) == NULL)
        fail_msg("%zu errors (%s), not one about '%s', of\n%s", p.n_errors, p.n > 0 ? p.item[0].text : "-", word, lines);
    problems_free(&p);
    specbuild_close(b);
}

#endif
