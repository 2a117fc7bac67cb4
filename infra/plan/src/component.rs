//! Components: no provider, nothing in the world; only their record can change.

use goodgo_model::{Graph, Map};
use goodgo_provider::{Change, changes};

use crate::records::Record;
use crate::step::{Operation, Reason, Step};
use crate::wanted::{blank, describes, wanted};

/// The step of a component whose properties are resolved as far as they can be.
pub(crate) fn component(
    graph: &Graph,
    position: usize,
    record: Option<&Record<'_>>,
    inputs: Map,
    outputs: &Map,
) -> Step {
    let resource = &graph.resources()[position];
    let Some(record) = record else {
        let mut step = blank(Operation::Create, resource);
        step.changes = changes(&Map::new(), &inputs);
        step.reasons = vec![Reason::New];
        step.new = Some(wanted(graph, position, inputs, None));
        return step;
    };
    let now = &record.now;
    let mut differing = changes(&now.inputs, &inputs);
    differing.extend(changes(&now.outputs, outputs).into_iter().filter(is_certain));
    let operation = if differing.is_empty() { Operation::Same } else { Operation::Update };
    let mut step = blank(operation, resource);
    let unchanged = inputs == now.inputs && *outputs == now.outputs;
    if operation == Operation::Update || !unchanged || !describes(now, graph, position) {
        step.new = Some(wanted(graph, position, inputs, Some(now)));
    }
    if !differing.is_empty() {
        step.reasons = vec![Reason::Changed];
    }
    step.changes = differing;
    step.old = Some(now.clone());
    step
}

/// That an output is not known yet says nothing about whether it will differ.
fn is_certain(change: &Change) -> bool {
    change.new.as_ref().is_none_or(goodgo_model::Value::is_known)
}
