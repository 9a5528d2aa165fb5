/* table.h - columns of text, aligned by what a terminal shows and not by bytes. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 48

struct table {
    char  **cell;
    size_t  n_cell, cap, n_column;
    char    align[TABLE_COLUMNS + 1]; /* 'l' or 'r' a column */
    bool    failed;                   /* memory is short: what is printed is incomplete */
};

void table_open(struct table *, const char *align);
void table_close(struct table *);
/* Cells go from left to right, row after row. */
void table_cell(struct table *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Columns two blanks apart, each row after `indent` blanks; a first row of headings is dim when it is asked for. */
void table_print(FILE *, const struct table *, int indent, bool headings);

/* Columns that a terminal uses for a UTF-8 text (Hangul and Han count two). */
size_t table_width(const char *text);
void   table_blanks(FILE *, size_t n);

#endif
