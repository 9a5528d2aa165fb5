# lib.sh - for the shell tests of the command line. Each is run as: sh test.sh AFTERBAY SOURCE_DIR [more], in a folder of
# its own that is removed afterwards. A test goes on after a failure and exits with 1 at its end.
set -u
LC_ALL=C
export LC_ALL
afterbay=$1
source_dir=$2
failures=0
work=$(mktemp -d "${TMPDIR:-/tmp}/afterbay-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

fail()
{
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# expect CODE COMMAND…: runs it with stdout in out, stderr in err.
expect()
{
    wanted=$1
    shift
    "$@" >out 2>err </dev/null
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        fail "exit code $got, not $wanted: $*"
        sed 's/^/    /' out err | head -20
    fi
}

# draws CODE COMMAND…: expect, of a command that needs charts; without them it says so, with 69.
charts=${AFTERBAY_TEST_CHARTS:-charts}
draws()
{
    if [ "$charts" != charts ]; then
        shift
        set -- 69 "$@"
    fi
    expect "$@"
}
draws_says()
{
    [ "$charts" != charts ] || says "$1"
}

# says TEXT: stderr of the last command holds it; tells TEXT: stdout does.
says()
{
    grep -qF -- "$1" err || {
        fail "stderr does not say '$1'"
        sed 's/^/    /' err | head -20
    }
}
tells()
{
    grep -qF -- "$1" out || {
        fail "stdout does not tell '$1'"
        sed 's/^/    /' out | head -20
    }
}

same()
{
    cmp -s "$1" "$2" || {
        fail "$1 and $2 differ: $3"
        diff "$1" "$2" | head -10
    }
}
differ()
{
    if cmp -s "$1" "$2"; then
        fail "$1 and $2 are the same: $3"
    fi
}

finish()
{
    if [ "$failures" -ne 0 ]; then
        printf '%s failure(s)\n' "$failures"
        exit 1
    fi
    exit 0
}

# A scenario that runs in a blink and has a queue, workers, crashes, a database and a fault.
small_scenario()
{
    cat <<'TEXT'
title = "Small";
run = { duration = "2min"; drain = "3min"; replications = 4; seed = 7; };
producer = {
  clients = { arrivals = "poisson"; rate = "20/s"; target = "service.web"; deadline = "2s"; done_at = "database.main";
              call = { timeout = "2s"; attempts = 2; backoff = "full_jitter(base=100ms, cap=1s)"; }; };
};
service = { web = { servers = 20; waiting = 20; time = "lognormal(p50=4ms, p99=20ms)";
                    sends = ( { target = "queue.jobs"; } ); }; };
queue = { jobs = { visibility_timeout = "10s"; wait_time = "20s";
                   dead_letter = { queue = "queue.dead"; max_receive_count = 5; }; };
          dead = { retention = "14d"; }; };
fleet = { workers = { size = 6; source = "queue.jobs"; calls = ( { target = "database.main"; timeout = "5s"; } );
                      pause = "full_jitter(base=500ms, cap=5s)"; crash = { probability = 0.01; restart = "2s"; }; }; };
database = { main = { connections = 4; write_time = "exponential(100ms)"; waiting = 50; }; };
fault = { outage = { target = "database.main"; effect = "down"; at = "1min"; for = "10s"; }; };
TEXT
}
