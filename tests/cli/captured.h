/* captured.h - calls the command line inside the test, with its standard output and error in files. */
#ifndef CAPTURED_H
#define CAPTURED_H

#include <stddef.h>

/* argv ends with NULL and begins with the program's name. Returns the exit code. */
int captured_main(const char *out, const char *err, const char *const *argv);
/* The whole file, to be freed, with a 0 at its end; *n may be NULL. Fails the test when it cannot be read. */
char *captured_text(const char *path, size_t *n);
/* A folder of its own for the test, made the current one. */
void captured_enter(void);
void captured_leave(void);
/* Writes a file there. */
void captured_write(const char *path, const char *text);

extern const char captured_scenario[]; /* small: producer, service, queue, fleet, database, fault */

#endif
