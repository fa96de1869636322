#!/usr/bin/env bash
# Checks the JSON Schema and the hook for pre-commit with the tools that read them: taplo (crates.io), check-jsonschema and
# pre-commit (PyPI). Installs them below `target`; compiling taplo takes minutes, and `TAPLO=off` skips it.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=${TOOLS:-target/tools}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
if [ ! -x "$tools/py/bin/pre-commit" ]; then
  python3 -m venv "$tools/py"
  "$tools/py/bin/pip" install --quiet check-jsonschema pre-commit
fi
if [ "${TAPLO:-on}" = on ] && [ ! -x "$tools/bin/taplo" ]; then
  cargo install --quiet --locked --root "$tools" --target-dir "$tools/build" --no-default-features --features lint,rustls-tls taplo-cli
fi
schema=$PWD/docs/webhooks.schema.json
rules=tests/it/check/rules
failed=0

# Checks that a command succeeds (yes) or fails (no): `expect yes|no NAME COMMAND…`.
expect() {
  local wanted=$1 name=$2 said=yes
  shift 2
  "$@" >/dev/null 2>&1 || said=no
  if [ "$said" != "$wanted" ]; then
    printf '%s: %s, expected %s\n' "$name" "$said" "$wanted"
    failed=1
  fi
}

# The rules that a schema can check, as listed in the test.
seen=$(sed -n '/let expected = \[/,/\];/s/^ *"\(.*\)",$/\1/p' tests/it/check/schema.rs)
python=$tools/py/bin
taplo() {
  if [ "${TAPLO:-on}" = on ]; then
    expect "$1" "taplo on $2" "$tools/bin/taplo" lint --no-auto-config --schema "file://$schema" "$2"
  fi
}
expect yes 'the schema itself' "$python/check-jsonschema" --check-metaschema "$schema"
for file in webhooks.example.toml "$rules"/*/good.toml; do
  taplo yes "$file"
  expect yes "check-jsonschema on $file" "$python/check-jsonschema" --schemafile "$schema" "$file"
done
for code in $seen; do
  file=$rules/$code/bad.toml
  taplo no "$file"
  expect no "check-jsonschema on $file" "$python/check-jsonschema" --schemafile "$schema" "$file"
done

# The configuration in docs/ci.md, and the manifest for pre-commit. `scripts/check-packaging.sh` checks the other examples.
example=$(mktemp)
trap 'rm -f "$example"' EXIT
awk '/^```/ { on = $0 == "```yaml .pre-commit-config.yaml"; next } on' docs/ci.md >"$example"
expect yes 'the configuration for pre-commit' "$python/pre-commit" validate-config "$example"
expect yes 'the manifest for pre-commit' "$python/pre-commit" validate-manifest .pre-commit-hooks.yaml
[ "$failed" -eq 0 ] && echo 'all checks passed'
exit "$failed"
