/* digits.h - a double as the shortest decimal text that reads back to the same double; the same bytes under every
 * locale. For machines; people read format.h. */
#ifndef DIGITS_H
#define DIGITS_H

#include <stddef.h>

#define DIGITS_SIZE 32

/* out has DIGITS_SIZE bytes. "0.1", "1e+300", "-5", "nan", "inf". Returns the length. */
size_t digits_text(double, char *out);

#endif
