#!/usr/bin/env bash
# Prints the version in Cargo.toml.
set -euo pipefail
sed -n '/^\[package\]/,/^\[lib\]/s/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../Cargo.toml"
