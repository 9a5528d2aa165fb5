#!/bin/sh
# Every row must pass, or stand in later.txt with the reason why it cannot be simulated. A row without the precision that it
# needs has failed.
# usage: oracles.sh AFTERBAY-ORACLES FOLDER FILE [OPTION...]
set -u
program=$1
folder=$2
file=$3
shift 3
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
"$program" "$@" "$file" >"$table"
code=$?
cat "$table"
[ $code -eq 0 ] || { echo "exit code $code" >&2; exit 1; }
bad=0
for id in $(awk -F, '$6 == "not-expressible" { print $1 }' "$table"); do
    grep -q "^$id " "$folder/later.txt" || { echo "$id is not expressible, and later.txt does not say why" >&2; bad=1; }
done
exit $bad
