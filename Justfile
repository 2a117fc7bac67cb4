# The commands of the project. `./just` runs them where no `just` is installed.
#
# Arguments: `env=ENV` chooses the environment (default: local); `key=value` is short for
# `--key=value`; `--help` after any command of an environment explains it.

set positional-arguments

# The commands say themselves what went wrong.
set no-exit-message

[private]
default:
    @"{{ just_executable() }}" --justfile "{{ justfile() }}" --list --unsorted

# Show what a deploy would change, and what it would risk
[group('environment')]
preview *args:
    @scripts/environment.sh preview "$@"

# Bring the environment to what is declared, and wait until it is ready
[group('environment')]
deploy *args:
    @scripts/environment.sh deploy "$@"

# Remove the environment; asks before data is deleted
[group('environment')]
destroy *args:
    @scripts/environment.sh destroy "$@"

# Look at the world and correct the state
[group('environment')]
refresh *args:
    @scripts/environment.sh refresh "$@"

# Adopt something that exists
[group('environment')]
import *args:
    @scripts/environment.sh import "$@"

# Show what runs
[group('look')]
status *args:
    @scripts/environment.sh status "$@"

# Show log lines: follow, by component, since
[group('look')]
logs *args:
    @scripts/environment.sh logs "$@"

# Show addresses and other outputs; secrets are masked unless asked for
[group('look')]
outputs *args:
    @scripts/environment.sh outputs "$@"

# Draw the resources and their dependencies: dot, mermaid, svg
[group('look')]
graph *args:
    @scripts/environment.sh graph "$@"

# List past deploys
[group('look')]
history *args:
    @scripts/environment.sh history "$@"

# Work on the state: list, show, export, import, rename, remove, unlock
[group('state')]
state *args:
    @scripts/environment.sh state "$@"

# Free the lock of an owner who can never give it back
[group('state')]
unlock *args:
    @scripts/environment.sh state unlock "$@"

# Say what is missing on this machine, and how to get it
[group('help')]
doctor *args:
    @scripts/environment.sh doctor "$@"

# List the settings that are read from environment variables
[group('help')]
settings *args:
    @scripts/environment.sh settings "$@"

# Write shell completions: `./just completions bash`
[group('help')]
completions *args:
    @scripts/environment.sh completions "$@"

# Write a new service or environment: `./just new service NAME`
[group('develop')]
new *args:
    @scripts/environment.sh new "$@"

# Run all tests with a throwaway PostgreSQL and Redis, or those that `cargo test ARGS` selects
[group('develop')]
test *args:
    @scripts/test.sh "$@"

# Format all code
[group('develop')]
fmt:
    cargo fmt --all

# Measure, and write docs/benchmarks.md
[group('develop')]
bench *args:
    @cargo run --release --package goodgo-bench -- "$@"

# Check that all code is formatted
[group('check')]
fmt-check:
    cargo fmt --all --check

# Lint, without a warning
[group('check')]
lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Build the documentation, without a warning
[group('check')]
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Check licences, sources and known vulnerabilities of dependencies
[group('check')]
deny:
    @scripts/deny.sh

# Find dependencies that nothing uses
[group('check')]
unused:
    @"$(scripts/tool.sh cargo-machete 0.9.2)"

# Check that crates depend on each other in one direction
[group('check')]
layers:
    cargo build --quiet --workspace --bin layers
    @"${CARGO_TARGET_DIR:-target}/debug/layers"

# Run every check and all tests
[group('check')]
ci:
    @scripts/ci.sh
