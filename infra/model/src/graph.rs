//! All resources of an environment, checked and in an order in which they can be created.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::problem::{Problem, Problems};
use crate::resource::Resource;
use crate::urn::Urn;
use crate::value::{Path, Segment};

/// A complete, acyclic declaration: every reference is to a resource in it.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    resources: Vec<Resource>,
    dependencies: Vec<Vec<usize>>,
    index: HashMap<Urn, usize>,
}

impl Graph {
    /// Every resource after all that it depends on; ties in URN order, whatever the order of declaration.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The positions, in [`Graph::resources`], of what the resource at `position` depends on; sorted.
    pub fn dependencies(&self, position: usize) -> &[usize] {
        &self.dependencies[position]
    }

    /// The position of a resource.
    pub fn position(&self, urn: &Urn) -> Option<usize> {
        self.index.get(urn).copied()
    }

    /// The resource of that URN.
    pub fn get(&self, urn: &Urn) -> Option<&Resource> {
        self.position(urn).map(|position| &self.resources[position])
    }

    /// How many resources there are, components included.
    pub fn len(&self) -> usize {
        self.resources.len()
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty()
    }
}

/// Collects resources in any order; [`GraphBuilder::build`] checks and orders them.
#[derive(Debug, Default)]
pub struct GraphBuilder {
    resources: Vec<Resource>,
}

impl GraphBuilder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a resource.
    pub fn add(&mut self, resource: Resource) {
        self.resources.push(resource);
    }

    /// Checks that URNs are unique, references resolve and nothing depends on itself, and orders.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn build(self) -> Result<Graph, Problems> {
        let mut problems = Vec::new();
        let resources = unique(self.resources, &mut problems);
        let dependencies = resolve(&resources, &mut problems);
        let order = order(&resources, &dependencies, &mut problems);
        Problems::into_result(problems)?;
        Ok(arrange(resources, &dependencies, &order))
    }
}

/// Sorts by URN, so that all that follows is independent of the order of declaration.
fn unique(mut resources: Vec<Resource>, problems: &mut Vec<Problem>) -> Vec<Resource> {
    resources.sort_by(|a, b| a.urn.cmp(&b.urn));
    resources.dedup_by(|later, first| {
        let same = later.urn == first.urn;
        if same {
            problems.push(duplicate(first, later));
        }
        same
    });
    resources
}

fn duplicate(first: &Resource, later: &Resource) -> Problem {
    let elsewhere = first.location.as_ref().map_or(String::new(), |at| format!(", first at {at}"));
    let message =
        format!("{} `{}` is declared twice{elsewhere}", first.kind.short(), first.urn.name());
    Problem::new(later.location.clone(), message).hint("give one of them another name")
}

fn resolve(resources: &[Resource], problems: &mut Vec<Problem>) -> Vec<Vec<usize>> {
    let index: HashMap<&Urn, usize> =
        resources.iter().enumerate().map(|(at, resource)| (&resource.urn, at)).collect();
    let mut dependencies = Vec::with_capacity(resources.len());
    for resource in resources {
        let mut found = Vec::new();
        resource.for_each_dependency(&mut |urn| match index.get(urn) {
            Some(&at) => found.push(at),
            None => problems.push(undeclared(resource, urn)),
        });
        for value in resource.inputs.values() {
            value.for_each_output(&mut |urn, path| {
                passed_on(resources, &index, (urn, path), &mut BTreeSet::new(), &mut found);
            });
        }
        for value in resource.outputs.values() {
            value.for_each_output(&mut |urn, _| {
                if !index.contains_key(urn) {
                    problems.push(undeclared(resource, urn));
                }
            });
        }
        found.sort_unstable();
        found.dedup();
        found.shrink_to_fit();
        dependencies.push(found);
    }
    dependencies
}

/// What a component passes on are outputs of others, often its children, which come after it:
/// whoever uses that needs those. `seen` ends a circle of components.
fn passed_on<'a>(
    resources: &'a [Resource],
    index: &HashMap<&Urn, usize>,
    (urn, path): (&'a Urn, &'a Path),
    seen: &mut BTreeSet<(&'a Urn, &'a Path)>,
    found: &mut Vec<usize>,
) {
    let component = index.get(urn).map(|&at| &resources[at]).filter(|it| !it.custom);
    let Some(component) = component else { return };
    if !seen.insert((urn, path)) {
        return;
    }
    let named = |key: &str| match path.segments().first() {
        Some(Segment::Key(first)) => first.as_ref() == key,
        Some(Segment::Index(_)) => false,
        None => true,
    };
    for (_, value) in component.outputs.iter().filter(|(key, _)| named(key)) {
        value.for_each_output(&mut |urn, path| {
            found.extend(index.get(urn));
            passed_on(resources, index, (urn, path), seen, found);
        });
    }
}

fn undeclared(resource: &Resource, urn: &Urn) -> Problem {
    let message = format!(
        "`{}` needs `{}`, which this environment does not declare",
        resource.urn.name(),
        urn.name()
    );
    Problem::new(resource.location.clone(), message)
        .hint(format!("declare {urn}, or drop the reference"))
}

/// Kahn's algorithm with a heap, so that ties are settled by position, that is by URN.
fn order(
    resources: &[Resource],
    dependencies: &[Vec<usize>],
    problems: &mut Vec<Problem>,
) -> Vec<usize> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    let mut dependents: Vec<Vec<usize>> = vec![Vec::new(); resources.len()];
    let mut missing: Vec<usize> = Vec::with_capacity(resources.len());
    for (at, needs) in dependencies.iter().enumerate() {
        missing.push(needs.len());
        needs.iter().for_each(|&need| dependents[need].push(at));
    }
    let mut ready: BinaryHeap<_> =
        (0..resources.len()).filter(|&at| missing[at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(resources.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for &dependent in &dependents[at] {
            missing[dependent] -= 1;
            if missing[dependent] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    if order.len() < resources.len()
        && let Some(start) = (0..resources.len()).find(|&at| missing[at] > 0)
    {
        problems.push(cycle(resources, dependencies, &missing, start));
    }
    order
}

/// Walks from one blocked resource along blocked dependencies until one comes again.
fn cycle(
    resources: &[Resource],
    dependencies: &[Vec<usize>],
    missing: &[usize],
    start: usize,
) -> Problem {
    let mut seen = BTreeMap::new();
    let mut walk = Vec::new();
    let mut at = start;
    while !seen.contains_key(&at) {
        seen.insert(at, walk.len());
        walk.push(at);
        match dependencies[at].iter().find(|&&need| missing[need] > 0) {
            Some(&next) => at = next,
            None => break,
        }
    }
    let from = seen.get(&at).copied().unwrap_or_default().min(walk.len() - 1);
    let mut names: Vec<&str> =
        walk[from..].iter().map(|&step| resources[step].urn.name()).collect();
    names.push(names[0]);
    let message = format!("a cycle: `{}`", names.join("` needs `"));
    Problem::new(resources[walk[from]].location.clone(), message)
        .hint("drop one of these references")
}

fn arrange(resources: Vec<Resource>, dependencies: &[Vec<usize>], order: &[usize]) -> Graph {
    let mut place = vec![0; resources.len()];
    order.iter().enumerate().for_each(|(new, &old)| place[old] = new);
    let arranged = order.iter().map(|&old| {
        let mut needs: Vec<usize> = dependencies[old].iter().map(|&need| place[need]).collect();
        needs.sort_unstable();
        needs
    });
    let dependencies = arranged.collect();
    let mut slots: Vec<Option<Resource>> = resources.into_iter().map(Some).collect();
    let resources: Vec<Resource> = order.iter().filter_map(|&old| slots[old].take()).collect();
    let index =
        resources.iter().enumerate().map(|(at, resource)| (resource.urn.clone(), at)).collect();
    Graph { resources, dependencies, index }
}

#[cfg(test)]
#[path = "graph_tests.rs"]
mod tests;
