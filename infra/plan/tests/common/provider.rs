//! `test:index:Thing`: `size` cannot be changed in place; nor can `slot`, of which there is one
//! at a time; `on` neither, it says what the thing stands on. `bad` is refused.

use std::sync::Arc;

use async_trait::async_trait;
use goodgo_model::{Map, Path, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Registry, Risk, RiskKind, Update, Updated, changes,
};

pub struct Things;

pub fn registry() -> Registry {
    Registry::new().with(Arc::new(Things))
}

/// What only making a thing tells.
pub const ADDRESS: &str = "address";

#[async_trait]
impl Inspect for Things {
    fn package(&self) -> &'static str {
        "test"
    }

    fn check(&self, _kind: &Type, mut inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        if inputs.contains_key("bad") {
            let message = "is not allowed".to_owned();
            return Err(vec![CheckFailure { path: "bad".into(), message }]);
        }
        inputs.entry("color".into()).or_insert_with(|| "blue".into());
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let mut diff = Diff::in_place(changes(request.old_inputs, request.new_inputs))
            .replace_on(&["size", "slot", "on"]);
        diff.delete_before_replace = diff.replace.contains(&Path::parse("slot"));
        if !diff.is_empty() {
            diff.effect = Effect::Restart;
            let mut outputs = request.new_inputs.clone();
            outputs.extend(request.old_outputs.get(ADDRESS).map(|at| (ADDRESS.into(), at.clone())));
            diff.outputs = Some(outputs);
        }
        if diff.replace.contains(&Path::parse("size")) {
            diff.risks = vec![risk("what is in it is lost")];
        }
        diff
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        let mut outputs = inputs.clone();
        outputs.insert(ADDRESS.into(), Value::Unknown);
        outputs
    }

    fn delete_risks(&self, _kind: &Type, inputs: &Map, _outputs: &Map) -> Vec<Risk> {
        if inputs.contains_key("size") { vec![risk("its data goes with it")] } else { Vec::new() }
    }

    fn delete_effect(&self, _kind: &Type, _inputs: &Map, _outputs: &Map) -> Effect {
        Effect::Outage
    }

    async fn read(&self, _: Read<'_>) -> Result<Option<Observed>, Error> {
        unreachable!("the planner calls nothing that looks")
    }

    async fn find(&self, _: Find<'_>) -> Result<Option<Observed>, Error> {
        unreachable!("the planner calls nothing that looks")
    }
}

#[async_trait]
impl Provider for Things {
    async fn create(&self, _: Create<'_>) -> Result<Created, Error> {
        unreachable!("the planner changes nothing")
    }

    async fn update(&self, _: Update<'_>) -> Result<Updated, Error> {
        unreachable!("the planner changes nothing")
    }

    async fn delete(&self, _: Delete<'_>) -> Result<(), Error> {
        unreachable!("the planner changes nothing")
    }
}

fn risk(message: &str) -> Risk {
    Risk { kind: RiskKind::DataLoss, message: message.to_owned() }
}
