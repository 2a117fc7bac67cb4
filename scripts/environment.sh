#!/usr/bin/env bash
# Builds the program of an environment and hands a command to it:
#
#   environment.sh COMMAND [ARGUMENTS…]
#
# `env=ENV` anywhere among the arguments chooses the environment (default: local), any other
# `key=value` becomes `--key=value`, and all else is passed on as it is. After `--` nothing is
# looked at. env=local is built for development, every other for release.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'just: %s\n' "$*" >&2; }

# The environments and services that have a program, by folder: `programs environments`.
programs() {
    local main
    for main in "$1"/*/src/main.rs; do
        main=${main#"$1/"}
        [ "$main" = '*/src/main.rs' ] || printf '%s\n' "${main%%/*}"
    done
}

# The name of the package in a folder.
package() { sed -n 's/^name *= *"\(.*\)"/\1/p' "$1/Cargo.toml" | head -n 1; }

# Whether a command only looks at what was deployed, so that a program of an earlier build
# serves as well: logs are wanted most when the code does not compile.
looks_only() {
    case $1 in
        status | logs | outputs | history) return 0 ;;
        *) return 1 ;;
    esac
}

command=$1
shift
environment=local
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --)
            arguments+=("$@")
            break
            ;;
        env=*) environment=${1#env=} ;;
        -* | [!a-z]*) arguments+=("$1") ;;
        *=*)
            key=${1%%=*}
            case $key in
                *[!a-z0-9-]*) arguments+=("$1") ;;
                *) arguments+=("--$1") ;;
            esac
            ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

if ! programs environments | grep -qxF -- "$environment"; then
    say "there is no environment \`$environment\`; there are: $(programs environments | paste -sd ' ' -)"
    say "what to do: env=NAME with one of these, or \`./just new environment NAME\` for another"
    exit 2
fi

profile=(dev debug)
[ "$environment" = local ] || profile=(release release)
program="${CARGO_TARGET_DIR:-target}/${profile[1]}/$environment"

# Always the same packages together: cargo then compiles what they share only once.
packages=(--package "$environment")
for service in $(programs services); do
    packages+=(--package "$(package "services/$service")")
done

if ! cargo build --profile "${profile[0]}" "${packages[@]}"; then
    if looks_only "$command" && [ -x "$program" ]; then
        say 'the build failed; this is the answer of the program that was built before'
    else
        exit 101
    fi
fi

# bash before 4.4 takes an empty array for an unset one.
exec "$program" "$command" ${arguments[@]+"${arguments[@]}"}
