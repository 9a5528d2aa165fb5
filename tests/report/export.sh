#!/bin/sh
# afterbay export from outside: what is written where, and that the numbers are those of the table that sweep prints.
# usage: … AFTERBAY SOURCE_DIR
. "$(dirname "$0")/../cli/lib.sh"
cat >mm1.cfg <<'TEXT'
title = "M/M/1";
run = { duration = "2min"; replications = 3; };
producer = { load = { rate = "5/s"; target = "service.server"; deadline = "1s"; }; };
service = { server = { servers = 1; time = "exponential(100ms)"; }; };
TEXT
expect 0 "$afterbay" sweep mm1.cfg -q --vary producer.load.rate=2/s,8/s --metric latency.mean -o a.db

expect 0 "$afterbay" export a.db --metric latency.mean --metric 'late / offered' --metric offered.rate
[ "$(grep -c '^#' out)" = 8 ] || fail "not eight lines of head"
tells '# seed: 1'
tells 'point,replication,producer.load.rate [1/s],latency.mean [s],late / offered [1],offered.rate [1/s]'
[ "$(grep -c '^[01],[012],' out)" = 6 ] || fail "not two points of three replications"
# A mean of 0.1 to 0.6 s, in seconds; rates near those that were set.
awk -F, '/^[01],/ { if ($4 < 0.08 || $4 > 2 || $6 < 0.8 * $3 || $6 > 1.2 * $3 || $5 < 0 || $5 > 1) exit 1; sum[$1] += $4 / 3 }
    END { printf "%.6f\n", sum[1] * 1e9 }' out >mine.txt || fail "numbers out of range: $(cat out)"
sqlite3 a.db "SELECT printf('%.6f', avg(value)) FROM v_metric WHERE point = 1 AND entity = '' AND metric = 'latency' AND stat = 'mean'" >theirs.txt
awk 'NR == FNR { a = $1; next } { if (a - $1 > 1e-6 * a || $1 - a > 1e-6 * a) exit 1 }' mine.txt theirs.txt || fail "$(cat mine.txt) is not $(cat theirs.txt)"

expect 0 "$afterbay" export a.db --to jsonl --metric latency.mean
tells '{"point":1,"replication":2,"producer.load.rate [1/s]":8,"latency.mean [s]":'

# Points of a tornado set one thing or nothing; the others have what the scenario has, of an interval its mid.
sed 's|rate = "5/s"|rate = { low = "4/s"; mid = "6/s"; high = "8/s"; }|
     s|servers = 1; time = "exponential(100ms)"|servers = { low = 1; mid = 2; high = 3; }; time = { low = "80ms"; mid = "100ms"; high = "110ms"; }|' mm1.cfg >rough.cfg
expect 0 "$afterbay" sensitivity rough.cfg -q -r 1 --metric lost -o rough.db
expect 0 "$afterbay" export rough.db --metric lost
grep '^[0-9]' out | cut -d, -f 1,3-5 >rows
printf '%s\n' 0,6,2,0.1 1,4,2,0.1 2,8,2,0.1 3,6,1,0.1 4,6,3,0.1 5,6,2,0.08 6,6,2,0.11 >wanted
same rows wanted "settings of the points of a tornado"

expect 0 "$afterbay" export a.db --to csv -o tables
for table in metrics settings series histograms fates fates-by-birth life; do
    [ -s tables/$table.csv ] || fail "no $table.csv"
    grep -q "\"file\": \"$table.csv\"" tables/manifest.json || fail "the manifest does not name $table.csv"
done
grep -q '"scenario": "mm1.cfg"' tables/manifest.json || fail "the manifest does not name the scenario"
[ "$(sed -n 2p tables/settings.csv)" = "0,producer.load.rate,2/s" ] || fail "settings: $(sed -n 2p tables/settings.csv)"
[ "$(grep -c . tables/fates.csv)" = 7 ] || fail "fates: not six rows"

expect 64 "$afterbay" export a.db
says 'all of them go to a folder: -o FOLDER'
expect 64 "$afterbay" export a.db --table metrix
says "did you mean 'metrics'?"
expect 65 "$afterbay" export a.db --metric latncy.mean -o refused
says "did you mean 'latency'?"
[ ! -e refused/values.csv ] || fail "half a table was left"
for format in csv jsonl; do
    expect 65 "$afterbay" export a.db --to $format --metric latency.mean --metric latncy.mean
    [ ! -s out ] || fail "stdout has the head of a table that was refused: $(cat out)"
done
expect 66 "$afterbay" export none.db --table fates
expect 73 "$afterbay" export a.db -o a.db/x
"$afterbay" export a.db --table metrics >/dev/full 2>err && fail "a full disk went unnoticed"
says 'No space left'

# A line for a deadline is drawn across the requests of producers that all promise it, else each is told.
cat >two.cfg <<'TEXT'
run = { duration = "2min"; };
producer = { web = { rate = "5/s"; target = "queue.q"; deadline = "2s"; };
             batch = { rate = "1/s"; target = "queue.q"; deadline = "1min"; }; };
queue = { q = { }; };
fleet = { f = { source = "queue.q"; size = 10; time = "exponential(1s)"; }; };
TEXT
for batch in 1min 2s; do
    expect 0 "$afterbay" run two.cfg -q -r 3 --set producer.batch.deadline=$batch -o two.$batch.db
    for chart in latency age; do
        expect 0 "$afterbay" plot two.$batch.db $chart -o $chart.$batch.svg
    done
done
for chart in latency age; do
    grep -q dasharray $chart.1min.svg && fail "$chart: a line for one of two deadlines"
    grep -q dasharray $chart.2s.svg || fail "$chart: no line for the deadline of all"
done
expect 0 "$afterbay" report two.1min.db -o two.html
grep -q '<td>batch 60 s, web 2 s</td>' two.html || fail "the report does not say who promises what"

# What cannot be drawn is refused with what would help.
expect 0 "$afterbay" plot a.db sweep --y latency.mean -o sweep.svg
expect 65 "$afterbay" plot a.db latency -o x.svg
says "run 1 has 2 points and 'latency' shows one; draw the chart 'sweep'"
expect 0 "$afterbay" report a.db -o a.html
grep -q '<th>producer.load.rate</th>' a.html || fail "the report does not say what was varied"
grep -q '<tr><td>8/s</td><td>[0-9.]* %' a.html || fail "the report has no row for the second point"
grep -q 'share done in time' a.html || fail "the report does not draw the sweep"
grep -q 'What did users lose' a.html && fail "the report draws the first point as if it were all"
expect 64 "$afterbay" plot a.db difference -o x.svg
says "the chart 'difference' shows 2 runs, not 1; choose with --run"
expect 64 "$afterbay" plot a.db sweep --x producer.load.rat -o x.svg
says "did you mean 'producer.load.rate'?"
expect 65 "$afterbay" plot a.db pareto -o x.svg
says 'name what is dear with --x METRIC'
expect 0 "$afterbay" run mm1.cfg -q --set run.series=false -o b.db
expect 65 "$afterbay" plot b.db welch -o x.svg
says 'run.series = true'
[ ! -e x.svg ] || fail "a chart that was refused was written"
finish
