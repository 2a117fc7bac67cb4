//! Adopts a thing that exists.

use std::sync::Arc;

use goodgo_plan::{Observation, StepId};
use goodgo_state::Entry;

use super::context::Context;
use super::step::{Done, Failed, Trouble, record};
use super::update;
use crate::call::Words;

/// Records what the refresh saw as the resource; then changes it to what is declared, as far as
/// the plan says so.
pub(super) async fn import(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let step = context.step(id);
    let Some(wanted) = &step.new else { return Ok(Done::unchanged()) };
    let known = wanted.options.import.as_deref().unwrap_or_default();
    let Observation::Observed(seen) = context.observed(&step.urn, known) else {
        let message = format!("there is nothing with the id `{known}` to be imported");
        return Err(Failed::words(Words::new(
            message,
            "give the id that the provider knows it by",
        ))
        .into());
    };
    let adopted = record(step, wanted, seen.id.clone(), seen.inputs.clone(), seen.outputs.clone());
    let adopted = Arc::new(goodgo_model::Existing { incomplete: !seen.complete, ..adopted });
    context.journal().record(Entry::default().put(adopted.clone())).await?;
    context.set_live(adopted.clone());
    if step.changes.is_empty() {
        return Ok(Done::unchanged());
    }
    update::change(context, id, &adopted, wanted).await
}
