#!/usr/bin/env bash
# What a careful person makes of the best common tools to store a bag in three places: unpack, check each checksum, copy,
# write everything to disk, and check every copy as the disk has it.
#
# usage: bench/baseline.sh PACKAGE DIRECTORY
#
# It is less than what the service does: nobody looks for files that no manifest lists, for tag files that changed, for
# limits and names, and nothing is recorded. Needs igzip (package isal), openssl, and root to drop the page cache.
set -euo pipefail
package=$(realpath "$1")
cd "$2"
mkdir -p work one two three
scratch=$(mktemp -d)
export scratch
trap 'rm -rf "$scratch"' EXIT

check() {  # check BAG: every line of its manifest, two processes side by side
  (
    cd "$1"
    rm -f "$scratch"/*
    cut -c67- manifest-sha256.txt | tr '\n' '\0' |
      xargs -0 -P2 -n200 bash -c 'openssl dgst -sha256 -r "$@" > "$scratch/$$"' _
    cat "$scratch"/* | sed 's/ \*/  /' | sort | cmp -s - <(sort manifest-sha256.txt) ||
      { printf 'the checksums of %s differ\n' "$1" >&2; exit 1; }
  )
}

igzip -dc "$package" | tar -xf - -C work
bag=$(ls work | head -1)
check "work/$bag"
for copy in one two three; do cp -r "work/$bag" "$copy/"; done
sync
echo 1 > /proc/sys/vm/drop_caches
for copy in one two three; do check "$copy/$bag"; done
rm -rf work
