#!/bin/sh
# The same bytes from another compiler without optimisation: results as JSON and the rows of the database.
# usage: … AFTERBAY SOURCE BUILD_FOLDER CMAKE
. "$(dirname "$0")/lib.sh"
build=$3 cmake=$4
expect 0 "$cmake" -S "$source_dir" -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_C_FLAGS_DEBUG=-O0 -DAFTERBAY_CHARTS=OFF -DAFTERBAY_TESTS=OFF
expect 0 "$cmake" --build "$build" --target afterbay
other=$build/bin/afterbay
[ -x "$other" ] || fail "no program of the other compiler"

# rows DB: what is stored, but for what differs by intention
rows()
{
    sqlite3 "$1" .dump
}
scenarios="order-intake/coupled order-intake/decoupled sqs/fifo-groups/groups-20 sqs/fair-queue/fair
    sqs/visibility-timeout/idempotent sqs/redrive/redrive templates/retries templates/poison"
for scenario in $scenarios; do
    for program in "$afterbay" "$other"; do
        rm -f rows.db
        (cd "$source_dir" && "$program" run "scenarios/$scenario.cfg" -q -r 3 --until 20min --set expect=[] --json -o "$work/rows.db") \
            >"$(basename "$(dirname "$(dirname "$program")")").json" 2>err || fail "$program: $scenario: $(cat err)"
        rows rows.db >"$(basename "$(dirname "$(dirname "$program")")").rows"
    done
    here=$(basename "$(dirname "$(dirname "$afterbay")")") there=$(basename "$build")
    [ -s "$here.json" ] && [ -s "$here.rows" ] || fail "$scenario: nothing to compare"
    same "$here.json" "$there.json" "$scenario: JSON by the other compiler"
    same "$here.rows" "$there.rows" "$scenario: rows by the other compiler"
done
finish
