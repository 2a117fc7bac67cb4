//! Errors as a person needs them: what, where it was declared, why, what to do, and the exit code.
//!
//! The libraries say what went wrong in their own types. Here, at the edge, each becomes a
//! [`Failure`]; nothing else decides about exit codes.

mod convert;
mod exit;
mod show;

pub use exit::{EXIT_CODES, ExitCodeDoc};

use goodgo_model::Location;

/// Why a command did not do what it was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Failure {
    pub(crate) kind: Kind,
    /// One for each thing that went wrong; never empty, except for [`Kind::Changes`].
    pub(crate) reports: Vec<Report>,
}

/// The sorts of failure: each has an exit code of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Failed,
    /// Not a failure: `preview --exit-code` found changes.
    Changes,
    Usage,
    Locked,
    State,
    Refused,
    Interrupted,
}

/// One thing that went wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Report {
    /// What went wrong.
    pub(crate) message: String,
    /// Where the thing was declared.
    pub(crate) location: Option<Location>,
    /// Why, outermost first.
    pub(crate) causes: Vec<String>,
    /// The last lines of the thing's own log, oldest first.
    pub(crate) log: Vec<String>,
    /// What to do.
    pub(crate) hints: Vec<String>,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, reports: vec![Report::new(message)] }
    }

    /// All that went wrong, on one line.
    pub(crate) fn summary(&self) -> String {
        let messages: Vec<&str> = self.reports.iter().map(|report| &*report.message).collect();
        messages.join("; ")
    }

    /// Something could not be done.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// The command was called or the environment declared wrongly.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Adds what to do about the last thing that went wrong.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Some(report) = self.reports.last_mut() {
            report.hints.push(hint.into());
        }
        self
    }

    /// Adds why the last thing went wrong, with all its causes.
    #[must_use]
    pub(crate) fn because(mut self, cause: &dyn std::error::Error) -> Self {
        if let Some(report) = self.reports.last_mut() {
            report.causes.push(cause.to_string());
            report.causes.extend(causes(cause));
        }
        self
    }
}

impl Report {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }
}

/// The messages of all sources of an error, outermost first.
fn causes(error: &dyn std::error::Error) -> Vec<String> {
    let sources = std::iter::successors(error.source(), |source| source.source());
    sources.map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests;
