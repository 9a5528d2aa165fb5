#!/bin/sh
# runner.sh AFTERBAY_SCRIPT - what the runner says of scripts that fail, that are no scripts, that are not there.
set -u
run=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/afterbay-script.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0

# expect CODE OUTPUT FILE…
expect() {
    code=$1 output=$2
    shift 2
    got=$("$run" "$@" 2>&1)
    is=$?
    if [ "$is" != "$code" ] || [ "$got" != "$output" ]; then
        printf 'runner.sh: %s: expected exit %s and\n%s\ngot exit %s and\n%s\n' "$*" "$code" "$output" "$is" "$got"
        bad=1
    fi
}

cat >good.txt <<'TEXT'
test good
create S
send S a
recv S   -> [a] count=1
TEXT
cat >wrong.txt <<'TEXT'
test wrong
create S
send S a
recv S   -> [b]
recv S   -> [] n=1
5 send nowhere a -> ok
TEXT
printf 'test no-script\nfly S\n' >call.txt
printf 'test backwards\n5 create S\n4 create T\n' >time.txt
printf 'test use\nrecv\n' >use.txt
printf 'test quote\nsend S "a\n' >quote.txt

expect 0 '1 expectations, 0 failed' good.txt
expect 1 'wrong.txt:4: wrong: expected [b], got [a]
wrong.txt:5: wrong: expected n=1, got n=0
wrong.txt:6: wrong: expected ok, got AWS.SimpleQueueService.NonExistentQueue
4 expectations, 3 failed' good.txt wrong.txt
expect 65 'call.txt:2: no-script: unknown call: fly
0 expectations, 0 failed' call.txt
expect 65 'time.txt:3: backwards: time goes backwards
0 expectations, 0 failed' time.txt
expect 65 'use.txt:2: use: use: recv QUEUE [max=N] [wait=S] [vt=S] [attempt=ID] [attributes=A,…] [system=A,…] [as=POLL]
0 expectations, 0 failed' use.txt
expect 65 'quote.txt:2: quote: a quoted text does not end, or has an unknown escape
0 expectations, 0 failed' quote.txt
expect 66 'afterbay-script: absent.txt: No such file or directory
0 expectations, 0 failed' absent.txt
exit $bad
