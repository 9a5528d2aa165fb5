#!/bin/sh
# What cmake --install puts down works from there. usage: install.sh AFTERBAY SOURCE BUILD CMAKE
. "$(dirname "$0")/lib.sh"
build=$3 cmake=$4
expect 0 "$cmake" --install "$build" --prefix "$work/there"
program=$work/there/bin/afterbay
expect 0 "$program" version
same_version=$(sed -n 's/^afterbay //p' out)
grep -q "^## $same_version" "$source_dir/CHANGELOG.md" || fail "CHANGELOG.md says nothing of version $same_version"
scenarios=$(find "$work/there/share/afterbay/scenarios" -name '*.cfg' | sort)
[ "$(echo "$scenarios" | wc -l)" -ge 6 ] || fail "scenarios are missing: $scenarios"
for scenario in $scenarios; do
    case $scenario in
    */common.cfg) ;; # a part of others
    *) expect 0 "$program" check "$scenario" ;;
    esac
done
for file in LICENSE README.md CHANGELOG.md docs/architecture.md docs/reference/kinds.md docs/tutorial/first-scenario.md; do
    [ -s "$work/there/share/doc/afterbay/$file" ] || fail "$file is not installed"
done
finish
