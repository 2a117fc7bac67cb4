//! `state list` and `state show`.

use clap::Args;
use goodgo_model::{Existing, Map, Snapshot, Type};
use goodgo_state::edit::{self, Filter};
use serde_json::{Value, json};

use super::super::naming;
use crate::app::App;
use crate::error::Failure;
use crate::render::duration::instant;
use crate::render::paint::Paint;
use crate::render::values::short;

/// List the resources in the state; needs no key
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ./just state list env=local\n  ./just state list env=local auth --type goodgo-process:index:Process"
)]
pub(super) struct List {
    /// Only those whose URN holds this text
    text: Option<String>,
    /// Only those of this type token
    #[arg(long = "type", value_name = "TOKEN")]
    kind: Option<String>,
}

impl List {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let state = masked(app)?;
        let kind = self.kind.map(Type::new);
        let found = edit::find(&state, &Filter { text: self.text, kind, within: None });
        if app.output.json {
            let rows: Vec<Value> = found.iter().map(|one| summary(one)).collect();
            return app.output.json_line(&rows);
        }
        let paint = app.output.result_paint();
        let lines = found.iter().map(|one| format!("{}{}\n", one.urn, paint.dim(marks(one))));
        app.output.result(&lines.collect::<String>())
    }
}

/// Show one resource: inputs, outputs, dependencies; secrets masked, needs no key
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ./just state show env=local Process/auth")]
pub(super) struct Show {
    #[arg(help = format!("The resource: {}", naming::HELP))]
    resource: String,
}

impl Show {
    pub(super) fn run(self, app: &App) -> Result<(), Failure> {
        let state = masked(app)?;
        let urns = state.resources.iter().map(|one| &one.urn);
        let urn = naming::find(&self.resource, urns, "in the state")?;
        let generations = edit::show(&state, &urn).map_err(goodgo_state::Error::from)?;
        if app.output.json {
            let rows: Vec<Value> = generations.iter().map(|one| full(one)).collect();
            return app.output.json_line(&rows);
        }
        let paint = app.output.result_paint();
        app.output.result(&generations.iter().map(|one| text(one, paint)).collect::<String>())
    }
}

/// The state without secrets.
fn masked(app: &App) -> Result<Snapshot, Failure> {
    let store = app.store()?;
    app.block_on(async { Ok(goodgo_state::load_masked(&*store).await?.snapshot) })
}

/// What is special about it, in brackets.
fn marks(one: &Existing) -> String {
    let marks = [
        (one.delete, "old generation, to be deleted"),
        (one.incomplete, "incomplete"),
        (one.protect, "protected"),
        (one.retain_on_delete, "retained on delete"),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    if marks.is_empty() { String::new() } else { format!("  ({})", marks.join(", ")) }
}

fn summary(one: &Existing) -> Value {
    json!({
        "urn": one.urn.as_str(),
        "type": one.kind.as_str(),
        "id": one.id,
        "component": !one.custom,
        "delete": one.delete,
        "incomplete": one.incomplete,
        "protect": one.protect,
    })
}

fn full(one: &Existing) -> Value {
    let mut object = summary(one);
    object["inputs"] = json!(one.inputs);
    object["outputs"] = json!(one.outputs);
    object["parent"] = json!(one.parent);
    object["dependencies"] = json!(one.dependencies);
    object["retainOnDelete"] = json!(one.retain_on_delete);
    object["created"] = json!(instant(one.created));
    object["modified"] = json!(instant(one.modified));
    object["declared"] = json!(one.location.as_ref().map(ToString::to_string));
    object
}

fn text(one: &Existing, paint: Paint) -> String {
    let mut text = format!("{}{}\n", paint.bold(&one.urn), paint.dim(marks(one)));
    let mut line = |name: &str, value: String| text.push_str(&format!("  {name}: {value}\n"));
    if !one.id.is_empty() {
        line("id", one.id.clone());
    }
    one.location.iter().for_each(|at| line("declared", at.to_string()));
    one.parent.iter().for_each(|parent| line("parent", parent.to_string()));
    line("created", instant(one.created));
    line("modified", instant(one.modified));
    for dependency in &one.dependencies {
        line("depends on", dependency.to_string());
    }
    properties("inputs", &one.inputs, &mut text, paint);
    properties("outputs", &one.outputs, &mut text, paint);
    text
}

fn properties(title: &str, map: &Map, text: &mut String, paint: Paint) {
    if !map.is_empty() {
        text.push_str(&format!("  {}\n", paint.dim(title)));
    }
    for (name, value) in map {
        text.push_str(&format!("    {name}: {}\n", short(value)));
    }
}
