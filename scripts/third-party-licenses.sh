#!/usr/bin/env bash
# Prints the licences of the crates that are compiled into `hooks`, as their packages contain them; a text that several crates share is printed once.
# `cargo deny check licenses` decides which licences are accepted.
set -euo pipefail
cd "$(dirname "$0")/.."
registry=${CARGO_HOME:-$HOME/.cargo}/registry/src
declare -A crates_with text_of
without=()
while read -r name version expression; do
  found=
  for file in "$registry"/*/"$name-${version#v}"/{LICEN[CS]E,COPYING,COPYRIGHT,NOTICE,UNLICENSE}*; do
    [ -f "$file" ] || continue
    hash=$(sha256sum <"$file")
    text_of[$hash]=$file
    crates_with[$hash]+="${crates_with[$hash]:+, }$name ${version#v}"
    found=yes
  done
  [ -n "$found" ] || without+=("$name ${version#v}: $expression")
done < <(cargo tree --locked --edges normal,no-proc-macro --prefix none --format '{p} {l}' | grep -v '^add-to-calendar-hooks ' | sed 's/ (\*)$//' | sort -u)

echo 'The program contains these crates from crates.io. The licence texts are from their packages.'
# In the order of the names, so that the output is always the same.
for hash in "${!crates_with[@]}"; do printf '%s\t%s\n' "${crates_with[$hash]}" "$hash"; done | sort |
  while IFS=$'\t' read -r crates hash; do
    printf '\n%s\n%s\n\n' "$(printf '=%.0s' {1..100})" "$crates"
    cat "${text_of[$hash]}"
  done
if ((${#without[@]})); then
  printf '\n%s\nWithout a text in the package; the licence is the one that it declares:\n\n' "$(printf '=%.0s' {1..100})"
  printf '%s\n' "${without[@]}"
fi
