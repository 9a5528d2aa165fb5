#!/bin/sh
# Every prediction of the scenarios of SQS holds, with the seed that they name and with another. Which seeds were tried is said in
# scenarios/sqs/README.md. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
n=0
for scenario in "$source_dir"/scenarios/sqs/*/*.cfg; do
    case $scenario in */common.cfg) continue ;; esac
    for seed in 1 5; do
        expect 0 "$afterbay" run -q "$scenario" --seed $seed
        grep -q '^expect ' out || fail "$scenario expects nothing"
        grep '^expect ' out | grep -v ': holds' | sed "s/^/    seed $seed: /"
    done
    n=$((n + 1))
done
[ "$n" -eq 35 ] || fail "$n scenarios, not 35"

# Each folder is listed, and says what it is about.
for folder in "$source_dir"/scenarios/sqs/*/; do
    name=$(basename "$folder")
    [ -f "$folder/README.md" ] || fail "$name has no README.md"
    grep -q "($name/README.md)" "$source_dir/scenarios/sqs/README.md" || fail "$name is not listed"
done
finish
