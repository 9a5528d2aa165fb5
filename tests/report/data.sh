#!/bin/sh
# The tables in notebooks-data: made by the script beside them, every column in the dictionary, every manifest complete.
# usage: … AFTERBAY SOURCE_DIR
. "$(dirname "$0")/../cli/lib.sh"
data=$source_dir/notebooks-data
(cd "$source_dir" && sh notebooks-data/make.sh "$afterbay" "$work/made") || fail "make.sh fails"
for table in "$data"/*/values.csv; do
    name=$(basename "$(dirname "$table")")
    made=made/$name/values.csv
    [ "$(head -1 "$table")" = "$(head -1 "$made")" ] || fail "$name: other columns are made now: $(head -1 "$made")"
    [ "$(grep -c . "$table")" = "$(grep -c . "$made")" ] || fail "$name: another number of rows is made now"
    grep -qF "\`$name\`" "$data/README.md" || fail "the dictionary does not name $name"
    head -1 "$table" | tr ',' '\n' | while read -r column; do
        grep -qF "\`$column\`" "$data/README.md" || echo "$name: $column"
    done >missing
    [ ! -s missing ] || fail "not in the dictionary: $(cat missing)"
    for key in '"program": "afterbay ' '"scenario": "scenarios/studies/' '"seed": "1"' '"replications": ' '"fingerprint": "' '"file": "values.csv"'; do
        grep -qF "$key" "$data/$name/manifest.json" || fail "$name: the manifest lacks $key"
    done
done
for folder in made/*; do
    [ -d "$data/$(basename "$folder")" ] || fail "$folder is made and not kept"
done
finish
