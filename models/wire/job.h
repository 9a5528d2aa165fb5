/* job.h - what travels between services: a number that stands for a request, and what they need to know of it.
 *
 * A job is written and copied in two words of eight bytes. Who reads in one go what was written in several waits until all of it has
 * reached the cache (hence the asm, too: a compiler would read both words as one). */
#ifndef JOB_H
#define JOB_H

#include <stdint.h>
#include <string.h>

#include "check.h"

struct job {
    uint32_t request; /* slot in the request table (request.h) */
    uint32_t size;    /* payload, bytes */
    uint32_t key;     /* message group or partition key, numbered; JOB_NO_KEY */
    uint16_t attempt; /* path code of the attempts on the way here, 0 for the first everywhere (caller.h):
                         with the request's item it addresses the random cells of the work */
    uint16_t flags;   /* enum job_flag */
};
#define JOB_NO_KEY UINT32_MAX

struct job_words {
    uint64_t low, high; /* request and size; key, attempt and flags, each from bit 0, 32, 48 on */
};
ALWAYS_INLINE struct job_words job_words(uint32_t request, uint32_t size, uint32_t key, uint16_t attempt, uint16_t flags)
{
    return (struct job_words){request | (uint64_t)size << 32, key | (uint64_t)attempt << 32 | (uint64_t)flags << 48};
}
ALWAYS_INLINE struct job_words job_words_of(const struct job *j)
{
    return job_words(j->request, j->size, j->key, j->attempt, j->flags);
}
ALWAYS_INLINE void job_put(struct job *to, struct job_words w)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    __asm__("" : "+r"(w.low), "+r"(w.high));
    memcpy(to, &w.low, sizeof(w.low));
    memcpy(&to->key, &w.high, sizeof(w.high));
#else
    *to = (struct job){(uint32_t)w.low, (uint32_t)(w.low >> 32), (uint32_t)w.high, (uint16_t)(w.high >> 32), (uint16_t)(w.high >> 48)};
#endif
}
ALWAYS_INLINE void job_write(struct job *to, uint32_t request, uint32_t size, uint32_t key, uint16_t attempt, uint16_t flags)
{
    job_put(to, job_words(request, size, key, attempt, flags));
}
/* The same as *to = *from. */
ALWAYS_INLINE void job_copy(struct job *to, const struct job *from)
{
    job_put(to, job_words_of(from));
}

#define JOB_RECORDED 0x4000 /* flag: its request's life is written down (record.h) */
#define JOB_LETTER   0x8000 /* flag: a dead letter; a queue that nobody reads remembers it, and it is alive no more */
/* What a call asks of a store (JOB_OPERATION bits; 0 elsewhere). */
enum job_flag { JOB_WRITE = 0, JOB_READ = 1, JOB_CONDITIONAL = 2, JOB_OPERATION = 3 };

#endif
