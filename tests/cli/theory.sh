#!/bin/sh
# afterbay theory: formulas beside a run. usage: theory.sh AFTERBAY SOURCE JSONGET
. "$(dirname "$0")/lib.sh"
get=$3
cat >mm1.cfg <<'TEXT'
title = "One server";
run = { duration = "2h"; warmup = "10min"; replications = 20; };
producer = { load = { rate = "8/s"; target = "service.server"; }; };
service = { server = { time = "exponential(100ms)"; }; };
TEXT

# 1 / (10 - 8) s, with its conditions.
expect 0 "$afterbay" theory mm1.cfg
tells "service.server: M/M/1 (exact)"
tells "mean sojourn         500 ms"
cp out first.txt
expect 0 "$afterbay" theory mm1.cfg
same out first.txt "theory twice"
expect 0 "$afterbay" theory mm1.cfg --set service.server.servers=2
tells "service.server: M/M/2 (exact)"

# A run of the same scenario agrees with the exact values, and with Little's law.
expect 0 "$afterbay" run mm1.cfg -q -o results.db
expect 0 "$afterbay" theory mm1.cfg --vs results.db
tells "simulated"
tells "12 exact values compared, 0 of them more than 4.5 standard errors away."
tells "Little's law, in the run"
[ -s err ] && fail "theory --vs: stderr is not empty"
expect 0 "$afterbay" theory mm1.cfg --vs results.db --json
is_near()
{
    found=$("$get" out "$1") || fail "no $1"
    awk -v a="$found" -v b="$2" -v c="$3" 'BEGIN { exit !(a >= b && a <= c) }' || fail "$1 is $found, not $2 to $3"
}
is_near findings.0.values.2.value 400000000 400000000
is_near findings.0.values.2.simulated.mean 360000000 440000000
is_near findings.0.values.2.z -4.5 4.5
is_near run 1 1
[ "$("$get" out command)" = theory ] || fail "--json: command"
[ "$("$get" out version)" = "$("$afterbay" version --json | sed -n 's/^ *"version": "\(.*\)",$/\1/p')" ] || fail "--json: version"
[ "$("$get" out findings.0.model)" = M/M/1 ] || fail "--json: model"
[ "$("$get" out findings.0.values.2.metric)" = service.server.wait.mean ] || fail "--json: metric"

# A run of another scenario is seen to be one: its z-scores tell.
expect 0 "$afterbay" theory mm1.cfg --set producer.load.rate=5/s --vs results.db
says "made from other files or overrides"
tells " 12 of them more than 4.5"

# What is wrong.
expect 64 "$afterbay" theory
expect 64 "$afterbay" theory mm1.cfg --run 1
says "--run names a run of the database that --vs gives"
expect 64 "$afterbay" theory mm1.cfg --vs results.db --run 7
says "there is no run 7"
expect 64 "$afterbay" theory mm1.cfg --vs results.db --run 1 --run 1
expect 66 "$afterbay" theory mm1.cfg --vs none.db
expect 66 "$afterbay" theory none.cfg

# Nothing is passed over in silence: every queue and station of a larger scenario is spoken of.
small_scenario >small.cfg
expect 0 "$afterbay" theory small.cfg
tells "service.web"
tells "queue.jobs -> fleet.workers"
tells "database.main"
finish
