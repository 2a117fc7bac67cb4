//! Whole commands on 1,000 resources that cost nothing, side by side with Terraform.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::terraform::Terraform;
use crate::machine::{self, Programs};
use crate::measure::{self, Usage};
use crate::report::{Row, memory, time};
use crate::{Result, say};

/// As many as the environment `bench-graph` declares.
const COUNT: usize = 1_000;
const RUNS: usize = 5;

/// What is measured, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Operation {
    Plan,
    Apply,
    NoChange,
    Destroy,
}

impl Operation {
    pub(crate) const ALL: [Self; 4] = [Self::Plan, Self::Apply, Self::NoChange, Self::Destroy];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::NoChange => "plan with no change",
            Self::Destroy => "destroy",
        }
    }

    /// How many times faster it has to be.
    fn target(self) -> f64 {
        match self {
            Self::Plan | Self::NoChange => 50.0,
            Self::Apply | Self::Destroy => 20.0,
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Plan | Self::NoChange => &["preview"],
            Self::Apply => &["deploy", "--yes"],
            Self::Destroy => &["destroy", "--yes"],
        }
    }
}

/// Runs by operation.
#[derive(Debug, Default)]
pub(crate) struct Times([Vec<Usage>; 4]);

impl Times {
    pub(crate) fn push(&mut self, operation: Operation, usage: Usage) {
        self.0[operation as usize].push(usage);
    }

    fn of(&self, operation: Operation) -> Usage {
        measure::summary(&self.0[operation as usize])
    }

    fn total(&self) -> Duration {
        Operation::ALL.iter().map(|operation| self.of(*operation).elapsed).sum()
    }
}

/// Measures us, then whoever of them is on PATH.
pub(crate) async fn measure(programs: &Programs) -> Result<Vec<Row>> {
    let program = programs.graph();
    let mut ours = Times::default();
    for run in 1..=RUNS {
        say(&format!("goodgo: run {run} of {RUNS}"));
        let home = machine::folder()?;
        for operation in Operation::ALL {
            ours.push(operation, once(&program, home.path(), operation).await?);
        }
    }
    let mut fastest: Option<(String, Times)> = None;
    for other in Terraform::all(COUNT)? {
        let times = other.measure().await?;
        if fastest.as_ref().is_none_or(|(_, fastest)| times.total() < fastest.total()) {
            fastest = Some((other.version.clone(), times));
        }
    }
    Ok(Operation::ALL.iter().map(|operation| row(*operation, &ours, fastest.as_ref())).collect())
}

async fn once(program: &PathBuf, home: &Path, operation: Operation) -> Result<Usage> {
    let mut command = Command::new(program);
    command.args(operation.arguments()).env("GOODGO_HOME", home).env("CI", "1");
    command.env("GOODGO_CACHE", home.join("cache"));
    for unset in ["GOODGO_STATE", "GOODGO_PASSPHRASE", "GOODGO_PASSPHRASE_FILE"] {
        command.env_remove(unset);
    }
    measure::run(command).await
}

fn row(operation: Operation, ours: &Times, theirs: Option<&(String, Times)>) -> Row {
    let ours = ours.of(operation);
    let what = format!("1,000 resources: {}", operation.name());
    let target = format!("{} times faster, a quarter of the memory", operation.target());
    let own = format!("{}, {}", time(ours.elapsed), memory(ours.peak));
    let Some((version, theirs)) = theirs else {
        let measured = format!("{own}; neither terraform nor tofu is here to compare with");
        return Row::new(what, target, measured, None);
    };
    let theirs = theirs.of(operation);
    let faster = theirs.elapsed.as_secs_f64() / ours.elapsed.as_secs_f64();
    let reached = faster >= operation.target() && ours.peak * 4 <= theirs.peak;
    let measured = format!(
        "{own}; {version}: {}, {}: {faster:.0} times faster",
        time(theirs.elapsed),
        memory(theirs.peak)
    );
    Row::new(what, target, measured, Some(reached))
}
