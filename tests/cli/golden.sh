#!/bin/sh
# Every shipped scenario has the fingerprint that is written down: whatever the compiler, its options and the machine, and
# from one version to the next. golden.txt changes only with the reason in the commit. usage: … AFTERBAY SOURCE GOLDEN
# sh tests/cli/golden.sh AFTERBAY SOURCE --write prints the list anew.
. "$(dirname "$0")/lib.sh"
golden=$3

# Twenty minutes of a replication, or one where messages are many: events, their times and order, of every entity.
fingerprint()
{
    until=20min
    case $1 in
    */fifo-topic/*-group*.cfg | */fifo-topic/group-*.cfg | */hot-key/*) until=1min ;; # 12,000 messages a second
    */shard-sizing/*) until=10s ;;
    scenarios/streams/*) until=5min ;;
    esac
    "$afterbay" run "$1" -q -r 1 --until $until --set run.warmup=0s --json 2>/dev/null |
        sed -n 's/^ *"fingerprint": "\([0-9a-f]*\)",*$/\1/p'
}

cd "$source_dir" || exit 1
for scenario in $(find scenarios tests/loader/everything.cfg -name '*.cfg' | LC_ALL=C sort); do
    case $scenario in
    */common.cfg) ;; # a part of others
    *) printf '%s %s\n' "$(fingerprint "$scenario" 2>/dev/null)" "$scenario" ;;
    esac
done >"$work/now"
cd "$work" || exit 1
if [ "$golden" = --write ]; then
    cat now
    exit
fi
diff "$golden" now >changes || fail "fingerprints are not those of $golden (< written down, > now):
$(cat changes)"
[ "$(wc -l <now)" -ge 20 ] || fail "few scenarios: $(wc -l <now)"
finish
