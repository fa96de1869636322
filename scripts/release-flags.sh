#!/usr/bin/env bash
# Prints RUSTFLAGS for a release build: the program contains no path of this machine, so that two builds are the same.
set -euo pipefail
cd "$(dirname "$0")/.."
printf '%s\n' "--remap-path-prefix=$PWD=/hooks --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
