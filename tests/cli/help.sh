#!/bin/sh
# Every command has help with examples first, and takes every option that its help lists.
. "$(dirname "$0")/lib.sh"
small_scenario >small.cfg
"$afterbay" help >overview.txt
commands=$(sed -n '/^Commands:/,/^$/p' overview.txt | sed '1d;/^$/d' | awk '{ print $1 }')
[ "$(echo "$commands" | wc -l)" -ge 11 ] || fail "help lists too few commands"

for command in $commands; do
    expect 0 "$afterbay" "$command" --help
    cp out help.txt
    sed -n 3p help.txt | grep -q '^Examples:' || fail "$command --help: examples are not first"
    grep -q "^  afterbay $command" help.txt || fail "$command --help: no example of it"
    grep -q '^Usage: afterbay ' help.txt || fail "$command --help: no usage line"
    if LC_ALL=C grep -q '	' help.txt; then fail "$command --help holds tabs"; fi
    awk 'length($0) > 140' help.txt | grep -q . && fail "$command --help: lines too long"
    expect 0 "$afterbay" help "$command"
    same help.txt out "help $command and $command --help"
    expect 0 "$afterbay" "$command" -h
    same help.txt out "$command -h and $command --help"

    # Each listed option is known: without its value it asks for one, a flag is taken.
    sed -n 's/^  *\(-[a-z], \)*--\([a-z-]*\) *\([A-Z][A-Za-z.=]*\)*.*/\2 \3/p' help.txt >options.txt
    [ -s options.txt ] || fail "$command --help lists no options"
    while read -r option value; do
        if [ -n "$value" ]; then
            expect 64 "$afterbay" "$command" "--$option"
            says "--$option needs a value ($value)"
        else
            expect 64 "$afterbay" "$command" "--$option" --no-such-option
            says "unknown option '--no-such-option'"
        fi
    done <options.txt
done

# Colour: never in a pipe, always when asked for; NO_COLOR and dumb terminals have none.
esc=$(printf '\033')
"$afterbay" run small.cfg -q -r 1 --until 10s >plain.txt
grep -q "$esc" plain.txt && fail "colour in a file"
"$afterbay" run small.cfg -q -r 1 --until 10s --color=always >colour.txt
grep -q "$esc" colour.txt || fail "--color=always: none"
"$afterbay" run small.cfg -q -r 1 --until 10s --color=never >never.txt
same plain.txt never.txt "--color=never and a file"
sed "s/$esc\[[0-9]*m//g" colour.txt >stripped.txt
same plain.txt stripped.txt "text with its colours taken away"
finish
