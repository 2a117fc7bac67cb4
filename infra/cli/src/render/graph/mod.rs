//! What needs what, as a picture: of components, or of every resource.

mod dot;
mod layout;
mod mermaid;
mod svg;

use std::collections::{BTreeSet, HashMap};

use goodgo_model::{Graph, Urn};

pub(crate) use dot::dot;
pub(crate) use mermaid::mermaid;
pub(crate) use svg::svg;

/// Boxes and arrows, in the graph's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Drawing {
    pub(crate) nodes: Vec<Node>,
    /// From who needs to what is needed. No arrow that a longer way says already.
    pub(crate) arrows: Vec<(usize, usize)>,
}

/// A box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Node {
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Drawing {
    /// One box for each component, and for each resource that belongs to none.
    pub(crate) fn components(graph: &Graph) -> Self {
        let mut nodes = Vec::new();
        let mut place: HashMap<&Urn, usize> = HashMap::new();
        // A parent comes before its children, so its box is known when they come.
        for resource in graph.resources() {
            let parent = resource.parent.as_ref().and_then(|parent| place.get(parent).copied());
            let at = parent.unwrap_or_else(|| {
                nodes.push(Node::of(&resource.urn));
                nodes.len() - 1
            });
            place.insert(&resource.urn, at);
        }
        let box_of = |position: usize| place[&graph.resources()[position].urn];
        Self::new(nodes, graph, &box_of)
    }

    /// One box for each resource.
    pub(crate) fn resources(graph: &Graph) -> Self {
        let nodes = graph.resources().iter().map(|resource| Node::of(&resource.urn)).collect();
        Self::new(nodes, graph, &|position| position)
    }

    fn new(nodes: Vec<Node>, graph: &Graph, box_of: &dyn Fn(usize) -> usize) -> Self {
        let mut arrows = BTreeSet::new();
        for position in 0..graph.len() {
            let from = box_of(position);
            let needed = graph.dependencies(position).iter().map(|&need| box_of(need));
            arrows.extend(needed.filter(|&to| to != from).map(|to| (from, to)));
        }
        let arrows = reduce(nodes.len(), arrows.into_iter().collect());
        Self { nodes, arrows }
    }

    /// The boxes that each box needs.
    fn needs(&self) -> Vec<Vec<usize>> {
        adjacency(self.nodes.len(), &self.arrows)
    }
}

impl Node {
    fn of(urn: &Urn) -> Self {
        let kind = urn.type_token().rsplit(':').next().unwrap_or_default();
        Self { kind: kind.to_owned(), name: urn.name().to_owned() }
    }
}

fn adjacency(count: usize, arrows: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut needs = vec![Vec::new(); count];
    arrows.iter().for_each(|&(from, to)| needs[from].push(to));
    needs
}

/// An order in which each box comes before all that it needs; shorter than all when some need
/// each other in a circle, which two components may do though no two resources can.
fn order(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut needed_by = vec![0_usize; needs.len()];
    needs.iter().flatten().for_each(|&to| needed_by[to] += 1);
    let mut order: Vec<usize> = (0..needs.len()).filter(|&at| needed_by[at] == 0).collect();
    let mut next = 0;
    while let Some(&at) = order.get(next) {
        next += 1;
        for &to in &needs[at] {
            needed_by[to] -= 1;
            if needed_by[to] == 0 {
                order.push(to);
            }
        }
    }
    order
}

/// Drops each arrow whose end can be reached on a longer way.
fn reduce(count: usize, arrows: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let needs = adjacency(count, &arrows);
    if order(&needs).len() < count {
        return arrows;
    }
    let shortcut = |&(from, to): &(usize, usize)| {
        needs[from].iter().any(|&via| via != to && reaches(&needs, via, to))
    };
    arrows.iter().filter(|arrow| !shortcut(arrow)).copied().collect()
}

fn reaches(needs: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = vec![false; needs.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&needs[at]);
        }
    }
    false
}

#[cfg(test)]
mod tests;
