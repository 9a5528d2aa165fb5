#!/bin/sh
# profiled.sh - a release build for which the compiler knows where the program goes: built once to record that, run on what the
# bench and the shipped scenarios do, and built again. Results are the same bytes; runs take about a tenth less time.
# usage: sh apps/bench/profiled.sh [BUILD]   (default: build/profiled; then cmake --install BUILD)
set -eu
source_dir=$(cd "$(dirname "$0")/../.." && pwd)
build=${1:-$source_dir/build/profiled}

configure()
{
    cmake -S "$source_dir" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-O3 \
        -DAFTERBAY_LTO=ON -DAFTERBAY_TESTS=OFF -DAFTERBAY_PROFILE="$1" >/dev/null
}

# What goes wrong in a scenario (an expectation, mostly) is no matter here.
train()
{
    find "$source_dir/scenarios" -name '*.cfg' ! -name common.cfg | LC_ALL=C sort | while read -r scenario; do
        "$build/bin/afterbay" run "$scenario" -q -r 1 -j 1 --until 10min --set run.warmup=0s >/dev/null 2>&1 || true
    done
    for scenario in coupled decoupled; do # up to the end of its campaign
        "$build/bin/afterbay" run "$source_dir/scenarios/order-intake/$scenario.cfg" -q -r 1 -j 1 --until 1h15min >/dev/null || true
    done
    "$build/bin/afterbay" bench mm1 mm1-queue pipeline pipeline-1000 fifo-pipeline --pairs 1 --percent 2 >/dev/null
}

rm -rf "$build/profile"
configure make
cmake --build "$build" --target afterbay
train
configure use
cmake --build "$build"
