//! Changes a thing in place.

use std::sync::Arc;

use goodgo_model::{Existing, Map, Pending, PendingKind};
use goodgo_plan::{Step, StepId, Wanted};
use goodgo_provider::{Diff, DiffRequest, Update};
use goodgo_state::Entry;

use super::context::{Context, Which, now};
use super::create;
use super::records::{retire, rewrite};
use super::step::{Done, Failed, Left, Trouble, record};
use crate::call::Words;

/// Changes what there is to what the step wants; does nothing when it is that already, now that
/// everything is known.
pub(super) async fn update(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let step = context.step(id);
    match (&step.old, &step.new) {
        (Some(old), Some(wanted)) => match context.half(old) {
            Some(left) => create::finish(context, id, (old, left), wanted).await,
            None => change(context, id, old, wanted).await,
        },
        _ => Ok(Done::unchanged()),
    }
}

/// Changes `old` to what is wanted.
pub(super) async fn change(
    context: &Context<'_>,
    id: StepId,
    old: &Arc<Existing>,
    wanted: &Wanted,
) -> Result<Done, Trouble> {
    let step = context.step(id);
    let inputs = context.inputs(step, wanted)?;
    let diff = diff(context, step, old, &inputs)?;
    let fresh = record(step, wanted, old.id.clone(), inputs, old.outputs.clone());
    let fresh = Existing { created: old.created, modified: old.modified, ..fresh };
    if diff.is_empty() && !old.incomplete {
        rewrite(context, old, fresh).await?;
        return Ok(Done::unchanged());
    }
    if let Some(path) = diff.replace.first() {
        let message = format!("`{path}` turns out to force a replace, which the plan did not show");
        return Err(Failed::words(Words::new(
            message,
            "deploy again: it is known now, and will be planned",
        ))
        .into());
    }
    let now = alter(context, id, old, fresh).await?;
    Ok(Done { was: Some(old.clone()), now: Some(now), changed: true })
}

fn diff(context: &Context<'_>, step: &Step, old: &Existing, inputs: &Map) -> Result<Diff, Trouble> {
    let ignore = step.new.as_ref().map_or(&[][..], |new| &new.options.ignore_changes);
    Ok(context.provider(&step.kind)?.diff(DiffRequest {
        kind: &step.kind,
        old_inputs: &old.inputs,
        old_outputs: &old.outputs,
        new_inputs: inputs,
        ignore,
    }))
}

/// Has the provider change `old` to the inputs of `fresh`, with its record before and after.
pub(super) async fn alter(
    context: &Context<'_>,
    id: StepId,
    old: &Arc<Existing>,
    fresh: Existing,
) -> Result<Arc<Existing>, Trouble> {
    let provider = context.provider(&old.kind)?;
    let pending = Pending { operation: PendingKind::Updating, resource: old.clone() };
    context.journal().record(Entry { begin: vec![pending.clone()], ..Entry::default() }).await?;
    let log = context.progress(id);
    let attempt = |timeout| {
        provider.update(Update {
            urn: &fresh.urn,
            kind: &old.kind,
            id: &old.id,
            old_inputs: &old.inputs,
            old_outputs: &old.outputs,
            new_inputs: &fresh.inputs,
            timeout,
            log: &log,
        })
    };
    let result =
        context.patience(&fresh.urn, Which::Update).call(attempt, context.retrying(id)).await;
    let updated = result
        .map_err(|error| Failed::call(&error, Left::Updated(pending.clone(), old.clone())))?;
    let now = Arc::new(Existing { outputs: updated.outputs, modified: now(), ..fresh });
    let mut entry = Entry::end(&pending).put(now.clone());
    retire(&mut entry, old, &now);
    context.end_half(&mut entry, old);
    context.journal().record(entry).await?;
    context.forget(old);
    context.set_live(now.clone());
    Ok(now)
}
