//! `doctor` tells what is missing on a machine and how it would be got, without
//! getting it.

use crate::{Attempt, Installed, Requirement};

/// What the catalogue knows of one component on this machine.
#[derive(Debug)]
pub struct Finding {
    /// Name of the component.
    pub component: String,
    /// The versions that will do.
    pub requirement: Requirement,
    /// The one that would be used, if there is one.
    pub found: Option<Installed>,
    /// What is on this machine and will not do, and why.
    pub rejected: Vec<Attempt>,
    /// The sources that would be tried, best first, in words.
    pub ways: Vec<String>,
}
