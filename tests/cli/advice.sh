#!/bin/sh
# Every piece of advice has a scenario in which it is given and its harm is there, and one in which it is mended: no advice at all,
# and no harm. Its explanation is whole, and stands on rules that are written down. usage: … AFTERBAY SOURCE AT-LEAST
. "$(dirname "$0")/lib.sh"
folder=$source_dir/scenarios/advice
"$afterbay" explain --list | sed -n 's/^\(AB0[56][0-9]*\) .*/\1/p' >codes

holds()
{
    expect 0 "$afterbay" run -q "$1"
    grep -q '^expect .*: holds' out || fail "$1 expects nothing"
}

explained()
{
    expect 0 "$afterbay" explain "$1"
    for part in why rule see mend harm; do
        grep -q "^$part: *..........*" out || grep -q "^$part: *[A-Z]*-[0-9]" out || fail "$1: no '$part'"
    done
    for rule in $(sed -n '/^rule:/s/[^A-Z0-9-]/ /gp' out); do
        case $rule in [A-Z]*-[0-9]*) grep -q "\*\*$rule\*\*" "$source_dir"/docs/semantics/*.md || fail "$1: no rule $rule" ;; esac
    done
    for page in $(sed -n '/^rule:/s/.*\(docs\/[a-z/.-]*md\).*/\1/p' out); do
        [ -f "$source_dir/$page" ] || fail "$1: no page $page"
    done
    tells "scenarios/advice/$1-"
    harm=$source_dir/$(sed -n 's/^harm: *//p' out)
    [ -f "$harm" ] || fail "$1: no $harm"
    grep -q "$(basename "$harm")" "$folder/README.md" || fail "$1 is not in README.md"
}

while read -r code; do
    explained "$code"
    expect 0 "$afterbay" check "$harm"
    says "warning[$code]"
    expect 65 "$afterbay" check "$harm" --strict
    expect 0 "$afterbay" check "$harm" --strict --no-advice
    holds "$harm"
    expect 0 "$afterbay" check "$folder/$code-mended.cfg" --strict
    [ -s err ] && fail "$code-mended.cfg is not mended: $(cat err)"
    holds "$folder/$code-mended.cfg"
done <codes
[ "$(wc -l <codes)" -ge "$3" ] || fail "only $(wc -l <codes) pieces of advice"
[ "$(ls "$folder"/AB*.cfg | wc -l)" -eq "$((2 * $(wc -l <codes)))" ] || fail "scenarios without advice in $folder"

# What is known and accepted is not said again: of one entity, of all; and what silences nothing is told of.
short=$folder/AB0506-short-polling.cfg
expect 0 "$afterbay" check "$short" --strict --set 'run.quiet=AB0506'
expect 0 "$afterbay" check "$short" --strict --set 'run.quiet=AB0506 fleet.writers'
expect 65 "$afterbay" check "$short" --strict --set 'run.quiet=AB0506 queue.orders'
expect 65 "$afterbay" check "$short" --strict --set 'run.quiet=AB0501'
says 'AB0506'
expect 0 "$afterbay" check "$short" --set 'run.quiet=AB0506 fleet.nobody'
says "there is no entity 'fleet.nobody'"
expect 0 "$afterbay" check "$short" --set 'run.quiet=polls'
says 'is no piece of advice'

# Runs name the pieces in a line.
expect 0 "$afterbay" run "$short" -r 1 --until 1min --set 'expect=[ "lost == 0" ]'
says 'note: there is advice on this scenario (AB0506): afterbay check '
expect 0 "$afterbay" compare "$short" "$folder/AB0506-mended.cfg" -r 1 --until 1min
says '(AB0506)'
expect 0 "$afterbay" run "$short" -q -r 1 --until 1min --set 'expect=[ "lost == 0" ]'
grep -q advice err && fail "advice though quiet"

# Twelve layers of eight services, each of which calls all of the next: 8^11 ways, and an answer.
awk 'BEGIN {
    print "run = { duration = \"1h\"; };"
    print "producer = { p = { rate = \"1/s\"; target = \"service.a1x1\"; done_at = \"service.a12x1\"; }; };\nservice = {"
    for (l = 1; l <= 12; l++) for (w = 1; w <= 8; w++) {
        printf "a%dx%d = { servers = 10; waiting = 10; time = \"10ms\";", l, w
        if (l < 12) {
            printf " calls = ("
            for (v = 1; v <= 8; v++) printf "%s { target = \"service.a%dx%d\"; timeout = \"1s\"; attempts = 2; }", (v > 1 ? "," : ""), l + 1, v
            printf " );"
        }
        print " };"
    }
    print "};" }' >dense.cfg
expect 0 "$afterbay" check dense.cfg
says 'warning[AB0530]'

# A sound scenario is left in peace.
expect 0 "$afterbay" check --strict "$source_dir/scenarios/order-intake/decoupled.cfg"
finish
