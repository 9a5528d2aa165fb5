#!/bin/sh
# layers.sh CC FOLDERS CONTROL PROBE… - a file of a layer, compiled with that layer's include path (FOLDERS, joined by
# colons): with its own header it must compile (the control), with a header of a layer above it must not, and the
# compiler must say that a header is missing.
set -eu
cc=$1 folders=$2 control=$3
shift 3

flags=
old_ifs=$IFS
IFS=:
for folder in $folders; do
    flags="$flags -I$folder"
done
IFS=$old_ifs

compile()
{
    # shellcheck disable=SC2086
    printf '#include "%s"\nint layer_probe(void);\nint layer_probe(void)\n{\n    return 0;\n}\n' "$1" |
        LC_ALL=C "$cc" -std=gnu17 -fsyntax-only -Wall $flags -x c - 2>&1
}

if ! out=$(compile "$control"); then
    printf 'control: %s does not compile with its own include path:\n%s\n' "$control" "$out"
    exit 1
fi
for probe in "$@"; do
    if out=$(compile "$probe"); then
        printf 'probe: %s compiles with the include path of a lower layer (%s)\n' "$probe" "$folders"
        exit 1
    fi
    case $out in
    *"No such file"* | *"file not found"*) printf 'ok: %s cannot be reached\n' "$probe" ;;
    *)
        printf 'probe: %s failed for another reason:\n%s\n' "$probe" "$out"
        exit 1
        ;;
    esac
done
