#!/bin/sh
# The judge can say no: a wrong value, too little precision, a row that nobody can simulate and later.txt does not name.
# usage: self.sh AFTERBAY-ORACLES FOLDER
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0

# judge NAME ROW [OPTION...]: the exit code and the verdict's line
judge()
{
    name=$1
    row=$2
    shift 2
    printf 'id,model,params,metric,value,unit,kind,source\n%s\n' "$row" >"$work/$name.csv"
    "$@" "$work/$name.csv" >"$work/$name.out" 2>&1
    code=$?
}

expect()
{
    [ "$code" -eq "$1" ] && grep -q "$2" "$work/$name.out" && return
    echo "$name: exit code $code, not $1, or no '$2' in" >&2
    cat "$work/$name.out" >&2
    bad=1
}

judge right 'x-1,M/M/1,lambda=0.5;mu=1,Wq_mean_wait,1,s,exact,-' "$1"
expect 0 '^x-1,.*,pass,'
judge wrong 'x-1,M/M/1,lambda=0.5;mu=1,Wq_mean_wait,1.03,s,exact,-' "$1"
expect 1 '^x-1,.*,fail,"more than 4.5'
judge vague 'x-1,M/M/1,lambda=0.9;mu=1,Wq_mean_wait,9,s,exact,-' "$1" --budget 1
expect 1 '^x-1,.*,fail,"lacks precision'
judge uneven 'x-1,fixed window from first accept,resend_rate=0.01;window_s=60,accepted_rate,0.00625,1/s,exact,-' "$1"
expect 0 '^x-1,.*,not-expressible,"SQS remembers for 300 s'
judge unnamed 'x-1,M/M/1,lambda=0.5,Wq_mean_wait,1,s,exact,-' sh "$2/oracles.sh" "$1" "$2"
expect 1 'x-1 is not expressible, and later.txt does not say why'
judge unknown 'x-1,a model from Mars,a=1,b,1,s,exact,-' "$1"
expect 0 '^x-1,.*,not-expressible,"its model has no scenario yet"'
exit $bad
