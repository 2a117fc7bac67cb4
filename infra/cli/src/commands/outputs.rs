//! `outputs`: addresses and other values that components give.

use clap::Args;
use goodgo_model::{Path, Snapshot, Value};
use serde_json::{Map as Object, Value as Json};

use crate::app::App;
use crate::error::Failure;
use crate::render::values::{raw, revealed, short};

const EXAMPLES: &str = "Examples:
  ./just outputs env=local
  ./just outputs env=local gateway.url
  ./just outputs env=local --show-secrets --json";

/// Show what components give: addresses, names, credentials
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Outputs {
    /// One of them, as `component` or `component.output`; a text is printed as it is
    name: Option<String>,
    /// Show secrets in clear
    #[arg(long)]
    show_secrets: bool,
}

impl Outputs {
    pub(crate) fn run(self, app: &App) -> Result<(), Failure> {
        let state = app.block_on(app.load())?;
        let all = outputs(&state);
        match &self.name {
            Some(name) => self.one(app, name, &all),
            None => self.all(app, &all),
        }
    }

    fn one(&self, app: &App, name: &str, all: &[(String, Value)]) -> Result<(), Failure> {
        let value = find(name, all).ok_or_else(|| unknown(name, all))?;
        if app.output.json {
            return app.output.json_line(&self.json(&value));
        }
        if value.has_secret() && !self.show_secrets {
            return Err(Failure::usage(format!("`{name}` is a secret")).hint("add --show-secrets"));
        }
        app.output.result(&format!("{}\n", raw(&value)))
    }

    fn all(&self, app: &App, all: &[(String, Value)]) -> Result<(), Failure> {
        if app.output.json {
            let object: Object<String, Json> = all
                .iter()
                .map(|(component, value)| (component.clone(), self.json(value)))
                .collect();
            return app.output.json_line(&object);
        }
        let paint = app.output.result_paint();
        let mut text = String::new();
        for (component, value) in all {
            text.push_str(&format!("{}\n", paint.bold(component)));
            for (name, value) in value.as_map().into_iter().flatten() {
                let value = if self.show_secrets { raw(value) } else { plain(value) };
                text.push_str(&format!("  {name}: {value}\n"));
            }
        }
        if text.is_empty() {
            app.output.message("no outputs: nothing is deployed");
        }
        app.output.result(&text)
    }

    fn json(&self, value: &Value) -> Json {
        if self.show_secrets {
            revealed(value)
        } else {
            serde_json::to_value(value).unwrap_or_default()
        }
    }
}

/// Texts as they are; the rest in short, secrets masked.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => short(other),
    }
}

fn find(name: &str, all: &[(String, Value)]) -> Option<Value> {
    if let Some((_, value)) = all.iter().find(|(component, _)| component == name) {
        return Some(value.clone());
    }
    let (component, path) = name.split_once('.')?;
    let (_, value) = all.iter().find(|(known, _)| known == component)?;
    value.get(&Path::parse(path))
}

fn unknown(name: &str, all: &[(String, Value)]) -> Failure {
    let names = all.iter().flat_map(|(component, value)| {
        let keys = value.as_map().into_iter().flat_map(|map| map.keys());
        keys.map(move |key| format!("{component}.{key}"))
    });
    let names: Vec<String> = names.collect();
    let hint = if names.is_empty() {
        "nothing is deployed".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    };
    Failure::usage(format!("there is no output `{name}`")).hint(hint)
}

/// The outputs of each component that has some.
fn outputs(state: &Snapshot) -> Vec<(String, Value)> {
    let components = state.resources.iter().filter(|one| !one.custom && !one.delete);
    let mut all: Vec<(String, Value)> = components
        .filter(|one| !one.outputs.is_empty())
        .map(|one| (one.urn.name().to_owned(), Value::Map(one.outputs.clone())))
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Where to reach what was deployed: every output that is a web address, by component.
pub(crate) fn addresses(state: &Snapshot) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (component, value) in outputs(state) {
        for (name, value) in value.as_map().into_iter().flatten() {
            if let Value::String(text) = value
                && (text.starts_with("http://") || text.starts_with("https://"))
            {
                let name = if &**name == "url" {
                    component.clone()
                } else {
                    format!("{component}.{name}")
                };
                found.push((name, text.to_string()));
            }
        }
    }
    found
}
