#!/bin/sh
# Makes target/packages/convlens-….whl, which holds the program and the Python package, for the system that this runs on.
# What is given goes to maturin: `sh packaging/wheel.sh --zig --compatibility manylinux_2_28` for older systems than this one.
set -eu
cd "$(dirname "$0")/.."

tools=target/tools/python
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check "maturin[zig]==1.16.0"
# shellcheck disable=SC1091 # made above; maturin looks for zig there
. "$tools/bin/activate"
maturin build --release --locked --out target/packages "$@"
