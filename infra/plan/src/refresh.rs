//! The plan that brings the state in line with the world and touches nothing else.

use goodgo_model::{Existing, Graph};
use goodgo_provider::{Change, Effect, changes};

use crate::basis::basis;
use crate::desired::Pairing;
use crate::error::PlanError;
use crate::records::{Record, Records};
use crate::request::Request;
use crate::select::Selection;
use crate::step::{Operation, Plan, Reason, Step};

/// What has to be written to the state so that it says what was observed: a
/// [`Operation::Refresh`] for what differs, a [`Operation::Forget`] for what is gone, and
/// [`Operation::Same`] for the rest. Calls no provider.
///
/// # Errors
/// Patterns that match nothing.
pub fn refresh_only(request: &Request<'_>) -> Result<Plan, PlanError> {
    let records = Records::new(request.snapshot, request.observed);
    let graph = Graph::default();
    let pairing = Pairing::new(&graph, &records);
    let mut problems = Vec::new();
    let selection = Selection::new(&graph, &records, &pairing, request.options, &mut problems);
    PlanError::unless_empty(problems)?;
    let steps = records.all().iter().zip(0..).map(|(record, id)| {
        if selection.has_record(id) { refreshed(record) } else { same(record) }
    });
    Ok(Plan {
        environment: request.environment.to_owned(),
        project: request.project.to_owned(),
        serial: request.snapshot.serial,
        steps: steps.collect(),
        basis: basis(request),
    })
}

fn same(record: &Record<'_>) -> Step {
    Step {
        operation: Operation::Same,
        urn: record.saved.urn.clone(),
        kind: record.saved.kind.clone(),
        old: Some(record.saved.clone()),
        new: None,
        changes: Vec::new(),
        reasons: Vec::new(),
        effect: Effect::None,
        risks: Vec::new(),
        after: Vec::new(),
    }
}

fn refreshed(record: &Record<'_>) -> Step {
    if record.gone {
        return Step { operation: Operation::Forget, reasons: vec![Reason::Gone], ..same(record) };
    }
    if !record.moved() {
        return same(record);
    }
    Step {
        operation: Operation::Refresh,
        old: Some(record.now.clone()),
        changes: differences(record.saved, &record.now),
        reasons: vec![if record.now.incomplete { Reason::Incomplete } else { Reason::Drifted }],
        ..same(record)
    }
}

/// Inputs first; of the outputs those that are not inputs as well.
fn differences(saved: &Existing, now: &Existing) -> Vec<Change> {
    let mut differing = changes(&saved.inputs, &now.inputs);
    let outputs = changes(&saved.outputs, &now.outputs);
    let new = outputs.into_iter().filter(|one| !differing.contains(one)).collect::<Vec<_>>();
    differing.extend(new);
    differing
}
