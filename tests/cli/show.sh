#!/bin/sh
# The wiring of a scenario with every way of being tied: as a tree and as a graph, both written by hand.
. "$(dirname "$0")/lib.sh"

cat >all.cfg <<'TEXT'
title = "Every \"tie\"";
run = { duration = "10s"; };
event = { click = { attributes = "{'a': 1}"; }; };
producer = {
  app = { rate = "10/s"; target = "stream.clicks"; events = ( { event = "event.click"; } ); done_at = "consumer.stats"; };
  shop = { rate = "10/s"; target = "queue.jobs"; };
};
stream = { clicks = { shards = 2; }; };
consumer = { stats = { source = "stream.clicks"; calls = ( { target = "database.main"; } ); }; };
firehose = { lake = { source = "stream.clicks"; destination = "destination.s3"; }; };
destination = { s3 = { }; };
mapping = { bill = { source = "stream.clicks"; target = "function.bill"; on_failure = "queue.failed"; }; };
function = { bill = { }; };
queue = { jobs = { dead_letter = { queue = "queue.dead"; max_receive_count = 3; }; }; dead = { }; failed = { }; };
fleet = { crew = { source = "queue.jobs"; }; };
database = { main = { write_time = "1ms"; }; };
group = { crew = { target = "fleet.crew"; min = 1; max = 3; }; };
alarm = { many = { metric = "queue.jobs.depth / max(group.crew.in_service, stream.clicks.records)"; when = "> 5"; actions = [ "scaling.out" ]; }; };
scaling = { out = { target = "group.crew"; policy = "simple"; by = 1; }; hold = { target = "group.crew"; policy = "backlog"; queue = "queue.jobs"; latency = "1s"; time = "1s"; }; };
fault = { away = { target = "database.main"; effect = "down"; at = "1s"; for = "1s"; }; };
TEXT
expect 0 "$afterbay" show all.cfg --topology
cat >want <<'TEXT'
producer.app
|-- target -> stream.clicks
|   |-- read by -> consumer.stats
|   |   `-- calls -> database.main
|   |-- read by -> firehose.lake
|   |   `-- destination -> destination.s3
|   `-- read by -> mapping.bill
|       |-- target -> function.bill
|       `-- on_failure x> queue.failed
|-- events: event.click
`-- done_at: consumer.stats
producer.shop
`-- target -> queue.jobs
    |-- read by -> fleet.crew
    `-- dead_letter x> queue.dead
alarm.many
|-- metric <~ queue.jobs
|-- metric <~ group.crew
|-- metric <~ stream.clicks
`-- actions ~> scaling.out
    `-- target ~> group.crew
        `-- target ~> fleet.crew (above)
fault.away
`-- target ~> database.main (above)
scaling.hold
|-- target ~> group.crew (above)
`-- queue <~ queue.jobs
TEXT
same out want "the tree of a scenario with every tie"

expect 0 "$afterbay" show all.cfg --dot
grep -q '^digraph "Every \\"tie\\"" {$' out || fail "a title with quotes"
grep -e ' -> ' out | sort >got
cat >want <<'TEXT'
  "alarm.many" -> "scaling.out" [label="actions", style=dotted, arrowhead=diamond, constraint=false];
  "consumer.stats" -> "database.main" [label="calls"];
  "fault.away" -> "database.main" [label="target", style=dotted, arrowhead=diamond, constraint=false];
  "firehose.lake" -> "destination.s3" [label="destination"];
  "group.crew" -> "alarm.many" [label="watched by", style=dotted, arrowhead=open, constraint=false];
  "group.crew" -> "fleet.crew" [label="target", style=dotted, arrowhead=diamond, constraint=false];
  "mapping.bill" -> "function.bill" [label="target"];
  "mapping.bill" -> "queue.failed" [label="on_failure", style=dashed];
  "producer.app" -> "stream.clicks" [label="target"];
  "producer.shop" -> "queue.jobs" [label="target"];
  "queue.jobs" -> "alarm.many" [label="watched by", style=dotted, arrowhead=open, constraint=false];
  "queue.jobs" -> "fleet.crew" [label="read by"];
  "queue.jobs" -> "queue.dead" [label="dead_letter", style=dashed];
  "queue.jobs" -> "scaling.hold" [label="watched by", style=dotted, arrowhead=open, constraint=false];
  "scaling.hold" -> "group.crew" [label="target", style=dotted, arrowhead=diamond, constraint=false];
  "scaling.out" -> "group.crew" [label="target", style=dotted, arrowhead=diamond, constraint=false];
  "stream.clicks" -> "alarm.many" [label="watched by", style=dotted, arrowhead=open, constraint=false];
  "stream.clicks" -> "consumer.stats" [label="read by"];
  "stream.clicks" -> "firehose.lake" [label="read by"];
  "stream.clicks" -> "mapping.bill" [label="read by"];
TEXT
LC_ALL=C sort -o got got
same got want "the arrows of its graph"
! grep -q event.click out || fail "templates of events are no boxes"
finish
