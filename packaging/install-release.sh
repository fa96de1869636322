#!/usr/bin/env bash
# Installs a release of `hooks` for the steps of a GitHub Actions workflow: downloads the archive for this machine, compares its
# checksum, and adds its directory to the PATH. Needs HOOKS_VERSION and HOOKS_RELEASES.
set -euo pipefail
shopt -s extglob
directory=$RUNNER_TEMP/hooks-$HOOKS_VERSION
fail() {
  printf '::error::%s\n' "$*"
  exit 1
}

case $(uname -m) in
  x86_64 | amd64) machine=x86_64 ;;
  aarch64 | arm64) machine=aarch64 ;;
  *) fail "hooks has no release for $(uname -m)" ;;
esac
case $(uname -s) in
  Linux)
    libc=gnu
    ! ldd --version 2>&1 | grep -q musl || libc=musl
    archive=$machine-unknown-linux-$libc.tar.gz
    ;;
  Darwin) archive=$machine-apple-darwin.tar.gz ;;
  MINGW* | MSYS*) archive=x86_64-pc-windows-msvc.zip ;;
  *) fail "hooks has no release for $(uname -s)" ;;
esac
archive=hooks-$HOOKS_VERSION-$archive

mkdir -p "$directory"
cd "$directory"
for file in "$archive" SHA256SUMS; do
  curl -fsSL --retry 3 --output "$file" "$HOOKS_RELEASES/v$HOOKS_VERSION/$file" || fail "cannot download $file of hooks $HOOKS_VERSION"
done
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' SHA256SUMS)
actual=$("${sum[@]}" <"$archive")
[ "${expected:-none}" = "${actual%% *}" ] || fail "the checksum of $archive is wrong"
case $archive in
  *.zip) unzip -oq "$archive" ;;
  *) tar -xzf "$archive" ;;
esac
printf '%s\n' "$directory/${archive%.@(tar.gz|zip)}" >>"$GITHUB_PATH"
