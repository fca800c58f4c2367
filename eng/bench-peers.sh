#!/usr/bin/env bash
# Installs what bench/EdgeAI.Benchmarks.Store measures the store beside. What is there already stays.
set -euo pipefail

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

as_root apt-get update -qq
as_root apt-get install -y -qq --no-install-recommends zstd tar borgbackup restic casync xdelta3 rsync >/dev/null
for program in zstd tar borg restic casync xdelta3 rsync; do
    command -v "$program"
done
