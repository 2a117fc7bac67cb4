//! What outputs will be, as far as it is known before anything is applied.

use std::sync::Arc;

use goodgo_model::{Existing, Graph, Map, Path, Problem, Segment, Value, property, resolve_map};

use crate::error::{PlanProblem, ProblemKind};

/// What is known of the outputs of a declared resource after the plan is applied.
#[derive(Clone, Default)]
pub(crate) enum Outputs {
    /// Nothing.
    #[default]
    Unknown,
    /// All: those of the record. What is not there does not exist.
    Complete(Arc<Existing>),
    /// Those of the record stay; others may come.
    AtLeast(Arc<Existing>),
    /// These; others may come.
    Predicted(Map),
    /// Those that a component declares, from the outputs of others.
    Declared,
}

/// Components may pass outputs on, but nobody nests them this deep; it ends a circle of them.
const MAX_NESTING: u32 = 16;
/// Up to this many dependencies, comparing beats hashing.
const FEW: usize = 8;

/// Looks up outputs on behalf of one declared resource.
pub(crate) struct Resolver<'a> {
    pub(crate) graph: &'a Graph,
    /// By position in the graph.
    pub(crate) outputs: &'a [Outputs],
    /// The resource whose properties are resolved.
    pub(crate) user: usize,
    pub(crate) problems: &'a mut Vec<PlanProblem>,
}

impl Resolver<'_> {
    /// Puts what is known in place of outputs, `Unknown` elsewhere.
    pub(crate) fn map(&mut self, map: &Map) -> Map {
        resolve_map(map, &mut |urn, path| self.output(urn, path, 0))
    }

    fn output(&mut self, urn: &goodgo_model::Urn, path: &Path, depth: u32) -> Option<Value> {
        let of = self.position(urn)?;
        let found = match &self.outputs[of] {
            Outputs::Unknown => return None,
            Outputs::Declared => return self.of_component(of, path, depth),
            Outputs::Predicted(map) => return property(map, path),
            Outputs::AtLeast(existing) => return property(&existing.outputs, path),
            Outputs::Complete(existing) => property(&existing.outputs, path),
        };
        if found.is_none() {
            self.no_such_output(of, path);
        }
        found
    }

    fn position(&self, urn: &goodgo_model::Urn) -> Option<usize> {
        let needs = self.graph.dependencies(self.user);
        let resources = self.graph.resources();
        let near = (needs.len() <= FEW)
            .then(|| needs.iter().find(|&&need| resources[need].urn == *urn).copied())
            .flatten();
        near.or_else(|| self.graph.position(urn))
    }

    fn of_component(&mut self, of: usize, path: &Path, depth: u32) -> Option<Value> {
        let declared = &self.graph.resources()[of].outputs;
        if depth > MAX_NESTING {
            return None;
        }
        let mut find = |urn: &goodgo_model::Urn, path: &Path| self.output(urn, path, depth + 1);
        let Some(first) = path.segments().first() else {
            return Some(Value::Map(resolve_map(declared, &mut find)));
        };
        let value = match first {
            Segment::Key(key) => declared.get(key),
            Segment::Index(_) => None,
        };
        let Some(value) = value else {
            self.no_such_output(of, path);
            return None;
        };
        let value = value.resolve(&mut find);
        let found = value.get(&path.rest());
        if found.is_none() && value.is_known() {
            self.no_such_output(of, path);
        }
        found
    }

    fn no_such_output(&mut self, of: usize, path: &Path) {
        let user = &self.graph.resources()[self.user];
        let owner = &self.graph.resources()[of];
        let message = format!(
            "`{}` uses the output `{path}` of `{}`, which has none of that name",
            user.urn.name(),
            owner.urn.name()
        );
        let there: Vec<&str> = match &self.outputs[of] {
            Outputs::Complete(existing) => existing.outputs.keys().map(AsRef::as_ref).collect(),
            _ => owner.outputs.keys().map(AsRef::as_ref).collect(),
        };
        let hint = format!("it has: {}", there.join(", "));
        let problem = Problem::new(user.location.clone(), message).hint(hint);
        self.problems.push(PlanProblem::new(ProblemKind::NoSuchOutput, user.urn.clone(), problem));
    }
}
