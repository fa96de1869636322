#!/usr/bin/env bash
# Start-up: the whole process of local commands, compared with `curl --version` and a bare clap program.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
clap=$(peer clap)
scrub

hyperfine --shell=none --warmup 20 --runs "${RUNS:-100}" --style none --export-csv times.csv \
  -n 'curl --version' 'curl --version' \
  -n 'bare clap program' "$clap list --all" \
  -n 'hooks list' "$hooks list" \
  -n 'hooks vars event' "$hooks vars event" \
  -n 'hooks preview rsvp-to-cms' "$hooks preview rsvp-to-cms" >/dev/null

printf '%-28s %9s %9s %22s\n' command 'mean ms' 'least ms' 'mean / curl --version'
awk -F, 'NR == 2 { curl = $2 }
  NR > 1 { printf "%-28s %9.2f %9.2f %21.2fx\n", $1, $2 * 1000, $7 * 1000, $2 / curl }' times.csv
