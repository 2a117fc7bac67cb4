//! The settings as a Markdown table, from their declarations.

use std::fmt::Write as _;

use super::{Declaration, Settings};

/// The documentation of every setting in `T`.
#[must_use]
pub fn document<T: Settings>() -> String {
    let mut table =
        String::from("| setting | type | default | what it does |\n|---|---|---|---|\n");
    for declaration in T::declarations() {
        let default = default_of(&declaration);
        let Declaration { name, kind, secret, doc, .. } = declaration;
        let name = if secret { format!("`{name}` or `{name}_FILE`") } else { format!("`{name}`") };
        let _ = writeln!(table, "| {name} | {kind} | {default} | {doc} |");
    }
    table
}

fn default_of(declaration: &Declaration) -> String {
    match declaration.default {
        Some(default) => format!("`{default}`"),
        None if declaration.optional => "none".to_owned(),
        None => "required".to_owned(),
    }
}
