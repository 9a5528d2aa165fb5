#!/bin/sh
# Ten million messages that wait fit in 1.1 GB, everything included that the run keeps for them. The limit is one of the shell's,
# so a sanitizer's build cannot. usage: … AFTERBAY SOURCE
. "$(dirname "$0")/lib.sh"
cat >crowd.cfg <<'TEXT'
run = { duration = "100s"; replications = 1; series = false; };
producer = { p = { arrivals = "constant"; rate = "100000/s"; target = "queue.q"; done_at = "fleet.f"; }; };
queue = { q = { }; never = { }; };
fleet = { f = { source = "queue.never"; }; };
TEXT
# Kilobytes of address space, the program's own included.
expect 0 sh -c "ulimit -v 1074218; exec '$afterbay' run crowd.cfg -q -j 1"
tells 'waiting 10,000,000'
# And the limit is one: half of it does not do.
expect 71 sh -c "ulimit -v 537109; exec '$afterbay' run crowd.cfg -q -j 1"
says 'not enough memory'
finish
