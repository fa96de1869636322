#!/usr/bin/env bash
# `hooks check` of 10,000 webhooks compared with a bare TOML parse, check-jsonschema and, if installed, taplo. Then the
# growth of time and memory from 100 to 100,000 webhooks.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
bare=$(peer toml)
need python3 python3-venv
if [ ! -x "$target/tools/py/bin/check-jsonschema" ]; then
  python3 -m venv "$target/tools/py"
  "$target/tools/py/bin/pip" install --quiet check-jsonschema
fi
schema=$root/docs/webhooks.schema.json
scrub

generate() {
  awk -v n="$1" 'BEGIN {
    split("rsvp_answer event style rsvp_template", element); split("create update", trigger)
    split("POST PUT PATCH", method)
    for (i = 0; i < n; i++) {
      e = element[i % 4 + 1]
      printf "# Webhook number %d, for team %d.\n[webhooks.hook-%d]\nname = \"Webhook number %d\"\nactive = %s\n", i, i % 97, i, i, (i % 5 ? "true" : "false")
      printf "trigger = \"%s\"\ntrigger_element = \"%s\"\nmethod = \"%s\"\n", trigger[i % 2 + 1], e, method[i % 3 + 1]
      printf "payload_url = \"https://cms-%d.example.com/hooks/%s/%d\"\n\n", i % 100, e, i
      printf "[webhooks.hook-%d.header]\nAuthorization = \"Bearer ${CMS_TOKEN_%d}\"\nX-Request-Id = \"%s-{{id}}\"\n\n", i, i % 10, e
      printf "[webhooks.hook-%d.body]\nsource = \"number %d\"\ncreated = \"{{date_created}}\"\nnote = \"changed {{date_updated}} of {{id}}\"\n\n", i, i
    }
  }'
}
sizes=(100 1000 10000 100000)
for size in "${sizes[@]}"; do generate "$size" >"$size.toml"; done

programs=(-n 'bare toml and serde' "$bare 10000.toml" -n 'hooks check' "$hooks check 10000.toml"
  -n 'check-jsonschema' "$target/tools/py/bin/check-jsonschema --schemafile $schema 10000.toml")
taplo=$(type -P taplo || ls "$target/tools/bin/taplo" 2>/dev/null || true)
hyperfine --shell=none --warmup 2 --runs "${RUNS:-15}" --style none --export-csv times.csv "${programs[@]}" >/dev/null
if [ -n "$taplo" ]; then
  # Takes time quadratic in the number of webhooks, so it runs once.
  hyperfine --shell=none --runs 1 --style none --export-csv taplo.csv -n 'taplo lint' \
    "$taplo lint --no-auto-config --schema file://$schema 10000.toml" >/dev/null
  tail -n 1 taplo.csv >>times.csv
fi
memory() { command time -f %M "$@" 2>&1 >/dev/null | tail -n 1; }
need time time
printf '10,000 webhooks, %s bytes\n%-22s %9s %9s %16s\n' "$(stat -c %s 10000.toml)" program 'mean ms' 'least ms' 'mean / bare toml'
awk -F, 'NR == 2 { bare = $2 } NR > 1 { printf "%-22s %9.1f %9.1f %15.2fx\n", $1, $2 * 1000, $7 * 1000, $2 / bare }' times.csv
printf 'peak memory: bare toml %s KiB, hooks check %s KiB, check-jsonschema %s KiB\n\n' "$(memory "$bare" 10000.toml)" \
  "$(memory "$hooks" check 10000.toml)" "$(memory "$target/tools/py/bin/check-jsonschema" --schemafile "$schema" 10000.toml)"

hyperfine --shell=none --warmup 1 --runs 5 --style none --export-csv growth.csv --parameter-list size "$(IFS=,; echo "${sizes[*]}")" \
  "$hooks check {size}.toml" >/dev/null
printf '%9s %9s %14s %12s\n' webhooks 'least ms' 'µs per webhook' 'peak KiB'
awk -F, 'NR > 1 { print $NF, $7 * 1000, $7 * 1000000 / $NF }' growth.csv | while read -r size ms each; do
  printf '%9d %9.1f %14.1f %12s\n' "$size" "$ms" "$each" "$(memory "$hooks" check "$size.toml")"
done
