#!/bin/sh
# Makes a Python with Keras and PyTorch for the tests that train and open models there, and prints its path.
# Prints nothing, and says why on stderr, where that cannot be had; each of three installations at most has the
# time given (seconds, default 420):
# those tests are then skipped.
set -u

home=${CONVLENS_VENV:-$PWD/target/python}
limit=${1:-420}
python="$home/bin/python"
wanted="import keras, h5py, safetensors, onnx, torch"

skip() {
    echo "*** SKIPPED the tests with Keras and PyTorch: $1 ***" >&2
    exit 0
}

if [ -x "$python" ] && "$python" -c "import importlib.util as u; assert all(u.find_spec(m) for m in '${wanted#import }'.split(', '))"; then
    echo "$python"
    exit 0
fi
command -v python3 >/dev/null 2>&1 || skip "there is no python3"
python3 -m venv "$home" >&2 || skip "python3 -m venv failed (on Debian: apt-get install python3-venv)"
# The processor's PyTorch, a tenth of the other's size, where its index can be reached.
install() {
    timeout "$limit" "$python" -m pip install --quiet --disable-pip-version-check "$@" >&2
}
install keras tensorflow-cpu h5py safetensors numpy onnx || skip "Keras could not be installed within $limit s"
install torch --index-url https://download.pytorch.org/whl/cpu \
    || install torch \
    || skip "PyTorch could not be installed within $limit s"
echo "$python"
