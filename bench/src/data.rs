//! The provider of `goodgo-bench:index:Data`.

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Update, Updated, changes,
};

/// The type token of what [`Data`] makes.
pub const KIND: &str = "goodgo-bench:index:Data";

/// Makes things that exist in the state alone: the output `output` is the input `input`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Data;

/// What a thing of these inputs has as outputs.
fn outputs(inputs: &Map) -> Map {
    let input = inputs.get("input").cloned().unwrap_or(Value::Null);
    Map::from([("input".into(), input.clone()), ("output".into(), input)])
}

#[async_trait]
impl Inspect for Data {
    fn package(&self) -> &str {
        "goodgo-bench"
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let changes = changes(request.old_inputs, request.new_inputs);
        let outputs = (!changes.is_empty()).then(|| outputs(request.new_inputs));
        Diff { outputs, ..Diff::in_place(changes) }
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        outputs(inputs)
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(Some(Observed {
            id: request.id.to_owned(),
            inputs: request.inputs.clone(),
            outputs: request.outputs.clone(),
            complete: true,
        }))
    }

    async fn find(&self, _request: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Provider for Data {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        Ok(Created { id: request.token.to_owned(), outputs: outputs(request.inputs) })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: outputs(request.new_inputs) })
    }

    async fn delete(&self, _request: Delete<'_>) -> Result<(), Error> {
        Ok(())
    }
}
