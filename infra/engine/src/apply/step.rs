//! One step, from its first record to its last.

use std::sync::Arc;

use goodgo_model::{Existing, Map, Pending};
use goodgo_plan::{Operation, Step, StepId, Wanted};

use super::context::{Context, now};
use super::{adopt, create, delete, records, update};
use crate::call::{CallError, Words};

/// What a step did.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// What was there before.
    pub(super) was: Option<Arc<Existing>>,
    /// What is there now.
    pub(super) now: Option<Arc<Existing>>,
    /// Whether the world changed: only then is there something to take back.
    pub(super) changed: bool,
}

/// Why a step is not done.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) words: Words,
    /// What it may have left behind.
    pub(super) left: Left,
    /// Dropped because a person stopped the run at once: no failure of the step.
    pub(super) dropped: bool,
}

/// What a failed step may have left behind. The operation then is still pending in the state.
#[derive(Debug)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// What a create with this token made, if anything.
    Created(Pending),
    /// What was updated is as it was, or half changed.
    Updated(Pending, Arc<Existing>),
}

/// Why a step ended early.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The state cannot be written: no step may go on.
    State(goodgo_state::Error),
    /// This step failed.
    Step(Box<Failed>),
}

impl From<goodgo_state::Error> for Trouble {
    fn from(error: goodgo_state::Error) -> Self {
        Self::State(error)
    }
}

impl From<Failed> for Trouble {
    fn from(failed: Failed) -> Self {
        Self::Step(Box::new(failed))
    }
}

impl Failed {
    pub(super) fn words(words: Words) -> Self {
        Self { words, left: Left::Nothing, dropped: false }
    }

    pub(super) fn call(error: &CallError, left: Left) -> Self {
        Self { words: error.words(), left, dropped: matches!(error, CallError::Dropped) }
    }
}

impl Done {
    /// Only the record changed, or nothing.
    pub(super) fn unchanged() -> Self {
        Self { was: None, now: None, changed: false }
    }
}

/// Does it.
pub(super) async fn run(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let step = context.step(id);
    let component = step
        .new
        .as_ref()
        .map_or_else(|| step.old.as_ref().is_some_and(|old| !old.custom), |new| !new.custom);
    match step.operation {
        Operation::Forget => records::forget(context, step).await,
        Operation::Delete | Operation::DeleteReplaced if component => {
            records::forget(context, step).await
        }
        _ if component => records::component(context, step).await,
        Operation::Same | Operation::Refresh => records::same(context, step).await,
        Operation::Create | Operation::CreateReplacement => create::create(context, id).await,
        Operation::Update => update::update(context, id).await,
        Operation::Delete | Operation::DeleteReplaced => delete::delete(context, id).await,
        Operation::Import => adopt::import(context, id).await,
    }
}

/// The record of what a step makes of a resource.
pub(super) fn record(
    step: &Step,
    wanted: &Wanted,
    id: String,
    inputs: Map,
    outputs: Map,
) -> Existing {
    let Wanted { inputs: _, outputs: _, dependencies, parent, options, custom, location } = wanted;
    let now = now();
    Existing {
        urn: step.urn.clone(),
        kind: step.kind.clone(),
        custom: *custom,
        id,
        inputs,
        outputs,
        parent: parent.clone(),
        dependencies: dependencies.clone(),
        delete: false,
        protect: options.protect,
        retain_on_delete: options.retain_on_delete,
        incomplete: false,
        created: now,
        modified: now,
        location: location.clone(),
    }
}
