/* advisor_keys.c - keys of requests: which producer's come to an entity, how often, and how many
 * are of one key. */
#include "advisor.h"

#include <math.h>

#define MANY_KEYS 2000

/* Requests a second of a producer that come to an entity as it sends them; 0: none, or unknown. */
double rate_from(const struct adviser *a, const struct spec_entity *producer,
                 const struct spec_entity *to)
{
    double visits = a->flows.visits[producer->index * a->spec->n_entity + to->index];
    const struct value *rate = value_at(producer, NULL, "rate");
    double product =
        rate == NULL || rate->type != VALUE_RATE ? visits : visits * rate_per_second(rate->rate);
    return isfinite(product) ? product : 0;
}

const struct dist *key_law(const struct spec_entity *producer)
{
    const struct value *key = value_at(producer, NULL, "key");
    return key == NULL || key->type != VALUE_DIST ? NULL : key->dist;
}

/* Share of the most frequent key. */
double hottest(const struct dist *key)
{
    double most = 0, below = 0, last = fmin(dist_quantile(key, 1 - 1e-9), MANY_KEYS);
    for (double k = 0; k <= last; k++) {
        double up_to = dist_cdf(key, k);
        most = fmax(most, up_to - below);
        below = up_to;
    }
    return most;
}
