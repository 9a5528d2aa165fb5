#!/bin/sh
# What may not change a result does not change a byte of it; what must change it does.
. "$(dirname "$0")/lib.sh"

small_scenario >small.cfg
"$afterbay" run small.cfg --json -q -j 1 -o one.db >j1.json || fail "run -j 1"
"$afterbay" run small.cfg --json -q -j 2 -o two.db >j2.json || fail "run -j 2"
same j1.json j2.json "one thread and two"

# The database: the same rows in every table.
sqlite3 one.db .dump >one.sql || fail "sqlite3 one.db"
sqlite3 two.db .dump >two.sql || fail "sqlite3 two.db"
same one.sql two.sql "rows of one thread and of two"
grep -q 'INSERT INTO' one.sql || fail "the database holds no rows"

"$afterbay" run small.cfg --json -q >again.json || fail "run again"
same j1.json again.json "the same run twice"

# Another folder, and the entities in another order.
mkdir other
cat >other/small.cfg <<'TEXT'
fault = { outage = { for = "10s"; effect = "down"; at = "1min"; target = "database.main"; }; };
queue = { dead = { retention = "14d"; };
          jobs = { dead_letter = { max_receive_count = 5; queue = "queue.dead"; }; wait_time = "20s";
                   visibility_timeout = "10s"; }; };
database = { main = { waiting = 50; write_time = "exponential(100ms)"; connections = 4; }; };
fleet = { workers = { crash = { restart = "2s"; probability = 0.01; }; pause = "full_jitter(base=500ms, cap=5s)";
                      calls = ( { timeout = "5s"; target = "database.main"; } ); source = "queue.jobs"; size = 6; }; };
service = { web = { sends = ( { target = "queue.jobs"; } ); time = "lognormal(p50=4ms, p99=20ms)"; waiting = 20;
                    servers = 20; }; };
producer = {
  clients = { call = { backoff = "full_jitter(base=100ms, cap=1s)"; attempts = 2; timeout = "2s"; };
              done_at = "database.main"; deadline = "2s"; target = "service.web"; rate = "20/s"; arrivals = "poisson"; };
};
run = { seed = 7; replications = 4; drain = "3min"; duration = "2min"; };
title = "Small";
TEXT
(cd other && "$afterbay" run small.cfg --json -q) >reordered.json || fail "run in another folder"
same j1.json reordered.json "entities in another order, in another folder"

"$afterbay" run small.cfg --json -q --seed 8 >seed8.json || fail "run --seed 8"
grep -v '"overrides"\|"seed"\|run.seed' seed8.json >seed8.rest
grep -v '"overrides"\|"seed"\|run.seed' j1.json >j1.rest
differ j1.rest seed8.rest "seeds 7 and 8"

# The first replications of a longer study are the shorter study.
"$afterbay" run small.cfg -q -r 2 -o short.db >/dev/null || fail "run -r 2"
values="SELECT entity, metric, stat, replication, value FROM v_metric WHERE replication < 2 ORDER BY 1, 2, 3, 4"
sqlite3 short.db "$values" >short.txt || fail "sqlite3 short.db"
sqlite3 one.db "$values" >long.txt || fail "sqlite3 one.db"
same short.txt long.txt "two replications of two and two of four"
[ -s short.txt ] || fail "v_metric has no rows"

# An entity that has nothing to do with the others moves none of their numbers and fingerprints.
{
    sed 's/^producer = {/producer = {\n  aside = { arrivals = "poisson"; rate = "30\/s"; target = "queue.aside"; };/
         s/^queue = {/queue = { aside = { }; /
         s/^fleet = {/fleet = { aside = { size = 3; source = "queue.aside"; time = "exponential(50ms)"; };/' small.cfg
} >more.cfg
"$afterbay" run more.cfg -q -o more.db --json >more.json || fail "run more.cfg"
own="SELECT entity, metric, stat, replication, value FROM v_metric
     WHERE entity <> '' AND entity NOT LIKE '%.aside' ORDER BY 1, 2, 3, 4"
sqlite3 one.db "$own" >own.txt || fail "sqlite3 one.db"
sqlite3 more.db "$own" >own-more.txt || fail "sqlite3 more.db"
same own.txt own-more.txt "with and without an unrelated entity"
prints()
{
    sed -n '/"entity_fingerprints"/,/}/p' "$1" | grep -v aside | tr -d ,
}
prints j1.json >prints.txt
prints more.json >prints-more.txt
same prints.txt prints-more.txt "fingerprints with and without an unrelated entity"
grep -q 'database.main": "[0-9a-f]\{16\}"' prints.txt || fail "no fingerprints in the JSON"
# A stream's readers on instances that come and go: threads, and the order of the file.
cat >readers.cfg <<'TEXT'
run = { duration = "10min"; drain = "1min"; replications = 4; seed = 3; };
producer = { p = { rate = "20/s"; size = "100B"; key = "uniform_key(1000)"; target = "stream.s"; done_at = "consumer.c"; }; };
stream = { s = { shards = 3; }; };
consumer = { b = { source = "stream.s"; time = "exponential(20ms)"; shutdown = "release"; worker_threads = 1; };
             c = { source = "stream.s"; time = "exponential(20ms)"; checkpoint_every = 50; }; };
group = { x = { target = "consumer.b"; max = 4; desired = 3; launch_delay = "exponential(20s)"; drain = "5s"; spot = { after = "exponential(3min)"; }; };
          y = { target = "consumer.c"; max = 4; desired = 2; launch_delay = "exponential(20s)"; failure = "exponential(2min)"; }; };
TEXT
cat >readers2.cfg <<'TEXT'
group = { y = { failure = "exponential(2min)"; launch_delay = "exponential(20s)"; desired = 2; max = 4; target = "consumer.c"; };
          x = { spot = { after = "exponential(3min)"; }; drain = "5s"; launch_delay = "exponential(20s)"; desired = 3; max = 4; target = "consumer.b"; }; };
consumer = { c = { checkpoint_every = 50; time = "exponential(20ms)"; source = "stream.s"; };
             b = { worker_threads = 1; shutdown = "release"; time = "exponential(20ms)"; source = "stream.s"; }; };
stream = { s = { shards = 3; }; };
producer = { p = { done_at = "consumer.c"; target = "stream.s"; key = "uniform_key(1000)"; size = "100B"; rate = "20/s"; }; };
run = { seed = 3; replications = 4; drain = "1min"; duration = "10min"; };
TEXT
print_of()
{
    "$afterbay" run "$@" --json -q | sed -n 's/^ *"fingerprint": "\([0-9a-f]*\)",*$/\1/p'
}
one=$(print_of readers.cfg -j 1)
[ -n "$one" ] || fail "no fingerprint of readers.cfg"
[ "$one" = "$(print_of readers.cfg -j 2)" ] || fail "readers on instances differ with two threads"
[ "$one" = "$(print_of readers2.cfg -j 2)" ] || fail "readers on instances differ in another order"
finish
