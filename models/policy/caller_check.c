/* caller_check.c - which settings of a call go together. */
#include "caller_more.h"
#include "check_codes.h"

#define PPB INT64_C(1000000000)

struct checked {
    const struct spec_entity *e;
    const struct value       *group;
    struct problems          *p;
};

static const struct value *key_of(const struct checked *c, enum caller_key key)
{
    return caller_field(c->group, key);
}

static void wrong(const struct checked *c, const struct value *v, int code, const char *text)
{
    const struct place *place = v != NULL && v->given ? &v->place : &c->group->place;
    problem_add(c->p, SEVERITY_ERROR, code, place, "%s: %s", c->e->path, text);
}

static void check_retries(const struct checked *c)
{
    const struct value *budget = key_of(c, CALLER_BUDGET), *breaker = key_of(c, CALLER_BREAKER);
    bool once = key_of(c, CALLER_ATTEMPTS)->i == 1;
    if (caller_given(budget) && once)
        wrong(c, budget, CHECK_USELESS, "a retry budget has no meaning with one attempt");
    if (caller_given(budget) && !value_field(budget, BUDGET_RATIO)->given && !value_field(budget, BUDGET_RATE)->given)
        wrong(c, budget, CHECK_NEEDS, "a retry budget needs a ratio or a rate");
    if (caller_given(breaker) && value_field(breaker, BREAKER_STOPS)->i == 1 && once)
        wrong(c, breaker, CHECK_USELESS, "a breaker of retries has no meaning with one attempt");
}

static void check_breaker(const struct checked *c)
{
    const struct value *b = key_of(c, CALLER_BREAKER);
    if (!caller_given(b))
        return;
    bool retries = value_field(b, BREAKER_STOPS)->i == 1;
    const struct value *open = value_field(b, BREAKER_OPEN), *last = value_field(b, BREAKER_LAST),
                       *window = value_field(b, BREAKER_WINDOW), *probes = value_field(b, BREAKER_PROBES);
    if (!retries && !open->given)
        wrong(c, b, CHECK_NEEDS, "a breaker needs 'open', the time that it stays open");
    if (retries && (open->given || probes->given || last->given))
        wrong(c, b, CHECK_USELESS, "a breaker of retries is never open: 'open', 'probes' and 'last' have no meaning");
    if (last->given && window->given)
        wrong(c, window, CHECK_USELESS, "a breaker looks at the last calls or at a window of time, not at both");
    if (last->given && value_field(b, BREAKER_MIN_CALLS)->i > last->i)
        wrong(c, last, CHECK_USELESS, "a breaker that looks at fewer calls than it needs never opens");
}

static void check_hedge(const struct checked *c)
{
    const struct value *h = key_of(c, CALLER_HEDGE);
    if (caller_given(h) && value_field(h, HEDGE_AFTER)->given == value_field(h, HEDGE_QUANTILE)->given)
        wrong(c, h, CHECK_NEEDS, "a hedge comes after a time or a quantile, one of the two");
    if (caller_given(h) && value_field(h, HEDGE_QUANTILE)->given &&
        (value_field(h, HEDGE_QUANTILE)->i <= 0 || value_field(h, HEDGE_QUANTILE)->i >= PPB))
        wrong(c, h, CHECK_NEEDS, "a hedge's quantile lies between 0 and 1");
    if (caller_given(key_of(c, CALLER_REPLY_LATENCY)) && !caller_given(key_of(c, CALLER_LATENCY)))
        wrong(c, key_of(c, CALLER_REPLY_LATENCY), CHECK_NEEDS, "'reply_latency' needs 'latency'");
}

static void check_shard(const struct checked *c, uint32_t n)
{
    const struct value *shard = key_of(c, CALLER_SHARD);
    if (!caller_given(shard))
        return;
    int64_t size = value_field(shard, SHARD_SIZE)->i;
    if (size > n)
        wrong(c, shard, CHECK_USELESS, "a shard has more targets than there are");
    else if (value_field(shard, SHARD_KIND)->i == SHARD_SHUFFLE && targets_ways(n, (uint32_t)size) == 0)
        wrong(c, shard, CHECK_USELESS, "there are too many shards of that size (more than 2^40)");
}

static void check_targets(const struct checked *c)
{
    const struct value *target = key_of(c, CALLER_TARGET), *targets = key_of(c, CALLER_TARGETS),
                       *balance = key_of(c, CALLER_BALANCE), *choices = key_of(c, CALLER_CHOICES);
    uint32_t n = targets->list.n;
    if (target->given == (n > 0))
        wrong(c, target, CHECK_NEEDS, "a call has a 'target' or several 'targets', one of the two");
    if (n == 0 && (caller_given(balance) || caller_given(key_of(c, CALLER_SHARD))))
        wrong(c, balance, CHECK_NEEDS, "'balance' and 'shard' need several 'targets'");
    if (caller_given(choices) && balance->i != BALANCE_LEAST_OUTSTANDING && balance->i != BALANCE_SHORTEST)
        wrong(c, choices, CHECK_USELESS, "'choices' needs the balance least_outstanding or shortest");
    if (n > 0)
        check_shard(c, n);
    if (!key_of(c, CALLER_NEED)->absent && key_of(c, CALLER_NEED)->i > caller_parallel(c->group))
        wrong(c, key_of(c, CALLER_NEED), CHECK_USELESS, "'need' is more than the calls that are made");
}

/* A database, perhaps behind a pool and a proxy. */
static bool is_store(const struct value *target)
{
    const struct spec_entity *e = target->absent ? NULL : target->ref;
    for (unsigned i = 0; i < 3 && e != NULL && spec_named(e, "write_time") == NULL; i++)
        e = e->room->pool == NULL && e->room->link == NULL ? NULL : spec_named(e, "target")->ref;
    return target->absent || target->ref == NULL || (e != NULL && spec_named(e, "write_time") != NULL);
}

static void check_operation(const struct checked *c)
{
    const struct value *operation = key_of(c, CALLER_OPERATION), *target = key_of(c, CALLER_TARGET),
                       *targets = key_of(c, CALLER_TARGETS);
    bool store = is_store(target);
    for (uint32_t i = 0; i < targets->list.n; i++)
        store = store && is_store(&targets->list.item[i]);
    if (caller_given(operation) && !store)
        wrong(c, operation, CHECK_TARGET, "only a database knows operations");
}

void caller_check(const struct spec_entity *e, const struct value *group, struct problems *p)
{
    struct checked c = {e, group, p};
    if (group->list.n == 0)
        return;
    check_retries(&c);
    check_breaker(&c);
    check_hedge(&c);
    if (key_of(&c, CALLER_TARGETS) == NULL)
        return;
    check_targets(&c);
    check_operation(&c);
}
