#!/bin/sh
# later.txt names exactly the rows that cannot be simulated.
# usage: later.sh AFTERBAY-ORACLES FOLDER
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
"$1" -n "$2" 2>/dev/null | awk -F, '$6 == "not-expressible" { print $1 }' | sort >"$work/is"
sed -n 's/^\([^# ][^ ]*\) .*/\1/p' "$2/later.txt" | sort >"$work/said"
[ -s "$work/is" ] || { echo "the program says nothing" >&2; exit 1; }
diff "$work/said" "$work/is" || { echo "later.txt (<) is not what cannot be simulated (>)" >&2; exit 1; }
