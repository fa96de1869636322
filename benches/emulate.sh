#!/usr/bin/env bash
# `hooks emulate` compared with Prism, which responds from an OpenAPI file of three routes and keeps no state: the start, reads,
# writes, 1,000 clients at once; and, for `hooks` alone, the reset. `REQUESTS_FOR=5s` sets the duration of each load.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
need wrk wrk
need jq jq
need node nodejs
need npm npm
prism=$target/tools/prism
if [ ! -x "$prism/node_modules/.bin/prism" ]; then
  npm install --silent --no-audit --no-fund --prefix "$prism" @stoplight/prism-cli@5 >&2
fi
prism=$prism/node_modules/.bin/prism
scrub
rm webhooks.toml
time_each=${REQUESTS_FOR:-5s}

cat >api.yaml <<'YAML'
openapi: 3.0.3
info: { title: Groups, version: "1" }
paths:
  /v1/group/all:
    get:
      responses:
        "200": { description: all, content: { application/json: { example: [{ prokey: a, label: b }] } } }
  /v1/group/latest:
    get:
      responses:
        "200": { description: latest, content: { application/json: { example: { prokey: a, label: b } } } }
  /v1/group:
    post:
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [name], properties: { name: { type: string } } }
      responses:
        "200":
          description: created
          content: { application/json: { example: { status: success, message: created, prokey: a } } }
YAML

cat >counts.lua <<'LUA'
done = function(summary, latency, requests)
  io.stderr:write(string.format("%d %.0f %d\n", summary.requests, summary.requests / summary.duration * 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
LUA
{ echo 'wrk.headers["Authorization"] = "bench"'; cat counts.lua; } >get.lua
{ echo 'wrk.method = "POST"; wrk.body = "{\"name\":\"Talks\"}"; wrk.headers["Content-Type"] = "application/json"'; cat get.lua; } >post.lua

peak() { awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }
is_up() { curl --silent --output /dev/null --header 'Authorization: bench' "$1/group/all"; }

# start NAME: starts a server; sets `receiver_pid` and `api`.
start() {
  if [ "$1" = hooks ]; then
    : >ready.txt
    "$hooks" emulate --port 0 --seed sample --rate-limit 0 --no-history --quiet --json >ready.txt & receiver_pid=$!
    until [ -s ready.txt ]; do sleep 0.001; done
    api=$(head -1 ready.txt | jq -r .url)/v1
  else
    # A port that was free a moment ago.
    local port
    port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    node "$prism" mock --host 127.0.0.1 --port "$port" --verboseLevel silent api.yaml >prism.txt 2>&1 & receiver_pid=$!
    api=http://127.0.0.1:$port/v1
    until is_up "$api"; do sleep 0.01; done
  fi
}
stop() { kill "$receiver_pid"; wait "$receiver_pid" 2>/dev/null || true; receiver_pid=; }

# load SCRIPT CLIENTS PATH: prints requests, requests per second and errors.
load() { wrk --threads 1 --connections "$2" --timeout 30s --duration "$time_each" --script "$1" "$api/$3" 2>&1 >/dev/null | tail -1; }

printf '%-26s %-6s %12s %7s %9s %9s\n' '' '' requests/s ratio errors 'peak MiB'
for what in 'get.lua 32 group/latest read' 'post.lua 32 group create' 'get.lua 1000 group/latest 1,000_clients'; do
  read -r script clients path title <<<"$what"
  base=
  for name in prism hooks; do
    start "$name"
    read -r _ rate errors <<<"$(load "$script" "$clients" "$path")"
    base=${base:-$rate}
    printf '%-26s %-6s %12d %6.1fx %9d %9s\n' "${title//_/ }" "$name" "$rate" "$(awk "BEGIN { print $rate / $base }")" "$errors" "$(peak "$receiver_pid")"
    stop
  done
done

# From the start of the process until it responds to a request.
printf '\n%-26s %9s\n' 'start' 'ms (best of 10)'
for name in prism hooks; do
  for _ in $(seq 10); do
    began=$(date +%s%N)
    start "$name"
    is_up "$api"
    echo $((($(date +%s%N) - began) / 1000))
    stop
  done | sort -n | head -1 | awk -v name="$name" '{ printf "%-26s %9.1f\n", name, $1 / 1000 }'
done

start hooks
for _ in $(seq 20); do
  curl --silent --fail --output /dev/null --write-out '%{time_total}\n' --request POST --header 'Authorization: bench' "${api%/v1}/_emulator/reset"
done | sort -n | head -1 | awk '{ printf "%-26s %9.1f\n", "reset (hooks)", $1 * 1000 }'
stop
