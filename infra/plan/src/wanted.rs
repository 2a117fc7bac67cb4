//! What of a declaration goes into a step and a record.

use std::sync::Arc;

use goodgo_model::{Existing, Graph, Map, Resource, Urn};
use goodgo_provider::Effect;

use crate::ignore::{keep_ignored, with_references};
use crate::records::Record;
use crate::step::{Operation, Step, Wanted};

/// A step of a declared resource with nothing in it yet.
pub(crate) fn blank(operation: Operation, resource: &Resource) -> Step {
    Step {
        operation,
        urn: resource.urn.clone(),
        kind: resource.kind.clone(),
        old: None,
        new: None,
        changes: Vec::new(),
        reasons: Vec::new(),
        effect: Effect::None,
        risks: Vec::new(),
        after: Vec::new(),
    }
}

/// The step of a resource that the plan may not touch.
pub(crate) fn untouched(resource: &Resource, record: &Record<'_>) -> Step {
    Step {
        urn: record.saved.urn.clone(),
        old: Some(record.saved.clone()),
        ..blank(Operation::Same, resource)
    }
}

/// The declaration as the engine needs it. `now` is what it will replace or change.
pub(crate) fn wanted(
    graph: &Graph,
    position: usize,
    checked: Map,
    now: Option<&Existing>,
) -> Arc<Wanted> {
    let resource = &graph.resources()[position];
    let mut inputs = with_references(checked, &resource.inputs);
    if let Some(now) = now {
        keep_ignored(&mut inputs, &now.inputs, &resource.options.ignore_changes);
    }
    let mut dependencies: Vec<Urn> = needs(graph, position).cloned().collect();
    dependencies.sort_unstable();
    Arc::new(Wanted {
        inputs,
        outputs: resource.outputs.clone(),
        dependencies,
        parent: resource.parent.clone(),
        options: resource.options.clone(),
        custom: resource.custom,
        location: resource.location.clone(),
    })
}

/// Whether a record says of a resource, inputs and outputs apart, what its declaration says.
pub(crate) fn describes(existing: &Existing, graph: &Graph, position: usize) -> bool {
    let resource = &graph.resources()[position];
    existing.urn == resource.urn
        && existing.parent == resource.parent
        && existing.protect == resource.options.protect
        && existing.retain_on_delete == resource.options.retain_on_delete
        && existing.location == resource.location
        && existing.dependencies.len() == graph.dependencies(position).len()
        && existing.dependencies.is_sorted()
        && needs(graph, position).all(|urn| existing.dependencies.binary_search(urn).is_ok())
}

fn needs(graph: &Graph, position: usize) -> impl Iterator<Item = &Urn> {
    graph.dependencies(position).iter().map(|&need| &graph.resources()[need].urn)
}
