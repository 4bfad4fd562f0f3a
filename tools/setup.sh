#!/bin/sh
# Installs what convlens needs to build, run and test on Debian and Ubuntu, if anything is missing.
# Elsewhere it only says what to look for. Safe to run again.
set -eu

if ! command -v cargo >/dev/null 2>&1; then
    echo "setup: cargo is missing; install Rust from https://rustup.rs and try again" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: not Debian or Ubuntu; see README.md for what to install here" >&2
    exit 0
fi

build="gcc libc6-dev"
window="libgl1 libgl1-mesa-dri libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0"
tests="xvfb xdotool scrot"
data="dataset-fashion-mnist"

missing=""
for package in $build $window $tests $data; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
        missing="$missing $package"
    fi
done
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
echo "setup: installing$missing" >&2
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing
