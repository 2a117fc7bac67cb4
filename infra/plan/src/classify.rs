//! What is to be done with each declared resource: one pass in dependency order, so that what
//! others become is known when a resource refers to it.

use std::collections::HashMap;
use std::sync::Arc;

use goodgo_model::{Existing, Map, Path, Resource, Urn};
use goodgo_provider::{Diff, DiffRequest, Inspect, Observed, changes};

use crate::component::component;
use crate::desired::Pairing;
use crate::error::PlanProblem;
use crate::ignore::keep_ignored;
use crate::problems;
use crate::reasons;
use crate::records::{Record, Records};
use crate::replace::{self, Generation};
use crate::request::{Observation, Request};
use crate::resolve::{Outputs, Resolver};
use crate::select::Selection;
use crate::step::{Operation, Reason, Step, Wanted};
use crate::wanted::{blank, describes, untouched, wanted};

/// What the decisions are made from.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) records: &'a Records<'a>,
    pub(crate) pairing: &'a Pairing,
    pub(crate) selection: &'a Selection,
    /// By position: what has to be deleted before its new generation comes, because that other
    /// one has to be.
    pub(crate) forced: &'a HashMap<usize, Urn>,
}

/// The decisions, by position in the graph.
#[derive(Default)]
pub(crate) struct Decisions {
    /// `None` for what does not exist and is left out. Without edges to other steps.
    pub(crate) steps: Vec<Option<Step>>,
    pub(crate) generations: Vec<Generation>,
    pub(crate) problems: Vec<PlanProblem>,
}

/// Decides for every declared resource.
pub(crate) fn classify(context: Context<'_>) -> Decisions {
    let count = context.request.graph.len();
    let mut pass = Pass { context, outputs: Vec::with_capacity(count), made: Decisions::default() };
    pass.made.steps.reserve_exact(count);
    pass.made.generations.reserve_exact(count);
    for resource in context.request.graph.resources() {
        let decided = pass.decide(resource);
        pass.outputs.push(decided.outputs);
        pass.made.generations.push(decided.generation);
        pass.made.steps.push(decided.step);
    }
    // The outputs of a component come from its children, which are decided after it.
    for position in 0..count {
        if matches!(pass.outputs[position], Outputs::Declared) {
            pass.made.steps[position] = Some(pass.component(position));
        }
    }
    pass.made
}

#[derive(Default)]
struct Decided {
    step: Option<Step>,
    outputs: Outputs,
    generation: Generation,
}

impl Decided {
    fn new(step: Step, outputs: Outputs) -> Self {
        Self { step: Some(step), outputs, generation: Generation::Kept }
    }
}

/// A resource beside its record.
struct Compared<'a> {
    record: &'a Record<'a>,
    checked: Map,
    diff: Diff,
}

struct Pass<'a> {
    context: Context<'a>,
    outputs: Vec<Outputs>,
    made: Decisions,
}

impl<'a> Pass<'a> {
    fn decide(&mut self, resource: &'a Resource) -> Decided {
        let position = self.outputs.len();
        let record = self.context.pairing.record(position).map(|id| self.context.records.get(id));
        if !self.context.selection.has(position) {
            return record.map_or_else(Decided::default, |record| {
                let outputs = Outputs::Complete(record.saved.clone());
                Decided::new(untouched(resource, record), outputs)
            });
        }
        if !resource.custom {
            return Decided { outputs: Outputs::Declared, ..Decided::default() };
        }
        let Some(provider) = self.context.request.providers.get(&resource.kind) else {
            self.made.problems.push(problems::no_provider(resource));
            return Decided::default();
        };
        let resolved = self.resolve(position, &resource.inputs);
        let checked = match provider.check(&resource.kind, resolved) {
            Ok(checked) => checked,
            Err(failures) => {
                self.made.problems.extend(problems::refused(resource, failures));
                return Decided::default();
            }
        };
        match (record, &resource.options.import) {
            (Some(record), _) if !record.gone => self.compare(resource, provider, record, checked),
            (None, Some(id)) => self.import(resource, provider, id, checked),
            (record, _) => self.create(resource, provider, record, checked),
        }
    }

    fn resolve(&mut self, user: usize, map: &Map) -> Map {
        let graph = self.context.request.graph;
        let problems = &mut self.made.problems;
        Resolver { graph, outputs: &self.outputs, user, problems }.map(map)
    }

    fn create(
        &self,
        resource: &Resource,
        provider: &dyn Inspect,
        record: Option<&Record<'_>>,
        checked: Map,
    ) -> Decided {
        let outputs = Outputs::Predicted(provider.predict(&resource.kind, &checked));
        let mut step = blank(Operation::Create, resource);
        step.changes = changes(&Map::new(), &checked);
        step.reasons = vec![if record.is_some() { Reason::Gone } else { Reason::New }];
        step.old = record.map(|record| record.now.clone());
        step.new = Some(self.wanted(checked, None));
        Decided::new(step, outputs)
    }

    fn compare(
        &mut self,
        resource: &Resource,
        provider: &dyn Inspect,
        record: &Record<'_>,
        mut checked: Map,
    ) -> Decided {
        let position = self.outputs.len();
        let now = &record.now;
        keep_ignored(&mut checked, &now.inputs, &resource.options.ignore_changes);
        let mut diff = self.diff(resource, provider, now, &checked);
        replace::replace_on_changes(&mut diff, &resource.options.replace_on_changes);
        let asked = self.context.selection.asked(position);
        if asked || !diff.replace.is_empty() {
            return self.replace(resource, provider, Compared { record, checked, diff });
        }
        if diff.changes.is_empty() && !now.incomplete {
            return self.same(resource, record, checked);
        }
        let mut step = blank(Operation::Update, resource);
        step.reasons = reasons::of_update(record, &checked, &diff);
        let outputs = match diff.outputs {
            Some(outputs) => Outputs::Predicted(outputs),
            None => Outputs::AtLeast(now.clone()),
        };
        (step.changes, step.effect, step.risks) = (diff.changes, diff.effect, diff.risks);
        step.old = Some(now.clone());
        step.new = Some(self.wanted(checked, Some(now)));
        Decided::new(step, outputs)
    }

    fn diff(
        &self,
        resource: &Resource,
        provider: &dyn Inspect,
        now: &Existing,
        checked: &Map,
    ) -> Diff {
        let ignore = &resource.options.ignore_changes;
        let mut diff = provider.diff(DiffRequest {
            kind: &resource.kind,
            old_inputs: &now.inputs,
            old_outputs: &now.outputs,
            new_inputs: checked,
            ignore,
        });
        if !ignore.is_empty() {
            let ignored = |path: &Path| ignore.iter().any(|root| root.contains(path));
            diff.changes.retain(|change| !ignored(&change.path));
            diff.replace.retain(|path| !ignored(path));
        }
        diff
    }

    fn same(&self, resource: &Resource, record: &Record<'_>, checked: Map) -> Decided {
        let now = &record.now;
        let mut step = blank(Operation::Same, resource);
        if record.moved()
            || checked != now.inputs
            || !describes(now, self.context.request.graph, self.outputs.len())
        {
            step.new = Some(self.wanted(checked, Some(now)));
        }
        step.old = Some(now.clone());
        Decided::new(step, Outputs::Complete(now.clone()))
    }

    fn replace(
        &mut self,
        resource: &Resource,
        provider: &dyn Inspect,
        compared: Compared<'_>,
    ) -> Decided {
        let Compared { record, checked, diff } = compared;
        let position = self.outputs.len();
        let graph = self.context.request.graph;
        if resource.options.protect {
            self.made.problems.push(problems::protected(resource, &diff));
        }
        let mut without = replace::without(
            graph,
            position,
            &self.made.generations,
            &self.made.steps,
            &record.now,
        );
        without.extend(self.context.forced.get(&position).cloned());
        without.dedup();
        let first = resource.options.delete_before_replace.unwrap_or(diff.delete_before_replace);
        let generation = match first || !without.is_empty() {
            true => Generation::DeletedFirst,
            false => Generation::DeletedLast,
        };
        // What stands on a thing that goes away for a while has to be compared as if all of it
        // changed, even if the new one will have the same name.
        let outputs = match generation {
            Generation::DeletedFirst => Outputs::Unknown,
            _ => Outputs::Predicted(provider.predict(&resource.kind, &checked)),
        };
        let mut step = blank(Operation::CreateReplacement, resource);
        let asked = self.context.selection.asked(position);
        step.reasons = reasons::of_replace(record, &checked, &diff, without, asked);
        (step.changes, step.effect, step.risks) = (diff.changes, diff.effect, diff.risks);
        step.old = Some(record.now.clone());
        step.new = Some(self.wanted(checked, Some(&record.now)));
        Decided { step: Some(step), outputs, generation }
    }

    fn import(
        &mut self,
        resource: &Resource,
        provider: &dyn Inspect,
        id: &str,
        checked: Map,
    ) -> Decided {
        let mut step = blank(Operation::Import, resource);
        step.reasons = vec![Reason::New];
        let outputs = match self.context.request.observed.get(&resource.urn, id) {
            Observation::NotLooked | Observation::Unchanged => Outputs::Unknown,
            Observation::Gone => {
                self.made.problems.push(problems::nothing_to_import(resource, id));
                Outputs::Unknown
            }
            Observation::Observed(seen) => {
                let found = Arc::new(found(resource, seen));
                let diff = self.diff(resource, provider, &found, &checked);
                if !diff.replace.is_empty() {
                    self.made.problems.push(problems::other_than_declared(resource, id, &diff));
                }
                (step.changes, step.effect, step.risks) = (diff.changes, diff.effect, diff.risks);
                diff.outputs.map_or(Outputs::AtLeast(found), Outputs::Predicted)
            }
        };
        step.new = Some(self.wanted(checked, None));
        Decided::new(step, outputs)
    }

    fn component(&mut self, position: usize) -> Step {
        let graph = self.context.request.graph;
        let resource = &graph.resources()[position];
        let inputs = self.resolve(position, &resource.inputs);
        let outputs = self.resolve(position, &resource.outputs);
        let record = self.context.pairing.record(position);
        let record = record.map(|id| self.context.records.get(id));
        component(graph, position, record, inputs, &outputs)
    }

    /// For the resource that is being decided.
    fn wanted(&self, checked: Map, now: Option<&Existing>) -> Arc<Wanted> {
        wanted(self.context.request.graph, self.outputs.len(), checked, now)
    }
}

/// What is to be imported, as a record.
fn found(resource: &Resource, seen: &Observed) -> Existing {
    Existing {
        urn: resource.urn.clone(),
        kind: resource.kind.clone(),
        custom: true,
        id: seen.id.clone(),
        inputs: seen.inputs.clone(),
        outputs: seen.outputs.clone(),
        parent: resource.parent.clone(),
        dependencies: Vec::new(),
        delete: false,
        protect: resource.options.protect,
        retain_on_delete: resource.options.retain_on_delete,
        incomplete: !seen.complete,
        created: 0,
        modified: 0,
        location: resource.location.clone(),
    }
}
