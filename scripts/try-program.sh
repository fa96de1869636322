#!/usr/bin/env bash
# Uses an installed `hooks` as a new user would: `scripts/try-program.sh FILE COMMAND...`, where COMMAND runs the program and
# FILE is the path of webhooks.example.toml for it. Checks the file, does the main task of the README, receives a webhook and
# reads the history.
set -euo pipefail
version=$("$(dirname "$0")/version.sh")
file=$1
shift
scratch=$(mktemp -d)
listening=
cleanup() {
  [ -z "$listening" ] || kill "$listening" 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT
fail() {
  printf 'try-program.sh: %s\n' "$*" >&2
  exit 1
}

said=$("$@" --version)
[[ $said == "hooks $version"* ]] || fail "the version is $said, expected $version"
"$@" check "$file" >"$scratch/check" 2>&1 || fail "check: $(cat "$scratch/check")"
said=$("$@" fire rsvp-to-cms --file "$file" --echo 2>&1) || fail "fire --echo: $said"
[[ $said == *'delivered  200 OK'* ]] || fail "fire --echo: $said"

: >"$scratch/listen"
"$@" listen --file "$file" --port 0 --count 1 >"$scratch/listen" 2>&1 &
listening=$!
port=
until [ -n "$port" ]; do
  kill -0 "$listening" 2>/dev/null || fail "listen: $(cat "$scratch/listen")"
  sleep 0.05
  port=$(sed -n 's/.*listening on http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$scratch/listen")
done
said=$("$@" fire rsvp-to-cms --file "$file" --to "$port" 2>&1) || fail "fire --to: $said"
[[ $said == *'delivered  200 OK'* ]] || fail "fire --to: $said"
wait "$listening" || fail "listen: $(cat "$scratch/listen")"
listening=
grep -q '1 request, 1 matched' "$scratch/listen" || fail "listen: $(cat "$scratch/listen")"
said=$("$@" history --file "$file")
[[ $said == *"localhost:$port"* ]] || fail "history: $said"
