//! Makes a thing: new, or the new generation of one that is replaced.

use std::sync::Arc;

use goodgo_model::{Existing, Map, Pending, PendingKind};
use goodgo_plan::{Operation, Reason, Step, StepId, Wanted};
use goodgo_provider::{Create, Created, DiffRequest, Find, Observed};
use goodgo_state::Entry;

use super::context::{Context, Which};
use super::delete::remove;
use super::records::{retire, rewrite};
use super::step::{Done, Failed, Left, Trouble, record};
use super::token::token;
use crate::call::CallError;

/// Makes what the step wants.
pub(super) async fn create(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let step = context.step(id);
    let Some(wanted) = &step.new else { return Ok(Done::unchanged()) };
    let inputs = context.inputs(step, wanted)?;
    let replaces = step.operation == Operation::CreateReplacement;
    let old = match &step.old {
        Some(old) if replaces => context.live(&old.urn).filter(|live| live.id == old.id),
        other => other.clone(),
    };
    if let Some(old) = old.as_ref().filter(|_| replaces)
        && needless(context, step, old, &inputs)?
    {
        let fresh = record(step, wanted, old.id.clone(), inputs, old.outputs.clone());
        let fresh = Existing { created: old.created, modified: old.modified, ..fresh };
        rewrite(context, old, fresh).await?;
        return Ok(Done::unchanged());
    }
    let pending = begin(context, id, wanted, inputs).await?;
    let now = made(context, id, &pending, wanted).await?;
    let mut entry = Entry::end(&pending).put(now.clone());
    match &old {
        Some(old) if replaces => {
            entry = entry.put(Arc::new(Existing { delete: true, ..Existing::clone(old) }));
        }
        Some(gone) => retire(&mut entry, gone, &now),
        None => {}
    }
    context.journal().record(entry).await?;
    old.iter().for_each(|old| context.forget(old));
    context.set_live(now.clone());
    Ok(Done { was: old.filter(|_| replaces), now: Some(now), changed: true })
}

/// Finishes what an interrupted create left half made: under its token when the inputs are still
/// the same; otherwise the half is removed and the whole made anew.
pub(super) async fn finish(
    context: &Context<'_>,
    id: StepId,
    (half, left): (&Arc<Existing>, Pending),
    wanted: &Wanted,
) -> Result<Done, Trouble> {
    let step = context.step(id);
    let inputs = context.inputs(step, wanted)?;
    let pending = if left.resource.inputs == inputs && left.resource.urn == step.urn {
        left
    } else {
        clear(context, id, half, &left).await?;
        begin(context, id, wanted, inputs).await?
    };
    let now = made(context, id, &pending, wanted).await?;
    let mut entry = Entry::end(&pending).put(now.clone());
    retire(&mut entry, half, &now);
    context.end_half(&mut entry, half);
    context.journal().record(entry).await?;
    context.forget(half);
    context.set_live(now.clone());
    Ok(Done { was: None, now: Some(now), changed: true })
}

/// Makes what is pending, and its record.
async fn made(
    context: &Context<'_>,
    id: StepId,
    pending: &Pending,
    wanted: &Wanted,
) -> Result<Arc<Existing>, Trouble> {
    let Created { id: thing, outputs } = make(context, id, pending).await?;
    let inputs = pending.resource.inputs.clone();
    Ok(Arc::new(record(context.step(id), wanted, thing, inputs, outputs)))
}

/// Removes what an interrupted create left. It is looked for again: when the run began, what it
/// stands on may have been down, and then it was only presumed.
async fn clear(
    context: &Context<'_>,
    id: StepId,
    half: &Arc<Existing>,
    left: &Pending,
) -> Result<(), Trouble> {
    let Existing { urn, kind, id: token, inputs, .. } = &*left.resource;
    let provider = context.provider(kind)?;
    let find = |_| provider.find(Find { urn, kind, token, inputs });
    let patience = context.patience(urn, Which::Create);
    let found = patience.call(find, context.retrying(id)).await;
    if let Some(found) = found.map_err(|error| Failed::call(&error, Left::Created(left.clone())))? {
        let Observed { id: thing, inputs, outputs, .. } = found;
        let there = Existing { id: thing, inputs, outputs, ..Existing::clone(half) };
        remove(context, id, &Arc::new(there)).await?;
    }
    // Removing it has ended it, unless it stood under another id or not at all.
    if context.half(half).is_some() {
        let mut entry = Entry::default();
        context.end_half(&mut entry, half);
        context.journal().record(entry).await?;
    }
    Ok(())
}

/// A replace that was planned for what was not known then, and is not needed now that it is:
/// what should have changed is what it was. The delete of the old generation then finds it live.
fn needless(
    context: &Context<'_>,
    step: &Step,
    old: &Existing,
    inputs: &Map,
) -> Result<bool, Trouble> {
    let other = |reason: &Reason| !matches!(reason, Reason::Changed | Reason::ReplacedFor(_));
    if old.incomplete || step.reasons.iter().any(other) {
        return Ok(false);
    }
    let ignore = step.new.as_ref().map_or(&[][..], |new| &new.options.ignore_changes);
    let diff = context.provider(&step.kind)?.diff(DiffRequest {
        kind: &step.kind,
        old_inputs: &old.inputs,
        old_outputs: &old.outputs,
        new_inputs: inputs,
        ignore,
    });
    Ok(diff.is_empty())
}

/// Records that a create begins.
async fn begin(
    context: &Context<'_>,
    id: StepId,
    wanted: &Wanted,
    inputs: Map,
) -> Result<Pending, Trouble> {
    let step = context.step(id);
    let token = token(&step.urn, context.serial, id, "");
    let resource = Arc::new(record(step, wanted, token, inputs, Map::new()));
    start(context, resource).await
}

/// Records that a create of `resource`, whose id is the token, begins.
pub(super) async fn start(
    context: &Context<'_>,
    resource: Arc<Existing>,
) -> Result<Pending, Trouble> {
    let pending = Pending { operation: PendingKind::Creating, resource };
    context.journal().record(Entry { begin: vec![pending.clone()], ..Entry::default() }).await?;
    Ok(pending)
}

/// Has the provider create what is pending. When nothing can be left of a failure, nothing is
/// pending any more.
pub(super) async fn make(
    context: &Context<'_>,
    id: StepId,
    pending: &Pending,
) -> Result<Created, Trouble> {
    let wanted = &*pending.resource;
    let provider = context.provider(&wanted.kind)?;
    let log = context.progress(id);
    let attempt = |timeout| {
        provider.create(Create {
            urn: &wanted.urn,
            kind: &wanted.kind,
            token: &wanted.id,
            inputs: &wanted.inputs,
            timeout,
            log: &log,
        })
    };
    let patience = context.patience(&wanted.urn, Which::Create);
    match patience.call(attempt, context.retrying(id)).await {
        Ok(created) => Ok(created),
        Err(CallError::Failed(error)) if error.left.is_none() => {
            context.journal().record(Entry::end(pending)).await?;
            Err(Failed::call(&CallError::Failed(error), Left::Nothing).into())
        }
        Err(error) => Err(Failed::call(&error, Left::Created(pending.clone())).into()),
    }
}
