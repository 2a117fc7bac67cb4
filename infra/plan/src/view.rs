//! A plan as people and programs may see it: as JSON, with every secret masked.
//!
//! What is approved is what was seen, so [`Plan::fingerprint`] is a digest of exactly this.

use goodgo_model::{Urn, Value};
use goodgo_provider::{Effect, Risk};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::step::{Operation, Plan, Reason, Step, StepId};

/// A plan to be shown. Serializes; cannot be read back.
#[derive(Clone, Debug, Serialize)]
pub struct PlanView<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The project.
    pub project: &'a str,
    /// The serial of the state that it was made for.
    pub serial: u64,
    /// What it was made from.
    pub basis: &'a str,
    /// How many of each.
    pub summary: Summary,
    /// The worst that users will notice.
    pub effect: Effect,
    /// Every step, those that do nothing included.
    pub steps: Vec<StepView<'a>>,
}

/// How many resources get what done. A replace counts once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Made.
    pub create: usize,
    /// Changed in place.
    pub update: usize,
    /// Made anew.
    pub replace: usize,
    /// Removed; old generations left from an earlier deploy included.
    pub delete: usize,
    /// Adopted.
    pub import: usize,
    /// Taken out of the state.
    pub forget: usize,
    /// Corrected in the state.
    pub refresh: usize,
    /// Left as they are.
    pub same: usize,
}

/// A step to be shown.
#[derive(Clone, Debug, Serialize)]
pub struct StepView<'a> {
    /// Its position in the plan.
    pub step: StepId,
    /// What is done.
    pub operation: Operation,
    /// The resource.
    pub urn: &'a Urn,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// The name given in the declaration.
    pub name: &'a str,
    /// Where it is declared, `file:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Its URN until now, when the plan renames it.
    #[serde(rename = "renamedFrom", skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<&'a Urn>,
    /// The provider's identity of it now.
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<&'a str>,
    /// Why.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub reasons: &'a [Reason],
    /// The properties that differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ChangeView<'a>>,
    /// What users will notice.
    #[serde(skip_serializing_if = "is_none")]
    pub effect: Effect,
    /// What a reviewer should weigh.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub risks: &'a [Risk],
    /// The steps that it waits for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub after: &'a [StepId],
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it with a reference
fn is_none(effect: &Effect) -> bool {
    *effect == Effect::None
}

/// A property that differs. Masked on both sides when one is a secret: what a value was tells
/// much about what it is.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeView<'a> {
    /// Where.
    pub path: String,
    /// What it is; absent when it is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Shown<'a>>,
    /// What it should be; absent when it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Shown<'a>>,
}

/// A value, or the word that stands for a secret one.
#[derive(Clone, Debug)]
pub enum Shown<'a> {
    /// The value; secrets inside of it are masked.
    Clear(&'a Value),
    /// A secret, or the other side of one.
    Masked,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Clear(value) => value.serialize(serializer),
            Self::Masked => Value::Secret(Box::default()).serialize(serializer),
        }
    }
}

impl Plan {
    /// The plan as it may be shown.
    pub fn view(&self) -> PlanView<'_> {
        PlanView {
            environment: &self.environment,
            project: &self.project,
            serial: self.serial,
            basis: &self.basis,
            summary: self.summary(),
            effect: self.effect(),
            steps: (0..).zip(&self.steps).map(|(id, step)| step.view(id)).collect(),
        }
    }

    /// How many resources get what done.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for step in &self.steps {
            let count = match step.operation {
                Operation::Same => &mut summary.same,
                Operation::Create => &mut summary.create,
                Operation::Update => &mut summary.update,
                Operation::CreateReplacement => &mut summary.replace,
                Operation::DeleteReplaced if step.reasons != [Reason::Incomplete] => continue,
                Operation::DeleteReplaced | Operation::Delete => &mut summary.delete,
                Operation::Import => &mut summary.import,
                Operation::Forget => &mut summary.forget,
                Operation::Refresh => &mut summary.refresh,
            };
            *count += 1;
        }
        summary
    }

    /// A digest of everything that [`Plan::view`] shows. Equal for equal plans, on every
    /// machine; to notice that something moved, not to keep out an attacker.
    pub fn fingerprint(&self) -> String {
        let mut digest = Digest::new();
        serde_json::to_writer(&mut digest, &self.view())
            .expect("a plan's keys are texts, and a digest takes everything");
        digest.finish()
    }
}

impl Step {
    /// The step as it may be shown, at its position in the plan.
    pub fn view(&self, id: StepId) -> StepView<'_> {
        let existing = self.old.as_deref().filter(|old| !old.id.is_empty());
        StepView {
            step: id,
            operation: self.operation,
            urn: &self.urn,
            kind: self.kind.as_str(),
            name: self.urn.name(),
            location: self.location().map(ToString::to_string),
            renamed_from: self.renamed_from(),
            provider_id: existing.map(|old| old.id.as_str()),
            reasons: &self.reasons,
            changes: self.changes.iter().map(ChangeView::new).collect(),
            effect: self.effect,
            risks: &self.risks,
            after: &self.after,
        }
    }
}

impl<'a> ChangeView<'a> {
    fn new(change: &'a goodgo_provider::Change) -> Self {
        let secret =
            |side: &Option<Value>| side.as_ref().is_some_and(|v| matches!(v, Value::Secret(_)));
        let masked = secret(&change.old) || secret(&change.new);
        let shown = |value| if masked { Shown::Masked } else { Shown::Clear(value) };
        Self {
            path: change.path.to_string(),
            old: change.old.as_ref().map(shown),
            new: change.new.as_ref().map(shown),
        }
    }
}

impl Operation {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Create => "create",
            Self::Update => "update",
            Self::CreateReplacement => "create-replacement",
            Self::DeleteReplaced => "delete-replaced",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Forget => "forget",
            Self::Refresh => "refresh",
        }
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Reason {
    /// A name, or a map of the name to what it is about: `{"replaced-for": "port"}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = match self {
            Self::New => "new",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Drifted => "drifted",
            Self::Gone => "gone",
            Self::Incomplete => "incomplete",
            Self::Asked => "asked",
            Self::ReplacedFor(path) => return pair(serializer, "replaced-for", &path.to_string()),
            Self::DependencyReplaced(urn) => {
                return pair(serializer, "dependency-replaced", urn.as_str());
            }
        };
        serializer.serialize_str(name)
    }
}

fn pair<S: Serializer>(serializer: S, name: &str, about: &str) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, about)?;
    map.end()
}
