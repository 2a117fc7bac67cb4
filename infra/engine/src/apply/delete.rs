//! Removes a thing.

use std::sync::Arc;

use goodgo_model::{Existing, Pending, PendingKind};
use goodgo_plan::{Operation, StepId};
use goodgo_provider::Delete;
use goodgo_state::Entry;

use super::context::{Context, Which};
use super::step::{Done, Failed, Left, Trouble};

/// Removes what the step names. The old generation of a replace that turned out to be needless
/// is the live one, and stays.
pub(super) async fn delete(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let step = context.step(id);
    let Some(old) = &step.old else { return Ok(Done::unchanged()) };
    let is_live = || context.live(&old.urn).is_some_and(|live| live.id == old.id);
    if step.operation == Operation::DeleteReplaced && context.is_late(id) && is_live() {
        return Ok(Done::unchanged());
    }
    remove(context, id, old).await?;
    Ok(Done { was: Some(old.clone()), now: None, changed: true })
}

/// Has the provider delete this generation, with its record before and after.
pub(super) async fn remove(
    context: &Context<'_>,
    id: StepId,
    old: &Arc<Existing>,
) -> Result<(), Trouble> {
    let provider = context.provider(&old.kind)?;
    let pending = Pending { operation: PendingKind::Deleting, resource: old.clone() };
    context.journal().record(Entry { begin: vec![pending.clone()], ..Entry::default() }).await?;
    let log = context.progress(id);
    let attempt = |timeout| {
        provider.delete(Delete {
            urn: &old.urn,
            kind: &old.kind,
            id: &old.id,
            inputs: &old.inputs,
            outputs: &old.outputs,
            timeout,
            log: &log,
        })
    };
    let result =
        context.patience(&old.urn, Which::Delete).call(attempt, context.retrying(id)).await;
    result.map_err(|error| Failed::call(&error, Left::Nothing))?;
    let mut entry = Entry::end(&pending).remove(old);
    context.end_half(&mut entry, old);
    context.journal().record(entry).await?;
    context.forget(old);
    Ok(())
}
