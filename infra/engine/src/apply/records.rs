//! Steps that only write the state: nothing in the world changes.

use std::sync::Arc;

use goodgo_model::{Existing, Map};
use goodgo_plan::Step;
use goodgo_state::Entry;

use super::context::{Context, now};
use super::executor::Executor;
use super::step::{Done, Trouble, record};
use crate::error::Error;

/// Writes the record again when the declaration says something new about it, or when the refresh did.
pub(super) async fn same(context: &Context<'_>, step: &Step) -> Result<Done, Trouble> {
    let (Some(old), Some(wanted)) = (&step.old, &step.new) else { return Ok(Done::unchanged()) };
    // The provider sees no difference, but there may be one to see: what is secret now.
    let inputs = context.inputs(step, wanted)?;
    let fresh = record(step, wanted, old.id.clone(), inputs, old.outputs.clone());
    let fresh = Existing {
        created: old.created,
        modified: old.modified,
        incomplete: old.incomplete,
        ..fresh
    };
    rewrite(context, old, fresh).await?;
    Ok(Done::unchanged())
}

/// Puts a record in the place of another one of the same thing.
pub(super) async fn rewrite(
    context: &Context<'_>,
    old: &Existing,
    fresh: Existing,
) -> Result<(), Trouble> {
    if *old == fresh {
        return Ok(());
    }
    let fresh = Arc::new(fresh);
    let mut entry = Entry::default().put(fresh.clone());
    retire(&mut entry, old, &fresh);
    context.end_half(&mut entry, old);
    context.journal().record(entry).await?;
    context.forget(old);
    context.set_live(fresh);
    Ok(())
}

/// Forgets the record of a thing under its former name or id.
pub(super) fn retire(entry: &mut Entry, old: &Existing, fresh: &Existing) {
    if old.urn != fresh.urn || old.id != fresh.id {
        *entry = std::mem::take(entry).remove(old);
    }
}

/// Makes or changes a component: it exists in the state only. Its outputs come at the end of the
/// run, because they refer to its children.
pub(super) async fn component(context: &Context<'_>, step: &Step) -> Result<Done, Trouble> {
    let Some(wanted) = &step.new else { return Ok(Done::unchanged()) };
    let inputs = context.inputs(step, wanted)?;
    let old = step.old.as_deref();
    let outputs = old.map(|old| old.outputs.clone()).unwrap_or_default();
    let fresh = record(step, wanted, String::new(), inputs, outputs);
    match old {
        Some(old) => {
            let same = old.inputs == fresh.inputs;
            let modified = if same { old.modified } else { fresh.modified };
            rewrite(context, old, Existing { created: old.created, modified, ..fresh }).await?;
        }
        None => {
            let fresh = Arc::new(fresh);
            context.journal().record(Entry::default().put(fresh.clone())).await?;
            context.set_live(fresh);
        }
    }
    Ok(Done::unchanged())
}

/// Takes a record out of the state.
pub(super) async fn forget(context: &Context<'_>, step: &Step) -> Result<Done, Trouble> {
    let Some(old) = &step.old else { return Ok(Done::unchanged()) };
    let mut entry = Entry::default().remove(old);
    context.end_half(&mut entry, old);
    context.journal().record(entry).await?;
    context.forget(old);
    Ok(Done::unchanged())
}

/// Writes the outputs of the components of which everything went well.
pub(super) async fn finish_components(
    context: &Context<'_>,
    executor: &Executor<'_>,
) -> Result<(), Error> {
    let mut entry = Entry::default();
    for id in executor.done_components() {
        let step = context.step(id);
        let (Some(wanted), Some(now_is)) = (&step.new, context.live(&step.urn)) else { continue };
        // Outputs of children that this run left alone may be missing: then the old ones stay.
        let outputs: Map = match context.resolved(&wanted.outputs) {
            Ok(outputs) => outputs,
            Err(_missing) => continue,
        };
        if outputs != now_is.outputs {
            let fresh = Existing { outputs, modified: now(), ..Existing::clone(&now_is) };
            entry = entry.put(Arc::new(fresh));
        }
    }
    if !entry.is_empty() {
        context.journal().record(entry).await?;
    }
    Ok(())
}
