#!/bin/sh
# selftest.sh AFTERBAY SOURCE_DIR DOCS_SH - the page runner finds what is wrong, and runs what is right.
set -u
work=$(mktemp -d "${TMPDIR:-/tmp}/afterbay-docs.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0
try()
{
    printf '%b' "$2" >"$work/page.md"
    sh "$3" "$4" "$5" "$work/page.md" >"$work/out" 2>&1
    got=$?
    [ "$got" -eq "$1" ] || {
        printf 'a page ends with %s, not %s:\n' "$got" "$1"
        cat "$work/page.md" "$work/out"
        failed=1
    }
}
check()
{
    try "$1" "$2" "$docs" "$afterbay" "$source_dir"
}
afterbay=$1 source_dir=$2 docs=$3
check 0 '```sh\nafterbay version\n```\n'
check 1 '```sh\nafterbay no-such-command\n```\n'
check 1 '```sh\nafterbay no-such-command\nafterbay version\n```\n'
check 0 '<!-- docs-test: exit 64 -->\n```sh\nafterbay no-such-command\n```\n'
check 1 '<!-- docs-test: exit 64 -->\n```sh\nafterbay version\n```\n'
check 0 '<!-- docs-test: skip it cannot -->\n```sh\nfalse\n```\n'
check 1 '<!-- docs-test: skip it cannot -->\n```sh\nfalse\n```\n```sh\nfalse\n```\n'
check 0 '<!-- docs-test: file a.txt -->\n```cfg\nhello\n```\n```sh\ncat a.txt\n```\n<!-- docs-test: output -->\n```text\nhello\n```\n'
check 1 '```sh\necho hello\n```\n<!-- docs-test: output -->\n```text\nhallo\n```\n'
check 0 '```text\nfalse\n```\n'
check 1 '```sh\nafterbay version\n'
exit "$failed"
