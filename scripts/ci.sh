#!/usr/bin/env bash
# All that a change has to pass, quick checks first, each with the time that it took.
# The tests come last, so that what they print is the end of the log.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A snapshot that differs is a failure here, not a proposal.
export INSTA_UPDATE=no

for step in fmt-check layers deny unused lint doc test; do
    printf '\n== %s\n' "$step"
    started=$SECONDS
    ./just "$step"
    [ "$step" = test ] || printf '== %s: passed in %d s\n' "$step" $((SECONDS - started))
done
