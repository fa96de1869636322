#!/usr/bin/env bash
# Tests the pages of `hooks listen --ui` and `hooks emulate --ui` in a headless Chromium: requests, the keyboard, hostile content, a
# restart, light and dark mode, accessibility. Uses the system's Chromium, or that of `CHROMIUM`; installs playwright-core
# and axe-core (npm) below `target`. `SCREENSHOTS=DIR` saves screenshots in DIR.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${TOOLS:-target/tools}/inspector
mkdir -p "$tools"
if [ ! -d "$tools/node_modules/playwright-core" ] || [ ! -d "$tools/node_modules/axe-core" ]; then
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund --prefix "$tools" playwright-core@1.65 axe-core@4.14
fi
for name in chromium chromium-browser google-chrome; do
  CHROMIUM=${CHROMIUM:-$(command -v "$name" || true)}
done
if [ -z "$CHROMIUM" ]; then
  echo 'Chromium not found: install it (Debian: apt-get install chromium), or set CHROMIUM=PATH' >&2
  exit 1
fi
cargo build --quiet
TOOLS=$(cd "$tools" && pwd) HOOKS=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/hooks
export CHROMIUM TOOLS HOOKS
exec node --test --test-concurrency=1 tests/inspector/
