//! A port of this machine, allocated once: it stays the same for as long as it is declared.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, RiskKind, Update, Updated, changes,
};
use goodgo_supervisor::ports;
use serde::Deserialize;

use crate::inputs;
use crate::kinds::{HOST, PACKAGE};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    /// The number that it has to be; any free one when absent.
    number: Option<u16>,
}

/// Provides `goodgo-process:index:Port`.
#[derive(Debug, Default)]
pub(crate) struct Ports {
    /// Handed out by this run and perhaps not listened on yet.
    given: Mutex<BTreeSet<u16>>,
}

impl Ports {
    /// A port that nobody listens on and this run has not handed out.
    pub(crate) fn free(&self) -> Result<u16, Error> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let port = ports::free(&given)
            .map_err(|why| Error::permanent("this machine has no free port").source(why))?;
        given.insert(port);
        Ok(port)
    }
}

/// The error for a port that somebody else listens on.
pub(crate) fn taken(port: u16) -> Option<Error> {
    let owner = ports::owner(port)?;
    let command = owner.command.unwrap_or_else(|| "a program that cannot be named".to_owned());
    let pid = owner.pid.map_or(String::new(), |pid| format!(" (process {pid})"));
    let message = format!("port {port} is taken by {command}{pid} of {}", owner.user);
    Some(Error::permanent(message).hint("end that program, or declare another port"))
}

fn outputs(number: u16) -> Map {
    Map::from([
        ("host".into(), HOST.into()),
        ("number".into(), number.into()),
        ("address".into(), format!("{HOST}:{number}").into()),
    ])
}

#[async_trait]
impl Inspect for Ports {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let mut diff =
            Diff::in_place(changes(request.old_inputs, request.new_inputs)).replace_on(&["number"]);
        if !diff.is_empty() {
            diff.effect = Effect::Restart;
            let message = "clients of the old port are refused".to_owned();
            diff.risks.push(Risk { kind: RiskKind::Downtime, message });
        }
        diff
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        match inputs.get("number").and_then(Value::as_u64).and_then(|n| u16::try_from(n).ok()) {
            Some(number) => outputs(number),
            None => Map::from([
                ("host".into(), HOST.into()),
                ("number".into(), Value::Unknown),
                ("address".into(), Value::Unknown),
            ]),
        }
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        let (inputs, outputs) = (request.inputs.clone(), request.outputs.clone());
        Ok(Some(Observed { id: request.id.to_owned(), inputs, outputs, complete: true }))
    }

    /// A number is held by nothing but the state: an interrupted create left nothing.
    async fn find(&self, _request: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(None)
    }
}

#[async_trait]
impl Provider for Ports {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let inputs: Inputs = inputs::read(request.inputs)?;
        let number = match inputs.number {
            Some(number) => taken(number).map_or(Ok(number), Err)?,
            None => self.free()?,
        };
        Ok(Created { id: number.to_string(), outputs: outputs(number) })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: request.old_outputs.clone() })
    }

    async fn delete(&self, _request: Delete<'_>) -> Result<(), Error> {
        Ok(())
    }
}
