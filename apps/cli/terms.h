/* terms.h - words of the services, in English and Korean, in a sentence or two each, with the rules behind them and where to see
 * them in a run. */
#ifndef TERMS_H
#define TERMS_H

#include <stddef.h>

struct term {
    const char *name, *korean;
    const char *others; /* "dlq|redrive queue"; NULL: none */
    const char *text, *korean_text;
    const char *rules;   /* "SQS-50 … 58, LAM-40" */
    const char *setting; /* "queue.ID.visibility_timeout"; NULL: none */
    const char *see;     /* metrics and charts: "consumer.ID.iterator_age, chart lag"; NULL: none */
};
extern const struct term sqs_terms[], more_terms[]; /* terms.c, terms_more.c */
extern const size_t      n_sqs_terms, n_more_terms;

/* One after the other; NULL after the last. */
const struct term *terms_at(size_t i);
/* The pages of its rules, "docs/semantics/kinesis.md, lambda.md". */
void terms_pages(const struct term *, char *out, size_t size);

/* By any of its names, whatever its case, blanks and dashes; NULL: none. */
const struct term *terms_find(const char *word);
/* The name that is nearest to a mistyped one; NULL: none is near. */
const char *terms_near(const char *word);

#endif
