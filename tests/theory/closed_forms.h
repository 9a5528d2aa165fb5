/* closed_forms.h - the closed form of each model's rows: the value that a row's metric must have, NAN where there is no
 * formula for it. */
#ifndef CLOSED_FORMS_H
#define CLOSED_FORMS_H

#include <math.h>
#include <string.h>

#include "oracle_rows.h"

typedef const struct oracle_row row_;
#define N(name)   oracle_number(row, name)
#define IS(text)  (strcmp(row->metric, text) == 0)
#define STARTS(t) (strncmp(row->metric, t, strlen(t)) == 0)
#define SUFFIX(t) oracle_suffix(row, t)
#define UNKNOWN   NAN

double mm1_row(row_ *);
double mm1_first_row(row_ *);
double transient_row(row_ *);
double step_load_row(row_ *);
double mmc_row(row_ *);
double loss_row(row_ *);
double loss_inverse_row(row_ *);
double mg1_row(row_ *);
double mdc_row(row_ *);
double gim1_row(row_ *);
double gigc_row(row_ *);
double mginf_row(row_ *);
double mginf_wave_row(row_ *);
double bulk_row(row_ *);
double bulk_service_row(row_ *);
double window_row(row_ *);
double vacations_row(row_ *);
double one_vacation_row(row_ *);
double cyclic_row(row_ *);
double take_all_row(row_ *);
double take_up_to_row(row_ *);
double renewal_poll_row(row_ *);
double retrial_row(row_ *);
double erlang_a_row(row_ *);
double timeout_row(row_ *);
double visibility_row(row_ *);
double any_handle_row(row_ *);
double latest_handle_row(row_ *);
double failures_row(row_ *);
double whole_batch_row(row_ *);
double shard_quota_row(row_ *);
double groups_row(row_ *);
double zipf_row(row_ *);
double policer_row(row_ *);
double window_quota_row(row_ *);
double bucket_row(row_ *);
double burst_row(row_ *);
double outage_row(row_ *);
double ramp_row(row_ *);
double steps_row(row_ *);
double feedback_row(row_ *);
double tandem_row(row_ *);
double closed_row(row_ *);
double repair_row(row_ *);
double fork_join_row(row_ *);
double polls_row(row_ *);
double client_row(row_ *);
double amplification_row(row_ *);
double independent_row(row_ *);
double gives_up_row(row_ *);
double breaker_row(row_ *);
double dedup_row(row_ *);
double discipline_row(row_ *);
double setup_row(row_ *);

#endif
