//! Which resources a plan is for, as typed and as kept beside a saved plan.

use std::path::Path;

use clap::Args;
use goodgo_engine::Options;
use goodgo_plan::{Plan, SavedPlan};
use serde_json::{Value, json};

use crate::error::Failure;

/// The key in a saved plan's file of what was asked for.
const ASKED: &str = "options";

/// Options of commands that plan.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Which resources")]
pub(crate) struct Selection {
    /// Only these, and what they need: a URN, or the name of a component or resource, `*` for any text
    #[arg(long, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// All but these
    #[arg(long, value_name = "NAME")]
    pub(crate) exclude: Vec<String>,
    /// Replace these, changed or not
    #[arg(long, value_name = "NAME")]
    pub(crate) replace: Vec<String>,
    /// Look at what really exists before planning
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        action = clap::ArgAction::Set
    )]
    pub(crate) refresh: bool,
}

impl Selection {
    /// What the engine is to do.
    pub(crate) fn options(&self) -> Options {
        let plan = goodgo_plan::Options {
            targets: self.target.clone(),
            excludes: self.exclude.clone(),
            replace: self.replace.clone(),
            ..Default::default()
        };
        Options { refresh: self.refresh, plan, ..Options::default() }
    }
}

/// Writes a plan that was reviewed, with what was asked for, so that just this can be deployed.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn save(file: &Path, plan: &Plan, selection: &Selection) -> Result<(), Failure> {
    let mut saved = serde_json::to_value(SavedPlan::new(plan)).unwrap_or_default();
    saved[ASKED] = json!({
        "target": selection.target,
        "exclude": selection.exclude,
        "replace": selection.replace,
        "refresh": selection.refresh,
    });
    std::fs::write(file, format!("{saved}\n")).map_err(|error| {
        Failure::failed(format!("cannot write the plan to {}", file.display())).because(&error)
    })
}

/// Reads a saved plan: what was asked for, and what was agreed to, to insist on.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn load(file: &Path) -> Result<Options, Failure> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| {
        Failure::usage(format!("cannot read the plan in {name}")).because(&error)
    })?;
    let saved = SavedPlan::decode(&bytes).map_err(|error| {
        Failure::usage(format!("cannot use the plan in {name}"))
            .because(&error)
            .hint("write one with `preview --save FILE`")
    })?;
    // What decodes as a plan is JSON.
    let all: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let asked = &all[ASKED];
    let list = |key: &str| -> Vec<String> {
        let items = asked[key].as_array().into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let selection = Selection {
        target: list("target"),
        exclude: list("exclude"),
        replace: list("replace"),
        refresh: asked["refresh"].as_bool().unwrap_or(true),
    };
    Ok(Options { saved: Some(saved), ..selection.options() })
}
