#!/bin/sh
# What the database keeps beside metrics - series, histograms, fates - is what is written down, to the
# byte, with a warm-up that ends amid requests. golden_tables.txt changes only with the reason in the commit.
# usage: … AFTERBAY SOURCE GOLDEN; sh tests/cli/golden_tables.sh AFTERBAY SOURCE --write prints the list anew.
. "$(dirname "$0")/lib.sh"
golden=$3

tables()
{
    rm -rf "$work/db" "$work/out"
    "$afterbay" run "$1" -q -r 2 --until 10min --set run.warmup=100s -o "$work/db" >"$work/said" 2>&1
    "$afterbay" export "$work/db" -q -o "$work/out" >>"$work/said" 2>&1 || fail "$1: $(cat "$work/said")"
    for table in series histograms fates; do
        printf '%s ' "$(cksum <"$work/out/$table.csv" | tr ' ' '-')"
    done
}

cd "$source_dir" || exit 1
for scenario in scenarios/order-intake/coupled.cfg scenarios/order-intake/decoupled.cfg scenarios/templates/*.cfg; do
    printf '%s%s\n' "$(tables "$scenario")" "$scenario"
done >"$work/now"
cd "$work" || exit 1
if [ "$golden" = --write ]; then
    cat now
    exit
fi
diff "$golden" now >changes || fail "tables (series, histograms, fates) are not those of $golden (< written down, > now):
$(cat changes)"
finish
