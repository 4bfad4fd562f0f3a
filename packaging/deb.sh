#!/bin/sh
# Makes target/packages/convlens_….deb, for the Debian or Ubuntu that this runs on and later ones.
set -eu
cd "$(dirname "$0")/.."

cargo install --quiet --locked --root target/tools cargo-deb@3.8.0
manual=target/packages/manual
rm -rf "$manual"
cargo build --release --locked --features manual
target/release/manual "$manual"
target/tools/bin/cargo-deb --no-build --no-strip --output target/packages/
