#!/bin/sh
# What is not kept is not recorded: nobody may notice. Every number that a command was asked for is the same whether the results
# are kept (then all is recorded) or not. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg
quick="-q --until 2min -r 12"

# kept COMMAND…: with --json, and again with a database.
kept()
{
    expect 0 "$afterbay" "$@" --json
    cp out without.json
    rm -f kept.db
    expect 0 "$afterbay" "$@" --json -o kept.db
    [ -s without.json ] || fail "no answer: $*"
    grep -v '"run":' out >with.json
    grep -v '"run":' without.json >out
    same out with.json "kept and not: $*"
}

# Quantiles of tallies and levels, alone, in sums, beside those that need no histogram.
# shellcheck disable=SC2086
kept compare small.cfg small.cfg --set-b fleet.workers.size=4 $quick --metric database.main.wait.p99 \
    --metric queue.jobs.depth.p90 --metric 'queue.jobs.wait.p50 / queue.jobs.wait.mean' --metric database.main.busy.sd \
    --metric producer.clients.latency.p99
# shellcheck disable=SC2086
kept sweep small.cfg --vary fleet.workers.size=2..4:1 $quick --metric database.main.sojourn.p99 \
    --metric '1 - queue.jobs.depth.p50 / queue.jobs.depth.p99' --metric latency.p90
# shellcheck disable=SC2086
kept compare small.cfg small.cfg --set-b fleet.workers.size=4 -q --until 2min -r auto --precision database.main.wait.p90=20%
# shellcheck disable=SC2086
kept goal small.cfg 'min fleet.workers.size such that queue.jobs.wait.p90 < 60s and database.main.sojourn.p50 < 1s' -q \
    --until 2min --to 12
sed 's|rate = "20/s"|rate = { low = "10/s"; mid = "20/s"; high = "40/s"; }|' small.cfg >rough.cfg
# shellcheck disable=SC2086
kept sensitivity rough.cfg $quick --metric database.main.wait.p90
finish
