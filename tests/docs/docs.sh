#!/bin/sh
# docs.sh AFTERBAY SOURCE_DIR PAGE.md - runs every fenced `sh` block of a page, in order, in one temporary folder that holds
# copies of scenarios/, with the built program first in PATH. A command that fails, fails the test.
#
# A comment before a block says what is special about it:
#   <!-- docs-test: skip WHY -->          not run (it clones, installs, or opens a window)
#   <!-- docs-test: args -r 2 -->         'afterbay run' and 'compare' get these arguments too: a page shows the command
#                                         that a reader types, a test has less time
#   <!-- docs-test: exit 1 -->            the block's exit code
#   <!-- docs-test: file shop.cfg -->     the block, of any language, is written to that file
#   <!-- docs-test: output -->            the block is what the block before printed on standard output
set -u
afterbay=$1
source_dir=$2
page=$3
work=$(mktemp -d "${TMPDIR:-/tmp}/afterbay-docs.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/run"
cp -R "$source_dir/scenarios" "$work/run/scenarios"
cat >"$work/bin/afterbay" <<TEXT
#!/bin/sh
case \${1:-} in
run | compare) exec '$afterbay' "\$@" \${DOCS_ARGS:-} ;;
*) exec '$afterbay' "\$@" ;;
esac
TEXT
chmod +x "$work/bin/afterbay"
PATH=$work/bin:$PATH
export PATH

n_run=0
failed=0
language= # of the block we are in; empty: outside
mark=     # the comment before it
number=0
: >"$work/stdout"

run_block()
{
    wanted=0
    args=
    case $mark in
    "skip "*) return ;;
    "args "*) args=${mark#args } ;;
    "exit "*) wanted=${mark#exit } ;;
    esac
    n_run=$((n_run + 1))
    (cd "$work/run" && DOCS_ARGS=$args sh -eu "$work/block") >"$work/stdout" 2>"$work/stderr"
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        printf '%s:%s: exit code %s, not %s, of\n' "$page" "$begin" "$got" "$wanted"
        sed 's/^/    /' "$work/block"
        for file in stderr stdout; do tail -n 20 "$work/$file"; done
        failed=1
    fi
}

end_block()
{
    case $mark in
    "file "*) cp "$work/block" "$work/run/${mark#file }" ;;
    output*)
        cmp -s "$work/block" "$work/stdout" || {
            printf '%s:%s: the output has changed:\n' "$page" "$begin"
            diff "$work/block" "$work/stdout"
            failed=1
        }
        ;;
    *) [ "$language" != sh ] || run_block ;;
    esac
    mark=
}

while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in
    '```'*)
        if [ -z "$language" ]; then
            language=${line#'```'}
            language=${language:-none}
            begin=$number
            : >"$work/block"
        else
            end_block
            language=
        fi
        ;;
    '<!-- docs-test: '*' -->')
        if [ -z "$language" ]; then
            mark=${line#'<!-- docs-test: '}
            mark=${mark%' -->'}
        fi
        ;;
    *)
        if [ -n "$language" ]; then
            printf '%s\n' "$line" >>"$work/block"
        fi
        ;;
    esac
done <"$page"

[ -z "$language" ] || {
    printf '%s:%s: a block without end\n' "$page" "$begin"
    failed=1
}
printf '%s: %s blocks run\n' "$page" "$n_run"
exit "$failed"
