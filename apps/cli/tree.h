/* tree.h - a scenario's wiring as a tree of text. */
#ifndef TREE_H
#define TREE_H

#include "spec.h"

void tree_print(const struct spec *);

#endif
