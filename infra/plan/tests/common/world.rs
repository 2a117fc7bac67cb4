//! A world in memory that plans are applied to, one step after the other, and that complains
//! when a step comes before what it needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use goodgo_model::{Existing, Graph, Map, Path, Snapshot, Type, Urn, Value, resolve_map};
use goodgo_plan::{
    Observation, Observations, Operation, Options, Plan, PlanError, Request, Step, Wanted, plan,
};
use goodgo_provider::{Inspect, Observed};

use super::provider::{ADDRESS, Things, registry};

#[derive(Default)]
pub struct World {
    pub state: Snapshot,
    pub observed: Observations,
    pub options: Options,
    made: u32,
}

impl World {
    /// A world in which all of this is deployed.
    pub fn of(graph: &Graph) -> Self {
        let mut world = Self::default();
        world.deploy(graph);
        world
    }

    pub fn plan(&self, graph: &Graph) -> Result<Plan, PlanError> {
        let registry = registry();
        plan(&Request {
            environment: "local",
            project: "shop",
            graph,
            snapshot: &self.state,
            observed: &self.observed,
            providers: registry.inspectors(),
            options: &self.options,
        })
    }

    pub fn deploy(&mut self, graph: &Graph) -> Plan {
        let plan = self.plan(graph).expect("nothing stands against the plan");
        self.apply(&plan, graph);
        plan
    }

    pub fn existing(&self, name: &str) -> &Arc<Existing> {
        let found = self.state.resources.iter().find(|one| one.urn.name() == name && !one.delete);
        found.expect("it is in the state")
    }

    /// Lets the world change behind our back.
    pub fn drift(&mut self, name: &str, change: impl FnOnce(&mut Observed)) {
        let existing = self.existing(name).clone();
        let mut observed = Observed {
            id: existing.id.clone(),
            inputs: existing.inputs.clone(),
            outputs: existing.outputs.clone(),
            complete: true,
        };
        change(&mut observed);
        let found = Observation::Observed(Box::new(observed));
        self.observed.insert(existing.urn.clone(), existing.id.clone(), found);
    }

    pub fn lose(&mut self, name: &str) {
        let existing = self.existing(name).clone();
        self.observed.insert(existing.urn.clone(), existing.id.clone(), Observation::Gone);
    }

    /// Changes the record of one thing.
    pub fn rewrite(&mut self, name: &str, change: impl FnOnce(&mut Existing)) {
        let urn = self.existing(name).urn.clone();
        let place = self.state.resources.iter_mut().find(|one| one.urn == urn && !one.delete);
        change(Arc::make_mut(place.expect("it is in the state")));
    }

    pub fn apply(&mut self, plan: &Plan, graph: &Graph) {
        let mut living: BTreeMap<(Urn, String), Arc<Existing>> = BTreeMap::new();
        for existing in &self.state.resources {
            living.insert(key(existing), existing.clone());
        }
        for (id, step) in plan.steps.iter().enumerate() {
            assert!(step.after.iter().all(|&before| (before as usize) < id), "{id} {step:?}");
            self.step(step, &mut living);
        }
        finish_components(&mut living, plan);
        self.state.resources = in_order(living, graph);
        self.state.serial += 1;
        self.observed = Observations::new();
    }

    fn step(&mut self, step: &Step, living: &mut BTreeMap<(Urn, String), Arc<Existing>>) {
        if let Some(old) = &step.old
            && matches!(
                step.operation,
                Operation::Delete
                    | Operation::DeleteReplaced
                    | Operation::Forget
                    | Operation::Same
                    | Operation::Update
                    | Operation::Refresh
                    | Operation::Create
            )
            && !(step.operation == Operation::Same && step.new.is_none())
        {
            let gone = living.remove(&key(old));
            assert!(gone.is_some(), "what is not there cannot be touched: {step:?}");
        }
        match (step.operation, &step.new, &step.old) {
            (Operation::Same | Operation::Update, Some(new), Some(old)) => {
                let mut next = made(step, new, old.id.clone(), living);
                if step.operation == Operation::Same && next.custom {
                    next.outputs = old.outputs.clone();
                }
                living.insert(key(&next), Arc::new(next));
            }
            (
                Operation::Create | Operation::CreateReplacement | Operation::Import,
                Some(new),
                _,
            ) => {
                self.made += 1;
                let id = if new.custom { format!("id-{}", self.made) } else { String::new() };
                let next = made(step, new, id, living);
                living.insert(key(&next), Arc::new(next));
            }
            (Operation::Refresh, _, Some(old)) => drop(living.insert(key(old), old.clone())),
            _ => {}
        }
    }
}

fn key(existing: &Existing) -> (Urn, String) {
    (existing.urn.clone(), existing.id.clone())
}

fn made(
    step: &Step,
    new: &Wanted,
    id: String,
    living: &BTreeMap<(Urn, String), Arc<Existing>>,
) -> Existing {
    let inputs = resolve_map(&new.inputs, &mut |urn, path| output(living, urn, path, new.custom));
    let inputs = match new.custom {
        true => Things.check(&Type::new("test"), inputs).expect("it was checked"),
        false => inputs,
    };
    let mut outputs = inputs.clone();
    outputs.insert(ADDRESS.into(), Value::string(format!("at {id}")));
    Existing {
        urn: step.urn.clone(),
        kind: step.kind.clone(),
        custom: new.custom,
        id,
        inputs,
        // Those of a component are resolved when all is done.
        outputs: if new.custom { outputs } else { new.outputs.clone() },
        parent: new.parent.clone(),
        dependencies: new.dependencies.clone(),
        delete: false,
        protect: new.options.protect,
        retain_on_delete: new.options.retain_on_delete,
        incomplete: false,
        created: 0,
        modified: 0,
        location: new.location.clone(),
    }
}

/// The output of the newest generation.
fn output(
    living: &BTreeMap<(Urn, String), Arc<Existing>>,
    urn: &Urn,
    path: &Path,
    must: bool,
) -> Option<Value> {
    let number = |one: &Existing| one.id.trim_start_matches("id-").parse::<u32>().unwrap_or(0);
    let of_urn = living.values().filter(|one| one.urn == *urn);
    let newest = of_urn.max_by_key(|one| number(one));
    let found = newest.and_then(|one| Value::Map(one.outputs.clone()).get(path));
    // What a component passes on is an output of another.
    let found = found.map(|value| value.resolve(&mut |urn, path| output(living, urn, path, must)));
    assert!(!must || found.is_some(), "{urn} is used before it is there");
    found
}

fn finish_components(living: &mut BTreeMap<(Urn, String), Arc<Existing>>, plan: &Plan) {
    for step in plan.steps.iter().filter(|step| step.new.as_ref().is_some_and(|new| !new.custom)) {
        let place = (step.urn.clone(), String::new());
        let Some(existing) = living.get(&place).cloned() else { continue };
        let resolve =
            |map: &Map| resolve_map(map, &mut |urn, path| output(living, urn, path, true));
        let outputs = resolve(&existing.outputs);
        let inputs = resolve(&existing.inputs);
        living.insert(place, Arc::new(Existing { outputs, inputs, ..Existing::clone(&existing) }));
    }
}

/// What is declared in the order of the graph, what else is left after it.
fn in_order(living: BTreeMap<(Urn, String), Arc<Existing>>, graph: &Graph) -> Vec<Arc<Existing>> {
    let mut all: Vec<Arc<Existing>> = living.into_values().collect();
    all.sort_by_key(|one| (graph.position(&one.urn).unwrap_or(usize::MAX), one.id.clone()));
    all
}
