#!/bin/sh
# afterbay describe: limits of a service in every profile, each with its source. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"

expect 0 "$afterbay" describe queue
# A row of the table: blanks between the columns do not matter.
row()
{
    tr -s ' ' <out | grep -qxF -- " $*" || fail "no row '$*'"
}
row quota aws-2026 aws-2023 study-notes rule
row sqs.message_size 1MiB 256KiB 256KiB SQS-25
row sqs.in_flight_standard 120000 120000 120000 SQS-69
row sqs.in_flight_fifo 120000 20000 20000 SQS-70
row sqs.fifo_calls 300/s 300/s 300/s SQS-101
row sqs.fifo_calls_high 70000/s 70000/s 3000/s SQS-102
row sqs.visibility_timeout 12h 12h 12h SQS-17
row sqs.fair_queues 1 0 0 SQS-73
tells "aws-2026: SQS developer guide, quotas-messages; AWS what's new, 4 Aug 2025"
tells 'aws-2023, study-notes: SQS API reference, SetQueueAttributes'
tells 'study-notes: certification study notes, 2020-2024'

# Each profile says of each limit where it comes from.
for profile in aws-2026 aws-2023 study-notes; do
    [ "$(sed '1,/^Where they come from/d; /^Metrics/,$d' out | grep -c "$profile")" -eq 16 ] ||
        fail "$profile has not 16 values with a source"
done

# Kinds without limits of AWS's have no such part.
expect 0 "$afterbay" describe database
grep -q 'Limits of the service' out && fail 'a database has limits of AWS'

# A value that the profile forbids: file, line and column, and the profile.
cat >old.cfg <<'TEXT'
run = { duration = "1min"; quotas = "aws-2023"; };
producer = { p = { rate = "1/s"; target = "queue.q"; }; };
queue = { q = { max_message_size = "1MiB"; }; };
fleet = { f = { source = "queue.q"; }; };
TEXT
expect 65 "$afterbay" check old.cfg
says 'queue.q.max_message_size: 1MiB is above the limit 256KiB (SQS-25, quotas aws-2023)'
says '--> old.cfg:3:'
expect 0 "$afterbay" check old.cfg --set run.quotas=aws-2026
finish
