//! Why there is no plan: every reason at once, so that one run shows all there is to mend.

use std::fmt;

use goodgo_model::{Problem, Urn};

/// What stands against a plan. Never empty; in the order of the places of declaration.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct PlanError {
    /// All of it.
    pub problems: Vec<PlanProblem>,
}

/// One thing that stands against a plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PlanProblem {
    /// What, where, and what to do.
    pub problem: Problem,
    /// The sort of problem.
    pub kind: ProblemKind,
    /// The resource, when it is about one.
    pub urn: Option<Urn>,
}

/// The sorts of problem.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ProblemKind {
    /// The provider refuses an input.
    Check,
    /// The plan would delete or replace what is protected.
    Protected,
    /// No provider answers for the type.
    NoProvider,
    /// An output is used that does not exist.
    NoSuchOutput,
    /// A pattern that matches nothing.
    NoMatch,
    /// Something needed does not exist and is left out of the plan.
    LeftOut,
    /// Something to be deleted is needed by what the plan leaves alone.
    StillNeeded,
    /// What should be imported does not exist, or is not what is declared.
    Import,
}

impl PlanError {
    /// `Ok` when there are none; otherwise sorted, without doubles.
    pub(crate) fn unless_empty(mut problems: Vec<PlanProblem>) -> Result<(), Self> {
        problems.sort();
        problems.dedup();
        if problems.is_empty() { Ok(()) } else { Err(Self { problems }) }
    }

    /// Whether one of the problems is of that sort.
    pub fn has(&self, kind: ProblemKind) -> bool {
        self.problems.iter().any(|problem| problem.kind == kind)
    }
}

impl PlanProblem {
    pub(crate) fn new(kind: ProblemKind, urn: impl Into<Option<Urn>>, problem: Problem) -> Self {
        Self { problem, kind, urn: urn.into() }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len();
        write!(f, "{count} problem{} with this plan", if count == 1 { "" } else { "s" })?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}
