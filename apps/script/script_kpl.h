/* script_kpl.h - producer libraries of a script, each with a stream behind it that answers as it is told. */
#ifndef SCRIPT_KPL_H
#define SCRIPT_KPL_H

#include "kpl.h"
#include "script.h"

#define KPLS_MAX  8
#define CALLS_MAX 32

struct kpl_call { /* under way */
    uint32_t put;
    sim_time end;
    uint32_t n;
    uint32_t shard[500];
};
struct script_kpl {
    char name[48];
    struct kpl *core;
    struct kpl_call call[CALLS_MAX];
    uint32_t n_call, peak;
    sim_time latency, until; /* until then it answers so */
    enum kpl_result answer;
    uint32_t only; /* this shard alone answers so; UINT32_MAX: all */
    uint64_t n_user, n_calls;
    sim_time ended_at, waited; /* of the last that ended: when, and how long it was there */
    char calls[4096];
};
struct script_kpls {
    struct script_kpl *kpl[KPLS_MAX];
    uint32_t n;
};

/* script_kpl.c */
void script_kpls_close(struct script *);
void script_kpls_to(struct script *, sim_time);
void script_kpls_check(struct script *);

#endif
