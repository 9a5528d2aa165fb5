#!/bin/sh
# A tornado against M/D/1, whose mean time in the system is D (1 + rho / (2 (1 - rho))); Morris' screening; slips.
# usage: … AFTERBAY SOURCE JSONGET
. "$(dirname "$0")/lib.sh"
get=$3
cat >md1.cfg <<'TEXT'
run = { duration = "20min"; warmup = "1min"; replications = 12; };
producer = { load = { rate = { low = "4/s"; mid = "6/s"; high = "8/s"; }; target = "service.server"; }; };
service = { server = { servers = { low = 1; mid = 1; high = 2; }; time = { low = "80ms"; mid = "100ms"; high = "110ms"; }; }; };
TEXT

is()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    [ "$found" = "$3" ] || fail "$1: $2 is $found, not $3"
}
# within FILE PATH MS TOLERANCE-MS
within()
{
    found=$("$get" "$1" "$2") || fail "$1: no $2"
    awk -v x="$found" -v want="$3" -v room="$4" 'BEGIN { d = x / 1e6 - want; exit !(d < room && d > -room) }' ||
        fail "$1: $2 is $found ns, theory says $3 ms"
}

expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean --json -q -j 1
cp out tornado.json
within out base.mean 175 5
is out settings.0.setting producer.load.rate
is out settings.1.setting service.server.time
is out settings.2.setting service.server.servers
within out settings.0.at_low.mean -41.7 5
within out settings.0.at_high.mean 125 20
within out settings.1.at_low.mean -58.1 5
within out settings.1.at_high.mean 41.8 5
is out settings.2.at_low.mean 0
expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean --json -q
same out tornado.json "a tornado on one thread and on all"
expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean -q -r 10 -o s.db
tells 'stored as run 1'
tells 'means over them, of percentiles too'
tells 'paired, with 95 % intervals'
expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean -q -r 3
tells 'paired, without intervals (they need 10 replications)'
[ "$(sqlite3 s.db "SELECT command, (SELECT count(*) FROM point), (SELECT count(*) FROM setting) FROM run")" = "sensitivity|7|6" ] ||
    fail "the points of a tornado"
# An override that is no interval takes a setting out.
expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean --json -q -r 2 --set service.server.servers=1
grep -q servers out && ! grep -q '"service.server.servers=1"' out && grep -q '"setting": "service.server.servers"' out &&
    fail "an overridden interval is varied"

expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean --morris 6 -r 3 --json -q -j 1
cp out morris.json
for i in 0 1 2; do
    mean=$("$get" out settings.$i.mean) size=$("$get" out settings.$i.mean_size) name=$("$get" out settings.$i.setting)
    awk -v m="$mean" -v s="$size" 'BEGIN { exit !(s >= m * 0.999999 && s >= -m * 0.999999 && s > 0) }' || fail "$name: $mean, size $size"
    case $name in
    *.servers) awk -v m="$mean" 'BEGIN { exit !(m < 0) }' || fail "more servers: $mean" ;;
    *) awk -v m="$mean" 'BEGIN { exit !(m > 0) }' || fail "$name: $mean" ;;
    esac
done
expect 0 "$afterbay" sensitivity md1.cfg --metric latency.mean --morris 6 -r 3 --json -q
same out morris.json "Morris on one thread and on all"

expect 65 "$afterbay" sensitivity md1.cfg --metric latncy.mean
says "did you mean"
sed 's/{ low = "4\/s"; mid = "6\/s"; high = "8\/s"; }/"6\/s"/; s/{ low = 1; mid = 1; high = 2; }/1/; s/{ low = "80ms"; mid = "100ms"; high = "110ms"; }/"100ms"/' md1.cfg >sure.cfg
expect 65 "$afterbay" sensitivity sure.cfg
says 'is an interval'
finish
