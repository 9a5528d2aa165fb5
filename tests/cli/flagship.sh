#!/bin/sh
# The flagship against the fluid formulas that its README derives: backlog, drain time, losses; and that pairing pays. Ten
# replications, fewer give no interval; the tolerances are 4.5 standard errors of the Poisson noise around each formula, where
# evenings differ or backlogs end those of four replications. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
flagship=$source_dir/scenarios/order-intake
n=10
expect 0 "$afterbay" compare "$flagship/coupled.cfg" "$flagship/decoupled.cfg" -q -r $n -o o.db
sed 's/^/    /' out

# Common random numbers: intervals at least three times narrower than unpaired ones, of throughput and of goodput.
gain=$(sed -n 's/^common random numbers: .* up to \([0-9.,]*\) times .*(throughput); goodput \([0-9.,]*\) times$/\1 \2/p' out | tr -d ,)
echo "$gain" | awk 'NF != 2 || $1 < 3 || $2 < 3 { exit 1 }' || fail "paired intervals, throughput and goodput, are narrower by '$gain'"

# near WHAT VALUE PREDICTION TOLERANCE
near()
{
    awk -v x="$2" -v p="$3" -v t="$4" 'BEGIN { exit !(x != "" && x >= p - t && x <= p + t) }' ||
        fail "$1: $2, predicted $3 within $4"
}
ask()
{
    sqlite3 o.db "$1"
}
depth="FROM v_series WHERE run = 2 AND entity = 'queue.orders' AND metric = 'depth'"

# Variance of the orders in a window is their number, of what is stored about the same (100 ms exponential, 15 at a time).
offered="FROM v_metric WHERE metric = 'offered' AND stat = 'sum' AND run = 1 AND entity ="
near 'orders' "$(ask "SELECT avg(value) $offered 'producer.orders'")" 1644000 1825
near 'fans, when they come' "$(ask "SELECT avg(value) $offered 'producer.fans' AND value > 0")" 72000 604
near 'evenings with fans' "$(ask "SELECT count(*) $offered 'producer.fans' AND value > 0")" 5 4
near 'evenings that differ between the two' "$(ask "SELECT count(*) FROM v_metric a JOIN v_metric b USING (metric, stat, entity,
    replication) WHERE a.run = 1 AND b.run = 2 AND metric = 'offered' AND stat = 'sum' AND entity = 'producer.fans'
    AND a.value <> b.value")" 0 0
near 'coupled: lost' "$(ask 'SELECT avg(lost) FROM v_fates WHERE run = 1')" 240000 1012
near 'decoupled: lost' "$(ask 'SELECT sum(lost) + sum(waiting) FROM v_fates WHERE run = 2')" 0 0
near 'backlog of the spike' \
    "$(ask "SELECT avg(m) FROM (SELECT max(max) AS m $depth AND from_s < 7200 GROUP BY replication)")" 210000 889
near 'end of that backlog, s' \
    "$(ask "SELECT avg(t) FROM (SELECT min(to_s) AS t $depth AND from_s > 4300 AND max < 100 GROUP BY replication)")" \
    8400 160
# The workers come back from pauses of up to 30 s, 15 s in the mean: up to 1,500 orders more.
near 'backlog of the outage' \
    "$(ask "SELECT avg(m) FROM (SELECT max(max) AS m $depth AND from_s > 8990 AND from_s < 9600 GROUP BY replication)")" \
    30500 1000
near 'end of that backlog, s' \
    "$(ask "SELECT avg(t) FROM (SELECT min(to_s) AS t $depth AND from_s > 9300 AND max < 100 GROUP BY replication)")" \
    9930 130
near 'late' "$(ask 'SELECT avg(late) FROM v_fates WHERE run = 2')" 804000 12000
near 'longest wait, s' \
    "$(ask "SELECT avg(value) / 1e9 FROM v_metric WHERE run = 2 AND entity = '' AND metric = 'latency' AND stat = 'p99.9'")" \
    1395 15
finish
