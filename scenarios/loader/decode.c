/* decode.c - libconfig reads the text; the tree takes its decoded texts (escapes, adjacent pieces).
 * Numbers stay as they were written: libconfig wraps integers without a word and reads decimals by
 * the locale. */
#include <libconfig.h>
#include <string.h>

#include "codes.h"
#include "parse.h"

struct decoder {
    struct pool *pool;
    struct problems *problems;
};

static bool same_type(const struct node *n, const config_setting_t *s)
{
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_GROUP:
        return n->type == NODE_GROUP;
    case CONFIG_TYPE_LIST:
        return n->type == NODE_LIST;
    case CONFIG_TYPE_ARRAY:
        return n->type == NODE_ARRAY;
    case CONFIG_TYPE_STRING:
        return n->type == NODE_STRING;
    case CONFIG_TYPE_BOOL:
        return n->type == NODE_BOOL;
    case CONFIG_TYPE_FLOAT:
        return n->type == NODE_FLOAT;
    default:
        return n->type == NODE_INT;
    }
}

static bool decode_text(struct decoder *d, struct node *n, const char *text)
{
    size_t bytes = strlen(text);
    n->text = pool_text(d->pool, text, bytes);
    for (size_t at = 0; at < bytes;) {
        unsigned length = utf8_length(text + at, bytes - at);
        if (length == 0) {
            problem_add(d->problems, SEVERITY_ERROR, AB_UTF8, &n->place,
                        "this text is not UTF-8 (byte 0x%02x)", (unsigned char)text[at]);
            return false;
        }
        at += length;
    }
    return true;
}

/* False: the two readings differ (a bug), or a text is bad. */
static bool decode(struct decoder *d, struct node *n, const config_setting_t *s)
{
    bool named = n->name != NULL && config_setting_name(s) != NULL;
    if (!same_type(n, s) || (named && strcmp(n->name, config_setting_name(s)) != 0) ||
        (!node_is_scalar(n) && n->n != (size_t)config_setting_length(s))) {
        problem_add(d->problems, SEVERITY_ERROR, AB_SYNTAX, &n->place,
                    "this cannot be read for certain");
        return false;
    }
    if (n->type == NODE_STRING)
        return decode_text(d, n, config_setting_get_string(s));
    bool good = true;
    for (size_t i = 0; i < n->n; i++)
        good &= decode(d, n->child[i], config_setting_get_elem(s, (unsigned)i));
    return good;
}

bool parse_decode(struct pool *pool, struct problems *problems, const struct scan *scan,
                  void *config, struct node *root)
{
    struct decoder d = {pool, problems};
    if (config_read_string(config, scan->text) == CONFIG_TRUE)
        return decode(&d, root, config_root_setting((config_t *)config));
    struct place place = token_place(&scan->token[0]);
    problem_add(problems, SEVERITY_ERROR, AB_SYNTAX, &place,
                "libconfig: %s at line %d of the text with all it includes",
                config_error_text((config_t *)config), config_error_line((config_t *)config));
    return false;
}
