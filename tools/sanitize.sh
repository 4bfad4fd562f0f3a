#!/bin/sh
# The arithmetic's tests with every check that costs too much elsewhere: the address sanitizer, overflow checks, debug
# assertions and the standard library's checks of what unsafe code promises, on every vector unit of this machine.
# Words behind it are passed on to the tests: sh tools/sanitize.sh convolution
set -eu
cd "$(dirname "$0")/.."

target=x86_64-unknown-linux-gnu
case "$(uname -sm)" in
    "Linux x86_64") ;;
    "Linux aarch64") target=aarch64-unknown-linux-gnu ;;
    "Darwin arm64") target=aarch64-apple-darwin ;;
    *) echo "no address sanitizer is known for $(uname -sm)" >&2; exit 1 ;;
esac

# The nightly compiler has the sanitizer; the stable one does too, if it is told to do what only nightly may.
toolchain=+nightly
if ! cargo $toolchain --version >/dev/null 2>&1; then
    toolchain=
    export RUSTC_BOOTSTRAP=1
fi

# With a target named, build scripts and macros are built without the sanitizer. The profile switches the checks off for
# the arithmetic, and makes libraries fast that need not be here.
export RUSTFLAGS="-Zsanitizer=address"
exec cargo $toolchain test --locked -p convlens-kernels --lib --target "$target" --target-dir target/sanitize \
    --config 'profile.dev.package.convlens-kernels.debug-assertions=true' \
    --config 'profile.dev.package.convlens-kernels.overflow-checks=true' \
    --config 'profile.dev.package."*".opt-level=1' \
    -- "$@"
