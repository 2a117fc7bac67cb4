//! A plan as data.

use std::sync::Arc;

use goodgo_model::{Existing, Location, Map, Path, Type, Urn};
use goodgo_provider::{Change, Effect, Risk};

/// What has to be done, in an order in which it can be done.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plan {
    /// The environment.
    pub environment: String,
    /// The project.
    pub project: String,
    /// The serial of the state that it was made for.
    pub serial: u64,
    /// Every step after all that it waits for. The resources that stay the same are in it too.
    pub steps: Vec<Step>,
    /// Digest of what the plan was made from; a saved plan is refused when it has moved since.
    pub basis: String,
}

/// The position of a step in its plan.
pub type StepId = u32;

/// One thing to do to one resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What is done.
    pub operation: Operation,
    /// The resource.
    pub urn: Urn,
    /// Its type.
    pub kind: Type,
    /// What there is now, for all but creates and imports.
    pub old: Option<Arc<Existing>>,
    /// What is wanted, as declared: may refer to outputs. `None` for deletes.
    pub new: Option<Arc<Wanted>>,
    /// The properties that differ, with unknowns where only applying will tell.
    pub changes: Vec<Change>,
    /// Why it is not the same, or has to be replaced; in order of weight.
    pub reasons: Vec<Reason>,
    /// What users of the platform notice.
    pub effect: Effect,
    /// What a reviewer should weigh.
    pub risks: Vec<Risk>,
    /// The steps that must be done before; sorted.
    pub after: Vec<StepId>,
}

/// What is wanted of a resource: the declaration, ready to be resolved and applied.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// Checked inputs with the provider's defaults; may refer to outputs of others.
    pub inputs: Map,
    /// For components: their outputs; may refer to outputs of others.
    pub outputs: Map,
    /// All that it depends on, sorted.
    pub dependencies: Vec<Urn>,
    /// The component that it belongs to.
    pub parent: Option<Urn>,
    /// How the engine is to treat it.
    pub options: goodgo_model::Options,
    /// Whether a provider manages it.
    pub custom: bool,
    /// Where it was declared.
    pub location: Option<Location>,
}

/// What is done to a resource. A replace is two steps: one creates, one deletes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operation {
    /// Nothing. Its record may still get a new place of declaration or new options.
    Same,
    /// Make it.
    Create,
    /// Change it in place.
    Update,
    /// Make the new generation of one that is replaced.
    CreateReplacement,
    /// Remove the old generation of one that is replaced.
    DeleteReplaced,
    /// Remove it.
    Delete,
    /// Adopt what exists.
    Import,
    /// Take it out of the state and leave the real thing.
    Forget,
}

/// Why a step is there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// It is declared and does not exist.
    New,
    /// It exists and is not declared any more.
    Removed,
    /// The declaration changed.
    Changed,
    /// The world differs from what was last applied.
    Drifted,
    /// The thing is gone from the world.
    Gone,
    /// It stands only half, from an interrupted or failed step.
    Incomplete,
    /// This property cannot be changed in place.
    ReplacedFor(Path),
    /// Something that it depends on is replaced and has to be without it meanwhile.
    DependencyReplaced(Urn),
    /// A person asked for it (`--replace`).
    Asked,
}
