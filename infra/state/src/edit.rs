//! Edits of a state by hand: what the `state` commands do, as pure functions.

use std::sync::Arc;

use goodgo_model::{Existing, Snapshot, Type, Urn};

use crate::deployment::{Violation, order, verify};

/// Why a state cannot be edited as asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EditError {
    /// No such resource.
    #[error("there is no {urn} in the state; `state list` shows what there is")]
    NotFound {
        /// The URN asked for.
        urn: Urn,
    },
    /// The new name is taken.
    #[error("there is a {urn} in the state already; remove or rename that one first")]
    Taken {
        /// The URN asked for.
        urn: Urn,
    },
    /// Others depend on it.
    #[error(
        "{urn} cannot be removed: {} depend on it; remove them too (`--dependents`)",
        list(.dependents)
    )]
    HasDependents {
        /// The resource.
        urn: Urn,
        /// All that depend on it or belong to it, directly or not.
        dependents: Vec<Urn>,
    },
    /// It is protected.
    #[error(
        "{urn} is protected; take the protection off in its declaration and deploy, or use `--force`"
    )]
    Protected {
        /// The resource.
        urn: Urn,
    },
    /// A new parent is the resource itself or belongs to it.
    #[error("{urn} cannot belong to {parent}, which belongs to it")]
    OwnParent {
        /// The resource.
        urn: Urn,
        /// The parent asked for.
        parent: Urn,
    },
    /// An operation on it has no recorded end.
    #[error(
        "an operation on {urn} was interrupted; run `deploy` or `refresh` to find out how it ended"
    )]
    Pending {
        /// The resource.
        urn: Urn,
    },
    /// The result would contradict itself.
    #[error(transparent)]
    Violation(#[from] Violation),
}

fn list(urns: &[Urn]) -> String {
    urns.iter().map(Urn::as_str).collect::<Vec<_>>().join(", ")
}

/// Which resources to show. All that is set must fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A URN or a part of one.
    pub text: Option<String>,
    /// The type token.
    pub kind: Option<Type>,
    /// Belongs to this component, directly or not, or is it.
    pub within: Option<Urn>,
}

/// The resources that fit, in the state's order.
pub fn find<'a>(snapshot: &'a Snapshot, filter: &Filter) -> Vec<&'a Arc<Existing>> {
    let Filter { text, kind, within } = filter;
    let family = within.as_ref().map(|urn| descendants(snapshot, urn));
    let fits = |one: &&Arc<Existing>| {
        text.as_ref().is_none_or(|text| one.urn.as_str().contains(text.as_str()))
            && kind.as_ref().is_none_or(|kind| one.kind == *kind)
            && family.as_ref().is_none_or(|all| all.contains(&one.urn))
    };
    snapshot.resources.iter().filter(fits).collect()
}

/// All generations of a resource, the one that stays first.
///
/// # Errors
/// [`EditError::NotFound`].
pub fn show<'a>(snapshot: &'a Snapshot, urn: &Urn) -> Result<Vec<&'a Arc<Existing>>, EditError> {
    let mut found: Vec<_> = snapshot.resources.iter().filter(|one| one.urn == *urn).collect();
    found.sort_by_key(|one| one.delete);
    if found.is_empty() { Err(EditError::NotFound { urn: urn.clone() }) } else { Ok(found) }
}

/// Gives a resource another URN, and all that refer to it the new one.
///
/// # Errors
/// When it does not exist, the new URN is taken, or an operation on it is pending.
pub fn rename(snapshot: &Snapshot, from: &Urn, to: &Urn) -> Result<Snapshot, EditError> {
    show(snapshot, from)?;
    settled(snapshot, from)?;
    if show(snapshot, to).is_ok() {
        return Err(EditError::Taken { urn: to.clone() });
    }
    let swap = |urn: &mut Urn| {
        if urn == from {
            *urn = to.clone();
        }
    };
    let mut edited = snapshot.clone();
    for resource in &mut edited.resources {
        let concerned = resource.urn == *from
            || resource.parent.as_ref() == Some(from)
            || resource.dependencies.contains(from);
        if !concerned {
            continue;
        }
        let resource = Arc::make_mut(resource);
        swap(&mut resource.urn);
        resource.parent.iter_mut().for_each(swap);
        resource.dependencies.iter_mut().for_each(swap);
        resource.dependencies.sort_unstable();
        resource.kind = kind_of(resource);
    }
    finish(edited)
}

/// The type that the URN tells: a rename may change it.
fn kind_of(resource: &Existing) -> Type {
    match resource.urn.type_token() {
        token if token == resource.kind.as_str() => resource.kind.clone(),
        token => Type::new(token),
    }
}

/// How far a removal goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Removal {
    /// Remove all that depend on it or belong to it too.
    pub dependents: bool,
    /// Remove it even if it is protected.
    pub force: bool,
}

/// Forgets a resource; the real thing stays. Returns the URNs forgotten too.
///
/// # Errors
/// When it does not exist, is protected, has dependents, or an operation on it is pending.
pub fn remove(
    snapshot: &Snapshot,
    urn: &Urn,
    how: Removal,
) -> Result<(Snapshot, Vec<Urn>), EditError> {
    show(snapshot, urn)?;
    let mut gone = dependents(snapshot, urn);
    if !gone.is_empty() && !how.dependents {
        return Err(EditError::HasDependents { urn: urn.clone(), dependents: gone });
    }
    gone.insert(0, urn.clone());
    for one in &gone {
        settled(snapshot, one)?;
        if !how.force && show(snapshot, one)?.iter().any(|generation| generation.protect) {
            return Err(EditError::Protected { urn: one.clone() });
        }
    }
    let mut edited = snapshot.clone();
    edited.resources.retain(|one| !gone.contains(&one.urn));
    Ok((finish(edited)?, gone))
}

/// Puts a resource under another component, or under none. Its URN stays.
///
/// # Errors
/// When one of the two does not exist, or the parent belongs to the resource.
pub fn reparent(
    snapshot: &Snapshot,
    urn: &Urn,
    parent: Option<&Urn>,
) -> Result<Snapshot, EditError> {
    show(snapshot, urn)?;
    if let Some(parent) = parent {
        show(snapshot, parent)?;
        if descendants(snapshot, urn).contains(parent) {
            return Err(EditError::OwnParent { urn: urn.clone(), parent: parent.clone() });
        }
    }
    let mut edited = snapshot.clone();
    for resource in edited.resources.iter_mut().filter(|one| one.urn == *urn) {
        Arc::make_mut(resource).parent = parent.cloned();
    }
    finish(edited)
}

/// Takes a resource out, with all that belong to it, for another environment. Returns what stays
/// and what goes, the latter under the other environment's and project's name and without its
/// references to what stays.
///
/// # Errors
/// When it does not exist, an operation is pending, or a resource that stays depends on one that goes.
pub fn split(
    snapshot: &Snapshot,
    urn: &Urn,
    environment: &str,
    project: &str,
) -> Result<(Snapshot, Vec<Arc<Existing>>), EditError> {
    show(snapshot, urn)?;
    let going = descendants(snapshot, urn);
    for one in &going {
        settled(snapshot, one)?;
    }
    let stays = |one: &&Arc<Existing>| !going.contains(&one.urn);
    let needed: Vec<Urn> = snapshot
        .resources
        .iter()
        .filter(stays)
        .filter(|one| one.dependencies.iter().any(|dependency| going.contains(dependency)))
        .map(|one| one.urn.clone())
        .collect();
    if !needed.is_empty() {
        return Err(EditError::HasDependents { urn: urn.clone(), dependents: needed });
    }
    let moved = |urn: &Urn| Urn::new(environment, project, urn.qualified_type(), urn.name());
    let mut edited = snapshot.clone();
    let mut taken = Vec::new();
    for resource in snapshot.resources.iter().filter(|one| !stays(one)) {
        let mut resource = Existing::clone(resource);
        resource.parent =
            resource.parent.filter(|parent| going.contains(parent)).map(|p| moved(&p));
        resource.dependencies.retain(|dependency| going.contains(dependency));
        resource.dependencies.iter_mut().for_each(|dependency| *dependency = moved(dependency));
        resource.urn = moved(&resource.urn);
        taken.push(Arc::new(resource));
    }
    edited.resources.retain(|one| !going.contains(&one.urn));
    Ok((finish(edited)?, taken))
}

/// Adds resources that came from another environment.
///
/// # Errors
/// When one of the URNs is taken, or the result contradicts itself.
pub fn join(snapshot: &Snapshot, resources: Vec<Arc<Existing>>) -> Result<Snapshot, EditError> {
    let mut edited = snapshot.clone();
    for resource in resources {
        if !resource.delete && show(snapshot, &resource.urn).is_ok() {
            return Err(EditError::Taken { urn: resource.urn.clone() });
        }
        edited.resources.push(resource);
    }
    finish(edited)
}

/// All that depend on a resource or belong to it, directly or not, in the state's order.
pub fn dependents(snapshot: &Snapshot, urn: &Urn) -> Vec<Urn> {
    closure(snapshot, urn, |one, gone| {
        one.parent.iter().chain(&one.dependencies).any(|needed| gone.contains(needed))
    })
    .into_iter()
    .skip(1)
    .collect()
}

/// A resource and all that belong to it, directly or not.
fn descendants(snapshot: &Snapshot, urn: &Urn) -> Vec<Urn> {
    closure(snapshot, urn, |one, family| one.parent.as_ref().is_some_and(|p| family.contains(p)))
}

/// One pass is enough: in a state, what is referred to comes first.
fn closure(snapshot: &Snapshot, urn: &Urn, joins: impl Fn(&Existing, &[Urn]) -> bool) -> Vec<Urn> {
    let mut found = vec![urn.clone()];
    for one in &snapshot.resources {
        if !found.contains(&one.urn) && joins(one, &found) {
            found.push(one.urn.clone());
        }
    }
    found
}

fn settled(snapshot: &Snapshot, urn: &Urn) -> Result<(), EditError> {
    if snapshot.pending.iter().any(|one| one.resource.urn == *urn) {
        return Err(EditError::Pending { urn: urn.clone() });
    }
    Ok(())
}

fn finish(mut snapshot: Snapshot) -> Result<Snapshot, EditError> {
    order(&mut snapshot);
    verify(&snapshot)?;
    Ok(snapshot)
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
