#!/bin/sh
# As many replications as a precision needs, one long run, warm-up, several scenarios at once. usage: … AFTERBAY SOURCE JSONGET
. "$(dirname "$0")/lib.sh"
get=$3
small_scenario >small.cfg
cat >mm1.cfg <<'TEXT'
run = { duration = "20min"; };
producer = { load = { rate = "8/s"; target = "service.server"; }; };
service = { server = { servers = 1; time = "exponential(100ms)"; }; };
TEXT

# is FILE PATH VALUE
is()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    [ "$found" = "$3" ] || fail "$1: $2 is $found, not $3"
}
# number FILE PATH CONDITION-ON-x
number()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    awk -v x="$found" "BEGIN { exit !($3) }" || fail "$1: $2 is $found, not $3"
}

# A run that stops by itself is the run with that number of replications, to the last bit, on any number of threads.
expect 0 "$afterbay" run mm1.cfg -q -r auto --precision latency.mean=4% --json -o auto.db -j 1
cp out auto.json
n=$("$get" auto.json runs.0.replications)
[ $((n % 10)) -eq 0 ] && [ "$n" -gt 20 ] && [ "$n" -lt 200 ] || fail "-r auto stopped at $n"
number auto.json runs.0.precision.0.reached 'x <= 0.04'
is auto.json runs.0.precision.0.met true
expect 0 "$afterbay" run mm1.cfg -q --precision latency.mean=4% --json -j 2
same out auto.json "-r auto on one thread and on two"
expect 0 "$afterbay" run mm1.cfg -q -r "$n" -o fixed.db
rows='SELECT * FROM replication; SELECT replication, metric, count, mean, p50, p99, p999 FROM metric_value;
      SELECT * FROM pooled; SELECT * FROM fate; SELECT replications, fingerprint FROM run; SELECT * FROM series'
sqlite3 auto.db "$rows" >auto.txt
sqlite3 fixed.db "$rows" >fixed.txt
same auto.txt fixed.txt "the databases of -r auto and -r $n"
# Ten fewer were not enough.
expect 0 "$afterbay" run mm1.cfg -q -r $((n - 10)) --json
half=$("$get" out runs.0.metrics.8.stats.mean.high) || fail "no interval of the latency"
is out runs.0.metrics.8.metric latency
mean=$("$get" out runs.0.metrics.8.stats.mean.mean)
awk -v h="$half" -v m="$mean" 'BEGIN { exit !((h - m) / m > 0.04) }' || fail "$n replications, but $((n - 10)) were enough"
# The limit ends it, and is told.
expect 0 "$afterbay" run mm1.cfg -q -r auto --precision latency.mean=0.1% --max-replications 30
tells 'after 30 replications (asked for 0.1 %: not reached)'
expect 0 "$afterbay" run mm1.cfg -q -r auto
tells 'precision latency.mean: half-width'

# One long run: batches; too short a one gives no interval; a course with a fault gives no batches at all.
expect 0 "$afterbay" run mm1.cfg -q -r 1 --until 10h --warmup 30min --json
number out runs.0.batches.0.mean.low 'x > 4.4e8 && x < 5e8'
number out runs.0.batches.0.mean.high 'x > 5e8 && x < 5.6e8'
is out runs.0.batches.0.too_short false
expect 0 "$afterbay" run mm1.cfg -q -r 1 --until 10h --warmup 30min
tells 'the first 30min of it not measured'
tells '95 % intervals from 30 batches'
expect 0 "$afterbay" run mm1.cfg -q -r 1 --until 5min --set producer.load.rate=9.8/s
tells 'run too short: neighbouring batches still agree'
expect 0 "$afterbay" run small.cfg -q -r 1
grep -q batches out && fail "batches of a run with a fault"
tells 'measured from the start'

# The relaxation time of M/M/1 at 98 % is 1 / (10 (1 - sqrt(0.98))^2) = 983 s; a run of 20 min is warned, one at 50 % is not.
expect 0 "$afterbay" run mm1.cfg -q -r 12 --set producer.load.rate=9.8/s
tells 'run too short:'
expect 0 "$afterbay" run mm1.cfg -q -r 12 --set producer.load.rate=5/s
grep -q 'too short\|needs longer' out && fail "a long run is called short"
# At 90 %: half an hour (16,000 requests) is enough for means, not for p99; half a day is.
expect 0 "$afterbay" run mm1.cfg -q -r 12 --until 30min --set producer.load.rate=9/s
tells 'p99 needs longer runs:'
grep -q 'too short' out && fail "a run long enough for means is called short"
expect 0 "$afterbay" run mm1.cfg -q -r 12 --until 12h --set producer.load.rate=9/s
grep -q 'needs longer' out && fail "half a day is called short"
# A queue of which nearly every message finds an idle worker forgets at once: how seldom its age is read is no memory.
cat >idle.cfg <<'TEXT'
run = { duration = "30min"; };
producer = { p = { rate = "8/s"; target = "queue.q"; }; };
queue = { q = { wait_time = "20s"; }; };
fleet = { w = { size = 20; source = "queue.q"; time = "exponential(100ms)"; }; };
TEXT
expect 0 "$afterbay" run idle.cfg -q -r 12
grep -q 'too short\|needs longer' out && fail "a queue without a backlog is called slow to forget"

# Percentiles are those of all requests together: of M/M/1 at 80 % the 99th is 4.605 / 2 s, within 4 %.
expect 0 "$afterbay" run mm1.cfg -q -r 20 --until 2h --warmup 10min --json
number out runs.0.pooled.latency.p99.mean 'x > 2.3026e9 * 0.96 && x < 2.3026e9 * 1.04'
number out runs.0.pooled.latency.p99.low 'x < 2.3026e9'
number out runs.0.pooled.latency.p99.high 'x > 2.3026e9'

# Warm-up is proposed from many replications only; a course of events keeps everything; a run that never settles is told.
expect 0 "$afterbay" warmup mm1.cfg -q --set producer.load.rate=9/s --until 3min --json
number out warmup_ns 'x >= 5e9 && x <= 9e10'
is out too_short false
is out replications 50
is out metrics.0.metric latency
before=$("$get" out metrics.0.mean) after=$("$get" out metrics.0.mean_after) # 1 s in equilibrium; less from empty
awk -v b="$before" -v a="$after" 'BEGIN { exit !(a > b && b > 0.5e9 && a < 1.3e9) }' || fail "means $before, then $after"
expect 0 "$afterbay" warmup mm1.cfg -q --set producer.load.rate=12/s --until 10min
tells 'has not settled within its first half'
expect 0 "$afterbay" warmup small.cfg -q -r 30 --json
is out terminating true
is out warmup_ns 0
expect 64 "$afterbay" warmup mm1.cfg -r 20
says 'at least 30'
# … which --precision may not undercut, and --warmup would be the answer to the question.
expect 64 "$afterbay" warmup mm1.cfg -r auto
expect 64 "$afterbay" warmup mm1.cfg --precision latency.mean=5%
says "unknown option '--precision'"
expect 64 "$afterbay" warmup mm1.cfg --warmup 1min
expect 64 "$afterbay" warmup mm1.cfg --set run.series=false

# A goal's rounds are its own: 20, 40 … up to a limit, which can be given, and no -r.
goal='min service.server.servers such that latency.mean < 200ms'
expect 64 "$afterbay" goal mm1.cfg "$goal" -r 30
expect 0 "$afterbay" goal mm1.cfg "$goal" -q --until 5min --to 2 --max-replications 10 --json
[ "$(grep '"replications"' out | sort -u | tr -d ' ,')" = '"replications":10' ] || fail "a goal with a limit of 10: $(cat out)"
expect 0 "$afterbay" goal mm1.cfg "$goal" -q --until 5min --to 2 --json
[ "$(grep '"replications"' out | sort -u | head -1 | tr -d ' ,')" = '"replications":20' ] || fail "a goal without a limit: $(cat out)"

# Three at once: each against the first, corrected for their number.
expect 0 "$afterbay" compare small.cfg small.cfg small.cfg -q -r 12 --set-b fleet.workers.size=2 --json --metric 'lost / offered'
is out others.0.b.overrides.0 fleet.workers.size=2
is out others.0.metrics.0.metric 'done in time'
is out others.0.metrics.0.verdict worse
number out others.0.metrics.0.level 'x == 0.975'
is out others.1.metrics.0.verdict same
cp out three.json
expect 0 "$afterbay" compare small.cfg small.cfg -q -r 12 --set-b fleet.workers.size=2 --json --metric 'lost / offered'
for field in difference.mean a.mean b.mean half_independent replications_independent; do
    [ "$("$get" out metrics.0.$field)" = "$("$get" three.json others.0.metrics.0.$field)" ] || fail "three and two differ in $field"
done
number out metrics.0.level 'x == 0.95'
number out metrics.0.relative 'x < 0'
expect 0 "$afterbay" compare small.cfg small.cfg small.cfg -q -r 12 --set-b fleet.workers.size=2 --set-c fleet.workers.size=1
tells 'verdicts on a metric hold together at 95 % (Holm)'
tells 'a percentile is the mean of those of the single replications'
tells 'worse'

# An expectation that names no metric is an error, one whose metric has no value has failed.
{ small_scenario; echo 'expect = [ "latncy.p99 < 2s" ];'; } >wrong.cfg
expect 65 "$afterbay" run wrong.cfg -q -r 1
says "did you mean 'latency.p99'?"
{ small_scenario; echo 'expect = [ "latency.p99 < 2s" ];'; } | sed 's/rate = "20\/s"/rate = "0.000001\/s"/' >nobody.cfg
expect 1 "$afterbay" run nobody.cfg -q -r 2 --until 10s
tells 'without a value in 2'
{ small_scenario; echo 'expect = [ "lost + waiting <= 100% and in_time / offered > 0.1 and latency.p99 - latency.p50 < 1h" ];'; } >sums.cfg
expect 0 "$afterbay" run sums.cfg -q -r 2
finish
