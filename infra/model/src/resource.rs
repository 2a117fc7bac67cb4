//! A resource as declared: what a provider can create, read, update and delete.

use std::time::Duration;

use crate::location::Location;
use crate::urn::{Type, Urn};
use crate::value::{Map, Path};

/// A declared resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Resource {
    /// Our identity for it.
    pub urn: Urn,
    /// Its type token, which says which provider it is for.
    pub kind: Type,
    /// Whether a provider manages it. Components are not: they group others.
    pub custom: bool,
    /// What the provider is to make of it; may hold outputs of others.
    pub inputs: Map,
    /// For a component: what others and the `outputs` command read. Empty otherwise.
    pub outputs: Map,
    /// The component that it belongs to.
    pub parent: Option<Urn>,
    /// How the engine is to treat it.
    pub options: Options,
    /// Where it was declared.
    pub location: Option<Location>,
}

/// How the engine treats a resource. The names are Pulumi's resource options.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Options {
    /// Must exist before this one, besides those whose outputs it uses.
    pub depends_on: Vec<Urn>,
    /// Refuse every plan that would delete or replace it.
    pub protect: bool,
    /// Properties whose changes are not acted upon.
    pub ignore_changes: Vec<Path>,
    /// Properties whose changes force a replace.
    pub replace_on_changes: Vec<Path>,
    /// Former identities: a rename keeps the resource.
    pub aliases: Vec<Urn>,
    /// On delete forget it and leave the real thing.
    pub retain_on_delete: bool,
    /// Overrides what the provider says about the order of a replace.
    pub delete_before_replace: Option<bool>,
    /// Adopt the existing thing of this provider id in place of creating one.
    pub import: Option<String>,
    /// Limits for the provider's operations.
    pub timeouts: Timeouts,
}

/// How long an operation may take before it counts as failed; `None` leaves it to the engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timeouts {
    /// For a create.
    pub create: Option<Duration>,
    /// For an update.
    pub update: Option<Duration>,
    /// For a delete.
    pub delete: Option<Duration>,
}

impl Resource {
    /// A resource of a provider with inputs and nothing else.
    pub fn new(urn: Urn, inputs: Map) -> Self {
        let kind = Type::new(urn.type_token());
        Self {
            urn,
            kind,
            custom: true,
            inputs,
            outputs: Map::new(),
            parent: None,
            options: Options::default(),
            location: None,
        }
    }

    /// Calls `visit` with all that must exist first: parent, `depends_on`, and whose outputs it
    /// uses. The same one may come twice.
    pub fn for_each_dependency<'a>(&'a self, visit: &mut dyn FnMut(&'a Urn)) {
        self.parent.iter().for_each(&mut *visit);
        self.options.depends_on.iter().for_each(&mut *visit);
        let mut of_output = |urn: &'a Urn, _: &'a Path| visit(urn);
        self.inputs.values().for_each(|value| value.for_each_output(&mut of_output));
    }
}
