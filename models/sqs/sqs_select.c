/* sqs_select.c - attributes that a receive asks for. A name matches exactly, in its case; ".*" at the end of a wish makes it
 * a prefix: "order.*" is every name that begins with "order.", and ".*" alone every name. */
#include "sqs_select.h"

#include <string.h>

static bool matches(struct text wish, struct text name)
{
    if (text_same(wish, text_of("All")) || text_same(wish, text_of(".*")))
        return true;
    if (wish.n < 2 || memcmp(wish.at + wish.n - 2, ".*", 2) != 0)
        return text_same(wish, name);
    size_t stem = wish.n - 1; /* with its dot */
    return name.n >= stem && memcmp(wish.at, name.at, stem) == 0;
}

bool select_wanted(const struct text *wish, uint32_t n, struct text name)
{
    for (uint32_t i = 0; i < n; i++)
        if (matches(wish[i], name))
            return true;
    return false;
}

bool select_system(const struct text *wish, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_same(wish[i], text_of("All")) || text_same(wish[i], text_of(name)))
            return true;
    return false;
}

uint32_t select_attributes(const struct account_message *m, const struct text *wish, uint32_t n,
                           struct account_attribute out[ACCOUNT_ATTRIBUTES_MAX])
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < m->n_attribute && k < ACCOUNT_ATTRIBUTES_MAX; i++)
        if (select_wanted(wish, n, m->attribute[i].name))
            out[k++] = m->attribute[i];
    return k;
}
