#!/bin/sh
# Databases that are not ours, damaged, newer, or in use: refused with a sentence, and nothing touched.
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg
quick="-q -r 2 --until 20s"
# shellcheck disable=SC2086
"$afterbay" run small.cfg $quick -o good.db >/dev/null || fail "the first run"

# refused FILE: neither written nor read, and the same bytes afterwards
refused()
{
    cp "$1" before
    # shellcheck disable=SC2086
    expect 65 "$afterbay" run small.cfg $quick -o "$1"
    says "$1"
    same "$1" before "after a refused run"
    draws 65 "$afterbay" report "$1" -o x.html
    draws 65 "$afterbay" plot "$1" latency -o x.svg
    same "$1" before "after a refused report"
    [ -e x.html ] && fail "a report was written from $1"
}
head -c 5000 good.db >truncated.db
refused truncated.db
# A page in the middle: SQLite would go on writing, and answer with what the page does not hold.
cp good.db middle.db
bytes=$(wc -c <good.db)
for page in $(seq 2 7 $((bytes / 4096 - 1))); do
    cp good.db middle.db
    head -c 4096 /dev/zero | tr '\0' '\377' | dd of=middle.db bs=4096 seek="$page" conv=notrunc 2>/dev/null
    refused middle.db
done
head -c 300 /dev/zero | tr '\0' x >text.db
refused text.db
sqlite3 foreign.db 'CREATE TABLE cats (name TEXT); INSERT INTO cats VALUES (1)'
refused foreign.db
cp good.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 999'
refused newer.db
[ "$charts" != charts ] || grep -q newer err || fail "newer.db: no word of a newer version"

# An empty file is as good as none to write to, and holds no run to read.
: >empty.db
draws 65 "$afterbay" report empty.db -o x.html
# shellcheck disable=SC2086
expect 0 "$afterbay" run small.cfg $quick -o empty.db
tells 'stored as run 1'

# Two runs into one file.
# shellcheck disable=SC2086
expect 0 "$afterbay" run small.cfg $quick -o good.db
# What is stored goes by the fingerprint that was printed.
printed=$(sed -n 's/.*, fingerprint \([0-9a-f]*\)$/\1/p' out)
[ "$(sqlite3 good.db 'SELECT group_concat(DISTINCT fingerprint) FROM run')" = "$printed" ] || fail "stored with another fingerprint than $printed"
tells 'stored as run 2'
[ "$(sqlite3 good.db 'SELECT count(*) FROM run')" = 2 ] || fail "not two runs"
draws 64 "$afterbay" report good.db --run 9 -o x.html
draws_says 'no run 9'
draws 64 "$afterbay" report good.db --run one -o x.html

# Locked by another program: a sentence after a while, not a hang, and nothing lost.
mkfifo hold
sqlite3 good.db <hold >/dev/null 2>&1 &
locker=$!
exec 3>hold
echo 'BEGIN EXCLUSIVE;' >&3
sleep 1
# shellcheck disable=SC2086
expect 74 timeout 60 "$afterbay" run small.cfg $quick -o good.db
grep -qi 'lock\|busy\|in use\|another' err || fail "no word of the lock: $(cat err)"
echo 'COMMIT;' >&3
exec 3>&-
wait "$locker"
[ "$(sqlite3 good.db 'SELECT count(*) FROM run')" = 2 ] || fail "after the lock: not two runs"
finish
