#!/usr/bin/env bash
# Packs a program, its documentation, completion scripts and manual pages: `scripts/archive.sh PROGRAM NAME DIRECTORY` writes
# hooks-VERSION-NAME.tar.gz, on Windows .zip, to the directory. With GNU tar, the archive is the same for the same files.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1 name=hooks-$(scripts/version.sh)-$2 directory=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
content=$scratch/$name
mkdir -p "$content/completions" "$content/man" "$directory"
directory=$(cd "$directory" && pwd)
[ -e "$program" ] || program+=.exe
cp "$program" README.md CHANGELOG.md SECURITY.md LICENSE-MIT LICENSE-APACHE webhooks.example.toml "$content"
scripts/third-party-licenses.sh >"$content/LICENSES-THIRD-PARTY.txt"
"$program" man --output "$content/man"
"$program" completions bash >"$content/completions/hooks.bash"
"$program" completions zsh >"$content/completions/_hooks"
"$program" completions fish >"$content/completions/hooks.fish"
"$program" completions powershell >"$content/completions/_hooks.ps1"
cd "$scratch"
case $program in
  *.exe) 7z a -bd "$directory/$name.zip" "$name" >&2 ;;
  *)
    options=()
    if tar --version | grep -q GNU; then
      time=${SOURCE_DATE_EPOCH:-$(git -C "$OLDPWD" log -1 --format=%ct)}
      options=(--sort=name --owner=0 --group=0 --numeric-owner "--mtime=@$time" "--mode=go-w,a+rX")
    fi
    tar "${options[@]}" -cf - "$name" | gzip -9n >"$directory/$name.tar.gz"
    ;;
esac
