/* spool.c - the file of records. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "hash.h"
#include "map64.h"
#include "mem.h"

#define SPOOL_VERSION 2
#define RECORD_MAX    (UINT64_C(1) << 32)

struct head { /* of the file; a machine of another byte order sees another version */
    char magic[16];
    uint64_t version, experiment;
};
struct record {
    uint64_t bytes, check;
    uint32_t point, replication;
};

struct spool {
    int fd;
    char *path;
    bool hidden;
    uint64_t end;    /* of the whole records */
    struct map64 at; /* point and replication to the place of their record */
    size_t n;
    struct spool_bytes bytes;
};

static const char magic[16] = "afterbay spool\n";

static bool fail(const struct spool *s, const char *doing, struct err *err)
{
    return err_set(err, ERR_IO, "cannot %s '%s': %s", doing, s->path, strerror(errno));
}

static uint64_t key(uint32_t point, uint32_t replication)
{
    return (uint64_t)point << 32 | replication;
}

static uint64_t check_of(const struct record *r, const void *bytes)
{
    return hash_mix(hash_bytes(bytes, r->bytes) ^
                    hash_mix(key(r->point, r->replication) + r->bytes));
}

static bool write_at(const struct spool *s, const void *from, size_t n, uint64_t at,
                     struct err *err)
{
    const char *p = from;
    while (n > 0) {
        ssize_t m = pwrite(s->fd, p, n, (off_t)at);
        if (m < 0 && errno == EINTR)
            continue;
        if (m <= 0)
            return fail(s, "write", err);
        p += m;
        at += (uint64_t)m;
        n -= (size_t)m;
    }
    return true;
}

/* True: all of it. */
static bool read_at(const struct spool *s, void *to, size_t n, uint64_t at)
{
    char *p = to;
    while (n > 0) {
        ssize_t m = pread(s->fd, p, n, (off_t)at);
        if (m < 0 && errno == EINTR)
            continue;
        if (m <= 0)
            return false;
        p += m;
        at += (uint64_t)m;
        n -= (size_t)m;
    }
    return true;
}

/* Into s->bytes; false: there is no whole record here. */
static bool read_record(struct spool *s, uint64_t at, struct record *r)
{
    struct spool_bytes *b = &s->bytes;
    if (!read_at(s, r, sizeof(*r), at) || r->bytes > RECORD_MAX)
        return false;
    if (b->cap < r->bytes) {
        char *more = mem_resize(b->at, r->bytes);
        if (more == NULL)
            return false;
        b->at = more;
        b->cap = r->bytes;
    }
    b->n = r->bytes;
    return read_at(s, b->at, r->bytes, at + sizeof(*r)) && check_of(r, b->at) == r->check;
}

static bool remember(struct spool *s, const struct record *r, struct err *err)
{
    if (!map64_put(&s->at, key(r->point, r->replication), s->end))
        return err_set(err, ERR_OS, "memory is short");
    s->end += sizeof(*r) + r->bytes;
    s->n++;
    return true;
}

static bool begin(struct spool *s, uint64_t experiment, struct err *err)
{
    struct head head = {.version = SPOOL_VERSION, .experiment = experiment};
    memcpy(head.magic, magic, sizeof(magic));
    s->end = sizeof(head);
    return (ftruncate(s->fd, 0) == 0 || fail(s, "write", err)) &&
           write_at(s, &head, sizeof(head), 0, err);
}

/* What follows the last whole record was being written when the end came. */
static bool go_on(struct spool *s, uint64_t experiment, struct err *err)
{
    struct head head;
    struct record r;
    if (!read_at(s, &head, sizeof(head), 0) || memcmp(head.magic, magic, sizeof(magic)) != 0 ||
        head.version != SPOOL_VERSION)
        return err_set(err, ERR_DATA,
                       "'%s' holds nothing to resume: remove it, or start anew with --fresh",
                       s->path);
    if (head.experiment != experiment)
        return err_set(err, ERR_DATA,
                       "'%s' belongs to another experiment: scenario, points or version differ; "
                       "start anew with --fresh",
                       s->path);
    s->end = sizeof(head);
    while (read_record(s, s->end, &r))
        if (!remember(s, &r, err))
            return false;
    return ftruncate(s->fd, (off_t)s->end) == 0 || fail(s, "write", err);
}

static bool locked(struct spool *s, struct err *err)
{
    return flock(s->fd, LOCK_EX | LOCK_NB) == 0 ||
           err_set(err, ERR_CANTCREAT,
                   "'%s' is in use: another program is at work on the same study", s->path);
}

static bool open_named(struct spool *s, uint64_t experiment, enum spool_mode mode, struct err *err)
{
    struct stat st;
    s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (s->fd < 0)
        return err_set(err, ERR_CANTCREAT, "cannot create '%s': %s", s->path, strerror(errno));
    if (!locked(s, err))
        return false;
    if (fstat(s->fd, &st) != 0)
        return fail(s, "read", err);
    if (mode == SPOOL_DISCARD || st.st_size == 0)
        return begin(s, experiment, err);
    if (mode == SPOOL_FRESH)
        return err_set(err, ERR_STOPPED,
                       "'%s' holds what an interrupted study has done: go on with --resume, or "
                       "start anew with --fresh",
                       s->path);
    return go_on(s, experiment, err);
}

static bool open_hidden(struct spool *s, uint64_t experiment, struct err *err)
{
    size_t n = strlen(s->path);
    memcpy(s->path + n, ".XXXXXX", 8); /* spool_open left room */
    s->fd = mkstemp(s->path);
    if (s->fd < 0)
        return err_set(err, ERR_CANTCREAT, "cannot create '%s': %s", s->path, strerror(errno));
    fcntl(s->fd, F_SETFD, FD_CLOEXEC);
    unlink(s->path);
    return begin(s, experiment, err);
}

bool spool_open(struct spool **out, const char *path, uint64_t experiment, enum spool_mode mode,
                struct err *err)
{
    struct spool *s = mem_get_zero(1, sizeof(*s));
    *out = NULL;
    if (s == NULL)
        return err_set(err, ERR_OS, "memory is short");
    s->fd = -1;
    map64_init(&s->at);
    s->path = mem_get(strlen(path) + 8);
    bool ok = s->path != NULL || err_set(err, ERR_OS, "memory is short");
    if (ok)
        memcpy(s->path, path, strlen(path) + 1);
    ok = ok && (mode == SPOOL_HIDDEN ? open_hidden(s, experiment, err)
                                     : open_named(s, experiment, mode, err));
    if (!ok) {
        spool_close(s, true);
        return false;
    }
    s->hidden = mode == SPOOL_HIDDEN;
    *out = s;
    return true;
}

void spool_close(struct spool *s, bool keep)
{
    if (s == NULL)
        return;
    if (!keep && !s->hidden)
        unlink(s->path);
    if (s->fd >= 0)
        close(s->fd);
    map64_free(&s->at);
    spool_bytes_free(&s->bytes);
    mem_release(s->path);
    mem_release(s);
}

bool spool_has(const struct spool *s, uint32_t point, uint32_t replication)
{
    uint64_t at;
    return map64_get(&s->at, key(point, replication), &at);
}

size_t spool_count(const struct spool *s)
{
    return s->n;
}

/* The head of a record goes last: a record that is cut off has no head, or a wrong checksum. */
bool spool_put(struct spool *s, uint32_t point, uint32_t replication, const struct spool_bytes *b,
               struct err *err)
{
    CHECK(!spool_has(s, point, replication));
    if (b->failed)
        return err_set(err, ERR_OS, "memory is short");
    struct record r = {.bytes = b->n, .point = point, .replication = replication};
    r.check = check_of(&r, b->at);
    return write_at(s, b->at, b->n, s->end + sizeof(r), err) &&
           write_at(s, &r, sizeof(r), s->end, err) && remember(s, &r, err);
}

bool spool_add(struct spool *s, uint32_t point, uint32_t replication, const struct result *result,
               struct err *err)
{
    CHECK(!result->stopped);
    spool_pack(&s->bytes, result);
    return spool_put(s, point, replication, &s->bytes, err);
}

struct result *spool_get(struct spool *s, uint32_t point, uint32_t replication, struct err *err)
{
    uint64_t at;
    struct record r;
    struct result *result = NULL;
    bool found = map64_get(&s->at, key(point, replication), &at);
    CHECK(found);
    if (read_record(s, at, &r))
        result = spool_unpack(&s->bytes);
    if (result == NULL)
        err_set(err, ERR_IO, "cannot read back what was written to '%s'", s->path);
    return result;
}
