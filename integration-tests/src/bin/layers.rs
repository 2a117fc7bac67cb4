//! `layers` checks that the crates of the workspace depend on each other in one direction.
//! It exits with 1 and names every dependency that does not.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a command line")]

use std::process::{Command, ExitCode};

use goodgo_integration_tests::layers::{members, violations};

fn main() -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--no-deps", "--format-version", "1"];
    let output = match Command::new(cargo).args(arguments).output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => {
            eprintln!("layers: cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
            return ExitCode::from(2);
        }
        Err(error) => {
            eprintln!("layers: cargo cannot be run: {error}");
            return ExitCode::from(2);
        }
    };
    let Some(members) = members(&String::from_utf8_lossy(&output.stdout)) else {
        eprintln!("layers: cargo metadata printed something else than expected");
        return ExitCode::from(2);
    };
    let found = violations(&members);
    for violation in &found {
        eprintln!("layers: {violation}");
    }
    if !found.is_empty() {
        return ExitCode::FAILURE;
    }
    println!("layers: {} crates, all dependencies in order", members.len());
    ExitCode::SUCCESS
}
