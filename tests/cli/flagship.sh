#!/bin/sh
# The flagship against the fluid formulas that its README derives: backlog, drain time, losses. Four replications; the
# tolerances are 4.5 standard errors of the Poisson noise around each formula. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
flagship=$source_dir/scenarios/order-intake
n=4
expect 0 "$afterbay" compare "$flagship/coupled.cfg" "$flagship/decoupled.cfg" -q -r $n -o o.db
sed 's/^/    /' out

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
near 'orders' "$(ask 'SELECT avg(offered) FROM v_fates WHERE run = 1')" 1680000 2916
near 'coupled: lost' "$(ask 'SELECT avg(lost) FROM v_fates WHERE run = 1')" 240000 1600
near 'decoupled: lost' "$(ask 'SELECT sum(lost) + sum(waiting) FROM v_fates WHERE run = 2')" 0 0
near 'backlog of the spike' \
    "$(ask "SELECT avg(m) FROM (SELECT max(max) AS m $depth AND from_s < 7200 GROUP BY replication)")" 210000 1405
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
