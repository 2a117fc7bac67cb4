//! Does what a plan says.
//!
//! Steps run in parallel along their order. In the first half everything is made and changed,
//! and deleted only where something waits for it; what fails is then undone within its component. In the second
//! half the rest is deleted. So as long as something can fail, the old generations are there to
//! take over again.

mod adopt;
mod context;
mod create;
mod delete;
mod executor;
mod records;
mod resolve;
mod schedule;
mod step;
mod token;
mod undo;
mod update;

use std::time::Duration;

use goodgo_model::Snapshot;
use goodgo_plan::Plan;
use goodgo_state::Journal;

use crate::engine::Engine;
use crate::error::Error;
use crate::event::{Counts, StepInfo};
use crate::outcome::{End, Failure, Outcome, Undone};
use crate::refresh::Seen;
use context::Context;
use executor::Executor;

/// What is to be done, with what, and where it is written down.
#[derive(Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) journal: &'a dyn Journal,
    pub(crate) plan: &'a Plan,
    pub(crate) seen: &'a Seen,
}

/// What came of it.
pub(crate) struct Report {
    pub(crate) end: End,
    pub(crate) done: Counts,
    pub(crate) failures: Vec<Failure>,
    pub(crate) undone: Vec<Undone>,
    pub(crate) skipped: Vec<StepInfo>,
}

/// Records what was seen, runs the steps, and writes the state as a whole.
///
/// # Errors
/// When the state cannot be written any more. Steps that fail are in the report.
pub(crate) async fn run(run: Run<'_>) -> Result<Report, Error> {
    let entry = run.seen.entry();
    if !entry.is_empty() {
        run.journal.record(entry).await?;
    }
    // After a run that was killed, opening the state has made its serial a new one: tokens are too.
    let context = Context::new(run, run.seen.settled.serial);
    let mut executor = Executor::new(&context);
    let result = steps(&context, &mut executor).await;
    // Whatever happened: what is recorded is worth a whole state.
    let written = run.journal.checkpoint().await;
    let undone = result?;
    written?;
    Ok(executor.into_report(undone))
}

async fn steps(context: &Context<'_>, executor: &mut Executor<'_>) -> Result<Vec<Undone>, Error> {
    executor.run().await?;
    let undone = undo::undo(context, executor).await?;
    executor.release(&undone);
    executor.run().await?;
    records::finish_components(context, executor).await?;
    Ok(undone.into_iter().map(|group| group.told).filter(|told| !told.is_empty()).collect())
}

impl Report {
    pub(crate) fn into_outcome(self, plan: Plan, state: Snapshot, elapsed: Duration) -> Outcome {
        let Self { end, done, failures, undone, skipped } = self;
        Outcome { end, plan, done, failures, undone, skipped, state, elapsed }
    }
}
