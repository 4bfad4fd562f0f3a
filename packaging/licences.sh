#!/bin/sh
# Writes assets/licences.txt, which the window shows and the packages ship: every crate that is in the program on any
# system, and its licence. To be run after Cargo.lock has changed; tests/it/packages.rs says when.
set -eu
cd "$(dirname "$0")/.."

cargo install --quiet --locked --root target/tools cargo-about@0.9.3 --features cli
# Where the network is there: crates for other systems are fetched.
target/tools/bin/cargo-about generate --locked --fail -c packaging/about.toml packaging/about.hbs -o target/licences.txt
{
    cat target/licences.txt
    printf '\n========================================================================\n'
    printf 'The font Inter\n'
    printf -- '------------------------------------------------------------------------\n\n'
    cat crates/core/assets/fonts/OFL.txt
} | tr -d '\r' | fold -s -w 100 | sed 's/[[:space:]]*$//' | cat -s >assets/licences.txt
