/* parse.h - from a file's tokens to a tree, with libconfig as the judge and decoder of values. */
#ifndef PARSE_H
#define PARSE_H

#include "node.h"

/* The tree of the tokens, places and source texts filled in, texts not yet decoded. NULL: a problem
 * was reported: the first syntax error, or names that are given twice. */
struct node *parse_tokens(struct pool *, struct problems *, const struct scan *);

/* One value and nothing behind it. */
struct node *parse_single(struct pool *, struct problems *, const struct scan *);

/* Reads the same text with libconfig (*config is an initialised config_t, destroyed by the caller)
 * and decodes the texts of the tree. False: a problem was reported. */
bool parse_decode(struct pool *, struct problems *, const struct scan *, void *config,
                  struct node *root);

#endif
