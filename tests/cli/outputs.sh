#!/bin/sh
# Output that cannot be written: said, with an exit code, and nothing half left behind.
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg
quick="-q -r 2 --until 20s"

# full CODE COMMAND…: standard output is a full disk
full()
{
    wanted=$1
    shift
    "$@" >/dev/full 2>err
    got=$?
    [ "$got" -eq "$wanted" ] || fail "standard output full: exit code $got, not $wanted: $*"
    says 'No space left'
}
# shellcheck disable=SC2086
{
    full 74 "$afterbay" run small.cfg $quick
    full 74 "$afterbay" run small.cfg $quick --json
    full 74 "$afterbay" compare small.cfg small.cfg $quick
    full 74 "$afterbay" compare small.cfg small.cfg $quick --json
}
full 74 "$afterbay" help
full 74 "$afterbay" show small.cfg
full 74 "$afterbay" describe queue
full 74 "$afterbay" new decoupled
full 74 "$afterbay" version

# A place that does not exist, a folder, a file where a folder should be.
mkdir folder
: >file
for place in nowhere/x folder file/x; do
    # shellcheck disable=SC2086
    expect 73 "$afterbay" run small.cfg $quick -o "$place"
    says "$place"
    [ -s out ] && fail "results were printed although $place cannot be made"
done
expect 73 "$afterbay" new decoupled -o nowhere/x.cfg
(
    trap '' XFSZ
    ulimit -f 1
    "$afterbay" new decoupled -o short.cfg >/dev/null 2>&1
)
[ $? -eq 74 ] || fail "a template was written to a disk without room for it"
[ -e short.cfg ] && fail "half a template was left behind"

# shellcheck disable=SC2086
expect 0 "$afterbay" run small.cfg $quick -o good.db
if [ "$charts" = charts ]; then
    for ending in svg pdf png; do
        expect 0 "$afterbay" plot good.db latency -o "x.$ending"
        [ -s "x.$ending" ] || fail "x.$ending is empty"
        expect 73 "$afterbay" plot good.db latency -o "nowhere/x.$ending"
        expect 73 "$afterbay" plot good.db latency -o "file/x.$ending"
        mkdir "folder/x.$ending"
        expect 73 "$afterbay" plot good.db latency -o "folder/x.$ending"
    done
    expect 0 "$afterbay" report good.db -o x.html
    grep -q 'http' x.html && fail "the report speaks of other places"
    grep -q '<script' x.html && fail "the report has a script"
    expect 73 "$afterbay" report good.db -o nowhere/x.html
    # Of a sweep it tells every point: so many requests as the limit says.
    cat >limits.cfg <<'TEXT'
run = { duration = "1h"; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 100; target = "service.s"; }; };
service = { s = { }; };
TEXT
    expect 0 "$afterbay" sweep limits.cfg --vary producer.p.limit=110,120,130 -q -r 2 -o limits.db
    expect 0 "$afterbay" report limits.db -o limits.html
    for limit in 110 120 130; do
        grep -q "^<tr><td>offered</td><td>sum</td><td>$limit</td><td>$limit</td>" limits.html ||
            fail "the report of a sweep does not tell the requests of point $limit"
        [ "$(grep -c "^<tr><td>$limit</td><td>100 %</td>" limits.html)" -eq 1 ] || fail "the report has no row of point $limit"
    done
    grep -q '0 at every point: done late, still waiting, lost,' limits.html || fail "the report does not tell what is 0 everywhere"
    grep -q '<h2>In numbers' limits.html && fail "the report of a sweep has numbers of one point"
    # Which queue keeps dead letters, and whose, the scenario says; names say nothing.
    cat >letters.cfg <<'TEXT'
run = { duration = "5min"; };
producer = { p = { arrivals = "constant"; rate = "5/s"; target = "queue.orders"; };
             q = { arrivals = "constant"; rate = "1/s"; target = "queue.orders-dead-slow"; }; };
queue = { orders = { visibility_timeout = "1s"; dead_letter = { queue = "queue.failed"; max_receive_count = 1; }; };
          orders-dead-slow = { }; failed = { }; };
fleet = { f = { source = "queue.orders"; size = 10; poison = { share = 0.5; }; };
          slow = { source = "queue.orders-dead-slow"; time = "2s"; }; };
TEXT
    expect 0 "$afterbay" run letters.cfg -q -r 1 -o letters.db
    expect 0 "$afterbay" plot letters.db depth -o x.svg
    says 'queue.orders-dead-slow holds'
    expect 0 "$afterbay" report letters.db -o x.html
    grep -q '<tr><td>queue.failed</td><td>[0-9]' x.html && fail "letters of queue.orders stand beside queue.orders-dead-slow"
    # shellcheck disable=SC2086
    expect 73 "$afterbay" compare small.cfg small.cfg $quick --report nowhere/x.html
    # shellcheck disable=SC2086
    expect 0 "$afterbay" compare small.cfg small.cfg $quick --report both.html
    [ -s both.html ] || fail "compare --report wrote nothing"
else
    expect 69 "$afterbay" plot good.db latency -o x.svg
    expect 69 "$afterbay" report good.db -o x.html
fi

# What steers a terminal does not reach it: a title is told without (\033 and the C1 of U+009B).
printf 'title = "a\033[31mb\302\233c";\n' | cat - small.cfg | grep -v '^title = "Small"' >steered.cfg
for command in 'run -q -r 1' check show 'theory' 'compare -q -r 1 steered.cfg' 'sweep -q -r 1 --vary fleet.workers.size=5,6'; do
    # shellcheck disable=SC2086
    "$afterbay" $command steered.cfg >out 2>err
    LC_ALL=C grep -q "$(printf '\033\\|\302\233')" out err && fail "$command prints control characters of a title"
done
tells "a$(printf '\357\277\275')[31mb$(printf '\357\277\275')c"

# Allowed, and seldom meant.
expect 0 "$afterbay" run small.cfg -r 1 --until 10s --set fault.outage.at=4min
says 'note: fault.outage begins at 4min, and the run ends at 3min10s: it never happens'
expect 0 "$afterbay" run small.cfg -r 1 --set producer.clients.rate=0/s --set producer.clients.start=1h
says 'note: producer.clients makes no requests: its rate is 0'
says 'note: producer.clients begins at 1h, and the last requests come at 2min: it never happens'
printf 'run = { duration = "1s"; };\nservice = { s = { }; };\n' >nobody.cfg
expect 0 "$afterbay" run nobody.cfg -r 1
says 'note: there is no producer, and nobody makes requests'
printf 'run = { duration = "1s"; };\nstream = { s = { actions = ( { at = "1s"; split = 0; }, { at = "2s"; mode = "on_demand"; } ); }; };\n' >late.cfg
expect 0 "$afterbay" run late.cfg -r 1
says 'note: there is no producer, and nobody makes requests'
says 'note: stream.s.actions[1] comes at 2s, and the run ends at 1s: it never happens'
# Where a shard's range of hash keys begins and ends is for charts: the summary passes over it, --verbose and --json do not.
tells 'stream.s[0]'
grep -q 'first_key\|last_key' out && fail "the summary tells ranges of hash keys"
expect 0 "$afterbay" run late.cfg -r 1 --verbose
tells last_key
expect 0 "$afterbay" run late.cfg -r 1 --json
tells last_key
# The intervals of one long run fit on a screen, however many shards there are.
expect 0 "$afterbay" run late.cfg -r 1 --set stream.s.shards=200
[ "$(grep -c '^stream.s.*mean .*\[' out)" -lt 50 ] || fail "a row of intervals for each of 200 shards"
tells 'more metrics (--verbose shows all)'
expect 0 "$afterbay" run late.cfg -r 1 --set stream.s.shards=200 --verbose
tells 'stream.s[199].open mean'
cat >readers.cfg <<'TEXT'
run = { duration = "1s"; };
stream = { s = { }; };
queue = { q = { }; };
function = { f = { }; };
mapping = { m = { source = "stream.s"; target = "function.f"; }; };
pipe = { p = { source = "queue.q"; target = "function.f"; }; };
kpl = { k = { target = "stream.s"; }; };
firehose = { h = { source = "stream.s"; destination = "destination.d"; }; };
destination = { d = { }; };
event = { e = { }; };
consumer = { c = { source = "stream.s"; workers = 2; }; };
TEXT
expect 0 "$afterbay" run readers.cfg -r 1
says 'note: there is no producer, and nobody makes requests'
tells 'consumer.c'
grep -q 'consumer.c\[0\]' out && fail "the summary tells of a shard of which there is nothing to tell"
grep -q ' owner ' out && fail "the summary tells a mean of workers' numbers"
expect 0 "$afterbay" run readers.cfg -r 1 --verbose
tells 'consumer.c[0]'
expect 0 "$afterbay" run small.cfg -r 1
grep -q '^note:' err && fail "notes about an ordinary scenario"

# A disk that is full in the middle of a run: a file may not grow beyond a few blocks.
# shellcheck disable=SC2086
expect 0 "$afterbay" run small.cfg $quick -o grow.db
before=$(sqlite3 grow.db 'SELECT count(*), sum(replications) FROM run')
blocks=$(($(wc -c <grow.db) / 512 + 4))
(
    ulimit -f "$blocks"
    "$afterbay" run small.cfg -q -o grow.db >out 2>err
)
got=$?
case $got in
73 | 74) ;;
*) fail "full disk: exit code $got, not 73 or 74" ;;
esac
[ "$(sqlite3 grow.db 'SELECT count(*), sum(replications) FROM run')" = "$before" ] || fail "full disk: the database changed"
[ "$(sqlite3 grow.db 'PRAGMA integrity_check')" = ok ] || fail "full disk: the database is damaged"
ls | grep -q '\.part$\|-journal$' && fail "left over: $(ls)"
finish
