//! How each kind of source is carried out. All of them fill a staging folder
//! and say where in it the programs are; what happens before and after is the
//! same for all and is the catalogue's.

mod apt;
mod build;
mod npm;
mod pip;
mod release;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::run::{command_line, run};
use crate::{Event, Failure, Platform, Source};

/// What a source works with.
pub(crate) struct Workshop<'a> {
    /// An empty folder; whatever is left in it is removed afterwards.
    pub(crate) staging: &'a Path,
    /// The machine to get programs for; `None` if no component has builds for it.
    pub(crate) platform: Option<Platform>,
    /// Told what happens.
    pub(crate) tell: &'a dyn Fn(Event),
}

/// What a source made.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The folder to keep, below the staging folder.
    pub(crate) root: PathBuf,
    /// The folder of the programs, relative to the root.
    pub(crate) bin: PathBuf,
}

/// Gets a component from one source.
pub(crate) fn obtain(source: &Source, workshop: &Workshop<'_>) -> Result<Tree, Failure> {
    match source {
        Source::Release(release) => release::obtain(release, workshop),
        Source::Pip(pip) => pip::obtain(pip, workshop),
        Source::Npm(npm) => npm::obtain(npm, workshop),
        Source::Apt(apt) => apt::obtain(apt, workshop),
        Source::Build(build) => build::obtain(build, workshop),
    }
}

impl Workshop<'_> {
    /// Runs a command that shows no progress of its own.
    fn run(&self, command: Command, limit: Duration) -> Result<String, Failure> {
        (self.tell)(Event::Running { command: command_line(&command), limit });
        run(command, limit)
    }

    /// How a source names its build for this machine.
    fn variant(&self, variants: &[(Platform, &'static str)]) -> Result<&'static str, Failure> {
        let Some(platform) = self.platform else {
            let machine = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
            return Err(Failure::Unsupported(machine));
        };
        let found = variants.iter().find(|(built_for, _)| *built_for == platform);
        found.map(|(_, name)| *name).ok_or_else(|| Failure::Unsupported(platform.to_string()))
    }
}
