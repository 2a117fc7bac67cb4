//! The commands of an environment.

use std::sync::Arc;

use async_trait::async_trait;
use goodgo_plan::{Plan, SavedPlan};
use goodgo_provider::Registry;

use crate::cancel::Cancel;
use crate::event::{Event, Observer, Silent};
use crate::settings::Settings;

/// Runs the commands of an environment with its providers.
#[derive(Clone)]
pub struct Engine {
    pub(crate) environment: String,
    pub(crate) project: String,
    pub(crate) registry: Registry,
    pub(crate) settings: Settings,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) cancel: Cancel,
}

/// What a person asked for besides the command.
#[derive(Clone, PartialEq, Debug)]
pub struct Options {
    /// Whether to look at the world before planning. Interrupted operations are looked at even so.
    pub refresh: bool,
    /// Which resources, and what to do with them.
    pub plan: goodgo_plan::Options,
    /// The plan that was reviewed: any other is refused.
    pub saved: Option<SavedPlan>,
}

impl Default for Options {
    /// Looks at the world and does everything.
    fn default() -> Self {
        Self { refresh: true, plan: goodgo_plan::Options::default(), saved: None }
    }
}

/// Asks a person whether the plan shall be done.
#[async_trait]
pub trait Confirm: Send + Sync {
    /// Whether to go on. Not asked when there is nothing to do.
    async fn confirm(&self, plan: &Plan) -> bool;
}

/// Goes on without asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Yes;

#[async_trait]
impl Confirm for Yes {
    async fn confirm(&self, _plan: &Plan) -> bool {
        true
    }
}

impl Engine {
    /// An engine with default settings that nobody watches or stops.
    pub fn new(
        environment: impl Into<String>,
        project: impl Into<String>,
        registry: Registry,
    ) -> Self {
        Self {
            environment: environment.into(),
            project: project.into(),
            registry,
            settings: Settings::default(),
            observer: Arc::new(Silent),
            cancel: Cancel::new(),
        }
    }

    /// Limits of its runs.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Who is told what happens.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = observer;
        self
    }

    /// The handle that stops its runs.
    #[must_use]
    pub fn cancel(mut self, cancel: Cancel) -> Self {
        self.cancel = cancel;
        self
    }

    pub(crate) fn tell(&self, event: Event) {
        self.observer.event(event);
    }
}
