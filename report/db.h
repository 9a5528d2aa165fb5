/* db.h - the little of SQLite that the store and the queries share: one connection, its errors as sentences, and rows
 * bound from left to right. */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sqlite3.h>

#include "err.h"

#define DB_WAIT_MS 10000 /* for a lock that another program holds */

struct db {
    sqlite3 *sql;
    char    *path; /* as given, for messages */
};

/* First the name, then open an existing file. Readers see whole transactions only; what a killed writer left
 * half-written is undone first. */
bool db_name(struct db *, const char *path, struct err *);
bool db_open_read(struct db *, struct err *);
bool db_open_write(struct db *, struct err *);
void db_shut(struct db *); /* keeps the name */
void db_close(struct db *);

/* Turns a SQLite result code into a class and a sentence: "cannot <doing> 'x.db': the disk is full". Returns false. */
bool db_fail(const struct db *, int code, const char *doing, struct err *);
bool db_moved(const struct db *, struct err *);

bool db_run(struct db *, const char *sql, struct err *);
bool db_prepare(struct db *, const char *sql, sqlite3_stmt **, struct err *);
/* First column of the first row; *value stays as it is when there is no row. */
bool db_number(struct db *, const char *sql, int64_t *value, struct err *);
/* True and *more tells whether there is a row. */
bool db_step(struct db *, sqlite3_stmt *, bool *more, struct err *);

/* One row to insert: values in the order of the statement's question marks. Text and blobs are borrowed until the end. */
struct row {
    sqlite3_stmt *stmt;
    int           column, code; /* code: the first one that was not SQLITE_OK */
};
struct row row_begin(sqlite3_stmt *);
void       row_int(struct row *, int64_t);
void       row_real(struct row *, double); /* NAN: NULL */
void       row_text(struct row *, const char *); /* NULL: NULL */
void       row_text_of(struct row *, const char *, size_t bytes);
void       row_blob(struct row *, const void *, size_t bytes);
void       row_hex(struct row *, uint64_t); /* 16 digits of text: SQLite has no unsigned numbers */
void       row_null(struct row *);
bool       row_end(struct row *, struct db *, struct err *);

#endif
