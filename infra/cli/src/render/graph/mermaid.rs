//! The picture in Mermaid's language, which Markdown renderers draw.

use std::fmt::Write as _;

use super::Drawing;

/// A flowchart, top to bottom.
pub(crate) fn mermaid(drawing: &Drawing) -> String {
    let mut text = "flowchart TD\n".to_owned();
    for (at, node) in drawing.nodes.iter().enumerate() {
        let _ = writeln!(
            text,
            "  n{at}[\"{}<br/><i>{}</i>\"]",
            escaped(&node.name),
            escaped(&node.kind)
        );
    }
    for (from, to) in &drawing.arrows {
        let _ = writeln!(text, "  n{from} --> n{to}");
    }
    text
}

/// Mermaid writes special characters as entities by number or name after `#`.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
