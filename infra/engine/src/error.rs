//! Why a run ended before or outside of its steps.
//!
//! A step that fails is no such error: it is part of the [`Outcome`](crate::Outcome).

use std::fmt;

use goodgo_model::{Location, Urn};

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state could not be read, written or locked.
    #[error("the state of the environment cannot be used")]
    State(#[from] goodgo_state::Error),
    /// The declaration cannot be planned.
    #[error(transparent)]
    Plan(#[from] goodgo_plan::PlanError),
    /// The declaration contradicts itself.
    #[error(transparent)]
    Declaration(#[from] goodgo_model::Problems),
    /// Things could not be looked at.
    #[error("{0}")]
    Unreadable(Unreadable),
    /// The saved plan is not what would be done now.
    #[error(transparent)]
    Moved(#[from] goodgo_plan::Moved),
    /// A resource to be imported is not declared.
    #[error("{0} is not declared in this environment")]
    NotDeclared(Urn),
    /// A person asked to stop before anything was done.
    #[error("stopped before anything was changed")]
    Stopped,
}

impl Error {
    /// What a person can do, if that can be said.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unreadable(_) => {
                Some("make it reachable, or look at nothing with --refresh=false")
            }
            Self::Moved(_) => Some("preview again, review, and deploy the new plan"),
            Self::NotDeclared(_) => {
                Some("declare the resource first, then import it under its URN")
            }
            Self::State(_) | Self::Plan(_) | Self::Declaration(_) | Self::Stopped => None,
        }
    }
}

/// The things that could not be looked at. Never empty.
#[derive(Debug)]
pub struct Unreadable(pub Vec<ReadFailure>);

/// A thing that could not be looked at.
#[derive(Debug)]
pub struct ReadFailure {
    /// The resource.
    pub urn: Urn,
    /// Where it was declared at the last deploy.
    pub location: Option<Location>,
    /// Why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} resource{} cannot be looked at", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

impl fmt::Display for ReadFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        write!(f, "`{}`: {}", self.urn.name(), self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, " ({hint})"))
    }
}
