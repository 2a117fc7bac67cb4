//! What came of a run.

use std::time::Duration;

use goodgo_model::{Snapshot, Urn};
use goodgo_plan::Plan;

use crate::event::{Counts, StepInfo};

/// What came of a deploy, destroy, refresh or import.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What was to be done.
    pub plan: Plan,
    /// What was done and stayed.
    pub done: Counts,
    /// The steps that failed, in the order in which they did.
    pub failures: Vec<Failure>,
    /// The components of which something was taken back.
    pub undone: Vec<Undone>,
    /// The steps that did not run.
    pub skipped: Vec<StepInfo>,
    /// The state afterwards.
    pub state: Snapshot,
    /// How long it took, from the lock to the end.
    pub elapsed: Duration,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Everything is as declared.
    Done,
    /// A person looked at the plan and said no. Nothing was changed.
    Declined,
    /// A person stopped it. The state is true; the next run goes on.
    Stopped,
    /// At least one step failed.
    Failed,
}

/// A step that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// Which.
    pub step: StepInfo,
    /// What and why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Last lines of the thing's own log, oldest first.
    pub log: Vec<String>,
}

/// A component of which something was taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undone {
    /// The component, or the resource when it belongs to none.
    pub urn: Urn,
    /// The steps taken back, in the order in which they were.
    pub steps: Vec<StepInfo>,
    /// The steps that could not be taken back.
    pub failures: Vec<Failure>,
    /// Whether what served before the run serves again. False when there was nothing before, or
    /// something could not be taken back.
    pub old_serves: bool,
}

impl Outcome {
    /// Nothing was done.
    pub(crate) fn untouched(end: End, plan: Plan, state: Snapshot, elapsed: Duration) -> Self {
        Self {
            end,
            plan,
            done: Counts::default(),
            failures: Vec::new(),
            undone: Vec::new(),
            skipped: Vec::new(),
            state,
            elapsed,
        }
    }
}
