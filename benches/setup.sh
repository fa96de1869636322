# Sourced by the benches: installs tools, builds the release, creates a project. Sets `root`, `target`, `hooks`, `project`.
set -euo pipefail
shopt -s inherit_errexit
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
hooks=$target/release/hooks

# Installs a program from Debian if it is missing: `need PROGRAM PACKAGE`.
need() {
  if ! type -P "$1" >/dev/null; then
    local sudo
    sudo=$([ "$(id -u)" -eq 0 ] || echo sudo)
    $sudo apt-get update >&2
    $sudo apt-get install -y --no-install-recommends "$2" >&2
  fi
}

# Builds a peer and prints its path: `peer NAME`.
peer() {
  cargo build --release --quiet --locked --manifest-path "$root/benches/peers/$1/Cargo.toml" \
    --target-dir "$target/peers" >&2
  echo "$target/peers/release/$1-peer"
}

need hyperfine hyperfine
need curl curl
cargo build --release --quiet --locked --manifest-path "$root/Cargo.toml" --target-dir "$target"

project=$(mktemp -d)
receiver_pid=
cleanup() {
  if [ -n "$receiver_pid" ]; then kill "$receiver_pid" 2>/dev/null || true; fi
  rm -rf "$project"
}
trap cleanup EXIT
cp "$root/webhooks.example.toml" "$project/webhooks.toml"
cd "$project"

# Replaces this machine's home, settings, history and proxies. Call it after everything is built.
scrub() {
  export HOME=$project XDG_CONFIG_HOME=$project/.config XDG_STATE_HOME=$project/.state HOOKS_HISTORY=off
  unset HOOKS_FILE HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
}
