//! What must hold in every state that is saved or loaded.
//!
//! The rules are those of Pulumi's `Snapshot.VerifyIntegrity` (`pkg/resource/deploy/snapshot.go`):
//! a state that breaks one is refused here rather than by the engine half way through a deploy.

use std::collections::HashSet;

use goodgo_model::{PendingKind, Snapshot, Urn};

/// A rule that a state breaks, and where.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Violation {
    /// Two generations of one URN, none of them to be deleted.
    #[error("{urn} is there twice and neither is to be deleted")]
    Duplicate {
        /// The resource.
        urn: Urn,
    },
    /// A dependency is nowhere.
    #[error("{urn} depends on {dependency}, which is not in it")]
    MissingDependency {
        /// The resource.
        urn: Urn,
        /// What it depends on.
        dependency: Urn,
    },
    /// A dependency comes after its dependent.
    #[error("{urn} depends on {dependency}, which comes after it")]
    LateDependency {
        /// The resource.
        urn: Urn,
        /// What it depends on.
        dependency: Urn,
    },
    /// A parent is nowhere.
    #[error("the parent {parent} of {urn} is not in it")]
    MissingParent {
        /// The resource.
        urn: Urn,
        /// Its parent.
        parent: Urn,
    },
    /// A parent comes after its child.
    #[error("the parent {parent} of {urn} comes after it")]
    LateParent {
        /// The resource.
        urn: Urn,
        /// Its parent.
        parent: Urn,
    },
    /// A component has an id, which only what a provider manages may have.
    #[error("{urn} is a component and has an id")]
    ComponentWithId {
        /// The component.
        urn: Urn,
    },
    /// A pending operation on a component, or without the id that it needs.
    #[error("the pending operation on {urn} cannot be: {why}")]
    Pending {
        /// The resource.
        urn: Urn,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Checks all rules.
///
/// # Errors
/// The first one broken.
pub fn verify(snapshot: &Snapshot) -> Result<(), Violation> {
    let mut seen: HashSet<&Urn> = HashSet::with_capacity(snapshot.resources.len());
    let mut live: HashSet<&Urn> = HashSet::with_capacity(snapshot.resources.len());
    let later = |urn: &Urn| snapshot.resources.iter().any(|other| other.urn == *urn);
    for resource in &snapshot.resources {
        let urn = || resource.urn.clone();
        if !resource.custom && !resource.id.is_empty() {
            return Err(Violation::ComponentWithId { urn: urn() });
        }
        if let Some(parent) = resource.parent.as_ref().filter(|parent| !seen.contains(parent)) {
            let (urn, parent) = (urn(), parent.clone());
            return Err(if later(&parent) {
                Violation::LateParent { urn, parent }
            } else {
                Violation::MissingParent { urn, parent }
            });
        }
        if let Some(missing) = resource.dependencies.iter().find(|one| !seen.contains(one)) {
            let (urn, dependency) = (urn(), missing.clone());
            return Err(if later(&dependency) {
                Violation::LateDependency { urn, dependency }
            } else {
                Violation::MissingDependency { urn, dependency }
            });
        }
        if !resource.delete && !live.insert(&resource.urn) {
            return Err(Violation::Duplicate { urn: urn() });
        }
        seen.insert(&resource.urn);
    }
    pending(snapshot)
}

fn pending(snapshot: &Snapshot) -> Result<(), Violation> {
    for one in &snapshot.pending {
        let why = if !one.resource.custom {
            "no provider manages a component"
        } else if one.operation != PendingKind::Creating && one.resource.id.is_empty() {
            "it needs an id"
        } else {
            continue;
        };
        return Err(Violation::Pending { urn: one.resource.urn.clone(), why });
    }
    Ok(())
}
