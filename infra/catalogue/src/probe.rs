//! A file with the right name may be too old, for another processor, or lack a
//! library; only running it tells.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::run::run;
use crate::{Component, Failure, Version};

/// Long enough for a cold start of a large program on a busy machine.
const LIMIT: Duration = Duration::from_secs(20);

/// Asks a component's main program for its version, and refuses one that will
/// not do.
///
/// # Errors
/// `Command` or `TimedOut` if it does not run, `NoVersion` if it says none,
/// `WrongVersion` if the version will not do.
pub(crate) fn version(
    component: &Component,
    program: &Path,
    env: &BTreeMap<String, String>,
) -> Result<Version, Failure> {
    let mut command = Command::new(program);
    command.args(component.version_args).envs(env);
    let said = run(command, LIMIT)?;
    let found = Version::find(&said).ok_or_else(|| Failure::NoVersion {
        said: said.lines().next().unwrap_or_default().to_owned(),
    })?;
    if component.requirement.accepts(found) {
        Ok(found)
    } else {
        Err(Failure::WrongVersion { found, wanted: component.requirement })
    }
}
