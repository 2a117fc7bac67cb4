//! Takes one step back.

use std::sync::Arc;

use goodgo_model::{Existing, Map, Pending};
use goodgo_plan::{Operation, StepId};
use goodgo_provider::{DiffRequest, Find, Read};
use goodgo_state::Entry;

use super::super::context::{Context, Which};
use super::super::create::{make, start};
use super::super::delete::remove;
use super::super::step::{Done, Failed, Left, Trouble};
use super::super::token::token;
use super::super::update::alter;

/// Takes back what was done; false when there is nothing to take back.
pub(super) async fn done(
    context: &Context<'_>,
    id: StepId,
    done: &Done,
    existed: bool,
) -> Result<bool, Trouble> {
    if !done.changed {
        return Ok(false);
    }
    let goes = existed || replaces(context, id);
    match (&done.was, &done.now) {
        (Some(was), Some(now)) if was.id == now.id => restore(context, id, was, now).await,
        (Some(was), Some(now)) => swap(context, id, was, now).await,
        (None, Some(now)) if goes => remove(context, id, now).await.map(|()| true),
        (Some(was), None) => remake(context, id, was).await,
        (None, Some(_) | None) => Ok(false),
    }
}

/// Clears up after a step that failed; false when there is nothing to clear up. What is new in a
/// component that is new stays pending: the next run goes on with it.
pub(super) async fn failed(
    context: &Context<'_>,
    id: StepId,
    failed: &Failed,
    existed: bool,
) -> Result<bool, Trouble> {
    match &failed.left {
        Left::Created(pending) if existed || replaces(context, id) => {
            clear(context, id, pending).await
        }
        Left::Updated(pending, was) => repair(context, id, pending, was).await,
        Left::Created(_) | Left::Nothing => Ok(false),
    }
}

/// Whether the step makes a new generation: it goes even from a component that is new.
fn replaces(context: &Context<'_>, id: StepId) -> bool {
    context.step(id).operation == Operation::CreateReplacement
}

/// Updates back.
async fn restore(
    context: &Context<'_>,
    id: StepId,
    was: &Arc<Existing>,
    now: &Arc<Existing>,
) -> Result<bool, Trouble> {
    alter(context, id, now, Existing::clone(was)).await.map(|_| true)
}

/// Makes the old generation live again, then deletes the new one. In this order: if the delete
/// fails, the next run finds a new generation that it has to delete.
async fn swap(
    context: &Context<'_>,
    id: StepId,
    was: &Arc<Existing>,
    now: &Arc<Existing>,
) -> Result<bool, Trouble> {
    let refuse = Arc::new(Existing { delete: true, ..Existing::clone(now) });
    context.journal().record(Entry::default().put(was.clone()).put(refuse.clone())).await?;
    context.forget(now);
    context.set_live(was.clone());
    remove(context, id, &refuse).await.map(|()| true)
}

/// Makes again what was deleted to make room for its replacement.
async fn remake(context: &Context<'_>, id: StepId, was: &Arc<Existing>) -> Result<bool, Trouble> {
    let token = token(&was.urn, context.serial, id, "undo");
    let begun = Existing { id: token, outputs: Map::new(), ..Existing::clone(was) };
    let pending = start(context, Arc::new(begun)).await?;
    let created = make(context, id, &pending).await?;
    let again = Existing {
        id: created.id,
        outputs: created.outputs,
        incomplete: false,
        ..Existing::clone(was)
    };
    let again = Arc::new(again);
    context.journal().record(Entry::end(&pending).put(again.clone())).await?;
    context.set_live(again);
    Ok(true)
}

/// Deletes what a failed create left.
async fn clear(context: &Context<'_>, id: StepId, pending: &Pending) -> Result<bool, Trouble> {
    let wanted = &*pending.resource;
    let provider = context.provider(&wanted.kind)?;
    let request =
        Find { urn: &wanted.urn, kind: &wanted.kind, token: &wanted.id, inputs: &wanted.inputs };
    let look = context.patience(&wanted.urn, Which::Look);
    let found = look.call(|_| provider.find(request), context.retrying(id)).await;
    let found = found.map_err(|error| Failed::call(&error, Left::Nothing))?;
    let something = found.is_some();
    if let Some(found) = found {
        let left = Existing {
            id: found.id,
            outputs: found.outputs,
            delete: true,
            incomplete: true,
            ..Existing::clone(wanted)
        };
        remove(context, id, &Arc::new(left)).await?;
    }
    context.journal().record(Entry::end(pending)).await?;
    Ok(something)
}

/// Updates back what a failed update left changed.
async fn repair(
    context: &Context<'_>,
    id: StepId,
    pending: &Pending,
    was: &Arc<Existing>,
) -> Result<bool, Trouble> {
    let provider = context.provider(&was.kind)?;
    let Existing { urn, kind, id: known, inputs, outputs, .. } = &**was;
    let look = context.patience(urn, Which::Look);
    let read = look.call(
        |_| provider.read(Read { urn, kind, id: known, inputs, outputs }),
        context.retrying(id),
    );
    let seen = read.await.map_err(|error| Failed::call(&error, Left::Nothing))?;
    // Gone: the operation stays pending, and the next run makes it again.
    let Some(seen) = seen else { return Ok(false) };
    let diff = provider.diff(DiffRequest {
        kind,
        old_inputs: &seen.inputs,
        old_outputs: &seen.outputs,
        new_inputs: inputs,
        ignore: &[],
    });
    if diff.is_empty() && seen.complete {
        context.journal().record(Entry::end(pending)).await?;
        return Ok(false);
    }
    let half = Existing {
        id: seen.id,
        inputs: seen.inputs,
        outputs: seen.outputs,
        incomplete: !seen.complete,
        ..Existing::clone(was)
    };
    alter(context, id, &Arc::new(half), Existing::clone(was)).await?;
    context.journal().record(Entry::end(pending)).await?;
    Ok(true)
}
