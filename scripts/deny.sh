#!/usr/bin/env bash
# Holds the dependencies to deny.toml. Known vulnerabilities are looked up where their database
# can be reached; where it cannot, that is said and is no failure.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

deny=$(scripts/tool.sh cargo-deny 0.20.2)
"$deny" check --hide-inclusion-graph bans licenses sources

if "$deny" fetch db 2>/dev/null; then
    "$deny" check --disable-fetch advisories
else
    printf 'just: the database of known vulnerabilities cannot be reached from here; they were NOT checked\n' >&2
fi
