/* err.h - trouble from the world outside: files, config, databases, the command line.
 * Programmer errors are CHECKs (check.h); refusals of a service are outcome values of its core. */
#ifndef ERR_H
#define ERR_H

#include <stdbool.h>

/* The class is the exit code of the program (sysexits; docs/reference/exit-codes.md). */
enum err_class {
    ERR_NONE = 0,
    ERR_USAGE = 64,
    ERR_DATA = 65,
    ERR_NOINPUT = 66,
    ERR_UNAVAILABLE = 69,
    ERR_INTERNAL = 70,
    ERR_OS = 71,
    ERR_CANTCREAT = 73,
    ERR_IO = 74,
    ERR_STOPPED = 75,
    ERR_CONFIG = 78
};

struct err {
    enum err_class class;
    char text[1000];
};

/* Sets *err unless it is already set (the first error wins). err may be NULL.
 * Always returns false, so that a caller can write `return err_set(err, …);`. */
bool err_set(struct err *err, enum err_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static inline bool err_is_set(const struct err *err)
{
    return err->class != ERR_NONE;
}

#endif
