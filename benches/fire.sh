#!/usr/bin/env bash
# One POST of 1 KiB on loopback, whole process: `hooks fire`, with and without its history, compared with `curl` sending the
# same bytes.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
need time time
receiver=$(peer receiver)
scrub

"$receiver" >port &
receiver_pid=$!
until [ -s port ]; do
  kill -0 "$receiver_pid"
  sleep 0.05
done
url=http://127.0.0.1:$(cat port)/

# An RSVP answer, padded so that the body has 1,024 bytes.
answer() { printf '{"id":"1","status":"confirmed","email":"jane@example.com","amount":2,"payload":{"first_name":"Jane","note":"%s"}}' "$1" >answer.json; }
body() { "$hooks" preview rsvp-to-cms answer.json --format body 2>/dev/null; }
answer ''
padding=$((1024 - $(body | wc -c)))
answer "$(printf "%${padding}s" '' | tr ' ' x)"
body >body.json
[ "$(wc -c <body.json)" -eq 1024 ] || { echo 'the body does not have 1,024 bytes' >&2; exit 1; }

fire=("$hooks" fire rsvp-to-cms answer.json --to "$url" --no-history)
recorded=("$hooks" fire rsvp-to-cms answer.json --to "$url")
post=(curl --silent --show-error --output answer.txt --header 'user-agent: hooks/0.1.0' --header 'accept: */*'
  --header 'content-type: application/json' --data-binary @body.json "$url")

# Check that each command works before it is measured.
unset HOOKS_HISTORY
"${fire[@]}" >/dev/null 2>&1
"${recorded[@]}" >/dev/null 2>&1
[ -s "$XDG_STATE_HOME/hooks/history.db" ] || { echo 'nothing is recorded' >&2; exit 1; }
"${post[@]}"

hyperfine --shell=none --warmup 20 --runs "${RUNS:-100}" --style none --export-csv times.csv \
  -n curl "${post[*]@Q}" -n 'hooks fire' "${fire[*]@Q}" \
  -n 'with history' "${recorded[*]@Q}" >/dev/null

# The largest of five runs, in KiB.
peak() {
  for _ in 1 2 3 4 5; do
    command time --format %M --output peak.txt "$@" >/dev/null 2>&1
    cat peak.txt
  done | sort -n | tail -1
}
awk -F, -v peaks="$(peak "${post[@]}") $(peak "${fire[@]}") $(peak "${recorded[@]}")" '
  NR == 1 { split(peaks, peak, " ") }
  NR == 2 { wall = $2; cpu = $5 + $6 }
  NR == 1 { printf "%-12s %9s %7s %9s %7s %9s %7s\n", "command", "wall ms", "ratio", "CPU ms", "ratio", "peak MiB", "ratio" }
  NR > 1 {
    own = peak[NR - 1]
    printf "%-12s %9.2f %6.2fx %9.2f %6.2fx %9.1f %6.2fx\n", $1, $2 * 1000, $2 / wall, ($5 + $6) * 1000, ($5 + $6) / cpu, own / 1024, own / peak[1]
  }' times.csv
