#!/bin/sh
# Executes the notebooks: they make their databases, draw, and hold their numbers against formulas. Skipped (77) only where
# Debian's Python has no jupyter-nbconvert, ipykernel, pandas or matplotlib.
# usage: … AFTERBAY SOURCE_DIR
for package in nbconvert ipykernel pandas matplotlib; do
    /usr/bin/python3 -c "import $package" 2>/dev/null || {
        echo "skipped: /usr/bin/python3 has no $package"
        exit 77
    }
done
. "$(dirname "$0")/../cli/lib.sh"
mkdir bin home
ln -s "$afterbay" bin/afterbay
cp -R "$source_dir/scenarios" .
cp "$source_dir"/docs/notebooks/*.ipynb .
# Jupyter and matplotlib write to the home folder; the kernel must be Debian's Python, whatever else is in the path.
for notebook in *.ipynb; do
    env HOME="$work/home" MPLBACKEND=Agg PATH="$work/bin:/usr/bin:/bin" IPYTHONDIR="$work/home" JUPYTER_CONFIG_DIR="$work/home" \
        JUPYTER_DATA_DIR="$work/home" PYDEVD_DISABLE_FILE_VALIDATION=1 \
        /usr/bin/python3 -m nbconvert --to notebook --execute --output "done-$notebook" "$notebook" >log 2>&1 || {
        fail "$notebook"
        tail -30 log
    }
done
[ "$(ls done-*.ipynb 2>/dev/null | wc -l)" = 2 ] || fail "not two notebooks were executed"
for picture in visibility.png overload.png; do
    [ -s $picture ] || fail "$picture was not drawn"
done
finish
