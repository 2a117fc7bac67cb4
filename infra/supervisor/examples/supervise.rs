//! The smallest program that can supervise: what an environment's program does
//! for its hidden subcommand. The tests run it, too.

use std::path::Path;
use std::process::ExitCode;

use goodgo_supervisor::Options;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [command, dir] = &args[..] else { return ExitCode::from(2) };
    if command != "__supervise" {
        return ExitCode::from(2);
    }
    match goodgo_supervisor::run(Path::new(dir), Options { build: "example".into() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
