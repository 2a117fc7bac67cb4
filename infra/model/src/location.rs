//! Where something was declared, so that plans and errors can point there.

use std::fmt;
use std::panic;

use serde::{Deserialize, Serialize};

/// A place in the environment's source, as the compiler knew it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Location {
    /// Relative to the workspace, with `/`.
    pub file: std::sync::Arc<str>,
    /// From 1.
    pub line: u32,
}

impl Location {
    /// The caller's place; mark every function between the declaration and this one `#[track_caller]`.
    #[track_caller]
    pub fn caller() -> Self {
        let place = panic::Location::caller();
        Self { file: place.file().into(), line: place.line() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
