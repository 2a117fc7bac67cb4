//! A plan as Markdown, to be posted under a pull request.

use std::fmt::Write as _;

use goodgo_provider::Change;

use super::mark::Mark;
use super::view::{Entry, View, effect};
use crate::render::values::sides;

/// The plan with a table to skim and the differences folded under it.
pub(crate) fn markdown(view: &View<'_>) -> String {
    let environment = &view.plan.environment;
    if !view.has_changes() {
        return format!("### Plan for `{environment}`: no changes\n");
    }
    let mut text = format!("### Plan for `{environment}`: {}\n\n", view.counts.sentence());
    risks(view, &mut text);
    text.push_str("| | resource | effect | declared |\n|---|---|---|---|\n");
    for entry in view.changed() {
        row(entry, &mut text);
    }
    // What is new differs in everything: that would only hide what changes.
    let told = |entry: &&Entry<'_>| entry.mark != Mark::Create && !entry.step.changes.is_empty();
    for entry in view.changed().filter(told) {
        differences(entry, &mut text);
    }
    let (plan, serial) = (view.plan.fingerprint(), view.plan.serial);
    let _ = writeln!(text, "\n<sub>plan `{plan}` for state {serial}</sub>");
    text
}

fn risks(view: &View<'_>, text: &mut String) {
    let mut any = false;
    for entry in view.changed() {
        for risk in &entry.risks {
            let _ = writeln!(text, "- ⚠️ **{}**: {}", cell(entry.step.urn.name()), risk.message);
            any = true;
        }
    }
    if any {
        text.push('\n');
    }
}

fn row(entry: &Entry<'_>, text: &mut String) {
    let (kind, name) = entry.title();
    let declared = entry.location().map(|place| format!("`{place}`")).unwrap_or_default();
    let effect = effect(entry.effect).unwrap_or_default();
    let sign = entry.mark.sign();
    let verb = entry.mark.verb();
    let _ =
        writeln!(text, "| `{sign}` {verb} | {kind} **{}** | {effect} | {declared} |", cell(name));
}

fn differences(entry: &Entry<'_>, text: &mut String) {
    let (kind, name) = entry.title();
    let _ = writeln!(text, "\n<details><summary>{kind} <b>{}</b></summary>\n", cell(name));
    for reason in entry.reasons() {
        let _ = writeln!(text, "{reason}\n");
    }
    text.push_str("```diff\n");
    entry.step.changes.iter().for_each(|change| difference(change, text));
    text.push_str("```\n\n</details>\n");
}

fn difference(change: &Change, text: &mut String) {
    let (old, new) = sides(change);
    for (sign, side) in [('-', old), ('+', new)] {
        if let Some(value) = side {
            let _ = writeln!(text, "{sign} {}: {value}", change.path);
        }
    }
}

/// What would end a table's cell is escaped.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
