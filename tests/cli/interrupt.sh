#!/bin/sh
# SIGINT: the first ends the run cleanly with nothing half stored, the second ends it at once. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg

# A shell without job control starts what is in the background with SIGINT ignored; a program that sets its own handler
# does not mind.
# under_way PID: it has its handler (by /proc where there is one, else by the clock), and a second to work. On a machine with
# much to do the first second may pass before that, and the signal would be lost.
under_way()
{
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        [ -r "/proc/$1/status" ] || break
        case $(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status") in
        *[2367abef]) break ;;
        esac
        sleep 1
    done
    sleep 1
}

# interrupted SIGNAL CODE: a long run gets the signal once it is under way.
interrupted()
{
    rm -f long.db
    "$afterbay" run small.cfg -q -r 2 -o long.db >/dev/null || fail "the run before"
    "$afterbay" run small.cfg -r 100000 -o long.db >out 2>err &
    pid=$!
    under_way "$pid"
    kill -"$1" "$pid"
    wait "$pid"
    got=$?
    [ "$got" -eq "$2" ] || fail "exit code $got, not $2, after SIG$1"
    says 'interrupted after'
    says 'not kept: small.cfg, '
    says 'run does not go on where it stopped; with -r '
    [ -s out ] && fail "an interrupted run printed results"
    runs=$(sqlite3 long.db 'SELECT count(*) FROM run; PRAGMA integrity_check')
    [ "$runs" = "1
ok" ] || fail "the database after SIG$1 holds: $runs"
}
interrupted INT 130
interrupted TERM 143

# Of several scenarios those that were complete are kept, whole.
"$afterbay" run small.cfg -q -r 3 -o first.db >/dev/null || fail "the run before"
sed 's/replications = 4/replications = 100000/' small.cfg >long.cfg
"$afterbay" run small.cfg long.cfg -o two.db >out 2>err &
pid=$!
under_way "$pid"
kill -INT "$pid"
wait "$pid"
[ $? -eq 130 ] || fail "two scenarios, interrupted"
says 'kept: small.cfg, complete, as run 1 in two.db'
says 'not kept: long.cfg, '
done=$(sed -n 's/.*not kept: long.cfg, \([0-9]*\) of its replications were done/\1/p' err)
says "with -r $done the same command"
held=$(sqlite3 two.db 'SELECT (SELECT count(*) FROM run), (SELECT count(*) FROM replication)')
[ "$held" = "1|4" ] || fail "two scenarios, interrupted: runs|replications are $held"

"$afterbay" run long.cfg >out 2>err &
pid=$!
under_way "$pid"
kill -INT "$pid"
wait "$pid"
says 'nothing was to be kept (no -o)'

# A second signal does not wait for replications under way: these last hours. ThreadSanitizer delivers a signal when the
# program next calls the system, which such a replication never does.
[ "${AFTERBAY_TEST_THREADS:-plain}" = tsan ] && finish
sed 's/duration = "2min"/duration = "30000h"/' small.cfg >endless.cfg
"$afterbay" run endless.cfg -q --set run.series=false >out 2>err &
pid=$!
under_way "$pid"
kill -INT "$pid"
sleep 1 # two of a kind that are pending at once are one
kill -INT "$pid"
( sleep 20; kill -KILL "$pid" ) >/dev/null 2>&1 &
watch=$!
wait "$pid"
got=$?
kill "$watch" 2>/dev/null
[ "$got" -eq 130 ] || fail "after a second SIGINT: exit code $got, not 130"
finish
