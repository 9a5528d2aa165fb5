#!/bin/sh
# Every prediction of the scenarios of fan-out holds, with the seed that they name and with another. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
n=0
for scenario in "$source_dir"/scenarios/fan-out/*/*.cfg; do
    case $scenario in */common.cfg) continue ;; esac
    for seed in 1 5; do
        expect 0 "$afterbay" run -q "$scenario" --seed $seed
        grep -q '^expect ' out || fail "$scenario expects nothing"
        grep '^expect ' out | grep -v ': holds' | sed "s/^/    seed $seed: /"
    done
    n=$((n + 1))
done
[ "$n" -ge 30 ] || fail "$n scenarios, not 30 or more"

# Each folder is listed, and says what it is about.
for folder in "$source_dir"/scenarios/fan-out/*/; do
    name=$(basename "$folder")
    [ -f "$folder/README.md" ] || fail "$name has no README.md"
    grep -q "($name/README.md)" "$source_dir/scenarios/fan-out/README.md" || fail "$name is not listed"
done
finish
