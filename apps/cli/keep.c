/* keep.c - gather, then write. */
#include "keep.h"

bool keep_open(struct keep *k, const char *database, struct err *err)
{
    *k = (struct keep){0};
    return database == NULL || store_open(&k->store, database, err);
}

static void forget(struct keep *k)
{
    for (uint32_t i = 0; i < k->n_gathered; i++)
        result_free(k->gathered[i]);
    k->n_gathered = 0;
}

static bool start_writing(struct keep *k, struct err *err)
{
    if (k->writing)
        return true;
    k->writing = store_begin(k->store, &k->facts.run, &k->run, err);
    return k->writing && store_point(k->store, 0, NULL, 0, err);
}

static bool write_gathered(struct keep *k, struct err *err)
{
    bool ok = start_writing(k, err);
    for (uint32_t i = 0; ok && i < k->n_gathered; i++)
        ok = store_result(k->store, 0, k->next++, k->gathered[i], err);
    forget(k);
    return ok;
}

bool keep_begin(struct keep *k, const struct scenario *scenario, const char *path, const char *command,
                const char *const *set, size_t n_set, struct err *err)
{
    if (k->store == NULL)
        return true;
    k->next = 0;
    k->run = 0;
    facts_close(&k->facts);
    return facts_open(&k->facts, scenario, path, command, set, n_set) || err_set(err, ERR_OS, "memory is short");
}

bool keep_add(struct keep *k, struct result *r, struct err *err)
{
    if (k->store == NULL) {
        result_free(r);
        return true;
    }
    k->gathered[k->n_gathered++] = r;
    return k->n_gathered < KEEP_GATHER || write_gathered(k, err);
}

bool keep_end(struct keep *k, int64_t *run, struct err *err)
{
    *run = 0;
    if (k->store == NULL)
        return true;
    if (!write_gathered(k, err) || !store_commit(k->store, err))
        return false;
    k->writing = false;
    *run = k->run;
    return true;
}

void keep_close(struct keep *k)
{
    forget(k);
    if (k->writing)
        store_abort(k->store);
    if (k->store != NULL)
        store_close(k->store);
    facts_close(&k->facts);
    *k = (struct keep){0};
}
