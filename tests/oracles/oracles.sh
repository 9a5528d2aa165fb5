#!/bin/sh
# Every row must pass, or stand in later.txt with the reason why it cannot be simulated yet.
# usage: oracles.sh AFTERBAY-ORACLES FOLDER FILE
set -u
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
"$1" "$3" >"$table"
code=$?
cat "$table"
[ $code -eq 0 ] || { echo "exit code $code" >&2; exit 1; }
bad=0
for id in $(awk -F, '$6 == "not-expressible" { print $1 }' "$table"); do
    grep -q "^$id " "$2/later.txt" || { echo "$id is not expressible, and later.txt does not say why" >&2; bad=1; }
done
exit $bad
