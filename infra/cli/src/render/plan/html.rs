//! A plan as one HTML page that needs nothing else: to attach, to archive, to read on a phone.

use std::fmt::Write as _;

use super::view::{Entry, Group, View, effect};
use crate::render::values::sides;

const PAGE: &str = include_str!("../../../templates/plan.html");

/// The whole page.
pub(crate) fn html(view: &View<'_>) -> String {
    let summary = if view.has_changes() { view.counts.sentence() } else { "no changes".to_owned() };
    let mut body = String::new();
    view.groups.iter().for_each(|group| section(group, &mut body));
    // The body goes in last: what it holds is never searched for placeholders.
    PAGE.replace("{{project}}", &escape(&view.plan.project))
        .replace("{{environment}}", &escape(&view.plan.environment))
        .replace("{{summary}}", &escape(&summary))
        .replace("{{fingerprint}}", &escape(&view.plan.fingerprint()))
        .replace("{{serial}}", &view.plan.serial.to_string())
        .replace("{{body}}", &body)
}

fn section(group: &Group<'_>, body: &mut String) {
    body.push_str("<section>\n");
    if let Some(component) = &group.component {
        article(component, "h2", body);
    }
    group.entries.iter().for_each(|entry| article(entry, "h3", body));
    body.push_str("</section>\n");
}

fn article(entry: &Entry<'_>, heading: &str, body: &mut String) {
    let (kind, name) = entry.title();
    let verb = entry.mark.verb();
    let _ = writeln!(body, "<article class=\"{verb}\">");
    let _ = write!(body, "<{heading}><i title=\"{verb}\">{}</i> ", entry.mark.sign());
    let _ = write!(body, "{} <b>{}</b>", escape(kind), escape(name));
    if let Some(location) = entry.location() {
        let _ = write!(body, " <code>{}</code>", escape(&location.to_string()));
    }
    let _ = writeln!(body, "</{heading}>");
    table(entry, body);
    for reason in entry.reasons() {
        let _ = writeln!(body, "<p>{}</p>", escape(&reason));
    }
    if let Some(sentence) = effect(entry.effect) {
        let _ = writeln!(body, "<p class=\"effect\">{sentence}</p>");
    }
    for risk in &entry.risks {
        let _ = writeln!(body, "<p class=\"risk\">{}</p>", escape(&risk.message));
    }
    body.push_str("</article>\n");
}

fn table(entry: &Entry<'_>, body: &mut String) {
    if entry.step.changes.is_empty() {
        return;
    }
    body.push_str("<table>\n");
    for change in &entry.step.changes {
        let (old, new) = sides(change);
        let old = escape(&old.unwrap_or_default());
        let new = escape(&new.unwrap_or_default());
        let path = escape(&change.path.to_string());
        let _ = writeln!(
            body,
            "<tr><th>{path}</th><td><del>{old}</del></td><td><ins>{new}</ins></td></tr>"
        );
    }
    body.push_str("</table>\n");
}

/// Text that may stand anywhere in HTML, also in an attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
