#!/bin/sh
# dieharder over the words of each way that a run takes through its streams. A test of 2 x 4 x 17 p-values is "weak" now and
# then (below 0.5 % or above 99.5 %): it is made again with as many samples more until it is clear. usage: battery.sh WORDS
set -u
words=$1
command -v dieharder >/dev/null || {
    echo "battery.sh: needs dieharder (Debian: dieharder)" >&2
    exit 69
}
bad=0
for way in items attempts cell names; do
    for number in 0 1 2 4 8 9 10 11 12 13 15 16 17 100 101 102 204; do
        # -Y 1: resolve ambiguity; -k 2: exact Kolmogorov-Smirnov; -g 200: raw words from standard input.
        "$words" "$way" | dieharder -g 200 -d "$number" -Y 1 -k 2 2>/dev/null |
            grep -E 'PASSED|WEAK|FAILED' | sed "s/^/$way /"
    done
done >battery.txt
cat battery.txt
grep -q PASSED battery.txt || bad=1
grep -q FAILED battery.txt && bad=1
exit $bad
