#!/bin/sh
# The rows of published_results.csv, and what is said of several of them together: the order of the algorithms by calls and by
# time, how calls grow with the clients, and that jitter saves more than half of them.
# usage: published.sh AFTERBAY-ORACLES FOLDER FILE
set -u
table=$(mktemp) || exit 1
trap 'rm -f "$table"' EXIT
bad=0
sh "$2/oracles.sh" "$@" >"$table" || bad=1
cat "$table"
# The published value and the simulated one of each row; then one line a fault.
awk -F, '
    function say(text) { print text; faults++ }
    function slope(algorithm,  i, x, y, sx, sy, sxx, sxy) {
        for (i = 1; i <= 3; i++) {
            x = log(clients[i]); y = log(simulated["write_calls", clients[i], algorithm])
            sx += x; sy += y; sxx += x * x; sxy += x * y
        }
        return (3 * sxy - sx * sy) / (3 * sxx - sx * sx)
    }
    function near(algorithm, wanted,  is) {
        is = slope(algorithm)
        printf "slope of calls against clients, %s: %.4f, published %.3f\n", algorithm, is, wanted
        if (!(is > wanted - 0.02 && is < wanted + 0.02)) say("FAILED: slope of " algorithm)
    }
    FNR == NR { value[$1] = $2; next }
    $2 == "conditional writes under contention" {
        split($3, p, /[=;]/)
        published[$4, p[2], p[4]] = $5
        simulated[$4, p[2], p[4]] = value[$1]
        rows++
    }
    END {
        n = split("none exponential equal full decorrelated", algorithm, " ")
        split("20 50 100", clients, " ")
        split("write_calls completion_time", metric, " ")
        if (rows != 30) say("FAILED: " rows " rows, not 30")
        for (m = 1; m <= 2; m++) for (c = 1; c <= 3; c++) for (i = 1; i <= n; i++) for (k = 1; k <= n; k++)
            if (published[metric[m], clients[c], algorithm[i]] + 0 < published[metric[m], clients[c], algorithm[k]] + 0 &&
                !(simulated[metric[m], clients[c], algorithm[i]] + 0 < simulated[metric[m], clients[c], algorithm[k]] + 0))
                say("FAILED: " metric[m] " of " clients[c] ": " algorithm[i] " is not below " algorithm[k])
        near("none", 1.715)
        near("full", 1.289)
        if (!(simulated["write_calls", 100, "full"] < simulated["write_calls", 100, "none"] / 2))
            say("FAILED: jitter does not save half of the calls of 100 clients")
        exit faults > 0
    }' "$table" "$3" || bad=1
exit $bad
