//! Why a provider could not do what it was asked.

use goodgo_model::{Map, Path};

/// A mistake in an input.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CheckFailure {
    /// Which property.
    pub path: Path,
    /// What is wrong with it and what would be right.
    pub message: String,
}

/// A failed operation. The message says what and why; the hint what to do. Neither holds a secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What the engine may do about it.
    pub kind: ErrorKind,
    /// What failed, and why.
    pub message: String,
    /// What a person can do.
    pub hint: Option<String>,
    /// Last lines of the thing's own log, oldest first.
    pub log: Vec<String>,
    /// What a failed create left behind: its id and outputs.
    pub left: Option<Box<(String, Map)>>,
    /// What caused it.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What the engine may do about an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// Passing: the engine tries again with backoff.
    Transient,
    /// Stays until somebody changes something.
    Permanent,
}

impl Error {
    /// An error that stays until somebody changes something.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Permanent, message.into())
    }

    /// An error that may pass: the engine tries again.
    pub fn transient(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Transient, message.into())
    }

    fn new(kind: ErrorKind, message: String) -> Self {
        Self { kind, message, hint: None, log: Vec::new(), left: None, source: None }
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the last lines of the thing's log.
    #[must_use]
    pub fn log(mut self, lines: Vec<String>) -> Self {
        self.log = lines;
        self
    }

    /// Says what a failed create left behind.
    #[must_use]
    pub fn left(mut self, id: impl Into<String>, outputs: Map) -> Self {
        self.left = Some(Box::new((id.into(), outputs)));
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
