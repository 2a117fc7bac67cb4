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
    /// What there is now: the record as the refresh corrected it. `None` for creates and imports,
    /// except for a create of what is gone: then the record that the state still holds. Its URN
    /// differs from that of the step when the resource was renamed.
    pub old: Option<Arc<Existing>>,
    /// What is wanted, as declared: may refer to outputs. `None` for deletes, and for a
    /// [`Operation::Same`] whose record stays as it is: that costs no memory.
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

impl Step {
    /// The name that it had in the state until now, when the plan renames it.
    pub fn renamed_from(&self) -> Option<&Urn> {
        self.old.as_ref().map(|old| &old.urn).filter(|urn| **urn != self.urn)
    }

    /// Where it is declared, or was when it was last deployed.
    pub fn location(&self) -> Option<&Location> {
        match (&self.new, &self.old) {
            (Some(new), _) => new.location.as_ref(),
            (None, Some(old)) => old.location.as_ref(),
            (None, None) => None,
        }
    }

    /// Whether a provider has something to do, or a record comes or goes.
    pub fn is_change(&self) -> bool {
        self.operation != Operation::Same
    }

    /// Whether anything is to be written to the state for it.
    pub fn writes(&self) -> bool {
        self.is_change() || self.new.is_some()
    }
}

impl Plan {
    /// The steps that do something.
    pub fn changes(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.is_change())
    }

    /// Whether no step does anything.
    pub fn is_empty(&self) -> bool {
        self.changes().next().is_none()
    }

    /// The worst that users will notice.
    pub fn effect(&self) -> Effect {
        self.changes().map(|step| step.effect).max().unwrap_or_default()
    }
}

/// What is wanted of a resource: the declaration, ready to be resolved and applied.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// Checked inputs with the provider's defaults; may refer to outputs of others. What could
    /// not be checked yet because it was unknown is to be checked again once resolved.
    pub inputs: Map,
    /// For components: their outputs; may refer to outputs of others, also of their children,
    /// which are made after them: to be resolved when all steps are done.
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
    /// Nothing is done to it. When [`Step::new`] is there, its record is written again from
    /// [`Step::old`] and that: a new name, place of declaration, option, dependency or output.
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
    /// Adopt what exists, and then change it in place when [`Step::changes`] is not empty.
    Import,
    /// Write [`Step::old`], which is what was observed, to the state. Only in a plan to refresh.
    Refresh,
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
