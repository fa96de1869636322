#!/usr/bin/env bash
# Runs the Python and Node examples of docs/emulate.md, as the page shows them. Installs requests (PyPI) below `target`.
set -euo pipefail
cd "$(dirname "$0")/.."
page=$PWD/docs/emulate.md
tools=${TOOLS:-target/tools}/emulate
if [ ! -x "$tools/bin/python" ]; then
  python3 -m venv "$tools"
fi
"$tools/bin/python" -c 'import requests' 2>/dev/null || "$tools/bin/pip" install --quiet 'requests>=2,<3'
cargo build --quiet
bin=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug
PATH=$bin:$(cd "$tools/bin" && pwd):$PATH
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
export XDG_STATE_HOME=$directory/state
awk '/^```(python|js) ./ { file = $2; next } /^```$/ { file = "" } file { print >file }' "$page"
python3 -m unittest
node --test
