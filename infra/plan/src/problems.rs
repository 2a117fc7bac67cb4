//! What stands against a plan, in words.

use goodgo_model::{Existing, Problem, Resource};
use goodgo_provider::{CheckFailure, Diff};

use crate::error::{PlanProblem, ProblemKind};

/// Nobody answers for the type of a declared resource.
pub(crate) fn no_provider(resource: &Resource) -> PlanProblem {
    let message = format!(
        "`{}` is a {}, and no provider here answers for the package `{}`",
        resource.urn.name(),
        resource.kind,
        resource.kind.package()
    );
    let problem = Problem::new(resource.location.clone(), message)
        .hint("link the target or provider that has it into this environment");
    PlanProblem::new(ProblemKind::NoProvider, resource.urn.clone(), problem)
}

/// Nobody answers for the type of something to be deleted.
pub(crate) fn no_provider_to_delete(existing: &Existing) -> PlanProblem {
    let message = format!(
        "`{}` is to be deleted, and no provider here answers for the package `{}`",
        existing.urn.name(),
        existing.kind.package()
    );
    let problem = Problem::new(existing.location.clone(), message).hint(
        "link the target or provider that made it, or take it out of the state with `state remove`",
    );
    PlanProblem::new(ProblemKind::NoProvider, existing.urn.clone(), problem)
}

/// The provider found mistakes in the inputs.
pub(crate) fn refused(
    resource: &Resource,
    failures: Vec<CheckFailure>,
) -> impl Iterator<Item = PlanProblem> {
    failures.into_iter().map(move |failure| {
        let name = resource.urn.name();
        let message = match failure.path.segments() {
            [] => format!("`{name}`: {}", failure.message),
            _ => format!("`{}` of `{name}`: {}", failure.path, failure.message),
        };
        let problem = Problem::new(resource.location.clone(), message);
        PlanProblem::new(ProblemKind::Check, resource.urn.clone(), problem)
    })
}

/// What is to be imported is not there.
pub(crate) fn nothing_to_import(resource: &Resource, id: &str) -> PlanProblem {
    let message = format!(
        "`{}` imports `{id}`, and there is no such {}",
        resource.urn.name(),
        resource.kind.short()
    );
    let problem = Problem::new(resource.location.clone(), message)
        .hint("correct the id, or drop `import` to create it");
    PlanProblem::new(ProblemKind::Import, resource.urn.clone(), problem)
}

/// What is to be imported could only be made as declared by a replace.
pub(crate) fn other_than_declared(resource: &Resource, id: &str, diff: &Diff) -> PlanProblem {
    let message = format!(
        "`{}` imports `{id}`, which differs in {} and cannot be changed in place",
        resource.urn.name(),
        listed(diff)
    );
    let problem = Problem::new(resource.location.clone(), message)
        .hint("declare it as it is, and change it after the import");
    PlanProblem::new(ProblemKind::Import, resource.urn.clone(), problem)
}

/// A replace of what is protected.
pub(crate) fn protected(resource: &Resource, diff: &Diff) -> PlanProblem {
    let name = resource.urn.name();
    let why = match diff.replace.is_empty() {
        true => "as asked".to_owned(),
        false => format!("for {}", listed(diff)),
    };
    let message = format!("`{name}` is protected and would be replaced {why}");
    let problem = Problem::new(resource.location.clone(), message)
        .hint("take the change back, or drop `protect` from the declaration");
    PlanProblem::new(ProblemKind::Protected, resource.urn.clone(), problem)
}

/// A delete of what is protected.
pub(crate) fn protected_from_delete(
    existing: &Existing,
    declared: Option<&Resource>,
) -> PlanProblem {
    let message = format!("`{}` is protected and would be deleted", existing.urn.name());
    let (location, hint) = match declared {
        Some(resource) => {
            (&resource.location, "drop `protect` from the declaration, or exclude it")
        }
        None => {
            (&existing.location, "declare it again without `protect`, deploy, and then remove it")
        }
    };
    let problem = Problem::new(location.clone(), message).hint(hint);
    PlanProblem::new(ProblemKind::Protected, existing.urn.clone(), problem)
}

/// A delete of what stays in use by something that the plan may not touch.
pub(crate) fn still_needed(existing: &Existing, by: &Existing) -> PlanProblem {
    let message = format!(
        "`{}` would be deleted and `{}`, which this plan leaves alone, still needs it",
        existing.urn.name(),
        by.urn.name()
    );
    let problem = Problem::new(existing.location.clone(), message)
        .hint(format!("target `{}` as well, or leave out both", by.urn.name()));
    PlanProblem::new(ProblemKind::StillNeeded, existing.urn.clone(), problem)
}

fn listed(diff: &Diff) -> String {
    let paths: Vec<String> = diff.replace.iter().map(|path| format!("`{path}`")).collect();
    paths.join(", ")
}
