#!/usr/bin/env bash
# Runs tests with a throwaway PostgreSQL and Redis (integration-tests, `with-backends`).
# Without arguments all tests of the workspace, and then no snapshot may be left over that no
# test asks for; with arguments those that `cargo test` selects by them.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

with_backends="${CARGO_TARGET_DIR:-target}/debug/with-backends"

if [ $# -gt 0 ]; then
    # The journeys of integration-tests run the service as it is built.
    cargo build --workspace --bin with-backends --bin auth
    exec "$with_backends" -- cargo test "$@"
fi

# insta writes every snapshot that a test asks for into this file.
references=$(mktemp)
trap 'rm -f "$references"' EXIT
export INSTA_SNAPSHOT_REFERENCES_FILE=$references

# Builds with-backends as well: tests of its package run it.
cargo test --workspace --no-run
"$with_backends" -- cargo test --workspace --no-fail-fast

left_over=$(comm -23 \
    <(git ls-files --cached --others --exclude-standard -- '*.snap' | sed "s|^|$(pwd -P)/|" | sort -u) \
    <(sort -u "$references" | while read -r path; do realpath -m "$path"; done | sort -u))
if [ -n "$left_over" ]; then
    printf 'just: no test asks for these snapshots; remove them:\n%s\n' "$left_over" >&2
    exit 1
fi
