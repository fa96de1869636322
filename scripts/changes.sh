#!/usr/bin/env bash
# Prints the changes of a version from CHANGELOG.md: `scripts/changes.sh VERSION`.
set -euo pipefail
awk -v heading="## [$1]" 'index($0, "## ") == 1 { on = index($0, heading) == 1; next } on' "$(dirname "$0")/../CHANGELOG.md"
