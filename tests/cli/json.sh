#!/bin/sh
# --json: one object that parses, the same bytes each time, with what the text says. usage: json.sh AFTERBAY SOURCE JSONGET
. "$(dirname "$0")/lib.sh"
get=$3
small_scenario >small.cfg

# is FILE PATH VALUE
is()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    [ "$found" = "$3" ] || fail "$1: $2 is $found, not $3"
}

expect 0 "$afterbay" run small.cfg --json -q
cp out run.json
[ -s err ] && fail "run --json -q: stderr is not empty"
is run.json json_schema 1
is run.json command run
is run.json runs.0.title Small
is run.json runs.0.seed 7
is run.json runs.0.replications 4
is run.json runs.0.duration_ns 120000000000
is run.json runs.0.conservation ok
for replication in 0 1 2 3; do
    offered=$("$get" run.json "runs.0.fates.$replication.offered")
    sum=0
    for fate in in_time late waiting lost; do
        sum=$((sum + $("$get" run.json "runs.0.fates.$replication.$fate")))
    done
    [ "$offered" -eq "$sum" ] || fail "replication $replication: offered $offered, fates $sum"
    [ "$offered" -gt 2000 ] || fail "replication $replication: only $offered offered"
done
grep -q 'nan\|inf' run.json && fail "run --json holds nan or inf"
expect 0 "$afterbay" run small.cfg --json -q
same out run.json "run --json twice"

expect 0 "$afterbay" compare small.cfg small.cfg --json -q -r 10 --set fleet.workers.size=5
cp out compare.json
is compare.json command compare
is compare.json metrics.0.verdict same
is compare.json metrics.0.difference.mean 0
expect 0 "$afterbay" compare small.cfg small.cfg --json -q -r 10 --set fleet.workers.size=5 -j 1
same out compare.json "compare --json twice"

expect 0 "$afterbay" version --json
is out json_schema 1
is out quota_profiles.0 aws-2026

# Expectations have their verdicts there too.
{ small_scenario; echo 'expect = [ "offered > 10", "lost == 12345" ];'; } >fails.cfg
expect 1 "$afterbay" run fails.cfg --json -q
is out runs.0.expect.0.verdict holds
is out runs.0.expect.1.verdict fails
finish
