#!/usr/bin/env bash
# Thousands of different requests of about 1 KiB on loopback, 64 concurrent: `hooks backfill`, with and without its
# ledger, compared with bare loops over hyper and reqwest and with load generators. Then the growth of time and memory
# with the number of elements. `ELEMENTS`, `RUNS` and `GROWTH` change the amount of work.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
elements=${ELEMENTS:-10000}
concurrency=64
need time time
need wrk wrk
need jq jq
tools=${TOOLS:-$target/tools}
if [ "${OHA:-on}" = on ] && [ ! -x "$tools/bin/oha" ]; then
  cargo install --quiet --locked --root "$tools" --target-dir "$tools/build" oha
fi
cargo build --release --quiet --locked --manifest-path "$root/benches/bulk/Cargo.toml" --target-dir "$target/peers" >&2
bulk=$target/peers/release/bulk-bench
scrub
cp "$root/benches/bulk/webhooks.toml" webhooks.toml

"$bulk" receiver >port &
receiver_pid=$!
until [ -s port ]; do
  kill -0 "$receiver_pid"
  sleep 0.05
done
url=http://127.0.0.1:$(cat port)/hooks/rsvp

"$bulk" elements "$elements" >elements.jsonl
head -1 elements.jsonl >first.json
"$hooks" preview bulk first.json --format body >body.json 2>/dev/null

# curl sends a request per element; the other load generators repeat one request.
{
  printf 'parallel\nparallel-max = %s\nsilent\nshow-error\n' "$concurrency"
  is_first=yes
  while IFS= read -r element; do
    [ "$is_first" = yes ] || echo next
    is_first=no
    printf 'url = "%s"\noutput = "/dev/null"\nheader = "content-type: application/json"\ndata-raw = "%s"\n' "$url" "$element"
  done < <(sed 's/[\\"]/\\&/g' elements.jsonl)
} >curl.config
# What a shell does for the same bodies: jq renders each element into curl's configuration.
cat >jq-and-curl.sh <<SH
jq -r '{email, seats: .amount, greeting: "Hello \\(.payload.first_name) \\(.payload.last_name)!"} | tojson
  | "next", "url = \"$url\"", "output = \"/dev/null\"", "header = \"content-type: application/json\"", "data-raw = \\(tojson)"' elements.jsonl |
  curl --disable --silent --show-error --parallel --parallel-max $concurrency --config -
SH
cat >post.lua <<LUA
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
local file = io.open("body.json")
wrk.body = file:read("*a")
file:close()
LUA

# Runs a program and prints its name, wall seconds, CPU seconds, peak KiB and requests.
measure() {
  local name=$1 sent=$elements
  shift
  command time --format '%e %U %S %M' --output times.txt "$@" >out.txt 2>err.txt || { cat out.txt err.txt >&2; exit 1; }
  if [ "$name" = wrk ]; then sent=$(awk '/ requests in /{ print $1 }' out.txt); fi
  awk -v name="$name" -v sent="$sent" '{ print name, $1, $2 + $3, $4, sent }' times.txt
}

each=("$hooks" backfill bulk elements.jsonl --concurrency "$concurrency" --to "$url" --quiet)
round() {
  measure reqwest-and-render "$bulk" reqwest elements.jsonl "$url" "$concurrency"
  measure hyper "$bulk" hyper elements.jsonl "$url" "$concurrency"
  measure plan-and-transport "$bulk" transport elements.jsonl "$url" "$concurrency"
  measure hooks-with-ledger env HOOKS_HISTORY=on "${each[@]}"
  measure hooks-no-ledger env HOOKS_HISTORY=off "${each[@]}"
  measure curl-Z curl --disable --config curl.config
  measure jq-and-curl-Z sh jq-and-curl.sh
  measure wrk wrk --threads 1 --connections "$concurrency" --duration 2s --script post.lua "$url"
  if [ -x "$tools/bin/oha" ]; then
    measure oha "$tools/bin/oha" -n "$elements" -c "$concurrency" --no-tui -m POST -T application/json -D body.json "$url"
  fi
}

# The programs take turns, so that a slow moment of the machine affects all of them. The best run of each counts.
for _ in $(seq "${RUNS:-5}"); do round; done >results.txt
awk '
  { rate = $5 / $2; cpu = $3 / $5 * 1e6 }
  !($1 in best) { order[++ways] = $1; least[$1] = cpu }
  rate > best[$1] { best[$1] = rate }
  cpu < least[$1] { least[$1] = cpu }
  $4 > peak[$1] { peak[$1] = $4 }
  END {
    printf "%-20s %12s %7s %14s %7s %9s\n", "", "requests/s", "ratio", "CPU us/request", "ratio", "peak MiB"
    first = order[1]
    for (i = 1; i <= ways; i++) {
      way = order[i]
      printf "%-20s %12.0f %6.2fx %14.1f %6.2fx %9.1f\n", way, best[way], best[way] / best[first], least[way], least[way] / least[first], peak[way] / 1024
    }
  }' results.txt

printf '\n%-12s %9s %18s %9s\n' elements seconds 'us per element' 'peak MiB'
for count in ${GROWTH:-1000 10000 100000 1000000}; do
  elements=$count
  "$bulk" elements "$count" >elements.jsonl
  measure growth env HOOKS_HISTORY=on "${each[@]}" |
    awk '{ printf "%-12d %9.2f %18.1f %9.1f\n", $5, $2, $2 / $5 * 1e6, $4 / 1024 }'
done
