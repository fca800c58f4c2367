#!/usr/bin/env bash
# Builds everything, checks the formatting and runs every test project. Ends with "N passed, N failed, N skipped".
# With CI=true a skipped test fails the run too.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly configuration=Release
readonly reports=artifacts/test-reports
# Longer than the slowest project takes on a small machine: a test that hangs must not hang the run.
readonly limit=1200

passed=0
failed=0
skipped=0

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

ensure_command() {
    command -v "$1" >/dev/null && return
    echo "Installing $2, for $1"
    as_root apt-get update -qq && as_root apt-get install -y -qq "$2" >/dev/null
}

# Model names are compared in Unicode form NFC, for which .NET takes the system's ICU.
ensure_icu() {
    compgen -G '/usr/lib/*/libicuuc.so.*' >/dev/null || compgen -G '/usr/lib*/libicuuc.so.*' >/dev/null && return
    command -v apt-get >/dev/null || return 0
    as_root apt-get update -qq && as_root apt-get install -y -qq libicu-dev >/dev/null
}

# The tests of the S3 tier start a cluster of their own; without its packages they are skipped.
ensure_ceph() {
    command -v radosgw >/dev/null || ! command -v apt-get >/dev/null && return
    echo "Installing Ceph, for the tests of the S3 tier"
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends ceph-mon ceph-osd radosgw >/dev/null
}

# The edge of a CDN, before that cluster.
ensure_nginx() {
    [ -x /usr/sbin/nginx ] || ! command -v apt-get >/dev/null && return
    echo "Installing nginx, for the tests of the S3 tier"
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends nginx-light >/dev/null
}

# A link that is slow and loses packets.
ensure_link() {
    command -v ip >/dev/null && [ -x /usr/bin/python3 ] || ! command -v apt-get >/dev/null && return
    echo "Installing iproute2 and Python, for the tests over a lossy link"
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends iproute2 python3 >/dev/null
}

# An emulator of Azure Blob Storage, for the sample of a tier; without it those tests fail.
ensure_azurite() {
    [ -e data/azurite/node_modules/azurite/package.json ] || ! command -v npm >/dev/null && return
    echo "Installing Azurite, for the tests of the blob tier"
    mkdir -p data/azurite && npm install --prefix data/azurite --no-audit --no-fund --ignore-scripts --omit=dev --omit=optional --loglevel=error azurite@3.37.0 >/dev/null
}

# Clients that others wrote, for the tests of the server: gRPC's own libraries for Python and for Node.js.
ensure_clients() {
    { [ -x /usr/bin/protoc ] && [ -x /usr/bin/grpc_python_plugin ] && [ -e /usr/share/grpc-proto ] && /usr/bin/python3 -c 'import grpc'; } 2>/dev/null || ! command -v apt-get >/dev/null || {
        echo "Installing gRPC for Python, for the tests of the server"
        as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends python3-grpcio protobuf-compiler protobuf-compiler-grpc grpc-proto >/dev/null
    }
    [ -e data/grpc-js/node_modules/grpc-health-check/package.json ] || ! command -v npm >/dev/null && return
    echo "Installing gRPC for Node.js, for the tests of the server"
    mkdir -p data/grpc-js && npm install --prefix data/grpc-js --no-audit --no-fund --ignore-scripts --omit=dev --loglevel=error @grpc/grpc-js@1.14.7 grpc-health-check@2.1.0 >/dev/null
}

# The browser that looks at the pages; without it those tests fail.
ensure_chromium() {
    [ -x /usr/bin/chromium ] || ! command -v apt-get >/dev/null && return
    echo "Installing Chromium, for the tests of the pages"
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
}

attribute() {
    sed -nE "s/.*<assembly [^>]*[[:space:]]$2=\"([0-9]+)\".*/\1/p" "$1" | head -n 1
}

fail() {
    echo "FAILED: $1"
    failed=$((failed + 1))
}

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ] && { [ "${CI:-}" != true ] || [ "$skipped" = 0 ]; }
    exit
}

run_project() {
    local name=$1 log="$reports/$1.log" report="$reports/$1.xml" code
    echo "== $name"
    timeout --kill-after=30 "$limit" dotnet "tests/$name/bin/$configuration/net10.0/$name.dll" \
        -noLogo -noColor -longRunning 120 -result-xml "$report" </dev/null >"$log" 2>&1
    code=$?

    if [ ! -s "$report" ] || [ -z "$(attribute "$report" total)" ]; then
        cat "$log"
        fail "$name ended with $code before it could report"
        return
    fi

    local bad=$(($(attribute "$report" failed) + $(attribute "$report" errors)))
    passed=$((passed + $(attribute "$report" passed)))
    failed=$((failed + bad))
    skipped=$((skipped + $(attribute "$report" skipped)))
    if [ "$bad" != 0 ]; then
        cat "$log"
    elif [ "$code" != 0 ]; then
        cat "$log"
        fail "$name ended with $code, though no test failed"
    else
        echo "$(attribute "$report" passed) passed"
    fi
}

ensure_command dotnet dotnet-sdk-10.0
ensure_command mount util-linux
ensure_command g++ g++
ensure_command curl curl
ensure_icu
ensure_ceph
ensure_nginx
ensure_link
ensure_azurite
ensure_clients
ensure_chromium
rm -rf "$reports" && mkdir -p "$reports"

echo "== Build"
if ! dotnet build EdgeAI.sln --configuration "$configuration" --nologo --verbosity quiet -warnaserror; then
    fail "the build"
    finish
fi

echo "== Format"
dotnet format EdgeAI.sln --verify-no-changes --no-restore || fail "the formatting; run 'dotnet format EdgeAI.sln'"

for project in tests/*.Tests/*.Tests.csproj; do
    run_project "$(basename "$project" .csproj)"
done

finish
