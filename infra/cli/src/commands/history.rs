//! `history`: the versions that the state went through.

use clap::Args;
use goodgo_state::history::{self, Version};

use crate::app::App;
use crate::error::Failure;
use crate::render::duration::bytes;
use crate::render::table::table;

const EXAMPLES: &str = "A version is kept as a file, which `state import` brings back. In a bucket it is an object: get it
with the tool of the cloud, and give it to `state import -`.

Examples:
  ./just history env=local
  ./just history env=local --json";

/// Show earlier versions of the state, newest first
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct History {}

impl History {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let store = app.store()?;
        let versions = app.block_on(async { Ok(history::list(&*store).await?) })?;
        let output = &app.output;
        if output.json {
            return output.json_line(&versions);
        }
        if versions.is_empty() {
            output.message("no earlier versions");
            return Ok(());
        }
        let rows: Vec<Vec<String>> = versions.iter().map(row).collect();
        let heading = ["version", "written", "resources", "components", "size", "place"];
        output.result(&table(&heading, &rows, output.result_paint()))
    }
}

fn row(version: &Version) -> Vec<String> {
    let mut last = version.place.clone();
    if let Some(damaged) = &version.damaged {
        last = format!("{last}  {damaged}");
    }
    vec![
        version.serial.to_string(),
        version.time.clone(),
        version.resources.to_string(),
        version.components.to_string(),
        bytes(version.size),
        last,
    ]
}
