#!/bin/sh
# The table of exit codes (docs/reference/exit-codes.md), a row each, and where messages go.
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg
quick="-q -r 1 --until 20s"

# 0: success
expect 0 "$afterbay" check small.cfg
tells 'small.cfg: ok'
[ -s err ] && fail "check: stderr is not empty"
# shellcheck disable=SC2086
expect 0 "$afterbay" run small.cfg $quick
tells 'conservation ok'
[ -s err ] && fail "run -q: stderr is not empty"
expect 0 "$afterbay" help
expect 0 "$afterbay" --help
expect 0 "$afterbay" --version
expect 0 "$afterbay" run --help
expect 0 "$afterbay" -h run

# Options stand anywhere, long and short, with = and without.
for options in "-r1 --until=20s -q small.cfg" "-qr 1 small.cfg --until 20s" "small.cfg -q --replications=1 --until 20s" \
    "-q --until 20s -r 1 -- small.cfg"; do
    # shellcheck disable=SC2086
    expect 0 "$afterbay" run $options
    cp out first.txt 2>/dev/null
    # shellcheck disable=SC2086
    expect 0 "$afterbay" run $quick small.cfg
    same first.txt out "run $options"
done
expect 0 "$afterbay" -q run small.cfg -r 1 --until 20s
expect 0 "$afterbay" --until 20s -r 1 -q run small.cfg

# 1, 2: expectations
{ small_scenario; echo 'expect = [ "offered > 10", "lost == 12345" ];'; } >fails.cfg
# shellcheck disable=SC2086
expect 1 "$afterbay" run fails.cfg $quick
tells 'expect offered > 10: holds'
tells 'expect lost == 12345: fails'
{ small_scenario; echo 'expect = [ "offered > 2400" ];'; } >coin.cfg
expect 2 "$afterbay" run coin.cfg -q -r 6
tells 'undecided'
expect 0 "$afterbay" compare small.cfg small.cfg -q -r 10 --until 20s --exit-code
sed 's/size = 6/size = 2/' small.cfg >slow.cfg
expect 1 "$afterbay" compare small.cfg slow.cfg -q -r 10 --exit-code
tells 'worse'
expect 0 "$afterbay" compare small.cfg slow.cfg -q -r 10

# 64: the command line
expect 64 "$afterbay"
expect 64 "$afterbay" rnu small.cfg
says "did you mean 'run'?"
expect 64 "$afterbay" run
says 'usage: afterbay run'
expect 64 "$afterbay" run small.cfg --relpications 3
says "did you mean '--replications'?"
expect 64 "$afterbay" run small.cfg -r
expect 64 "$afterbay" run small.cfg -r none
expect 64 "$afterbay" run small.cfg -r 0
expect 64 "$afterbay" run small.cfg --seed -1
expect 64 "$afterbay" run small.cfg --seed 99999999999999999999
expect 64 "$afterbay" run small.cfg --until soon
expect 64 "$afterbay" run small.cfg --until 5
expect 64 "$afterbay" run small.cfg --json=yes
expect 64 "$afterbay" run small.cfg --color sometimes
expect 64 "$afterbay" run small.cfg --set queue.jobs.visibility_timeout
expect 64 "$afterbay" run small.cfg --replication 1 -o x.db
expect 64 "$afterbay" help rnu
says "did you mean 'run'?"
expect 64 "$afterbay" describe queu
says "did you mean 'queue'?"
expect 64 "$afterbay" new decopled
says "did you mean 'decoupled'?"
expect 64 "$afterbay" explain AB9999
expect 64 "$afterbay" explain nonsense
# Each of the two settings may be the one at fault: the place is that of the one that is written.
for setting in 'record_ttl = "100ms"' 'max_buffered_time = "30s"'; do
    cat >library.cfg <<TEXT
run = { duration = "1s"; };
producer = { p = { rate = "1/s"; target = "kpl.k"; done_at = "mapping.m"; }; };
kpl = { k = { target = "stream.s";
              $setting; }; };
stream = { s = { shards = 1; }; };
mapping = { m = { source = "stream.s"; target = "service.f"; }; };
service = { f = { servers = 1; time = "1ms"; }; };
TEXT
    expect 65 "$afterbay" check library.cfg
    says 'AB0330'
    says 'library.cfg:4:'
done
expect 64 "$afterbay" compare small.cfg
says "two scenarios are needed: 'afterbay compare A B', or the same one twice with --set-b PATH=VALUE"
expect 64 "$afterbay" compare small.cfg small.cfg small.cfg small.cfg small.cfg small.cfg small.cfg small.cfg small.cfg
expect 64 "$afterbay" run small.cfg --precision latency.p99=5
expect 64 "$afterbay" run small.cfg --precision latency.p99
expect 64 "$afterbay" run small.cfg --precision latency.p99=5% -r 20
expect 64 "$afterbay" run small.cfg --max-replications 50
expect 64 "$afterbay" run small.cfg -r auto --replication 3
expect 64 "$afterbay" run small.cfg --warmup 5
draws 64 "$afterbay" plot one.db
draws 64 "$afterbay" plot one.db latency
draws 64 "$afterbay" plot one.db latncy -o x.svg
draws_says "did you mean 'latency'?"
draws 64 "$afterbay" plot one.db latency -o x.gif
draws 64 "$afterbay" plot one.db depth --metric latency.p99 -o x.svg
draws_says "has no use for --metric; it knows: entity"
draws 64 "$afterbay" plot one.db fates --by run.seed -o x.svg
expect 64 "$afterbay" compare small.cfg small.cfg -q -r 2 --until 10s --set-c nonsense
says '--set-c overrides the third scenario, and there are 2'
expect 64 "$afterbay" report one.db

# 65: what is in a file
sed 's/visibility_timeout/visibilty_timeout/' small.cfg >typo.cfg
expect 65 "$afterbay" check typo.cfg
says "did you mean 'visibility_timeout'?"
says 'typo.cfg:'
[ -s out ] && fail "check of a wrong scenario: stdout is not empty"
expect 65 "$afterbay" run typo.cfg -q
expect 65 "$afterbay" run small.cfg --set queue.jobs.visibility_timeout=45
expect 65 "$afterbay" run small.cfg --set queue.job.visibility_timeout=45s
says "did you mean"
expect 65 "$afterbay" compare small.cfg typo.cfg -q
expect 65 "$afterbay" check typo.cfg small.cfg
tells 'small.cfg: ok'
cat >silent.cfg <<'TEXT'
run = { duration = "1min"; };
queue = { jobs = { }; };
TEXT
expect 65 "$afterbay" compare silent.cfg small.cfg -q --set run.replications=2 --set run.seed=1
says 'share no metric'
expect 65 "$afterbay" compare small.cfg small.cfg -q -r 2 --until 10s --metric queue.none.depth.max
says "no metric 'queue.none.depth.max'"
sed 's/queue.jobs/queue.work/; s/jobs = {/work = {/; s/queue.jobs/queue.work/' small.cfg >renamed.cfg
expect 65 "$afterbay" compare small.cfg renamed.cfg -q -r 2 --until 10s --metric queue.work.depth.max
says "did you mean 'queue.jobs.depth.max'?"
expect 65 "$afterbay" run small.cfg --precision latncy.p99=5%
says "did you mean 'latency.p99'?"
expect 65 "$afterbay" run small.cfg --warmup 5min

# Not wrong, but told: what lasts longer differs by that, too.
expect 0 "$afterbay" compare small.cfg small.cfg -r 2 --set-a run.duration=10s --set-b run.duration=20s
says 'do not last equally long'

# 66: what is not there
expect 66 "$afterbay" run nowhere.cfg -q
says 'nowhere.cfg'
expect 66 "$afterbay" check .
draws 66 "$afterbay" plot nowhere.db latency -o x.svg
draws 66 "$afterbay" report nowhere.db -o x.html

# new never overwrites; what it writes is right
for template in $("$afterbay" new --list | sed 's/ .*//'); do
    expect 0 "$afterbay" new "$template" -o "$template.cfg"
    expect 0 "$afterbay" check --strict "$template.cfg"
    expect 0 "$afterbay" run -q -r 1 "$template.cfg" # and holds what it expects
    expect 73 "$afterbay" new "$template" -o "$template.cfg"
    says 'there already'
    "$afterbay" new "$template" >stdout.cfg
    same "$template.cfg" stdout.cfg "new $template to a file and to standard output"
done

# 70 with the line that reproduces it is a bug by definition: no test can ask for it here. See test_reproduce.c.

for template in stream serverless autoscaling; do
    [ -s "$template.cfg" ] || fail "no template $template"
done

# explain, describe, show know what they list
"$afterbay" explain --list | sed 's/ .*//' >codes.txt
[ "$(wc -l <codes.txt)" -ge 30 ] || fail "explain --list is short"
while read -r code; do
    expect 0 "$afterbay" explain "$code"
    tells "$code: "
done <codes.txt
for kind in $("$afterbay" describe | awk 'NR > 1 && NF > 1 { print $1 }' | grep -v "^'"); do
    expect 0 "$afterbay" describe "$kind"
done
expect 0 "$afterbay" describe queue
tells visibility_timeout
tells ApproximateNumberOfMessagesVisible
expect 0 "$afterbay" show small.cfg --set queue.jobs.visibility_timeout=45s
grep -q '^queue.jobs.visibility_timeout *= 45s *--set 1' out || fail "show: origin of an override"
grep -q '^queue.jobs.wait_time *= 20s *small.cfg:9' out || fail "show: origin of a value"
expect 0 "$afterbay" show small.cfg --topology
tells '`-- sends -> queue.jobs'
finish
