#!/bin/sh
# make_locales.sh FOLDER - compiles the locales that test_locale and test_filter_locale need; what is there already is left alone.
set -eu
mkdir -p "$1"
for name in de_DE ko_KR ps_AF; do
    [ -e "$1/$name.UTF-8/LC_NUMERIC" ] || localedef -i "$name" -f UTF-8 "$1/$name.UTF-8"
done
