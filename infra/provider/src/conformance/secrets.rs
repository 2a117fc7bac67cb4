//! A secret given as an input shows up nowhere unless marked as one.

use goodgo_model::{Map, Value};

use super::calls::Subject;

pub(super) const PROMISE: &str =
    "outputs and progress never hold a secret that is not marked as one";

/// Shorter secrets are found in ordinary text by chance.
const SHORTEST: usize = 4;

pub(super) fn stay_marked(subject: &mut Subject<'_>, inputs: &Map, found: &Map, place: &str) {
    let secrets = secrets_of(inputs);
    let leaks = found.values().any(|value| shows(value, &secrets));
    subject.expect(!leaks, PROMISE, format_args!("a secret, not marked, in {place}"));
}

pub(super) fn in_text(inputs: &Map, text: &str) -> bool {
    secrets_of(inputs).iter().any(|secret| text.contains(secret))
}

fn secrets_of(inputs: &Map) -> Vec<String> {
    let mut secrets = Vec::new();
    inputs.values().for_each(|value| collect(value, false, &mut secrets));
    secrets
}

fn collect(value: &Value, secret: bool, found: &mut Vec<String>) {
    match value {
        Value::Secret(inner) => collect(inner, true, found),
        Value::String(text) if secret && text.len() >= SHORTEST => found.push(text.to_string()),
        Value::List(items) | Value::Concat(items) => {
            items.iter().for_each(|item| collect(item, secret, found));
        }
        Value::Map(map) => map.values().for_each(|item| collect(item, secret, found)),
        _ => {}
    }
}

fn shows(value: &Value, secrets: &[String]) -> bool {
    match value {
        Value::String(text) => secrets.iter().any(|secret| text.contains(secret)),
        Value::List(items) | Value::Concat(items) => items.iter().any(|item| shows(item, secrets)),
        Value::Map(map) => map.values().any(|item| shows(item, secrets)),
        _ => false,
    }
}
