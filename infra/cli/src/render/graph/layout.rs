//! Places boxes in layers, so that arrows point down and few of them cross.
//!
//! After Sugiyama, Tagawa and Toda, *Methods for Visual Understanding of Hierarchical System
//! Structures* (1981): layers by the longest way, bends where an arrow crosses a layer, order
//! within a layer by the mean place of the neighbours, swept down and up a few times.

use super::{Drawing, order};

const SWEEPS: usize = 8;

/// Where everything is, in pixels.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    /// The middle of each box, by node.
    pub(super) boxes: Vec<Point>,
    /// The points of each arrow, from box to box, by arrow.
    pub(super) arrows: Vec<Vec<Point>>,
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// Distances in pixels.
pub(super) struct Spacing {
    /// The width of each box, by node.
    pub(super) widths: Vec<f64>,
    pub(super) box_height: f64,
    pub(super) gap: f64,
    pub(super) layer_gap: f64,
    pub(super) margin: f64,
}

/// A box, or a bend of an arrow that crosses a layer.
struct Item {
    width: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

pub(super) fn layout(drawing: &Drawing, spacing: &Spacing) -> Layout {
    let layer_of = layers(drawing);
    let count = layer_of.iter().max().map_or(0, |deepest| deepest + 1);
    let mut items: Vec<Item> = spacing
        .widths
        .iter()
        .map(|&width| Item { width, above: Vec::new(), below: Vec::new() })
        .collect();
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    layer_of.iter().enumerate().for_each(|(node, &layer)| rows[layer].push(node));
    let ways: Vec<Vec<usize>> = drawing
        .arrows
        .iter()
        .map(|&(from, to)| bend(from, to, &layer_of, &mut items, &mut rows))
        .collect();
    untangle(&mut rows, &items);
    place(&rows, &items, &ways, spacing)
}

/// Each box below all that need it; boxes in a circle share the last layer.
fn layers(drawing: &Drawing) -> Vec<usize> {
    let needs = drawing.needs();
    let order = order(&needs);
    let mut layers = vec![None; needs.len()];
    for at in order {
        let own = *layers[at].get_or_insert(0);
        for &to in &needs[at] {
            layers[to] = layers[to].max(Some(own + 1));
        }
    }
    layers.into_iter().map(Option::unwrap_or_default).collect()
}

/// Adds a bend in every layer between two boxes; returns the way from one to the other.
fn bend(
    from: usize,
    to: usize,
    layer_of: &[usize],
    items: &mut Vec<Item>,
    rows: &mut [Vec<usize>],
) -> Vec<usize> {
    let mut way = vec![from];
    for row in rows.iter_mut().take(layer_of[to]).skip(layer_of[from] + 1) {
        items.push(Item { width: 0.0, above: Vec::new(), below: Vec::new() });
        row.push(items.len() - 1);
        way.push(items.len() - 1);
    }
    way.push(to);
    for pair in way.windows(2) {
        items[pair[0]].below.push(pair[1]);
        items[pair[1]].above.push(pair[0]);
    }
    way
}

fn untangle(rows: &mut [Vec<usize>], items: &[Item]) {
    let mut place = vec![0.0; items.len()];
    rows.iter().for_each(|row| number(row, &mut place));
    for sweep in 0..SWEEPS {
        if sweep % 2 == 0 {
            rows.iter_mut().for_each(|row| sort(row, &mut place, |item| &items[item].above));
        } else {
            rows.iter_mut().rev().for_each(|row| sort(row, &mut place, |item| &items[item].below));
        }
    }
}

fn sort<'a>(row: &mut [usize], place: &mut [f64], neighbours: impl Fn(usize) -> &'a Vec<usize>) {
    let mean = |item: usize| {
        let near = neighbours(item);
        if near.is_empty() {
            return place[item];
        }
        #[allow(clippy::cast_precision_loss)]
        let count = near.len() as f64;
        near.iter().map(|&one| place[one]).sum::<f64>() / count
    };
    let mut keyed: Vec<(f64, usize)> = row.iter().map(|&item| (mean(item), item)).collect();
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
    row.iter_mut().zip(keyed).for_each(|(slot, (_, item))| *slot = item);
    number(row, place);
}

/// Places within a row count from -0.5 to 0.5, so that rows of different lengths compare.
fn number(row: &[usize], place: &mut [f64]) {
    #[allow(clippy::cast_precision_loss)]
    for (at, &item) in row.iter().enumerate() {
        place[item] = (at as f64 + 0.5) / row.len() as f64 - 0.5;
    }
}

fn place(rows: &[Vec<usize>], items: &[Item], ways: &[Vec<usize>], spacing: &Spacing) -> Layout {
    let length = |row: &Vec<usize>| {
        let widths: f64 = row.iter().map(|&item| items[item].width + spacing.gap).sum();
        (widths - spacing.gap).max(0.0)
    };
    let widest = rows.iter().map(length).fold(0.0, f64::max);
    let mut points = vec![Point::default(); items.len()];
    let mut y = spacing.margin + spacing.box_height / 2.0;
    for row in rows {
        let mut x = spacing.margin + (widest - length(row)) / 2.0;
        for &item in row {
            points[item] = Point { x: x + items[item].width / 2.0, y };
            x += items[item].width + spacing.gap;
        }
        y += spacing.box_height + spacing.layer_gap;
    }
    let bottom = (y - spacing.layer_gap - spacing.box_height / 2.0).max(0.0);
    let arrows = ways.iter().map(|way| way.iter().map(|&item| points[item]).collect()).collect();
    points.truncate(spacing.widths.len());
    Layout {
        width: widest + 2.0 * spacing.margin,
        height: bottom + spacing.margin,
        boxes: points,
        arrows,
    }
}
