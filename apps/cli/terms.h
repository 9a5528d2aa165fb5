/* terms.h - words of SQS, in English and Korean, in one sentence each with the rules behind them. */
#ifndef TERMS_H
#define TERMS_H

#include <stddef.h>

struct sqs_term {
    const char *name, *korean;
    const char *others; /* "dlq|redrive queue"; NULL: none */
    const char *text, *korean_text;
    const char *rules;  /* "SQS-50 … 58" */
    const char *setting; /* "queue.ID.visibility_timeout"; NULL: none */
};
extern const struct sqs_term terms[];
extern const size_t          n_terms;

/* By any of its names, whatever its case, blanks and dashes; NULL: none. */
const struct sqs_term *terms_find(const char *word);
/* The name that is nearest to a mistyped one; NULL: none is near. */
const char *terms_near(const char *word);

#endif
