//! Runs the steps of a plan in parallel along their order.

use std::collections::HashSet;
use std::pin::Pin;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use goodgo_model::Urn;
use goodgo_plan::{Operation, StepId};
use tokio::time::Instant;

use super::Report;
use super::context::Context;
use super::schedule::{Schedule, Status};
use super::step::{self, Done, Failed, Trouble};
use super::undo::Group;
use crate::cancel::Stop;
use crate::error::Error;
use crate::event::{Counts, Event, Skip, StepInfo};
use crate::outcome::{End, Failure, Undone};

/// What ran, how it ended, and what may run next.
pub(super) struct Executor<'c> {
    context: &'c Context<'c>,
    pub(super) schedule: Schedule,
    /// What was done, in the order in which it was.
    pub(super) done: Vec<(StepId, Done)>,
    /// What failed, in the order in which it did.
    pub(super) failed: Vec<(StepId, Failed)>,
    skipped: Vec<StepInfo>,
}

type Running<'c> = Pin<Box<dyn Future<Output = (StepId, Result<Done, Trouble>)> + Send + 'c>>;

impl<'c> Executor<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        Self {
            context,
            schedule: Schedule::new(context.run.plan),
            done: Vec::new(),
            failed: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Runs all that may run until nothing does.
    ///
    /// # Errors
    /// When the state cannot be written; what ran has ended then.
    pub(super) async fn run(&mut self) -> Result<(), Error> {
        let cancel = &self.context.engine().cancel;
        let mut running = FuturesUnordered::<Running<'c>>::new();
        let mut told = Stop::No;
        let mut broken = None;
        loop {
            if broken.is_none() && !cancel.is_requested() {
                self.start(&mut running);
            }
            let further = if told == Stop::No { Stop::Clean } else { Stop::AtOnce };
            tokio::select! {
                biased;
                () = cancel.reached(further), if told < Stop::AtOnce && !running.is_empty() => {
                    told = cancel.stop();
                    let at_once = told == Stop::AtOnce;
                    self.context.tell(Event::Stopping { running: running.len(), at_once });
                }
                ended = running.next() => match ended {
                    Some((id, result)) => broken = self.ended(id, result).err().or(broken),
                    None => return broken.map_or(Ok(()), |error| Err(Error::State(error))),
                },
            }
        }
    }

    fn start(&mut self, running: &mut FuturesUnordered<Running<'c>>) {
        let limit = self.context.engine().settings.steps.max(1);
        while running.len() < limit
            && let Some(id) = self.schedule.next()
        {
            let context = self.context;
            if context.step(id).writes() {
                running.push(Box::pin(async move { (id, timed(context, id).await) }));
            } else {
                self.schedule.done(id);
            }
        }
    }

    fn ended(
        &mut self,
        id: StepId,
        result: Result<Done, Trouble>,
    ) -> Result<(), goodgo_state::Error> {
        match result {
            Ok(done) => {
                self.schedule.done(id);
                self.done.push((id, done));
            }
            Err(trouble) => {
                let needs = Skip::Needs(self.context.step(id).urn.clone());
                let skipped = self.schedule.stop(id, Status::Failed);
                skipped.into_iter().for_each(|step| self.skip(step, needs.clone()));
                match trouble {
                    Trouble::State(error) => return Err(error),
                    Trouble::Step(failed) => self.failed.push((id, *failed)),
                }
            }
        }
        Ok(())
    }

    fn skip(&mut self, id: StepId, because: Skip) {
        let step = self.context.info(id);
        // That a resource stays the same is no loss.
        if step.operation != Operation::Same {
            self.skipped.push(step.clone());
            self.context.tell(Event::StepSkipped { step, because });
        }
    }

    /// Lets the second half come, without the deletes in what was undone, and of what that may use
    /// again.
    pub(super) fn release(&mut self, undone: &[Group]) {
        let undone: HashSet<&Urn> = undone.iter().map(|one| &one.urn).collect();
        let context = self.context;
        let concerns = |id: StepId| undone.contains(context.group(id));
        let needed =
            |id: &StepId| concerns(*id) || context.step(*id).after.iter().any(|&id| concerns(id));
        let kept: Vec<StepId> = match undone.is_empty() {
            true => Vec::new(),
            false => self.schedule.waiting().filter(needed).collect(),
        };
        for id in kept {
            if self.schedule.status(id) == Status::Waiting {
                let skipped = self.schedule.stop(id, Status::Skipped);
                self.skip(id, Skip::Undone);
                skipped.into_iter().for_each(|step| self.skip(step, Skip::Undone));
            }
        }
        self.schedule.release();
    }

    /// Components that were made or changed, and whose children are as wanted.
    pub(super) fn done_components(&self) -> impl Iterator<Item = StepId> {
        let component =
            |id: &StepId| self.context.step(*id).new.as_ref().is_some_and(|new| !new.custom);
        self.done.iter().map(|(id, _)| *id).filter(component)
    }

    pub(super) fn into_report(mut self, undone: Vec<Undone>) -> Report {
        let waiting: Vec<StepId> = self.schedule.waiting().collect();
        let stopped = !waiting.is_empty();
        waiting.into_iter().for_each(|id| self.skip(id, Skip::Stopped));
        let taken_back: HashSet<StepId> =
            undone.iter().flat_map(|one| &one.steps).map(|step| step.step).collect();
        let mut done = Counts::default();
        for (step, id) in self.context.run.plan.steps.iter().zip(0..) {
            if self.schedule.status(id) == Status::Done && !taken_back.contains(&id) {
                done.add(step.operation);
            }
        }
        let dropped = self.failed.iter().any(|(_, failed)| failed.dropped);
        let context = self.context;
        let failures: Vec<Failure> = self
            .failed
            .into_iter()
            .filter(|(_, failed)| !failed.dropped)
            .map(|(id, failed)| failure(context.info(id), failed))
            .collect();
        let end = match (failures.is_empty(), stopped || dropped) {
            (false, _) => End::Failed,
            (true, true) => End::Stopped,
            (true, false) => End::Done,
        };
        Report { end, done, failures, undone, skipped: self.skipped }
    }
}

/// What a person is told of a failure.
pub(super) fn failure(step: StepInfo, failed: Failed) -> Failure {
    let crate::call::Words { message, hint, log } = failed.words;
    Failure { step, message, hint, log }
}

/// Runs a step and tells how it went.
async fn timed(context: &Context<'_>, id: StepId) -> Result<Done, Trouble> {
    let quiet = context.step(id).operation == Operation::Same;
    if !quiet {
        context.tell(Event::StepStarted { step: context.info(id) });
    }
    let started = Instant::now();
    let result = step::run(context, id).await;
    let elapsed = started.elapsed();
    match &result {
        Ok(_) if !quiet => context.tell(Event::StepSucceeded { step: context.info(id), elapsed }),
        Err(Trouble::Step(failed)) => {
            let crate::call::Words { message, hint, log } = failed.words.clone();
            context.tell(Event::StepFailed { step: context.info(id), message, hint, log, elapsed });
        }
        Ok(_) | Err(Trouble::State(_)) => {}
    }
    result
}
