/* err.c - the first error wins: whoever reports it later only saw the consequence. */
#include "err.h"

#include <stdarg.h>
#include <stdio.h>

bool err_set(struct err *err, enum err_class class, const char *format, ...)
{
    if (err == NULL || err_is_set(err))
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    err->class = class;
    return false;
}
