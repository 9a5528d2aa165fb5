/* captured.c - see captured.h. */
#include "captured.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli.h"

const char captured_scenario[] =
    "title = \"Small\";\n"
    "run = { duration = \"1min\"; drain = \"2min\"; replications = 10; seed = 7; };\n"
    "producer = { clients = { arrivals = \"poisson\"; rate = \"20/s\"; target = \"service.web\"; deadline = \"2s\";\n"
    "                         done_at = \"database.main\";\n"
    "                         call = { timeout = \"2s\"; attempts = 2; backoff = \"full_jitter(base=100ms, cap=1s)\"; }; }; };\n"
    "service = { web = { servers = 20; waiting = 20; time = \"lognormal(p50=4ms, p99=20ms)\";\n"
    "                    sends = ( { target = \"queue.jobs\"; } ); }; };\n"
    "queue = { jobs = { visibility_timeout = \"10s\"; wait_time = \"20s\";\n"
    "                   dead_letter = { queue = \"queue.dead\"; max_receive_count = 5; }; };\n"
    "          dead = { }; };\n"
    "fleet = { workers = { size = 6; source = \"queue.jobs\";\n"
    "                      calls = ( { target = \"database.main\"; timeout = \"5s\"; } );\n"
    "                      pause = \"full_jitter(base=0.5s, cap=5s)\"; crash = { probability = 0.015; }; }; };\n"
    "database = { main = { connections = 4; write_time = \"gamma(shape=2.5, mean=100.5ms)\"; }; };\n"
    "fault = { slow = { target = \"database.main\"; effect = \"slow\"; factor = 1.5; at = \"30s\"; for = \"7.5s\"; }; };\n"
    "expect = [ \"latency.p99 < 60.5s\", \"lost < 1.5%\" ];\n";

static char folder[64];

static int redirect(FILE *f, const char *path)
{
    fflush(f);
    int keep = dup(fileno(f)), to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(keep >= 0 && to >= 0);
    dup2(to, fileno(f));
    close(to);
    return keep;
}

static void restore(FILE *f, int keep)
{
    fflush(f);
    dup2(keep, fileno(f));
    close(keep);
}

int captured_main(const char *out, const char *err, const char *const *argv)
{
    int argc = 0;
    while (argv[argc] != NULL)
        argc++;
    int keep_out = redirect(stdout, out), keep_err = redirect(stderr, err);
    int code = cli_main(argc, (char **)(uintptr_t)argv);
    restore(stdout, keep_out);
    restore(stderr, keep_err);
    return code;
}

char *captured_text(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    size_t size = (size_t)ftell(f);
    char  *text = calloc(size + 1, 1);
    rewind(f);
    assert_int_equal(fread(text, 1, size, f), size);
    fclose(f);
    if (n != NULL)
        *n = size;
    return text;
}

void captured_enter(void)
{
    snprintf(folder, sizeof folder, "/tmp/afterbay-test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
}

void captured_leave(void)
{
    char command[100];
    assert_int_equal(chdir("/"), 0);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

void captured_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}
