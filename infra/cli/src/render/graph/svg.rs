//! The picture as SVG, drawn here: no tool has to be installed.

use std::fmt::Write as _;

use super::layout::{Layout, Point, Spacing, layout};
use super::{Drawing, Node};
use crate::render::plan::escape;

const BOX_HEIGHT: f64 = 44.0;
/// Width of a character of the names, about: no font is at hand to measure with.
const CHARACTER: f64 = 8.0;
const STYLE: &str = "text{font:14px system-ui,sans-serif;text-anchor:middle;fill:#1f2328}\
.kind{font-size:11px;fill:#59636e}rect{fill:#f6f8fa;stroke:#8c959f}path{fill:none;stroke:#8c959f}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.kind{fill:#9198a1}rect{fill:#161b22}}";

/// A whole SVG file.
pub(crate) fn svg(drawing: &Drawing) -> String {
    let spacing = Spacing {
        widths: drawing.nodes.iter().map(width).collect(),
        box_height: BOX_HEIGHT,
        gap: 28.0,
        layer_gap: 56.0,
        margin: 16.0,
    };
    let Layout { width, height, boxes, arrows } = layout(drawing, &spacing);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\">\n<style>{STYLE}</style>\n\
         <marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 8 4 0 8\"/></marker>\n"
    );
    arrows.iter().for_each(|way| arrow(way, &mut text));
    for (node, (middle, width)) in drawing.nodes.iter().zip(boxes.iter().zip(&spacing.widths)) {
        draw(node, *middle, *width, &mut text);
    }
    text.push_str("</svg>\n");
    text
}

fn width(node: &Node) -> f64 {
    let longest = node.name.chars().count().max(node.kind.chars().count());
    #[allow(clippy::cast_precision_loss)]
    let characters = longest as f64;
    characters * CHARACTER + 28.0
}

/// A curve that leaves and enters boxes straight down.
fn arrow(way: &[Point], text: &mut String) {
    let last = way.len() - 1;
    let edge = |at: usize| {
        let Point { x, y } = way[at];
        match at {
            0 => Point { x, y: y + BOX_HEIGHT / 2.0 },
            _ if at == last => Point { x, y: y - BOX_HEIGHT / 2.0 },
            _ => Point { x, y },
        }
    };
    let start = edge(0);
    let _ = write!(text, "<path marker-end=\"url(#head)\" d=\"M{:.1} {:.1}", start.x, start.y);
    for at in 1..=last {
        let (from, to) = (edge(at - 1), edge(at));
        let middle = f64::midpoint(from.y, to.y);
        let _ = write!(
            text,
            " C{:.1} {middle:.1} {:.1} {middle:.1} {:.1} {:.1}",
            from.x, to.x, to.x, to.y
        );
    }
    text.push_str("\"/>\n");
}

fn draw(node: &Node, middle: Point, width: f64, text: &mut String) {
    let Point { x, y } = middle;
    let (left, top) = (x - width / 2.0, y - BOX_HEIGHT / 2.0);
    let _ = writeln!(
        text,
        "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{BOX_HEIGHT}\" rx=\"8\"/>"
    );
    let (name, kind) = (escape(&node.name), escape(&node.kind));
    let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{:.1}\">{name}</text>", y - 3.0);
    let _ = writeln!(text, "<text class=\"kind\" x=\"{x:.1}\" y=\"{:.1}\">{kind}</text>", y + 13.0);
}
