//! What each library's error means at the command line.

use goodgo_engine::{Failure as StepFailure, ReadFailure, StepInfo};
use goodgo_model::{Problem, Problems};
use goodgo_plan::{PlanError, ProblemKind};
use goodgo_state::Error as StateError;

use super::{Failure, Kind, Report, causes};
use crate::render::words;

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        let report = |problem: Problem| {
            let Problem { location, message, hint } = problem;
            Report { message, location, hints: hint.into_iter().collect(), ..Report::default() }
        };
        Self { kind: Kind::Usage, reports: problems.0.into_iter().map(report).collect() }
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        // A plan that is refused to protect something is no mistake in the declaration.
        let refused = error.problems.iter().all(|one| one.kind == ProblemKind::Protected);
        let kind = if refused { Kind::Refused } else { Kind::Usage };
        let problems = error.problems.into_iter().map(|one| one.problem).collect();
        Self { kind, ..Problems(problems).into() }
    }
}

impl From<goodgo_provider::Error> for Failure {
    fn from(error: goodgo_provider::Error) -> Self {
        Self { kind: Kind::Failed, reports: vec![provider(&error)] }
    }
}

fn provider(error: &goodgo_provider::Error) -> Report {
    Report {
        message: error.message.clone(),
        location: None,
        causes: causes(error),
        log: error.log.clone(),
        hints: error.hint.iter().cloned().collect(),
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Self {
        let kind = match &error {
            StateError::Locked(_) => Kind::Locked,
            StateError::Corrupted { .. }
            | StateError::UnknownVersion { .. }
            | StateError::WrongPassphrase
            | StateError::PassphraseNeeded
            | StateError::KeyMissing { .. }
            | StateError::KeyExposed { .. }
            | StateError::KeyMalformed { .. }
            | StateError::UnknownSecretsProvider { .. }
            | StateError::Secret { .. } => Kind::State,
            StateError::NoSuchVersion { .. } | StateError::Edit(_) => Kind::Usage,
            _ => Kind::Failed,
        };
        let report = Report { causes: causes(&error), ..Report::new(error.to_string()) };
        let failure = Self { kind, reports: vec![report] };
        #[cfg(feature = "object-store")]
        if matches!(error, StateError::Bucket { .. }) {
            return bucket(failure);
        }
        failure
    }
}

/// A bucket's library says its sources in its own messages too: each is told once.
#[cfg(feature = "object-store")]
fn bucket(mut failure: Failure) -> Failure {
    for report in &mut failure.reports {
        report.causes.dedup_by(|inner, outer| outer.contains(&**inner));
    }
    failure.hint(
        "see that the bucket exists, and that the variables of its cloud name somebody who may \
         read, write, list and delete in it; what was recorded before is safe",
    )
}

impl From<goodgo_engine::Error> for Failure {
    fn from(error: goodgo_engine::Error) -> Self {
        use goodgo_engine::Error;
        let hint = error.hint();
        let kind = match &error {
            Error::Moved(_) => Kind::Refused,
            Error::Stopped => Kind::Interrupted,
            Error::NotDeclared(_) => Kind::Usage,
            _ => Kind::Failed,
        };
        let failure = match error {
            Error::State(state) => return state.into(),
            Error::Declaration(problems) => return problems.into(),
            Error::Plan(error) => return error.into(),
            Error::Unreadable(unreadable) => {
                let report = |failure: &ReadFailure| {
                    let ReadFailure { urn, location, message, hint } = failure;
                    Report {
                        message: format!("cannot look at {}: {message}", words::name(urn)),
                        location: location.clone(),
                        hints: hint.iter().cloned().collect(),
                        ..Report::default()
                    }
                };
                Self { kind, reports: unreadable.0.iter().map(report).collect() }
            }
            other => Self {
                kind,
                reports: vec![Report { causes: causes(&other), ..Report::new(other.to_string()) }],
            },
        };
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<StepFailure> for Report {
    fn from(failure: StepFailure) -> Self {
        let StepFailure { step, message, hint, log } = failure;
        let StepInfo { urn, operation, location, .. } = step;
        Self {
            message: format!(
                "could not {} {}: {message}",
                words::verb(operation),
                words::name(&urn)
            ),
            location,
            causes: Vec::new(),
            log,
            hints: hint.into_iter().collect(),
        }
    }
}
