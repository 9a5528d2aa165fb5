#!/bin/sh
# The studies keep what their pages predict: every expectation holds, and at the points of the sweeps the figures lie where the
# formulas say. Figures come from the formulas, not from the program.
# usage: … AFTERBAY SOURCE_DIR
. "$(dirname "$0")/../cli/lib.sh"
studies=$source_dir/scenarios/studies
for scenario in "$studies"/*/study.cfg "$studies"/*/coupled.cfg "$studies"/*/decoupled.cfg "$studies"/*/direct.cfg "$studies"/*/queued.cfg; do
    expect 0 "$afterbay" run "$scenario" -q
    grep -q '^expect' out || fail "$scenario expects nothing"
done

# near NAME FOUND WANTED SHARE [ABSOLUTE]: within a share of it, and something
near()
{
    awk -v a="$2" -v b="$3" -v s="$4" -v d="${5:-0}" 'BEGIN { e = a - b; if (e < 0) e = -e; exit !(e <= s * b + d) }' || fail "$1: $2, not $3"
}
# means FILE: of the last columns of a table by point, one line a point
means()
{
    awk -F, '/^[0-9]/ { for (i = 3; i <= NF; i++) s[$1, i] += $i; n[$1]++; if ($1 > top) top = $1; f = NF }
        END { for (p = 0; p <= top; p++) { for (i = 3; i <= f; i++) printf("%s%.6g", (i > 3 ? " " : ""), s[p, i] / n[p]); print "" } }' "$1"
}

# Duplicates 1 - 1 / R with R = 1 + P(S > v) + P(S > 2v) P(S > v) + …, S of Erlang's law, k = 4; recovery v + median of S.
expect 0 "$afterbay" sweep "$studies/visibility-timeout/study.cfg" -q -o v.db
expect 0 "$afterbay" export v.db --metric 'fleet.writers.duplicates / fleet.writers.processed' --metric latency.p99.5
means out >points
while read -r v duplicates recovery; do
    wanted=$(awk -v v="$v" 'function tail(t,  x) { x = 0.4 * t; return exp(-x) * (1 + x + x * x / 2 + x * x * x / 6) }
        BEGIN { r = 1; p = 1; for (k = 1; k < 30; k++) { p *= tail(k * v); r += p } print 1 - 1 / r }')
    near "duplicates at $v s" "$duplicates" "$wanted" 0.05 0.002
    [ "${v%.*}" -lt 30 ] || near "recovery at $v s" "$recovery" "$(awk -v v="$v" 'BEGIN { print v + 9.18 }')" 0.03
done <points
[ "$(grep -c . points)" = 9 ] || fail "visibility timeouts: not nine points"

# min(50 g, 300 b) messages a second.
expect 0 "$afterbay" sweep "$studies/fifo-groups/study.cfg" -q -o f.db
expect 0 "$afterbay" export f.db --metric fleet.writers.processed.rate
grep '^[0-9]' out | tr , ' ' >points
while read -r _ _ batch size groups rate; do
    near "$groups groups of batch $batch ($size)" "$rate" "$(awk -v g="$groups" -v b="$batch" 'BEGIN { a = 50 * g; c = 300 * b; print (a < c ? a : c) }')" 0.03
done <points
[ "$(grep -c . points)" = 160 ] || fail "groups: $(grep -c . points) rows"

# Erlang C.
expect 0 "$afterbay" sweep "$studies/how-many-workers/study.cfg" -q -o w.db
expect 0 "$afterbay" export w.db --metric queue.jobs.wait.mean
means out >points
while read -r size wait; do
    wanted=$(awk -v c="$size" 'BEGIN { b = 1; for (k = 1; k <= c; k++) b = 5 * b / (k + 5 * b); print b / (1 - 5 / c * (1 - b)) / (c * 10 - 50) }')
    near "wait for $size workers" "$wait" "$wanted" 0.1 0.000005
done <points

# Long polls: lambda / (1 - exp(-lambda w)) calls a second, no latency; short ones: 1 / d + lambda, latency d / 2.
expect 0 "$afterbay" sweep "$studies/polling-cost/study.cfg" --points "$studies/polling-cost/points.csv" -q -o p.db
expect 0 "$afterbay" export p.db --metric queue.orders.calls_receive.rate --metric latency.mean
grep '^[0-9]' out | tr , ' ' >points
while read -r _ _ poll interval wait calls latency; do
    near "calls of $poll $interval $wait" "$calls" \
        "$(awk -v p="$poll" -v d="$interval" -v w="$wait" 'BEGIN { print (p == "long" ? 0.1 / (1 - exp(-0.1 * w)) : 1 / d + 0.1) }')" 0.08
    near "latency of $poll $interval $wait" "$latency" "$(awk -v p="$poll" -v d="$interval" 'BEGIN { print (p == "long" ? 0 : d / 2) }')" 0.1
done <points

# Lost: D / 3600. Late: (3 D - 30) / 3600, and what a failure hides.
expect 0 "$afterbay" sweep "$studies/outage-length/coupled.cfg" -q -o o.db
expect 0 "$afterbay" export o.db --metric lost
means out >points
while read -r outage lost; do
    near "lost in $outage s" "$lost" "$(awk -v d="$outage" 'BEGIN { print d / 3600 }')" 0.05 0.001
done <points
expect 0 "$afterbay" sweep "$studies/outage-length/decoupled.cfg" -q -o o.db
expect 0 "$afterbay" export o.db --metric late --metric lost
means out >points
while read -r outage late lost; do
    near "late after $outage s" "$late" "$(awk -v d="$outage" 'BEGIN { print (3 * d - 30) / 3600 }')" 0.1 0.006
    [ "$lost" = 0 ] || fail "the queue lost $lost"
done <points

# Goodput: the full capacity with a bounded room; with a queue only what comes before the backlog is a second long.
expect 0 "$afterbay" sweep "$studies/overload/direct.cfg" -q -o g.db
expect 0 "$afterbay" export g.db --metric in_time.rate
means out >points
while read -r rate good; do
    [ "${rate%.*}" -lt 110 ] || near "goodput at $rate, direct" "$good" 100 0.02
done <points
expect 0 "$afterbay" sweep "$studies/overload/queued.cfg" -q -o g.db
expect 0 "$afterbay" export g.db --metric in_time.rate
means out >points
while read -r rate good; do
    [ "${rate%.*}" -lt 120 ] || near "goodput at $rate, queued" "$good" "$(awk -v l="$rate" 'BEGIN { print l * 100 / (l - 100) / 600 }')" 0.3
    [ "${rate%.*}" -gt 80 ] || near "goodput at $rate, queued" "$good" "$rate" 0.03
done <points

# Every chart of a study in every format.
draws()
{
    for format in png svg pdf; do
        expect 0 "$afterbay" plot "$@" -o chart.$format
        case $format in
        png) magic=$(od -An -c -N 4 chart.png | tr -d ' ') wanted='211PNG' ;;
        svg) magic=$(head -c 5 chart.svg) wanted='<?xml' ;;
        pdf) magic=$(head -c 5 chart.pdf) wanted='%PDF-' ;;
        esac
        [ "$magic" = "$wanted" ] || fail "plot $*: no $format ($magic)"
        [ "$(wc -c <chart.$format)" -gt 4000 ] || fail "plot $*: an empty $format"
    done
}
expect 0 "$afterbay" run "$studies/overload/ramp.cfg" -q -o r.db
draws v.db visibility
says 'From 30 s on fewer than 1 % are done twice'
draws f.db fifo
says 'batch 10: 3,010 a second from 100 groups on'
draws w.db pareto --y latency.mean
draws w.db sweep --x fleet.workers.size --y queue.jobs.wait.mean
draws p.db pareto --x queue.orders.calls_receive.rate --y latency.mean
says 'wait_time 20s is best in both'
draws o.db sweep --run 1 --run 2 --y lost
draws r.db goodput
says 'In time at the same loads below the peak: 8'
says ', 0.0'
draws r.db welch
expect 65 "$afterbay" plot r.db visibility -o none.png
says "this database has no sweep; 'afterbay sweep SCENARIO --vary PATH=VALUES -o DB' makes one"
finish
