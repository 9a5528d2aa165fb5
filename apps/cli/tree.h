/* tree.h - a scenario's wiring as a tree of text, and as a graph for Graphviz. */
#ifndef TREE_H
#define TREE_H

#include "spec.h"

/* false: memory is short. */
bool tree_print(const struct spec *);
bool dot_print(const struct spec *);

#endif
