/* filter_int.h - what filters and events are made of; for the files of the engine and for
 * filter_json. */
#ifndef FILTER_INT_H
#define FILTER_INT_H

#include "arena.h"
#include "filter.h"

struct filter_text {
    const char *at;
    uint32_t n;
    uint64_t hash;
};

enum filter_value_kind { VALUE_STRING, VALUE_NUMBER, VALUE_TRUE, VALUE_FALSE, VALUE_NULL };
struct filter_value {
    uint8_t kind, n_ip; /* n_ip: 4 or 16 when the text is an address */
    uint8_t ip[16];
    double number; /* SNS: in units of 0.00001, rounded (SNS-69) */
    struct filter_text text;
};

enum filter_condition_kind {
    COND_STRING,
    COND_NUMBER,
    COND_TRUE,
    COND_FALSE,
    COND_NULL,
    COND_PREFIX,
    COND_SUFFIX,
    COND_SAME, /* these three ignore case */
    COND_PREFIX_SAME,
    COND_SUFFIX_SAME,
    COND_WILDCARD,
    COND_RANGE,
    COND_CIDR,
    COND_PRESENT, /* EventBridge: any leaf */
    COND_FILLED,  /* SNS: neither null nor empty (SNS-64) */
    COND_ABSENT,
    COND_BUT /* none of a list of conditions */
};
struct filter_condition {
    uint8_t kind;
    bool open_low, open_high; /* COND_RANGE: the end itself is outside */
    uint8_t n_ip, bits;       /* COND_CIDR */
    uint32_t n_list;          /* of piece or but */
    union {
        struct filter_text text;
        double number;
        struct {
            double low, high;
        } range;
        uint8_t ip[16];
        const struct filter_text *piece;    /* COND_WILDCARD: what stands between the `*` */
        const struct filter_condition *but; /* COND_BUT */
    };
};

struct filter_field { /* a path with what its value may be */
    struct filter_text path;
    const struct filter_condition *condition;
    uint32_t n_condition;
    bool absent_ok; /* one of them is COND_ABSENT */
    bool exact;     /* all of them are COND_STRING */
};
#define FILTER_FIELDS_MAX 512 /* of one alternative */
struct filter_alternative {
    const uint32_t *field;
    uint32_t n_field;
};
struct filter {
    size_t bytes;
    enum filter_dialect dialect;
    uint32_t keys, wildcards;
    uint64_t combinations;
    const struct filter_field *field;
    const struct filter_alternative *alternative;
    uint32_t n_field, n_alternative;
};
/* filter_pack.c: a copy in one block; NULL: memory is short. */
struct filter *filter_pack(const struct filter *);

struct filter_step { /* an element of an array of objects or arrays */
    uint32_t array, index;
};
#define FILTER_NONE UINT32_MAX
struct filter_occurrence {
    struct filter_value value;
    const struct filter_step *chain; /* from the outermost array inwards */
    uint32_t n_chain;
    uint32_t next; /* of the same path, or FILTER_NONE */
};
struct filter_path {
    struct filter_text text;
    uint32_t first, last; /* occurrences; FILTER_NONE: there, but without a value */
};
struct filter_event {
    enum filter_dialect dialect;
    enum filter_verdict fault; /* FILTER_MATCH, or why nothing matches it */
    bool empty;                /* no attributes at all: not even an absent key matches (SNS-64) */
    struct arena arena;        /* texts and chains */
    struct filter_path *path;
    struct filter_occurrence *occurrence;
    uint32_t *slot; /* open addressing by hash of the path, FILTER_NONE: free */
    uint32_t n_path, cap_path, n_occurrence, cap_occurrence, slots;
};

/* filter_event.c. Texts are copied. false: memory is short. */
struct filter_event *filter_event_new(enum filter_dialect);
bool filter_event_add(struct filter_event *, const char *path, uint32_t n_path,
                      const struct filter_value *, const struct filter_step *chain,
                      uint32_t n_chain); /* the chain must live as long */
bool filter_event_touch(struct filter_event *, const char *path,
                        uint32_t n_path); /* a key without a value */
const struct filter_path *filter_event_find(const struct filter_event *,
                                            const struct filter_text *path);

/* filter_condition.c */
bool filter_condition_holds(const struct filter_condition *, const struct filter_value *);

/* filter_match.c */
bool filter_alternative_matches(const struct filter *, const struct filter_alternative *,
                                const struct filter_event *);

/* SNS numbers; NAN when out of range. */
double filter_number_sns(double);

#endif
