#!/bin/sh
# Makes target/packages/convlens-….whl, which holds the program and the Python package, for the system that this runs on and
# later ones. The release workflow does the same in manylinux's container, for older ones.
set -eu
cd "$(dirname "$0")/.."

tools=target/tools/python
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check maturin==1.16.0
"$tools/bin/python" -m maturin build --release --locked --out target/packages
