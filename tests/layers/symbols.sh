#!/bin/sh
# One name, one function: two libraries that define the same one do not tell each other, and who links both gets whichever comes
# first. usage: symbols.sh NM BUILD
nm=$1
cd "$2" || exit 1
libraries=$(find sim models scenarios report apps -name '*.a' | LC_ALL=C sort)
[ -n "$libraries" ] || { echo "no libraries in $2"; exit 1; }
"$nm" -A -g --defined-only $libraries >tests/layers/symbols.txt || exit 1
[ "$(wc -l <tests/layers/symbols.txt)" -gt 1000 ] || { echo "few symbols"; exit 1; }
twice=$(awk '$2 ~ /^[TDBRC]$/ { print $3 }' tests/layers/symbols.txt | LC_ALL=C sort | uniq -d)
[ -z "$twice" ] && exit
for name in $twice; do
    echo "$name is defined more than once:"
    awk -v name="$name" '$3 == name { print "  " $1 }' tests/layers/symbols.txt
done
exit 1
