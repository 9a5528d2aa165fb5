#!/bin/sh
# What happened to one message, and why: stories worked out by hand, from a scenario and from a database.
. "$(dirname "$0")/lib.sh"
jsonget=$3

# Messages at 0, 1, 2 s; a long poll always stands ready.
cat >base.cfg <<'TEXT'
run = { duration = "30s"; drain = "30s"; replications = 2; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 3; target = "queue.q"; deadline = "6s"; }; };
queue = { q = { wait_time = "20s"; visibility_timeout = "3s"; }; };
fleet = { f = { source = "queue.q"; time = "5s"; size = 2; }; };
TEXT

# --- processed twice: the work takes longer than the message is hidden ---
expect 0 "$afterbay" explain base.cfg queue.q#3
cat >want <<'TEXT'
queue.q#3 is request 3 of producer.p   base.cfg, replication 0, seed 1

      time  rule    what happened
  0:02.000          producer.p makes it: 1024 bytes, to be done within 6 s
  0:02.000  SQS-31  queue.q takes it: message 3, visible at once
  0:02.000          the client of producer.p is told that all is well
  0:06.000  SQS-50  fleet.f[1] receives it (1st time); it is hidden until 0:09.000
  0:09.000  SQS-50  its visibility timeout is over: it is visible again
  0:10.000  SQS-50  fleet.f[0] receives it (2nd time); it is hidden until 0:13.000
  0:11.000          fleet.f[1] has done it, in 5 s
  0:11.000          it takes effect, at fleet.f
  0:11.000  SQS-62  fleet.f[1] deletes it, with the handle of receive 1, which is not the latest
  0:15.000          fleet.f[0] has done it, in 5 s
  0:15.000          it takes effect AGAIN, at fleet.f
  0:15.000  SQS-60  fleet.f[0] deletes it too: it is gone already

effect: it took effect twice, the first time 9 s after it was made, too late.
processed again: because fleet.f[1] needed 5 s for it, and it was hidden for 3 s only (SQS-50).
waited: for 4 s it was visible and not received: others went first, no consumer asked, or the queue was at its limit in flight.
TEXT
same out want "the story of a message processed twice"
expect 0 "$afterbay" explain base.cfg queue.q#3 --json
for path in command producer request events.0.what verdicts.1.about verdicts.1.rule; do
    "$jsonget" out "$path" >>got || fail "--json has no $path"
done
printf '%s\n' explain producer.p 3 born 'processed again' SQS-50 >want
same got want "the same for machines"

verdict() # LINE ARGUMENT…: the output of explain has this line
{
    line=$1
    shift
    expect 0 "$afterbay" explain "$@"
    grep -qxF -- "$line" out || {
        fail "no such verdict: $line"
        sed 's/^/    /' out
    }
}
f=fleet.f
cat >batch.cfg <<'TEXT'
extends = "base.cfg";
fleet = { f = { batch = 10; }; };
fault = { x = { target = "fleet.f"; effect = "down"; at = "0s"; for = "3s"; }; };
TEXT
# --- each of the other reasons ---
verdict 'received again: because fleet.f[0] died with it in hand, and what is not deleted comes back (SQS-37).' \
    base.cfg queue.q#1 --set $f.crash.probability=100% --set $f.crash.at=start --set $f.size=1 --set queue.q.visibility_timeout=40s
verdict 'processed again: because fleet.f[0] hung over it for longer than the 3 s for which it was hidden (SQS-50).' \
    base.cfg queue.q#1 --set $f.hang.probability=100% --set $f.hang.for=1s --set $f.size=4
verdict 'processed again: because it waited in the hand of fleet.f[0], behind others of the batch, until the 3 s for which it was hidden were over (SQS-50).' \
    batch.cfg queue.q#3
verdict 'received again: three times for the same reason, first because fleet.f[0] failed over it (poison), and what is not deleted comes back (SQS-37).' \
    base.cfg queue.q#1 --set $f.poison.share=100% --set queue.q.visibility_timeout=15s \
    --set run.drain=20s
verdict 'received again: because fleet.f[0] failed over it and gave it back (SQS-52).' \
    base.cfg queue.q#1 --set $f.poison.share=100% --set $f.poison.until=6s --set $f.on_failure=return \
    --set queue.q.visibility_timeout=30s
verdict 'processed again: because fleet.f[0] had done it, but its handle still waited for a delete in a batch (SQS-122).' \
    base.cfg queue.q#1 --set $f.time=1s --set $f.delete_batch.wait=4s --set $f.size=1
verdict 'processed again: because fleet.f[0] had done it and died before the delete (SQS-37).' \
    base.cfg queue.q#1 --set $f.time=1s --set $f.crash.probability=100% --set $f.crash.at=end --set $f.size=1 --set run.drain=0s \
    --set run.duration=10s
verdict 'processed again: because fleet.f[0] had done it, but the delete did not come in time (SQS-37).' \
    base.cfg queue.q#1 --set $f.time=1s --set queue.q.api_latency=2500ms --set producer.p.limit=1
verdict 'processed again: because it was sent twice: the client had no answer in time and tried again, and the queue has taken each for a message of its own (SQS-99).' \
    base.cfg producer.p#1 --set queue.q.api_latency=2s --set producer.p.call.timeout=1s --set producer.p.call.attempts=2 \
    --set $f.time=100ms
verdict 'effect: the consumer recognised it, so what came again had no second effect.' \
    base.cfg queue.q#1 --set $f.time=1s --set $f.idempotent.by=request --set $f.delete_batch.wait=4s --set $f.size=1

# --- dead letters ---
cat >dead.cfg <<'TEXT'
extends = "base.cfg";
queue = { q = { dead_letter = { queue = "queue.x"; max_receive_count = 2; }; }; x = { }; };
TEXT
verdict 'dead letter: because it was received twice without being deleted, which is all that queue.q allows; the consumer failed over it twice (poison) (SQS-110).' \
    dead.cfg queue.x#1 --set $f.poison.share=100%
verdict 'effect: it never took effect.' dead.cfg queue.x#1 --set $f.poison.share=100%
tells 'queue.x#1 is request 1 of producer.p'
verdict 'dead letter: because it was received twice without being deleted, which is all that queue.q allows; nothing was wrong with it: the work was done, but each time the message was visible again before its delete (SQS-110).' \
    dead.cfg queue.q#1 --set $f.time=7s --set $f.size=8

cat >redrive.cfg <<'TEXT'
extends = "dead.cfg";
queue = { x = { redrive = ( { at = "15s"; } ); }; };
fleet = { f = { poison = { share = "100%"; }; }; };
TEXT
verdict 'dead letter: because it was received twice without being deleted, which is all that queue.q allows; the consumer failed over it four times (poison) (SQS-110).' \
    redrive.cfg queue.q#1
verdict 'expired: because the retention period of 60 s was over, which counts from its first sending, not from the move to queue.x (SQS-107).' \
    dead.cfg queue.q#1 --set $f.poison.share=100% --set queue.x.retention=60s --set run.drain=2min
verdict 'taken for another: its deduplication id had been sent within five minutes, by another request: the queue added nothing (SQS-97).' \
    base.cfg producer.p#2 --set queue.q.type=fifo --set queue.q.deduplication=key --set producer.p.key=7

# --- a group stands still ---
cat >fifo.cfg <<'TEXT'
extends = "base.cfg";
producer = { p = { key = "uniform_key(1)"; }; };
queue = { q = { type = "fifo"; visibility_timeout = "20s"; }; };
fault = { x = { target = "fleet.f"; effect = "down"; at = "3s"; for = "1s"; }; };
TEXT
verdict 'group stands still: because of the messages before it in group 0: 1 went first, and for up to 19 s nothing of the group could be received, while producer.p#1 was in flight (SQS-82).' \
    fifo.cfg queue.q#2
verdict 'expired: because its retention period of 60 s was over before it was done (SQS-106).' \
    base.cfg queue.q#1 --set queue.q.retention=60s --set $f.size=0 --set run.drain=2min

# --- from a database: recorded, or run again ---
expect 0 "$afterbay" run base.cfg -q -o results.db --set 'run.record=producer.p: 2'
expect 0 "$afterbay" explain results.db queue.q#2
sed 1d out >recorded
expect 0 "$afterbay" explain base.cfg queue.q#2
sed 1d out >again
same recorded again "what was recorded, and the run made again"
expect 0 "$afterbay" explain results.db producer.p#3 --replication 1
says 'run 1 did not record it: running base.cfg again'
expect 0 "$afterbay" explain results.db producer.p#2 --replication 1
expect 64 "$afterbay" explain results.db producer.p#2 --replication 2
expect 64 "$afterbay" explain results.db producer.p#2 --set fleet.f.size=3
sed 's/"5s"/"4s"/' base.cfg >changed.cfg && mv changed.cfg base.cfg
expect 65 "$afterbay" explain results.db queue.q#3
says 'does not run as it did'
mv base.cfg away.cfg
expect 66 "$afterbay" explain results.db queue.q#3
expect 0 "$afterbay" explain results.db queue.q#2
mv away.cfg base.cfg

# --- what is not there ---
expect 65 "$afterbay" explain base.cfg queue.q#4
says 'fewer than 4 messages'
expect 65 "$afterbay" explain base.cfg producer.p#4
expect 64 "$afterbay" explain base.cfg queue.x#1
expect 64 "$afterbay" explain base.cfg fleet.f#1
expect 64 "$afterbay" explain base.cfg queue.q#0
expect 64 "$afterbay" explain base.cfg queue.q#x
expect 64 "$afterbay" explain queue.q#1
expect 64 "$afterbay" explain base.cfg queue.q#1 --run 1
expect 66 "$afterbay" explain nowhere.cfg queue.q#1

# --- terms ---
for term in 'visibility timeout' 'Visibility-Timeout' VT '표시 제한 시간' 표시제한시간; do
    expect 0 "$afterbay" explain "$term"
    tells 'visibility timeout (표시 제한 시간)'
done
expect 0 "$afterbay" explain dead-letter queue
tells '배달 못한 편지 대기열'
expect 64 "$afterbay" explain visibilty timeout
says "did you mean 'visibility timeout'?"
expect 0 "$afterbay" explain iterator age
tells 'iterator age (반복자 기간)'
tells 'rules:   KIN-92, 95, 96 (docs/semantics/kinesis.md)'
tells 'see:     consumer.ID.iterator_age, mapping.ID.iterator_age, stream.ID.iterator_age, chart lag'
expect 0 "$afterbay" explain batch window
tells '(docs/semantics/kinesis.md, lambda.md)'
for term in shard 'partition key' resharding 'enhanced fan-out' EFO lease checkpoint aggregation 'event source mapping' bisect 'cold start' \
    'reserved concurrency' 'provisioned concurrency' cooldown warm-up 'target tracking' 'backlog per instance' 'desired capacity' draining \
    'lifecycle hook' 'buffer hint' 'near real time' topic subscription 'filter policy' fan-out archive replay; do
    expect 0 "$afterbay" explain "$term"
done
expect 64 "$afterbay" explain shrad
says "did you mean 'shard'?"
expect 0 "$afterbay" explain --terms
sed 's/   *.*//' out >terms
[ "$(sort terms | uniq -d | wc -l)" -eq 0 ] || fail "terms twice: $(sort terms | uniq -d)"
[ "$(wc -l <terms)" -ge 70 ] || fail "there are few terms"
while read -r term; do
    expect 0 "$afterbay" explain "$term"
    grep -q "^$term (" out || fail "$term is told as another one: $(head -1 out)"
    # Rules, settings and metrics that a term names are there, the rules on the pages that it names.
    pages=$(sed -n 's/^rules:.*(docs.semantics.\(.*\))$/\1/p' out | tr -d ,)
    for rule in $(sed -n 's/^rules: *//; s/ (docs.*//p' out | tr ',…' '  '); do
        case $rule in *-*) service=${rule%-*} ;; esac
        (cd "$source_dir/docs/semantics" && grep -q "^- \*\*$service-${rule##*-}\*\*" $pages) || fail "$term: no rule $rule in $pages"
    done
    for setting in $(sed -n 's/^setting: *//p; s/^see: *//p' out | sed 's/chart [a-z]*//g; s/ = [^ ,]*//g' | tr ',' ' '); do
        kind=${setting%%.*}
        key=$(printf '%s\n' "$setting" | cut -d. -f3)
        "$afterbay" describe "$kind" | grep -q "^  $key\( \|\$\)" || fail "$term: $kind has no setting and no metric $key"
    done
    for chart in $(sed -n 's/^see: *//p' out | grep -o 'chart [a-z]*' | sed 's/chart //'); do
        [ -e "$source_dir/report/chart_$chart.c" ] || grep -q "\"$chart\"" "$source_dir/report/charts.c" || fail "$term: no chart $chart"
    done
done <terms
# A dead letter of a topic: it was tried, and given up.
expect 0 "$afterbay" explain "$source_dir/scenarios/fan-out/slow-http/dead-letters.cfg" producer.shop#6100
grep -q '11:09.900  SNS-54  topic.notices gives it up: it goes to queue.letters' out || fail "a topic's dead letter is not told"
grep -q 'dead letter: because topic.notices could not deliver it, in 4 attempts; the last answer was: down (SNS-54)' out ||
    fail "no reason for a topic's dead letter"

# Attempts for another subscription are none of its own: 1 + 3 by HTTPS (SNS-43), 1 + 100,015 to a function (SNS-51), told in a moment.
cat >two.cfg <<'EOF'
run = { duration = "10s"; drain = "24d"; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "topic.t"; done_at = "endpoint.web"; }; };
topic = { t = { subscriptions = ( { target = "endpoint.web"; dead_letter = "queue.web"; }, { target = "endpoint.code"; dead_letter = "queue.code"; } ); }; };
queue = { web = { }; code = { }; };
endpoint = { web = { errors = 1.0; }; code = { protocol = "lambda"; errors = 1.0; }; };
EOF
expect 0 timeout 60 "$afterbay" explain two.cfg producer.p#1
tells 'dead letter: because topic.t could not deliver it, in 100016 attempts; the last answer was: failed (SNS-54)'

# A stream: 1,000 records at once fill a shard's second; the next one is tried again after a second. The MD5 of "key-3" begins
# with 5c: shard 0.
cat >log.cfg <<'EOF'
run = { duration = "10s"; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1001; batch_size = 1001; key = "constant(3)"; target = "stream.log";
                   call = { attempts = 2; backoff = "constant(1s)"; }; }; };
stream = { log = { shards = 2; put_latency = "10ms"; }; };
EOF
expect 0 "$afterbay" explain log.cfg stream.log#1001
cat >want <<'EOF'
stream.log#1001 is request 1001 of producer.p   log.cfg, replication 0, seed 1

      time  rule    what happened
  0:00.000          producer.p makes it: 1024 bytes
  0:00.010  KIN-10  stream.log does not take it: ProvisionedThroughputExceededException
  0:00.010          stream.log answers producer.p: throttled (attempt 1)
  0:01.010          producer.p tries stream.log again: attempt 2
  0:01.020  KIN-2   stream.log takes it: record 1001, in shard 0
  0:01.020          it takes effect, at stream.log
  0:01.020          the client of producer.p is told that all is well

effect: it took effect once, 1 s after it was made.
EOF
same out want "the story of a record"

# A mapping tries a record that its function fails over twice, a second apart, and gives it up.
cat >poison.cfg <<'EOF'
run = { duration = "2s"; drain = "10s"; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; start = "500ms"; target = "stream.log"; }; };
stream = { log = { put_latency = "0s"; api_latency = "0s"; }; };
service = { work = { servers = 1; time = "1ms"; }; };
mapping = { m = { source = "stream.log"; target = "service.work"; retry_attempts = 1; on_failure = "queue.dead"; poison = { share = 1.0; }; }; };
queue = { dead = { }; };
EOF
expect 0 "$afterbay" explain poison.cfg stream.log#1
cat >want <<'EOF'
stream.log#1 is request 1 of producer.p   poison.cfg, replication 0, seed 1

      time  rule    what happened
  0:00.500          producer.p makes it: 1024 bytes
  0:00.500  KIN-2   stream.log takes it: record 1, in shard 0
  0:00.500          the client of producer.p is told that all is well
  0:01.000          mapping.m begins to work on it
  0:01.000          mapping.m fails over it: poison
  0:02.000          mapping.m begins to work on it
  0:02.000          mapping.m fails over it: poison
  0:02.000          mapping.m fails over it: RetryAttemptsExhausted
  0:02.000  KIN-89  mapping.m gives it up: it goes to queue.dead
  0:02.000  SQS-31  queue.dead takes it: message 1, visible at once

effect: it never took effect.
dead letter: because mapping.m gave it up: RetryAttemptsExhausted (KIN-89).
EOF
same out want "the story of a record that a mapping gives up"

# What streams do is judged by their own rules, not by those of queues.
cat >kept.cfg <<'EOF'
run = { duration = "30h"; replications = 1; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "stream.log"; done_at = "consumer.gone"; };
             q = { arrivals = "constant"; rate = "1/s"; limit = 1; start = "1h"; target = "stream.log"; done_at = "consumer.gone"; };
             r = { arrivals = "constant"; rate = "1/s"; limit = 1001; batch_size = 1001; start = "2h"; size = "100B"; key = "constant(1)";
                   target = "stream.log"; done_at = "consumer.gone"; }; };
stream = { log = { }; };
consumer = { gone = { source = "stream.log"; workers = 0; };
             back = { source = "stream.log"; poison = { share = 1.0; until = "3h"; }; replay = { at = "5h"; from = "0s"; }; }; };
fault = { f = { target = "stream.log"; effect = "down"; at = "1h"; for = "1min"; }; };
EOF
expect 0 "$afterbay" explain kept.cfg producer.p#1
tells 'expired: because its retention period of 24 h was over before it was done (KIN-47).'
tells 'or the application went back in time (KIN-73).'
expect 0 "$afterbay" explain kept.cfg producer.q#1
tells 'not accepted: because stream.log refused it once: ServiceUnavailable.'
grep -q 'KIN-17\|SQS' out && fail "a fault of a stream is told by a rule that is another's"
expect 0 "$afterbay" explain kept.cfg producer.r#1001
tells 'not accepted: because stream.log refused it once: ProvisionedThroughputExceededException (KIN-15).'

# Whoever works in batches fails over a message, too: a mapping that reads a queue, whose second attempt is another's work to the
# function, and a pipe.
cat >batches.cfg <<'EOF'
run = { duration = "10s"; drain = "5min"; replications = 1; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "queue.q"; };
             r = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "queue.r"; done_at = "service.s"; };
             n = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "queue.n"; done_at = "service.s"; };
             o = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "queue.o"; done_at = "mapping.o"; }; };
queue = { q = { }; r = { }; n = { }; o = { }; };
function = { f = { duration = "100ms"; poison = { share = 1.0; until = "40s"; }; }; };
mapping = { m = { source = "queue.q"; target = "function.f"; };
            o = { source = "queue.o"; target = "function.f"; filters = [ "{'body':{'none':[1]}}" ]; }; };
pipe = { r = { source = "queue.r"; target = "service.s"; concurrency = 1; };
         n = { source = "queue.n"; target = "service.s"; concurrency = 1; filters = [ "{'body':{'none':[1]}}" ]; }; };
service = { s = { time = "10ms"; }; };
fault = { f = { target = "service.s"; effect = "down"; at = "0s"; for = "20s"; }; };
EOF
verdict 'received again: twice for the same reason, first because mapping.m[0] failed over it (failed), and what is not deleted comes back (SQS-37).' \
    batches.cfg producer.p#1
verdict 'received again: because pipe.r[0] failed over it (down), and what is not deleted comes back (SQS-37).' batches.cfg producer.r#1
tells 'SQS-59  pipe.r[0] deletes it'
expect 0 "$afterbay" explain batches.cfg producer.n#1
tells 'EB-50   pipe.n[0] deletes it: no filter matches it'
grep -q 'still in flight' out && fail "what a pipe's filters let fall is still in flight"
expect 0 "$afterbay" explain batches.cfg producer.o#1
tells 'LAM-55  mapping.o deletes it: no filter matches it'

# Two subscribers have a copy each: what the worker of one does with its own is no reason for the other to come again.
cat >both.cfg <<'EOF'
run = { duration = "10s"; drain = "1min"; replications = 1; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "topic.t"; done_at = "fleet.a"; }; };
topic = { t = { subscriptions = ( { target = "queue.a"; }, { target = "queue.b"; } ); }; };
queue = { a = { }; b = { visibility_timeout = "5s"; }; };
fleet = { a = { source = "queue.a"; time = "1s"; poison = { share = 1.0; until = "20s"; }; };
          b = { source = "queue.b"; time = "2s"; }; };
EOF
verdict 'received again: because fleet.a[0] failed over it (poison), and what is not deleted comes back (SQS-37).' both.cfg producer.p#1
# … nor is what it does twice recognised because it takes effect elsewhere, once.
expect 0 "$afterbay" explain both.cfg producer.p#1 --set fleet.a.poison.until=0s --set queue.b.visibility_timeout=1s --set fleet.b.size=2
tells 'processed again: because fleet.b[0] needed 2 s for it, and it was hidden for 1 s only (SQS-50).'
grep -q 'recognised it' out && fail "a consumer without a memory has recognised something"

# What made it late is the wait of the copy that had the effect; the other subscriber's is its own.
cat >waits.cfg <<'EOF'
run = { duration = "10s"; drain = "2min"; replications = 1; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "topic.t"; done_at = "fleet.b"; deadline = "5s"; }; };
topic = { t = { subscriptions = ( { target = "queue.a"; }, { target = "queue.b"; } ); }; };
queue = { a = { }; b = { }; };
fleet = { a = { source = "queue.a"; time = "1s"; }; b = { source = "queue.b"; time = "2s"; }; };
fault = { x = { target = "fleet.b"; effect = "down"; at = "0s"; for = "8s"; };
          y = { target = "fleet.a"; effect = "down"; at = "0s"; for = "3s"; }; };
EOF
verdict 'waited: for 8 s it was visible in queue.b and not received: others went first, no consumer asked, or the queue was at its limit in flight.' \
    waits.cfg producer.p#1
[ "$(grep -c ^waited: out)" = 1 ] || fail "the wait of a copy that had no effect is told"
# One queue after the other: each wait is on the way.
sed '/^topic/d; s|target = "topic.t"|target = "queue.a"|
     s|a = { source = "queue.a"; time = "1s"; }|a = { source = "queue.a"; time = "1s"; sends = ( { target = "queue.b"; } ); }|' waits.cfg >chain.cfg
verdict 'waited: for 3 s it was visible in queue.a and not received: others went first, no consumer asked, or the queue was at its limit in flight.' \
    chain.cfg producer.p#1
tells 'waited: for 4 s it was visible in queue.b and not received'
# Readers of a stream: polls at 0, 9, 18 s …, the record is put 10 ms after 3 s.
cat >readers.cfg <<'EOF'
run = { duration = "10s"; drain = "2min"; replications = 1; };
producer = { p = { arrivals = "constant"; start = "3s"; rate = "1/s"; limit = 1; target = "stream.s"; done_at = "consumer.b"; deadline = "5s"; }; };
stream = { s = { shards = 1; }; };
consumer = { a = { source = "stream.s"; }; b = { source = "stream.s"; transport = "polling"; poll_interval = "9s"; }; };
EOF
verdict 'waited: for 6 s it lay in stream.s and was not read by consumer.b: nobody had its shard, or who had it was behind or seldom polls.' \
    readers.cfg producer.p#1

# A dead letter of one: what its function says of a failure is the same failure, and the other's work is not its own.
cat >letters.cfg <<'EOF'
run = { duration = "10s"; drain = "5min"; replications = 1; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "queue.q"; };
             t = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "topic.t"; done_at = "fleet.b"; }; };
topic = { t = { subscriptions = ( { target = "queue.a"; }, { target = "queue.b"; } ); }; };
queue = { q = { dead_letter = { queue = "queue.dead"; max_receive_count = 2; }; };
          a = { dead_letter = { queue = "queue.dead"; max_receive_count = 2; }; }; b = { }; dead = { }; };
mapping = { m = { source = "queue.q"; target = "function.f"; }; };
function = { f = { duration = "100ms"; poison = { share = 1.0; }; }; };
fleet = { a = { source = "queue.a"; time = "1s"; crash = { probability = 1.0; }; }; b = { source = "queue.b"; time = "1s"; }; };
EOF
verdict 'dead letter: because it was received twice without being deleted, which is all that queue.q allows; the consumer failed over it twice (failed) (SQS-110).' \
    letters.cfg producer.p#1
verdict 'dead letter: because it was received twice without being deleted, which is all that queue.a allows (SQS-110).' letters.cfg producer.t#1

# Two rules with one target make two messages of an event, and no client has anything to do with it.
cat >rules.cfg <<'EOF'
run = { duration = "10s"; drain = "1min"; replications = 1; };
event = { e = { source = "x"; detail_type = "y"; detail = "{'a':1}"; }; };
producer = { p = { arrivals = "constant"; rate = "1/s"; limit = 1; target = "bus.b"; done_at = "fleet.a"; events = ( { event = "event.e"; } ); }; };
bus = { b = { rules = ( { name = "r1"; pattern = "{'source':['x']}"; targets = ( { target = "queue.a"; } ); },
                        { name = "r2"; pattern = "{'detail':{'a':[1]}}"; targets = ( { target = "queue.a"; } ); } ); }; };
queue = { a = { }; };
fleet = { a = { source = "queue.a"; time = "1s"; }; };
EOF
expect 0 "$afterbay" explain rules.cfg producer.p#1
tells 'processed again: because queue.a was sent it twice, and nobody tried again: more than one step, rule or subscription leads there'
grep -q 'the client was told that it had failed' out && fail "a client is blamed for what two rules do"

if [ "$charts" = charts ]; then
    expect 0 "$afterbay" run both.cfg -q --set 'run.record=producer.p: 1' -o both.db
    expect 0 "$afterbay" plot both.db swimlane -o both.svg
    says '1 of 2 recorded messages were received more than once, 0 took effect'
fi

finish
