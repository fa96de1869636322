#!/usr/bin/env bash
# Tries the page of `hooks listen --ui` in a real Chromium without a window: what arrives, the keyboard, hostile
# content, a restart, light and dark, accessibility. Chromium is the one of the system, or named by
# `CHROMIUM`; playwright-core and axe-core (npm) are installed into a folder of their own. With
# `SCREENSHOTS=FOLDER` it leaves pictures there to look at.
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
  echo 'there is no Chromium: install it (Debian: `apt-get install chromium`), or name one with CHROMIUM=PATH' >&2
  exit 1
fi
cargo build --quiet
TOOLS=$(cd "$tools" && pwd) HOOKS=$(cargo metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/hooks
export CHROMIUM TOOLS HOOKS
exec node --test --test-concurrency=1 tests/inspector/
