//! What is known to exist: the state of an environment as data.
//!
//! Fields are those of Pulumi's version 3 deployment, so that the state crate
//! can write one without guessing; how it is stored and encrypted is not known here.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::location::Location;
use crate::urn::{Type, Urn};
use crate::value::Map;

/// The state of an environment.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Snapshot {
    /// Goes up by one with every deploy that wrote something. A saved plan names the one it was made for.
    pub serial: u64,
    /// Dependencies before dependents. A URN may come again with `delete` set: an old generation
    /// that a replace has still to remove.
    pub resources: Vec<Arc<Existing>>,
    /// Operations that were begun and whose end was not recorded.
    pub pending: Vec<Pending>,
}

/// A resource that exists, or did when last seen.
#[derive(Clone, PartialEq, Debug)]
pub struct Existing {
    /// Our identity for it.
    pub urn: Urn,
    /// Its type.
    pub kind: Type,
    /// Whether a provider manages it; false for components.
    pub custom: bool,
    /// The provider's identity of it; empty for components.
    pub id: String,
    /// The inputs of the last create or update, resolved.
    pub inputs: Map,
    /// What it became.
    pub outputs: Map,
    /// The component that it belongs to.
    pub parent: Option<Urn>,
    /// All that it depended on, sorted.
    pub dependencies: Vec<Urn>,
    /// An old generation, to be deleted.
    pub delete: bool,
    /// Not to be deleted or replaced.
    pub protect: bool,
    /// On delete forget it and leave the real thing.
    pub retain_on_delete: bool,
    /// Half made or down: the next deploy has to make it anew or finish it.
    pub incomplete: bool,
    /// When it was created, seconds since 1970; 0 when unknown.
    pub created: i64,
    /// When it last changed, seconds since 1970; 0 when unknown.
    pub modified: i64,
    /// Where it was declared at the last deploy.
    pub location: Option<Location>,
}

/// An operation whose end was not recorded.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    /// What was begun.
    pub operation: PendingKind,
    /// The resource: for a create as it was to become, with the token of the attempt as `id`;
    /// otherwise as it was before.
    pub resource: Arc<Existing>,
}

/// The operations that can be pending, under Pulumi's names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PendingKind {
    /// A create.
    Creating,
    /// An update in place.
    Updating,
    /// A delete.
    Deleting,
    /// A read or import.
    Reading,
}
