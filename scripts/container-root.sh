#!/usr/bin/env bash
# Creates the root directory of the container image: `scripts/container-root.sh PROGRAM DIRECTORY`. PROGRAM must be statically linked.
# Used by Containerfile and scripts/package.sh.
set -euo pipefail
program=$1 root=$2
user=65532
install -D -m 755 "$program" "$root/usr/bin/hooks"
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
printf 'hooks:x:%s:%s::/home/hooks:/sbin/nologin\n' "$user" "$user" >"$root/etc/passwd"
printf 'hooks:x:%s:\n' "$user" >"$root/etc/group"
for file in LICENSE-MIT LICENSE-APACHE; do
  install -D -m 644 "$file" "$root/usr/share/doc/hooks/$file"
done
"$(dirname "$0")/third-party-licenses.sh" >"$root/usr/share/doc/hooks/LICENSES-THIRD-PARTY.txt"
install -d "$root/work"
# A COPY in a Containerfile keeps modes but not owners, and users may choose another user with `--user`.
install -d -m 1777 "$root/tmp" "$root/home/hooks"
