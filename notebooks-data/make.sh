#!/bin/sh
# make.sh AFTERBAY [FOLDER] - makes the tables of this folder anew (or in another one) from the studies. Run it at the root of the source.
set -eu
afterbay=$1
to=${2:-notebooks-data}
work=$(mktemp -d "${TMPDIR:-/tmp}/afterbay-data.XXXXXX")
trap 'rm -rf "$work"' EXIT
studies=scenarios/studies

# study NAME SCENARIO METRIC… : sweeps the scenario, and writes NAME/values.csv and NAME/manifest.json
study()
{
    name=$1
    scenario=$2
    shift 2
    points=
    [ ! -e "$studies/${scenario%/*}/points.csv" ] || points="--points $studies/${scenario%/*}/points.csv"
    # shellcheck disable=SC2086
    "$afterbay" sweep "$studies/$scenario.cfg" $points -q -o "$work/$name.db" >/dev/null
    for metric; do
        shift
        set -- "$@" --metric "$metric"
    done
    "$afterbay" export "$work/$name.db" -q --to csv -o "$to/$name" "$@"
}

mkdir -p "$to"
study visibility-timeout visibility-timeout/study 'fleet.writers.duplicates / fleet.writers.processed' latency.p50 latency.p99.5 queue.orders.receives.mean
study fifo-groups fifo-groups/study fleet.writers.processed.rate queue.orders.calls_receive.rate
study how-many-workers how-many-workers/study queue.jobs.wait.mean latency.mean latency.p99 fleet.workers.utilisation.mean
study polling-cost polling-cost/study queue.orders.calls_receive.rate queue.orders.empty_receives latency.mean
study outage-length-coupled outage-length/coupled offered 'in_time / offered' 'lost / offered' latency.p99
study outage-length-decoupled outage-length/decoupled offered 'in_time / offered' 'late / offered' 'lost / offered' latency.p99 queue.orders.depth.max
study overload-direct overload/direct offered.rate in_time.rate 'lost / offered' latency.p99
study overload-queued overload/queued offered.rate in_time.rate 'lost / offered' latency.p99 queue.orders.depth.max
