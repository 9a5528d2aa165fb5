#!/bin/sh
# Every prediction of a folder's scenarios holds, with the seed that they name and with another. Which seeds were tried is said in the
# folder's README.md. usage: … AFTERBAY SOURCE FOLDER AT-LEAST
. "$(dirname "$0")/lib.sh"
folder=$source_dir/$3
n=0
for scenario in "$folder"/*/*.cfg; do
    case $scenario in */common.cfg) continue ;; esac
    for seed in 1 5; do
        expect 0 "$afterbay" run -q "$scenario" --seed $seed
        grep -q '^expect ' out || fail "$scenario expects nothing"
        grep '^expect ' out | grep -v ': holds' | sed "s/^/    seed $seed: /"
    done
    n=$((n + 1))
done
[ "$n" -ge "$4" ] || fail "$n scenarios in $folder, not $4 or more"

# Each study is listed, and says what it is about.
for study in "$folder"/*/; do
    name=$(basename "$study")
    [ -f "$study/README.md" ] || fail "$name has no README.md"
    grep -q "($name/README.md)" "$folder/README.md" || fail "$name is not listed"
done
finish
