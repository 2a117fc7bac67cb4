//! Takes back what this run did to a component of which a step failed.
//!
//! The old generations are still there: they are deleted only after everything was made. So the
//! new ones are deleted and the old ones are live again, updates are updated back, and what was
//! deleted first is made again. A component that did not exist before is left as far as it got:
//! a retry goes on from there. Nothing in it is journalled in another way than the steps were; a
//! run killed in the midst of it is continued, forward, by the next one.

mod groups;
mod revert;

use goodgo_model::Urn;
use goodgo_plan::StepId;
use tokio::time::Instant;

use super::context::Context;
use super::executor::{Executor, failure};
use super::step::{Failed, Trouble};
use crate::error::Error;
use crate::event::Event;
use crate::outcome::Undone;
pub(super) use groups::groups;

/// A component (or a resource that belongs to none) of which something failed.
pub(super) struct Group {
    pub(super) urn: Urn,
    pub(super) told: Undone,
}

impl Undone {
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.failures.is_empty()
    }
}

/// Takes back what has to be, latest first. When a person stopped the run nothing is: the next
/// run goes on from there.
pub(super) async fn undo(
    context: &Context<'_>,
    executor: &Executor<'_>,
) -> Result<Vec<Group>, Error> {
    let failed = executor.failed.iter().any(|(_, failed)| !failed.dropped);
    if !failed || context.engine().cancel.is_requested() {
        return Ok(Vec::new());
    }
    let mut undoing = Undoing::new(context, executor);
    for (id, failed) in executor.failed.iter().rev() {
        undoing.one(*id, revert::failed(context, *id, failed, undoing.existed(*id))).await?;
    }
    for (id, done) in executor.done.iter().rev() {
        if undoing.concerns(*id) && undoing.is_free(*id, executor) {
            undoing.one(*id, revert::done(context, *id, done, undoing.existed(*id))).await?;
        }
    }
    Ok(undoing.finish())
}

struct Undoing<'c> {
    context: &'c Context<'c>,
    groups: Vec<groups::Members>,
    told: Vec<Undone>,
    /// Steps that could not be taken back: what they stand on has to stay.
    stuck: Vec<StepId>,
}

impl<'c> Undoing<'c> {
    fn new(context: &'c Context<'c>, executor: &Executor<'_>) -> Self {
        let groups = groups::concerned(context, executor);
        let told = groups.iter().map(|one| Undone {
            urn: one.urn.clone(),
            steps: Vec::new(),
            failures: Vec::new(),
            old_serves: one.existed,
        });
        for one in groups.iter().filter(|one| one.steps > 0) {
            context.tell(Event::UndoStarted { urn: one.urn.clone(), steps: one.steps });
        }
        Self { context, told: told.collect(), groups, stuck: Vec::new() }
    }

    fn position(&self, id: StepId) -> Option<usize> {
        let urn = self.context.group(id);
        self.groups.iter().position(|one| one.urn == *urn)
    }

    fn concerns(&self, id: StepId) -> bool {
        self.position(id).is_some()
    }

    fn existed(&self, id: StepId) -> bool {
        self.position(id).is_some_and(|at| self.groups[at].existed)
    }

    /// Whether nothing that could not be taken back stands on this step.
    fn is_free(&mut self, id: StepId, executor: &Executor<'_>) -> bool {
        let stuck = executor.schedule.dependents(id).iter().any(|one| self.stuck.contains(one));
        if stuck {
            self.stuck.push(id);
        }
        !stuck
    }

    async fn one(
        &mut self,
        id: StepId,
        revert: impl Future<Output = Result<bool, Trouble>>,
    ) -> Result<(), Error> {
        let Some(position) = self.position(id) else { return Ok(()) };
        let started = Instant::now();
        let step = self.context.info(id);
        match revert.await {
            Ok(false) => {}
            Ok(true) => {
                self.context
                    .tell(Event::StepUndone { step: step.clone(), elapsed: started.elapsed() });
                self.told[position].steps.push(step);
            }
            Err(Trouble::State(error)) => return Err(Error::State(error)),
            Err(Trouble::Step(failed)) => self.stuck_at(id, position, *failed),
        }
        Ok(())
    }

    fn stuck_at(&mut self, id: StepId, position: usize, failed: Failed) {
        let failure = failure(self.context.info(id), failed);
        let (step, message) = (failure.step.clone(), failure.message.clone());
        self.context.tell(Event::UndoFailed { step, message });
        self.told[position].failures.push(failure);
        self.told[position].old_serves = false;
        self.stuck.push(id);
    }

    fn finish(self) -> Vec<Group> {
        self.told.into_iter().map(|told| Group { urn: told.urn.clone(), told }).collect()
    }
}
