/* output.c - bytes in memory that grow, and whole files written so that a reader sees the old one or the new one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "canvas.h"
#include "mem.h"

void bytes_add(struct bytes *b, const void *data, size_t n)
{
    if (b->failed)
        return;
    if (b->room - b->n <= n) {
        size_t room = (b->n + n + 1) * 2;
        char *bigger = mem_resize(b->data, room);
        if (bigger == NULL) {
            b->failed = true;
            return;
        }
        b->data = bigger;
        b->room = room;
    }
    memcpy(b->data + b->n, data, n);
    b->n += n;
    b->data[b->n] = 0;
}

void bytes_text(struct bytes *b, const char *text)
{
    bytes_add(b, text, strlen(text));
}

void bytes_escaped(struct bytes *b, const char *text)
{
    for (; *text != 0; text++) {
        switch (*text) {
        case '&':
            bytes_text(b, "&amp;");
            break;
        case '<':
            bytes_text(b, "&lt;");
            break;
        case '>':
            bytes_text(b, "&gt;");
            break;
        case '"':
            bytes_text(b, "&quot;");
            break;
        default:
            bytes_add(b, text, 1);
        }
    }
}

void bytes_free(struct bytes *b)
{
    mem_release(b->data);
    *b = (struct bytes){0};
}

static bool write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, data, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        data += done;
        n -= (size_t)done;
    }
    return true;
}

static bool write_in_place(const char *path, const void *data, size_t n, struct err *err)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return err_set(err, ERR_CANTCREAT, "%s: %s", path, strerror(errno));
    bool ok = write_all(fd, data, n);
    int why = errno;
    ok = close(fd) == 0 && ok;
    return ok || err_set(err, ERR_IO, "%s: %s", path, strerror(why));
}

/* A new file beside `path`: its descriptor, or -1. Left-overs of a killed program are passed over. */
static int open_beside(const char *path, char *name, size_t size)
{
    for (int i = 0; i < 100; i++) {
        if (snprintf(name, size, "%s.%d.part", path, i) >= (int)size) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

static bool write_and_rename(const char *path, const void *data, size_t n, struct err *err)
{
    char name[4096];
    int fd = open_beside(path, name, sizeof(name));
    if (fd < 0)
        return err_set(err, ERR_CANTCREAT, "%s cannot be created: %s", path, strerror(errno));
    bool ok = write_all(fd, data, n) && fsync(fd) == 0;
    int why = errno;
    ok = close(fd) == 0 && ok;
    if (ok && rename(name, path) == 0)
        return true;
    if (ok)
        why = errno;
    unlink(name);
    return err_set(err, ERR_IO, "%s cannot be written: %s", path, strerror(why));
}

bool file_write(const char *path, const void *data, size_t n, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(err, ERR_CANTCREAT, "%s is a folder", path);
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_in_place(path, data, n, err);
    return write_and_rename(path, data, n, err);
}
