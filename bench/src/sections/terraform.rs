//! Terraform, and its sister OpenTofu, on the graph that we are measured on.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::graph::{Operation, Times};
use crate::machine::{self, first_line};
use crate::measure;
use crate::{Result, say};

/// A program that takes Terraform's commands, in a folder with the graph.
pub(crate) struct Terraform {
    /// Its name and version.
    pub(crate) version: String,
    program: &'static str,
    folder: TempDir,
}

impl Terraform {
    /// Those on PATH.
    pub(crate) fn all(count: usize) -> Result<Vec<Self>> {
        let found = ["terraform", "tofu"].into_iter();
        found.filter_map(|program| Self::find(program, count).transpose()).collect()
    }

    fn find(program: &'static str, count: usize) -> Result<Option<Self>> {
        let folder = machine::folder()?;
        let version = first_line(command(program, folder.path()).arg("version"));
        let Some(version) = version else { return Ok(None) };
        let text = goodgo_bench::terraform(count).to_string();
        std::fs::write(main(folder.path()), text)?;
        Ok(Some(Self { version, program, folder }))
    }

    /// Plans, applies, plans again and destroys, once.
    pub(crate) async fn measure(&self) -> Result<Times> {
        // What it needs is built in: this fetches nothing.
        self.run(&["init", "-backend=false"]).await?;
        let mut times = Times::default();
        for operation in Operation::ALL {
            say(&format!("{}: {}", self.version, operation.name()));
            let usage = self.run(arguments(operation)).await?;
            times.push(operation, usage);
        }
        Ok(times)
    }

    async fn run(&self, arguments: &[&str]) -> Result<measure::Usage> {
        let mut command = command(self.program, self.folder.path());
        command.args(arguments);
        measure::run(command).await
    }
}

fn main(folder: &Path) -> PathBuf {
    folder.join("main.tf.json")
}

fn arguments(operation: Operation) -> &'static [&'static str] {
    match operation {
        Operation::Plan | Operation::NoChange => &["plan", "-input=false", "-no-color"],
        Operation::Apply => &["apply", "-auto-approve", "-input=false", "-no-color"],
        Operation::Destroy => &["destroy", "-auto-approve", "-input=false", "-no-color"],
    }
}

/// Neither the user's settings nor a look for newer versions shall disturb the measurement.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .env("CHECKPOINT_DISABLE", "1");
    command
}
