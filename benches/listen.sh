#!/usr/bin/env bash
# Requests of 1 KiB from wrk: `hooks listen` compared with a bare hyper server. `REQUESTS_FOR=5s` sets the duration of each.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
need wrk wrk
need jq jq
need script bsdutils
hyper=$(peer hyper)
scrub

# Long enough for more than 100,000 requests each.
time_each=${REQUESTS_FOR:-10s}
cat >post.lua <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open("body.json")
wrk.body = file:read("*a")
file:close()
done = function(summary, latency, requests)
  io.stderr:write(string.format("%d %.0f %d\n", summary.requests, summary.requests / summary.duration * 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
LUA

# A request of 1 KiB that matches the first webhook of the example file.
"$hooks" sample rsvp_answer >element.json
pad() { "$hooks" preview rsvp-to-cms element.json --set "payload.first_name=$(printf "%*s" "$1" '' | tr ' ' x)" --format body 2>/dev/null; }
# The name occurs twice: in the element and in a body field.
pad "$(((1024 - $(pad 0 | wc -c)) / 2))" >body.json

load() { wrk --threads 1 --connections 32 --duration "$time_each" --script post.lua "http://127.0.0.1:$1/hooks/rsvp" 2>counts.txt >/dev/null; }
peak() { awk '/VmHWM/ { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }

printf '%-34s %11s %7s %9s %10s %10s %7s\n' server requests/s ratio 'peak MiB' 'wrk' 'received' errors
base=
# row NAME PEAK RECEIVED
row() {
  read -r sent rate errors <counts.txt
  base=${base:-$rate}
  printf '%-34s %11d %6.2fx %9s %10d %10s %7d\n' "$1" "$rate" "$(awk "BEGIN { print $rate / $base }")" "$2" "$sent" "$3" "$errors"
}

"$hyper" >port & receiver_pid=$!
until [ -s port ]; do sleep 0.05; done
load "$(cat port)"
row 'bare hyper' "$(peak "$receiver_pid")" -
kill "$receiver_pid"

# listen NAME OUTPUT OPTIONS…; with the output `terminal`, what it shows is written to shown.txt.
listen() {
  local name=$1 output=$2
  shift 2
  : >said.txt
  if [ "$output" = terminal ]; then
    script --quiet --flush --command "'$hooks' listen --port 0 $*" shown.txt >/dev/null & local outer=$!
    until receiver_pid=$(pgrep --parent "$outer" hooks || pgrep --full "^$hooks listen"); do sleep 0.05; done
    output=shown.txt
  else
    "$hooks" listen --port 0 "$@" >"$output" 2>said.txt & receiver_pid=$! outer=$!
  fi
  local port=
  until [ -n "$port" ]; do
    kill -0 "$receiver_pid"
    sleep 0.05
    port=$(head -c 2000 "$([ "$output" = /dev/null ] && echo said.txt || echo "$output")" said.txt 2>/dev/null | grep -ao '127\.0\.0\.1:[0-9]*' | head -1 | cut -d: -f2) || true
  done
  load "$port"
  local peak
  peak=$(peak "$receiver_pid")
  kill -TERM "$receiver_pid"
  wait "$outer" || true
  local received
  case " $* " in
    *' --json '*) received=$(tail -1 "$output" | jq .requests); lines=$(grep -c '"type":"request"' "$output"); [ "$lines" = "$received" ] ;;
    *) received=$(cat said.txt "$output" | grep -ao '[0-9]* requests' | tail -1 | cut -d' ' -f1) ;;
  esac
  row "$name" "$peak" "$received"
}
mv webhooks.toml definitions.toml
listen 'hooks listen --json > file' out.jsonl --json
listen 'hooks listen > file' out.txt
listen 'hooks listen > /dev/null' /dev/null
listen 'hooks listen, on a terminal' terminal
cp definitions.toml webhooks.toml
listen 'hooks listen --json, 7 definitions' out.jsonl --json
listen 'on a terminal, 7 definitions' terminal
