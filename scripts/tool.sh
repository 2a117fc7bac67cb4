#!/usr/bin/env bash
# Prints the path of a cargo tool of exactly that version, which it installs into the cache
# first if it must:
#
#   tool.sh NAME VERSION
#
#   GOODGO_CACHE   where to keep it (default: /var/cache/goodgo for root, else
#                  $XDG_CACHE_HOME/goodgo or ~/.cache/goodgo)
set -euo pipefail

name=$1
version=$2

if [ -n "${GOODGO_CACHE:-}" ]; then
    cache=$GOODGO_CACHE
elif [ "$(id -u)" = 0 ]; then
    cache=/var/cache/goodgo
else
    cache=${XDG_CACHE_HOME:-$HOME/.cache}/goodgo
fi

# Some print their name before the version.
is_good() { "$1" --version 2>/dev/null | grep -qE "(^| )${version//./\\.}\$"; }

for candidate in "$(command -v "$name" || true)" "$cache/tools/$name-$version/bin/$name"; do
    if [ -n "$candidate" ] && is_good "$candidate"; then
        printf '%s\n' "$candidate"
        exit 0
    fi
done

printf 'just: compiling %s %s, once for this machine (some minutes)\n' "$name" "$version" >&2
# It has a build folder of its own: the project's belongs to whoever builds there now.
cargo install --locked --root "$cache/tools/$name-$version" --version "$version" "$name" >&2
printf '%s\n' "$cache/tools/$name-$version/bin/$name"
