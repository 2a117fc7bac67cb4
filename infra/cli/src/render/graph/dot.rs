//! The picture in Graphviz's language.

use std::fmt::Write as _;

use super::Drawing;

/// A digraph, top to bottom.
pub(crate) fn dot(drawing: &Drawing, name: &str) -> String {
    let mut text = format!("digraph {} {{\n", quoted(name));
    text.push_str("  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    for (at, node) in drawing.nodes.iter().enumerate() {
        let label = quoted(&format!("{}\n{}", node.name, node.kind));
        let _ = writeln!(text, "  n{at} [label={label}];");
    }
    for (from, to) in &drawing.arrows {
        let _ = writeln!(text, "  n{from} -> n{to};");
    }
    text.push_str("}\n");
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
