//! What a run tells while it works.
//!
//! The engine never prints: it emits these, and the command line draws them. They carry
//! names, times and messages but no property values, so that no secret can leak through one.

use std::time::Duration;

use goodgo_model::{Location, Urn};
use goodgo_plan::{Operation, Plan, Step, StepId};
use serde::{Serialize, Serializer};

/// Receives events, in the order in which things happen. Must return quickly.
pub trait Observer: Send + Sync {
    /// Something happened.
    fn event(&self, event: Event);
}

impl<F: Fn(Event) + Send + Sync> Observer for F {
    fn event(&self, event: Event) {
        self(event);
    }
}

/// Something that happened. As JSON: an object whose `event` names the variant; times in seconds.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// Another run holds the environment; this one waits for it.
    LockWaiting {
        /// Who holds it, where and since when.
        owner: String,
    },
    /// Looking at the world begins.
    RefreshStarted {
        /// How many things will be looked at.
        total: usize,
    },
    /// One more thing was looked at.
    RefreshProgress {
        /// Which.
        urn: Urn,
        /// How many were looked at so far.
        done: usize,
        /// Of how many.
        total: usize,
    },
    /// Everything was looked at.
    RefreshDone {
        /// How many things were looked at.
        total: usize,
        /// How many of them are gone.
        gone: usize,
        /// How long it took.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// What has to be done is known.
    PlanReady {
        /// How many steps there are of each operation.
        counts: Counts,
    },
    /// A step begins.
    StepStarted {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
    },
    /// The provider says what it is doing.
    StepProgress {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// One line for a person.
        message: String,
    },
    /// A passing failure: the step is tried again.
    StepRetrying {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// What failed.
        message: String,
        /// The number of the attempt that follows, from 2.
        attempt: u32,
        /// How long until then.
        #[serde(serialize_with = "seconds")]
        wait: Duration,
    },
    /// A step is done.
    StepSucceeded {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// How long it took, attempts and waits included.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// A step failed for good.
    StepFailed {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// What and why.
        message: String,
        /// What to do.
        hint: Option<String>,
        /// Last lines of the thing's own log, oldest first.
        log: Vec<String>,
        /// How long it took, attempts and waits included.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// A step does not run in this deploy.
    StepSkipped {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// Why not.
        because: Skip,
    },
    /// What this run did to a component is being taken back.
    UndoStarted {
        /// The component, or the resource when it belongs to none.
        urn: Urn,
        /// How many steps are taken back.
        steps: usize,
    },
    /// A step was taken back.
    StepUndone {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// How long that took.
        #[serde(serialize_with = "seconds")]
        elapsed: Duration,
    },
    /// A step could not be taken back; the next run goes on from there.
    UndoFailed {
        /// Which.
        #[serde(flatten)]
        step: StepInfo,
        /// What and why.
        message: String,
    },
    /// A person asked to stop.
    Stopping {
        /// How many steps still run.
        running: usize,
        /// Whether they are dropped and not waited for.
        at_once: bool,
    },
}

/// Which step an event is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StepInfo {
    /// Its position in the plan.
    pub step: StepId,
    /// The resource.
    pub urn: Urn,
    /// What is done.
    #[serde(serialize_with = "operation")]
    pub operation: Operation,
    /// Where the resource was declared, `file:line`.
    #[serde(serialize_with = "place")]
    pub location: Option<Location>,
}

impl StepInfo {
    /// Describes a step of a plan.
    pub fn new(id: StepId, step: &Step) -> Self {
        Self {
            step: id,
            urn: step.urn.clone(),
            operation: step.operation,
            location: step.location().cloned(),
        }
    }
}

/// Why a step does not run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// Something that it waits for failed, was undone or was skipped.
    Needs(Urn),
    /// A person asked to stop.
    Stopped,
    /// Its component failed, and what was there before goes on serving.
    Undone,
}

/// How many steps there are of each operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Counts {
    /// Nothing to do.
    pub same: usize,
    /// Things made.
    pub create: usize,
    /// Things changed in place.
    pub update: usize,
    /// Things replaced.
    pub replace: usize,
    /// Things removed; the old generations of replaced ones are not counted.
    pub delete: usize,
    /// Things adopted.
    pub import: usize,
    /// Things taken out of the state and left in the world.
    pub forget: usize,
    /// Records corrected by what was seen.
    pub refresh: usize,
}

impl Counts {
    /// Counts the steps of a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut counts = Self::default();
        plan.steps.iter().for_each(|step| counts.add(step.operation));
        counts
    }

    /// Counts one more step.
    pub fn add(&mut self, operation: Operation) {
        match operation {
            Operation::Same => self.same += 1,
            Operation::Refresh => self.refresh += 1,
            Operation::Create => self.create += 1,
            Operation::Update => self.update += 1,
            Operation::CreateReplacement => self.replace += 1,
            Operation::DeleteReplaced => {}
            Operation::Delete => self.delete += 1,
            Operation::Import => self.import += 1,
            Operation::Forget => self.forget += 1,
        }
    }

    /// How many things change.
    pub fn changes(&self) -> usize {
        self.create
            + self.update
            + self.replace
            + self.delete
            + self.import
            + self.forget
            + self.refresh
    }
}

/// The sink of a run that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _event: Event) {}
}

fn seconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

fn operation<S: Serializer>(operation: &Operation, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match operation {
        Operation::Same => "same",
        Operation::Create => "create",
        Operation::Update => "update",
        Operation::CreateReplacement => "create-replacement",
        Operation::DeleteReplaced => "delete-replaced",
        Operation::Delete => "delete",
        Operation::Import => "import",
        Operation::Refresh => "refresh",
        Operation::Forget => "forget",
    })
}

fn place<S: Serializer>(location: &Option<Location>, serializer: S) -> Result<S::Ok, S::Error> {
    match location {
        Some(location) => serializer.collect_str(location),
        None => serializer.serialize_none(),
    }
}
