#!/bin/sh
# Holds the golden samples against builds that differ in compiler, optimisation and instruction set.
# usage: tests/engine/portable_bits.sh [FOLDER FOR THE BUILDS]
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-${TMPDIR:-/tmp}/afterbay-portable-bits}
mkdir -p "$out"
failed=0
for build in "gcc -O0" "gcc -O2" "gcc -O3" "gcc -O3 -march=native" "gcc -Os -mfpmath=sse" \
    "clang -O0" "clang -O3" "clang -O3 -march=native"; do
    command -v "${build%% *}" >/dev/null || { echo "$build: no such compiler, left out"; continue; }
    # shellcheck disable=SC2086
    $build -std=gnu17 -ffp-contract=off -fno-math-errno -DNDEBUG -I"$top/sim/engine" -I"$top/sim/base" \
        "$top/tests/engine/test_dist_golden.c" "$top"/sim/engine/dist*.c "$top"/sim/engine/rng*.c \
        "$top"/sim/engine/dmath.c "$top"/sim/engine/ziggurat_tables.c "$top"/sim/base/*.c \
        -o "$out/golden" -lcmocka -lgsl -lgslcblas -lm
    if "$out/golden" >"$out/log" 2>&1; then
        echo "$build: the same"
    else
        echo "$build: DIFFERENT"
        cat "$out/log"
        failed=1
    fi
done
exit $failed
