#!/bin/sh
# Sweeps: designs, what they print, and that one which is killed again and again ends with the same rows as one that is left
# alone. usage: … AFTERBAY SOURCE JSONGET
. "$(dirname "$0")/lib.sh"
get=$3
small_scenario >small.cfg
cat >mm1.cfg <<'TEXT'
title = "M/M/1";
run = { duration = "10min"; warmup = "1min"; replications = 12; };
producer = { load = { rate = "5/s"; target = "service.server"; }; };
service = { server = { servers = 1; time = "exponential(100ms)"; }; };
TEXT
quick="-q --until 20s -r 2"

is()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    [ "$found" = "$3" ] || fail "$1: $2 is $found, not $3"
}

# Shards are parts of a stream: what comes behind it in the order of the metrics is found at every point; a part
# that a point does not have has no value there. 100 records go to stream.b whatever stream.a has.
cat >two.cfg <<'TEXT'
run = { duration = "20s"; replications = 1; };
producer = {
  p = { arrivals = "constant"; rate = "10/s"; size = "200B"; target = "stream.a"; };
  q = { arrivals = "constant"; rate = "5/s"; size = "300B"; target = "stream.b"; };
};
stream = { a = { shards = 2; put_latency = "0s"; }; b = { shards = 1; put_latency = "0s"; }; };
TEXT
expect 0 "$afterbay" sweep two.cfg -q --vary stream.a.shards=1,2,5 --metric stream.b.records \
    --metric 'stream.a[1].records' --json
for point in 0 1 2; do
    is out "points.$point.metrics.0.mean" 100
done
is out points.0.metrics.1.mean null
# Kept are the metrics that the scenario itself has; what a point lacks has no value there.
expect 0 "$afterbay" sweep two.cfg --vary stream.a.shards=1,2,5 --metric stream.b.records -o two.db
grep -q 'at point 0 (stream.a.shards=1) other parts have metrics' err || fail "no note of other parts: $(cat err)"
values()
{
    sqlite3 two.db "SELECT group_concat(coalesce(v.sum, 'none'), ' ') FROM point p JOIN replication r ON r.point = p.id
        JOIN metric_value v ON v.replication = r.id JOIN metric m ON m.id = v.metric WHERE m.name = 'records' AND m.entity = '$1'"
}
[ "$(values stream.b)" = "100.0 100.0 100.0" ] || fail "stored of stream.b: $(values stream.b)"
case $(values 'stream.a[1]') in
none\ [1-9]*\ [1-9]*) ;;
*) fail "stored of a shard that one point lacks: $(values 'stream.a[1]')" ;;
esac
[ -z "$(values 'stream.a[2]')" ] || fail "stored of a shard that the scenario does not have"

# A point is what a run with its settings is.
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,8/s --metric latency.mean --json
cp out sweep.json
is sweep.json points.1.metrics.0.metric latency.mean
expect 0 "$afterbay" run mm1.cfg -q --set producer.load.rate=8/s --json
is out runs.0.metrics.8.metric latency
for field in mean low high sd; do
    is sweep.json "points.1.metrics.0.$field" "$("$get" out "runs.0.metrics.8.stats.mean.$field")"
done
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,8/s --metric latency.mean --json -j 1
same out sweep.json "sweep on one thread and on all"
# … and its results in the database are those of the run.
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,8/s -o sweep.db
expect 0 "$afterbay" run mm1.cfg -q --set producer.load.rate=8/s --set run.series=false -o run.db
sqlite3 sweep.db "SELECT r.number, r.fingerprint, v.* FROM point p JOIN replication r ON r.point = p.id
    JOIN metric_value v ON v.replication = r.id WHERE p.number = 1" | sed 's/|[0-9]*|/|/2' | cut -d'|' -f1,2,4- >a.txt
sqlite3 run.db "SELECT r.number, r.fingerprint, v.* FROM point p JOIN replication r ON r.point = p.id
    JOIN metric_value v ON v.replication = r.id" | sed 's/|[0-9]*|/|/2' | cut -d'|' -f1,2,4- >b.txt
same a.txt b.txt "a point and the run with its settings"
[ "$(sqlite3 sweep.db 'SELECT count(*) FROM series')" = 0 ] || fail "a sweep recorded series"
[ "$(sqlite3 sweep.db 'SELECT group_concat(value) FROM v_setting')" = "2/s,8/s" ] || fail "settings of points"
[ "$(sqlite3 sweep.db "SELECT command || replications FROM run")" = sweep12 ] || fail "the run of a sweep"

# Designs.
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep small.cfg $quick --vary fleet.workers.size=2..6:2 --vary queue.jobs.visibility_timeout=5s,10s \
    --constraint 'fleet.workers.size <= database.main.connections' --json
is out left_out 2
[ "$(grep -c '"replications": 2' out)" = 4 ] || fail "not four points"
printf 'fleet.workers.size,queue.jobs.visibility_timeout\n3,7s\n4,9s\n' >points.csv
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep small.cfg $quick --points points.csv
tells '7s'
printf '\357\273\277fleet.workers.size,queue.jobs.visibility_timeout\r\n3,7s\r\n4,9s\r\n' >marked.csv
cp out points.txt
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep small.cfg $quick --points marked.csv
same out points.txt "a table with a byte-order mark"
printf 'fleet.workers.size,fleet.workers.size\n3,4\n' >twice.csv
# shellcheck disable=SC2086
expect 65 "$afterbay" sweep small.cfg $quick --points twice.csv
says "twice.csv': 'fleet.workers.size' is varied twice"
printf 'run.replications\n3\n4\n' >rounds.csv
# shellcheck disable=SC2086
expect 64 "$afterbay" sweep small.cfg $quick --points rounds.csv
says 'the same at every point'
expect 64 "$afterbay" sweep small.cfg -q --until 20s --vary run.replications=2,3
says 'the same at every point: give it with -r'
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep small.cfg $quick --vary fleet.workers.size=2..60/2 --design lhs --runs 5
cp out lhs.txt
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep small.cfg $quick --vary fleet.workers.size=2..60/2 --design lhs --runs 5
same out lhs.txt "a hypercube, twice"
{ cat mm1.cfg; echo 'sweep = ( { set = "service.server.servers"; values = [ 1, 2, 3 ]; } );'; } >own.cfg
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep own.cfg -q -r 2 --metric 'service.server.busy.mean / service.server.servers.mean'
tells '3 points of 2 replications'
tells 'of percentiles too (intervals need 10 replications)'
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,9/s -r auto --precision latency.mean=6% --metric latency.mean --json
first=$("$get" out points.0.replications) second=$("$get" out points.1.replications)
[ "$first" -eq 20 ] && [ "$second" -gt 20 ] || fail "rounds stopped at $first and $second"

# What is wrong is said before anything runs.
expect 64 "$afterbay" sweep mm1.cfg
expect 0 "$afterbay" sweep mm1.cfg -q -r 1 --vary producer.load.rate=2/s
tells 'mm1.cfg, 1 point of 1 replication, '
expect 64 "$afterbay" sweep mm1.cfg --vary producer.load.rate
expect 64 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s..2/s
expect 64 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s,2/s --design lhs
expect 64 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s,2/s --resume
expect 64 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s,2/s --constraint 'producer.load.rate > 5/s'
expect 65 "$afterbay" sweep mm1.cfg --vary producer.load.rat=1/s,2/s
says "did you mean 'rate'?"
expect 65 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s,2 -o wrong.db
says 'point 1:'
[ -e wrong.db ] && fail "a wrong sweep left a database"
expect 65 "$afterbay" sweep mm1.cfg --vary producer.load.rate=1/s,2/s --metric latncy.p99
says "did you mean 'latency.p99'?"
expect 66 "$afterbay" sweep mm1.cfg --points nowhere.csv

# Killed at random moments, resumed until it is done.
dump()
{
    sqlite3 "$1" .dump
}
design="--vary producer.load.rate=2/s..8/s:1/s --vary service.server.servers=1,2 -r 10"
# shellcheck disable=SC2086
expect 0 "$afterbay" sweep mm1.cfg -q $design -o whole.db
cp out whole.txt
dump whole.db >whole.sql
seed=${TEST_SEED:-$$}
printf 'TEST_SEED=%s\n' "$seed"
delays=$(awk -v s="$seed" 'BEGIN { srand(s); for (i = 0; i < 6; i++) printf "0.%02d ", 3 + int(rand() * 60) }')
kills=0 more=
for delay in $delays; do
    # shellcheck disable=SC2086
    "$afterbay" sweep mm1.cfg -q $design -o killed.db $more >out 2>err &
    pid=$!
    sleep "$delay"
    if kill -KILL "$pid" 2>/dev/null; then
        kills=$((kills + 1))
    fi
    wait "$pid" 2>/dev/null
    runs=$(sqlite3 killed.db 'SELECT count(*) FROM run' 2>/dev/null || echo 0)
    [ "${runs:-0}" = 0 ] || break
    if ls killed.db.sweep-*.part >/dev/null 2>&1; then
        more=--resume
    fi
done
printf '%s kills, then\n' "$kills"
if [ "${runs:-0}" != 1 ]; then
    if [ -n "$more" ]; then
        # shellcheck disable=SC2086
        expect 75 "$afterbay" sweep mm1.cfg -q $design -o killed.db
        says '--resume'
    fi
    # shellcheck disable=SC2086
    expect 0 "$afterbay" sweep mm1.cfg $design -o killed.db $more
    sed 's/killed.db/whole.db/' out >killed.txt
    same killed.txt whole.txt "the table of a killed sweep"
fi
dump killed.db >killed.sql
same killed.sql whole.sql "the database of a killed sweep"
ls killed.db.sweep-*.part >/dev/null 2>&1 && fail "a finished sweep left its file"

# Interrupted inside a point: the command to go on is told, other points are not mixed in.
"$afterbay" sweep mm1.cfg --vary producer.load.rate=2/s,3/s --until 10h -r 400 -o int.db >out 2>err &
pid=$!
sleep 2
kill -INT "$pid"
wait "$pid"
[ $? -eq 130 ] || fail "SIGINT during a sweep"
says '--resume'
[ "$(sqlite3 int.db 'SELECT count(*) FROM sqlite_schema' 2>/dev/null || echo 0)" = 0 ] || fail "an interrupted sweep stored something"
expect 75 "$afterbay" sweep mm1.cfg --vary producer.load.rate=2/s,3/s --until 10h -r 400 -o int.db
# A step further: the file is of another study, so this one begins.
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,3/s --until 2min -r 2 -o int.db --resume
finish
