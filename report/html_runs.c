/* html_runs.c - what was run and how to run it again: the command line, seed and version, and the files as they were. */
#include <stdio.h>
#include <string.h>

#include "html_int.h"
#include "quantity.h"

/* A word for a POSIX shell: quoted when anything in it could mean something there. */
static void put_word(struct page *page, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:+-";
    if (*word != 0 && strspn(word, plain) == strlen(word)) {
        html_escaped(page, word);
        return;
    }
    html_put(page, "'");
    for (; *word != 0; word++) {
        char one[2] = {*word, 0};
        html_escaped(page, *word == '\'' ? "'\\''" : one);
    }
    html_put(page, "'");
}

static bool put_overrides(struct page *page, int64_t run, struct err *err)
{
    struct query_text *set;
    size_t n;
    if (!query_overrides(page->query, run, &set, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        html_put(page, " --set ");
        put_word(page, set[i].text);
    }
    query_texts_free(set, n);
    return true;
}

static bool put_command(struct page *page, const char *command, size_t from, size_t to, struct err *err)
{
    const struct query_run *q = page->load->run[from].q;
    html_put(page, "afterbay %s", command);
    for (size_t i = from; i < to; i++) {
        html_put(page, " ");
        put_word(page, page->load->run[i].q->scenario);
    }
    html_put(page, " -r %u --seed %llu", (unsigned)q->n_replication, (unsigned long long)q->seed);
    bool ok = put_overrides(page, q->id, err);
    html_put(page, " -o results.db\n");
    return ok;
}

/* Two runs of one comparison are one command; others one each. */
static bool put_commands(struct page *page, struct err *err)
{
    const struct load *l = page->load;
    bool compared = l->n == 2 && strcmp(l->run[0].q->command, "compare") == 0 &&
                    strcmp(l->run[1].q->command, "compare") == 0 && l->run[0].q->seed == l->run[1].q->seed;
    bool ok = true;
    html_put(page, "<h3>Run it again</h3>\n<pre>");
    if (compared)
        ok = put_command(page, "compare", 0, 2, err);
    for (size_t i = 0; !compared && ok && i < l->n; i++)
        ok = put_command(page, "run", i, i + 1, err);
    html_put(page, "afterbay report results.db -o report.html</pre>\n"
              "<p class=\"note\">The same seed gives the same numbers, on any machine and any number of threads.</p>\n");
    return ok;
}

static void put_facts(struct page *page, const struct load_run *r)
{
    char arrivals[40], drain[40], warmup[40], deadline[40] = "none";
    const struct query_run *q = r->q;
    quantity_duration_text(q->duration_ns, arrivals, sizeof(arrivals));
    quantity_duration_text(q->drain_ns, drain, sizeof(drain));
    quantity_duration_text(q->warmup_ns, warmup, sizeof(warmup));
    if (q->deadline_ns >= 0)
        quantity_duration_text(q->deadline_ns, deadline, sizeof(deadline));
    html_put(page, "<tr><td><b>");
    html_escaped(page, r->name);
    html_put(page, "</b></td><td>");
    html_escaped(page, q->title);
    html_put(page, "</td><td>%llu</td><td>%u</td><td>%s</td><td>%s</td><td>%s</td><td>",
        (unsigned long long)q->seed, (unsigned)q->n_replication, arrivals, drain, warmup);
    html_escaped(page, r->deadlines[0] != 0 ? r->deadlines : deadline);
    html_put(page, "</td><td>");
    html_escaped(page, q->version);
    html_put(page, "</td></tr>\n");
}

static bool put_files(struct page *page, const struct load_run *r, struct err *err)
{
    struct query_text *file;
    size_t n;
    if (!query_files(page->query, r->q->id, &file, &n, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        html_put(page, "<details><summary>");
        html_escaped(page, file[i].name);
        html_put(page, ", as read for ");
        html_escaped(page, r->name);
        html_put(page, "</summary><pre>");
        html_escaped(page, file[i].text);
        html_put(page, "</pre></details>\n");
    }
    query_texts_free(file, n);
    return true;
}

bool html_runs(struct page *page, struct err *err)
{
    static const char *const head[] = {"run",   "title", "seed",     "replications", "arrivals",
                                       "drain", "warm-up", "deadline", "afterbay"};
    html_put(page, "<h2>What was run</h2>\n<div class=\"scroll\"><table class=\"runs\"><thead>");
    html_row(page, "th", head, 9);
    html_put(page, "</thead><tbody>\n");
    for (size_t i = 0; i < page->load->n; i++)
        put_facts(page, &page->load->run[i]);
    html_put(page, "</tbody></table></div>\n");
    bool ok = put_commands(page, err);
    for (size_t i = 0; ok && i < page->load->n; i++)
        ok = put_files(page, &page->load->run[i], err);
    return ok;
}
