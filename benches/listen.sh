#!/usr/bin/env bash
# Requests of 1 KiB from wrk: `hooks listen` next to a bare hyper server. `REQUESTS_FOR=5s` sets how long each runs.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
need wrk wrk
need jq jq
hyper=$(peer hyper)
scrub

time_each=${REQUESTS_FOR:-5s}
cat >post.lua <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"element_data":{"id":"1","note":"' .. string.rep("x", 1024 - 37) .. '"}}'
done = function(summary, latency, requests)
  io.stderr:write(string.format("%d %.0f %d\n", summary.requests, summary.requests / summary.duration * 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
LUA

load() { wrk --threads 1 --connections 32 --duration "$time_each" --script post.lua "http://127.0.0.1:$1/" 2>counts.txt >/dev/null; }
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

# listen NAME OUTPUT OPTIONS…
listen() {
  local name=$1 output=$2
  shift 2
  : >said.txt
  "$hooks" listen --port 0 "$@" >"$output" 2>said.txt & receiver_pid=$!
  local port=
  until [ -n "$port" ]; do
    kill -0 "$receiver_pid"
    sleep 0.05
    port=$(head -c 300 "$([ "$output" = /dev/null ] && echo said.txt || echo "$output")" said.txt 2>/dev/null | grep -ao '127\.0\.0\.1:[0-9]*' | head -1 | cut -d: -f2)
  done
  load "$port"
  local peak
  peak=$(peak "$receiver_pid")
  kill -TERM "$receiver_pid"
  wait "$receiver_pid" || true
  local received
  case " $* " in
    *' --json '*) received=$(tail -1 "$output" | jq .requests); lines=$(grep -c '"type":"request"' "$output"); [ "$lines" = "$received" ] ;;
    *) received=$(grep -ao '^[0-9]* requests' said.txt | cut -d' ' -f1) ;;
  esac
  row "$name" "$peak" "$received"
}
rm webhooks.toml
listen 'hooks listen --json > file' out.jsonl --json
listen 'hooks listen > file' out.txt
listen 'hooks listen > /dev/null' /dev/null
cp "$root/webhooks.example.toml" webhooks.toml
listen 'hooks listen --json, 7 definitions' out.jsonl --json
