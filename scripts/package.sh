#!/usr/bin/env bash
# Builds the packages for Linux and tries each as a new user would: installs it in a fresh directory, checks the example
# file, fires a webhook and receives it.
#
#   scripts/package.sh [STEP...]
#
#   archive       the program, and a static one, as tar archives; also tried with the steps of the GitHub action
#   deb           the Debian package; tried with dpkg in a copy of this system
#   wheel         the Python wheel; tried with pip in a new environment
#   container     the root directory of the container image; tried with chroot, as an unprivileged user
#   crate         the package for crates.io; the packed source is built
#   pre-commit    the hook in .pre-commit-hooks.yaml; tried with pre-commit, which builds the program again
#   reproducible  the program is built twice, each time from scratch, and compared
#
# Without STEP: archive, deb, wheel, container and crate. Finished packages are in target/packages/dist. Installs cargo-deb
# (crates.io), maturin, ziglang and pre-commit (PyPI) below `target/tools`. `deb` and `container` need root.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly CARGO_DEB=3.8.0 MATURIN=1.16.0 ZIG=0.17.1 PRE_COMMIT=4.7.0
readonly GLIBC=2.17 # of the wheel: manylinux2014
top=$PWD
out=$top/target/packages
tools=$(mkdir -p "${TOOLS:-target/tools}" && cd "${TOOLS:-target/tools}" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
version=$(scripts/version.sh)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
dist=$out/dist
mkdir -p "$dist"
scratch=$(mktemp -d)
: >"$scratch/table"
server=
cleanup() {
  local path
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  for path in "$scratch/root" "$scratch/overlay"; do
    ! mountpoint -q "$path" || umount "$path"
  done
  rm -rf "$scratch"
}
trap cleanup EXIT

step() { printf '\n== %s\n' "$*" >&2; }
fail() {
  printf 'package.sh: %s\n' "$*" >&2
  exit 1
}
# A row of the table at the end: `report PACKAGE FILE WHAT-WAS-TRIED`.
report() { printf '%s\t%s\t%s\t%s\n' "$1" "$(basename "$2")" "$(du -h --apparent-size "$2" | cut -f1)" "$3" >>"$scratch/table"; }

# Builds the program for release, statically linked with `build static`, and prints its path.
build() {
  local kind=$1 flags
  flags=$(scripts/release-flags.sh)
  [ "$kind" != static ] || flags+=" -C target-feature=+crt-static"
  step "building the program ($kind)"
  RUSTFLAGS=$flags cargo build --release --locked --target "$host" --target-dir "$out/$kind" >&2
  require_no_paths "$out/$kind/$host/release/hooks"
  printf '%s\n' "$out/$kind/$host/release/hooks"
}

require_no_paths() {
  local path
  for path in "$top" "${CARGO_HOME:-$HOME/.cargo}"; do
    ! grep -rqaF "$path" "$1" || fail "$1 contains the path $path"
  done
}

# Performs the main task of the README with a program.
try_program() { scripts/try-program.sh "$@"; }
readonly TRIED='check, fire --echo, listen + fire --to, history'

# Runs a command without the variables of this shell, with a home of its own.
fresh=(env -i PATH="$PATH" HOME="$scratch/home")
mkdir "$scratch/home"

# Completion scripts, manual pages, licences and the changelog, as a package of a distribution contains them.
write_files() {
  local program=$1 files=$out/files
  rm -rf "$files"
  mkdir -p "$files/man"
  scripts/third-party-licenses.sh >"$files/LICENSES-THIRD-PARTY.txt"
  "${fresh[@]}" "$program" man --output "$files/man"
  "${fresh[@]}" "$program" completions bash >"$files/hooks.bash"
  "${fresh[@]}" "$program" completions zsh >"$files/_hooks"
  "${fresh[@]}" "$program" completions fish >"$files/hooks.fish"
  {
    printf 'add-to-calendar-hooks (%s-1) unstable; urgency=medium\n\n' "$version"
    printf '  * The changes are listed in CHANGELOG.md.\n\n'
    printf ' -- %s  %s\n' "$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
  } >"$files/debian-changelog"
}

archive_step() {
  local program kind name
  for kind in gnu static; do
    program=$(build "$kind")
    [ "$kind" = gnu ] && name=$host || name=${host%-gnu}-static
    scripts/archive.sh "$program" "$name" "$dist"
    step "trying the archive ($kind)"
    mkdir -p "$scratch/archive-$kind"
    tar -xzf "$dist/hooks-$version-$name.tar.gz" -C "$scratch/archive-$kind" --strip-components 1
    try_program "$scratch/archive-$kind/webhooks.example.toml" "${fresh[@]}" "$scratch/archive-$kind/hooks"
    report "archive, $kind" "$dist/hooks-$version-$name.tar.gz" "unpacked: $TRIED"
    [ "$kind" = static ] || try_action "$dist/hooks-$version-$name.tar.gz"
  done
  report 'GitHub action' action.yml 'its steps, with a server for the archive: installs, checks; refuses a wrong checksum'
}

# Runs the steps of action.yml, with a server for the release on this machine.
try_action() {
  local archive=$1 release=$scratch/releases/v$version port='' step
  mkdir -p "$release" "$scratch/runner"
  cp "$archive" "$release"
  (cd "$release" && sha256sum -- *.tar.gz >SHA256SUMS)
  : >"$scratch/server"
  python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$scratch/releases" >"$scratch/server" 2>&1 &
  server=$!
  until [ -n "$port" ]; do
    kill -0 "$server" || fail "$(cat "$scratch/server")"
    port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$scratch/server")
    sleep 0.05
  done
  install_release() {
    RUNNER_TEMP=$scratch/runner GITHUB_PATH=$scratch/path HOOKS_VERSION=$version \
      HOOKS_RELEASES=http://127.0.0.1:$port packaging/install-release.sh
  }
  install_release || fail 'the action does not install the archive'
  step=$(awk '/^      run: \|$/ { on = 1; next } /^      env:/ { on = 0 } on' action.yml)
  PATH=$(cat "$scratch/path"):$PATH HOOKS_ARGUMENTS="--strict --quiet" HOOKS_PATHS=webhooks.example.toml \
    bash -c "set -e; command -v hooks; $step" >"$scratch/check" || fail "the action: $(cat "$scratch/check")"
  grep -q "^$scratch/runner/" "$scratch/check" || fail 'the action runs another program'
  sed -i 's/^./x/' "$release/SHA256SUMS"
  ! install_release || fail 'the action installs an archive with a wrong checksum'
  kill "$server"
  server=
}

# Copies the example file to a directory of its own, as for a user who installed only the program: `example DIRECTORY`.
example() {
  mkdir -p "$1"
  cp webhooks.example.toml "$1"
  printf '%s\n' "$1/webhooks.example.toml"
}

# Completes `hooks fir` in each shell that is installed here, with the files of the package.
try_completions() {
  local files=$1 said
  said=$(PATH=$files/usr/bin:$PATH bash -c '
    source "$1/usr/share/bash-completion/completions/hooks"
    COMP_WORDS=(hooks fir) COMP_CWORD=1 COMP_LINE="hooks fir" COMP_POINT=9 COMP_TYPE=9
    _clap_complete_hooks hooks fir hooks 2>/dev/null
    echo "${COMPREPLY[@]}"' bash "$files")
  [[ $said == fire* ]] || fail "bash completes \`hooks fir\` to: $said"
  completed=bash
  if command -v fish >/dev/null; then
    said=$(PATH=$files/usr/bin:$PATH HOME=$scratch/home fish --no-config -c "
      source '$files/usr/share/fish/vendor_completions.d/hooks.fish'; complete -C 'hooks fir'")
    [[ $said == fire* ]] || fail "fish completes \`hooks fir\` to: $said"
    completed+=', fish'
  fi
  if command -v zsh >/dev/null; then
    said=$(PATH=$files/usr/bin:$PATH zsh -f scripts/complete.zsh "$files/usr/share/zsh/vendor-completions" 'hooks fir')
    [[ $said == *'hooks fire'* ]] || fail "zsh completes \`hooks fir\` to: $said"
    completed+=', zsh'
  fi
}

# Installs, uses and removes the package in a copy of this system: an overlay, so that nothing here is changed.
deb_step() {
  local program deb root=$scratch/root file completed
  [ "$(id -u)" -eq 0 ] || fail 'the Debian package is tried in a chroot: run this as root'
  program=$(build gnu)
  [ -x "$tools/bin/cargo-deb" ] ||
    cargo install --quiet --locked --root "$tools" --target-dir "$tools/build" cargo-deb --version "$CARGO_DEB"
  write_files "$program"
  step 'building the Debian package'
  rm -f "$dist"/*.deb
  CARGO_TARGET_DIR=$out/gnu "$tools/bin/cargo-deb" deb --no-build --no-strip --target "$host" --output "$dist/" >&2
  deb=$(echo "$dist"/*.deb)
  step 'trying the Debian package'
  mkdir -p "$root" "$scratch/overlay"
  mount -t tmpfs tmpfs "$scratch/overlay"
  mkdir "$scratch/overlay/upper" "$scratch/overlay/work"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$scratch/overlay/upper,workdir=$scratch/overlay/work" "$root"
  cp "$deb" "$root/tmp/hooks.deb"
  chroot "$root" dpkg -i /tmp/hooks.deb >&2
  mkdir "$root/tmp/home"
  chown nobody "$root/tmp/home"
  try_program /usr/share/doc/add-to-calendar-hooks/examples/webhooks.example.toml \
    env -i HOME=/tmp/home PATH="$PATH" chroot --userspec=nobody "$root" /usr/bin/hooks
  chroot "$root" dpkg -L add-to-calendar-hooks >"$scratch/installed"
  for file in /usr/bin/hooks /usr/share/man/man1/hooks.1.gz /usr/share/man/man1/hooks-fire.1.gz \
    /usr/share/doc/add-to-calendar-hooks/copyright /usr/share/doc/add-to-calendar-hooks/changelog.Debian.gz; do
    { grep -qx "$file" "$scratch/installed" && [ -e "$root$file" ]; } || fail "the package has no $file"
  done
  dpkg-deb -x "$deb" "$scratch/extracted"
  require_no_paths "$scratch/extracted"
  try_completions "$scratch/extracted"
  chroot "$root" dpkg --purge add-to-calendar-hooks >&2
  while read -r file; do
    [ -d "$root$file" ] || [ ! -e "$root$file" ] || fail "$file was not removed"
  done <"$scratch/installed"
  [ ! -e "$root/usr/share/doc/add-to-calendar-hooks" ] || fail 'the directory of documentation was not removed'
  umount "$root" "$scratch/overlay"
  if command -v lintian >/dev/null; then
    lintian --fail-on error "$deb" >&2
    completed+='; lintian'
  fi
  report 'Debian package' "$deb" "dpkg -i in a chroot, as nobody: $TRIED; removed, nothing left; completion in $completed"
}

# Python packages below `target/tools`: `python_tools NAME==VERSION...`.
python_tools() {
  local wanted
  [ -x "$tools/python/bin/python" ] || python3 -m venv "$tools/python"
  for wanted in "$@"; do
    [ -n "$(find "$tools/python/lib" -maxdepth 3 -iname "$(tr - _ <<<"${wanted%%==*}")-${wanted##*==}*.dist-info")" ] ||
      "$tools/python/bin/pip" install --quiet --disable-pip-version-check "$wanted"
  done
}

# Runs the script of the GitLab component, with the wheel that was built.
try_component() {
  local directory=$scratch/component
  mkdir "$directory"
  cp webhooks.example.toml "$directory/webhooks.toml"
  awk '/^  script:$/ { on = 1; next } /^  [a-z]/ { on = 0 } on' templates/check.yml |
    sed "s/^    - //; s/\$\[\[ inputs.version \]\]/$version/; s/\$\[\[ inputs.arguments \]\]/--strict/; s/\$\[\[ inputs.paths \]\]/./" \
      >"$directory/script"
  (cd "$directory" && PIP_FIND_LINKS=$dist PIP_NO_INDEX=1 bash -e script >&2) ||
    fail 'the component does not check the example file'
  [[ -s $directory/hooks.junit.xml && -s $directory/gl-code-quality-report.json ]] || fail 'the component writes no reports'
}

wheel_step() {
  local wheel flags
  python_tools "maturin==$MATURIN" "ziglang==$ZIG"
  step "building the wheel (glibc $GLIBC)"
  rm -f "$dist"/*.whl
  flags=$(scripts/release-flags.sh)
  scripts/third-party-licenses.sh >LICENSES-THIRD-PARTY.txt
  PATH=$tools/python/bin:$PATH RUSTFLAGS=$flags CARGO_TARGET_DIR=$out/wheel "$tools/python/bin/maturin" build --release \
    --locked --zig --compatibility "manylinux_${GLIBC/./_}" --target "$host" --out "$dist" >&2
  wheel=$(echo "$dist"/*.whl)
  step 'trying the wheel'
  python3 -m venv "$scratch/venv"
  "$scratch/venv/bin/pip" install --quiet --disable-pip-version-check --no-index "$wheel"
  python3 -m zipfile -e "$wheel" "$scratch/unpacked"
  require_no_paths "$scratch/unpacked"
  ls "$scratch"/unpacked/*.dist-info/licenses/LICENSES-THIRD-PARTY.txt >&2
  try_program "$(example "$scratch/wheel")" "${fresh[@]}" "$scratch/venv/bin/hooks"
  "$scratch/venv/bin/pip" uninstall --quiet --yes add-to-calendar-hooks
  [ ! -e "$scratch/venv/bin/hooks" ] || fail 'the wheel was not removed'
  report wheel "$wheel" "pip install in a new venv: $TRIED; uninstalled"
  try_component
  report 'GitLab component' templates/check.yml 'its script, with the wheel: writes both reports'
}

container_step() {
  local program root=$out/container
  [ "$(id -u)" -eq 0 ] || fail 'the root directory of the container is tried with chroot: run this as root'
  program=$(build static)
  step 'trying the root directory of the container'
  rm -rf "$root"
  scripts/container-root.sh "$program" "$root"
  cp webhooks.example.toml "$root/work"
  try_program /work/webhooks.example.toml env -i HOME=/home/hooks PATH="$PATH" chroot --userspec=65532:65532 "$root" /usr/bin/hooks
  rm -r "$root/work/webhooks.example.toml" "$root/home/hooks/.local"
  tar -C "$root" --sort=name --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf "$scratch/container-root.tar" .
  report 'container root' "$scratch/container-root.tar" "chroot as user 65532, nothing but the image: $TRIED"
  ! command -v buildah >/dev/null || try_image "$root"
}

# Builds the last stage of Containerfile, with a root directory in place of what the first stage builds, and uses the image.
try_image() {
  local container said buildah=(buildah --storage-driver vfs --root "$scratch/images" --runroot "$scratch/containers")
  step 'trying the image'
  mkdir "$scratch/image"
  cp -a "$1" "$scratch/image/root"
  awk '/^FROM docker/ { print "FROM scratch AS build\nCOPY root /root-directory"; off = 1 } /^FROM scratch/ { off = 0 } !off' Containerfile \
    >"$scratch/image/Containerfile"
  "${buildah[@]}" bud --quiet --isolation chroot --tag hooks "$scratch/image" >&2
  container=$("${buildah[@]}" from localhost/hooks)
  said=$("${buildah[@]}" run --isolation chroot --volume "$top/webhooks.example.toml:/work/webhooks.toml:ro" "$container" -- \
    hooks fire rsvp-to-cms --echo 2>&1) || fail "the image: $said"
  [[ $said == *'delivered  200 OK'* && $said == *'recorded as delivery 1'* ]] || fail "the image: $said"
  "${buildah[@]}" rm "$container" >&2
  report 'image' Containerfile 'buildah, last stage only: fire --echo, recorded in the history'
}

# What users of crates.io build. The packed source has no git: `--version` prints the commit that Cargo recorded.
crate_step() {
  local crate listed commit
  step 'packing the crate'
  listed=$(cargo package --locked --list)
  ! grep -E '(^|/)(tests?|benches|fuzz|scripts|packaging|target)/|\.sh$|\.env' <<<"$listed" | grep -v '^src/.*/tests/' ||
    fail 'the crate contains files that are not its own'
  cargo publish --locked --dry-run --no-verify >&2
  crate=target/package/add-to-calendar-hooks-$version
  rm -rf "$crate"
  tar -C target/package -xzf "$crate.crate"
  ! grep -rlF "$top" "$crate" || fail 'the crate names a path of this machine'
  step 'installing the crate'
  cargo install --quiet --locked --path "$crate" --root "$scratch/crate" --target-dir "$out/crate" >&2
  commit=$(git rev-parse HEAD)
  [[ $("$scratch/crate/bin/hooks" --version) == "hooks $version (${commit:0:10})" ]] || fail 'the crate does not know its commit'
  try_program "$(example "$scratch/crate-user")" "${fresh[@]}" "$scratch/crate/bin/hooks"
  report crate "$crate.crate" "cargo publish --dry-run; cargo install: $TRIED"
}

# The hook as for users who install the program from the wheel.
pre_commit_step() {
  local wheel directory=$scratch/pre-commit
  wheel=$(echo "$dist"/*.whl)
  [ -e "$wheel" ] || wheel_step
  python_tools "pre-commit==$PRE_COMMIT"
  step 'trying the hook for pre-commit'
  git init --quiet "$directory"
  awk '/^```/ { on = $0 == "```yaml .pre-commit-config.yaml"; next } on' docs/ci.md >"$directory/.pre-commit-config.yaml"
  cp webhooks.example.toml "$directory/webhooks.toml"
  git -C "$directory" add .
  (
    cd "$directory"
    export PIP_FIND_LINKS=$dist PRE_COMMIT_HOME=$scratch/pre-commit-home
    "$tools/python/bin/pre-commit" run >&2 || fail 'the hook fails for the example file'
    sed -i 's/{{amount}}/{{amuont}}/' webhooks.toml
    git add .
    ! "$tools/python/bin/pre-commit" run >"$scratch/hook" 2>&1 || fail 'the hook does not find a misspelled variable'
    grep -q 'did you mean' "$scratch/hook" || fail "pre-commit: $(cat "$scratch/hook")"
  )
  report 'pre-commit hook' .pre-commit-hooks.yaml 'pre-commit run, with the wheel: passes, and fails for a misspelled variable'
}

reproducible_step() {
  local program first
  rm -rf "$out/gnu"
  program=$(build gnu)
  first=$(sha256sum <"$program")
  rm -rf "$out/gnu"
  program=$(build gnu)
  [ "$(sha256sum <"$program")" = "$first" ] || fail 'two builds of the program differ'
  report 'program' "$program" "two builds from scratch: sha256 ${first%% *}"
}

[ $# -gt 0 ] || set -- archive deb wheel container crate
for name in "$@"; do
  case $name in
    archive | deb | wheel | container | crate | pre-commit | reproducible) "${name//-/_}_step" ;;
    *) fail "unknown step \`$name\`: use archive, deb, wheel, container, crate, pre-commit or reproducible" ;;
  esac
done
[ -z "$(ls "$dist")" ] || (cd "$dist" && sha256sum -- * >"$out/SHA256SUMS")
printf '\n'
column -t -s "$(printf '\t')" -N PACKAGE,FILE,SIZE,TRIED "$scratch/table"
