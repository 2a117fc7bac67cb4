//! Dependencies before dependents.
//!
//! A deploy records changes in the order in which they happen. The state is written in the order
//! in which it can be made again, and what refers to nothing any more is taken out: a dependent
//! may outlive what it depended on for a moment, while that is replaced delete-before-create,
//! and a run that is killed in this moment must leave a state that can be read.

use std::collections::HashMap;
use std::sync::Arc;

use goodgo_model::{Existing, Snapshot, Urn};

/// Sorts the resources, with as little change of their order as possible, and drops references
/// to what is gone. New generations come before old ones.
pub fn order(snapshot: &mut Snapshot) {
    drop_dangling(&mut snapshot.resources);
    let resources = &snapshot.resources;
    let place = places(resources);
    let mut walk = Walk {
        resources,
        place: &place,
        visited: vec![false; resources.len()],
        sorted: Vec::with_capacity(resources.len()),
    };
    for delete in [false, true] {
        for (index, _) in resources.iter().enumerate().filter(|(_, one)| one.delete == delete) {
            walk.visit(index);
        }
    }
    let sorted: Vec<_> = walk.sorted.into_iter().map(|index| resources[index].clone()).collect();
    snapshot.resources = sorted;
}

/// Where the generation is that others mean by a URN: the one that stays, else the first.
fn places(resources: &[Arc<Existing>]) -> HashMap<&Urn, usize> {
    let mut place = HashMap::with_capacity(resources.len());
    for (index, resource) in resources.iter().enumerate().rev() {
        let at = place.entry(&resource.urn).or_insert(index);
        if !resource.delete || resources[*at].delete {
            *at = index;
        }
    }
    place
}

fn drop_dangling(resources: &mut [Arc<Existing>]) {
    let known: std::collections::HashSet<Urn> =
        resources.iter().map(|one| one.urn.clone()).collect();
    for resource in resources {
        let dangles = resource.parent.iter().chain(&resource.dependencies);
        if dangles.into_iter().all(|urn| known.contains(urn)) {
            continue;
        }
        let resource = Arc::make_mut(resource);
        resource.dependencies.retain(|urn| known.contains(urn));
        resource.parent = resource.parent.take().filter(|urn| known.contains(urn));
    }
}

/// A depth-first walk without recursion: chains of dependencies may be long.
struct Walk<'a> {
    resources: &'a [Arc<Existing>],
    place: &'a HashMap<&'a Urn, usize>,
    visited: Vec<bool>,
    sorted: Vec<usize>,
}

impl Walk<'_> {
    fn visit(&mut self, start: usize) {
        if std::mem::replace(&mut self.visited[start], true) {
            return;
        }
        // A node and how many of its references have been followed.
        let mut stack = vec![(start, 0)];
        while let Some((node, followed)) = stack.last_mut() {
            let resource = &self.resources[*node];
            let mut references = resource.parent.iter().chain(&resource.dependencies);
            let Some(urn) = references.nth(*followed) else {
                self.sorted.push(*node);
                stack.pop();
                continue;
            };
            *followed += 1;
            let next = self.place[urn];
            if !std::mem::replace(&mut self.visited[next], true) {
                stack.push((next, 0));
            }
        }
    }
}
