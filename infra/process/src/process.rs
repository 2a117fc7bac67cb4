//! A process that is kept running.
//!
//! Replicas of services are replaced: new ones are started, and the old ones stopped once the
//! gateway has moved. What has data or a fixed address is restarted in place.

mod files;
mod properties;
mod run;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use goodgo_model::{Map, Path, Type, Value};
use goodgo_provider::{
    Change, CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, RiskKind, Update, Updated, changes,
};
use goodgo_supervisor::{State, Status};

use crate::inputs;
use crate::kinds::{HOST, PACKAGE};
use crate::port::Ports;
use crate::supervise::{Supervise, refused};

pub(crate) use files::Folder;
pub(crate) use properties::{Inputs, Outputs, Strategy};
pub(crate) use run::spec;

/// Provides `goodgo-process:index:Process`.
#[derive(Debug)]
pub(crate) struct Processes {
    /// Where each process has a folder for its files.
    pub(crate) folder: PathBuf,
    pub(crate) supervise: Arc<Supervise>,
    pub(crate) ports: Arc<Ports>,
}

impl Processes {
    fn folder(&self, key: &str) -> Folder {
        Folder::new(self.folder.join(key))
    }

    /// `known` is what is known of its outputs, for when it does not run.
    async fn observe(
        &self,
        key: &str,
        inputs: &Map,
        known: &Map,
    ) -> Result<Option<Observed>, Error> {
        let Some(status) = self.supervise.status(key).await? else {
            // Its files are left: it is put right in place, with the ports that others know.
            let (id, inputs, outputs) = (key.to_owned(), inputs.clone(), known.clone());
            let left = || Observed { id, inputs, outputs, complete: false };
            return Ok(self.folder(key).exists().then(left));
        };
        // The supervisor brings back what crashed; what it has given up is not complete.
        let complete = !matches!(status.state, State::Exited | State::Backoff | State::Stopping);
        let outputs = inputs::write(&outputs(key, &status));
        Ok(Some(Observed { id: key.to_owned(), inputs: inputs.clone(), outputs, complete }))
    }

    /// Starts and waits until it is ready.
    async fn start(&self, key: &str, inputs: &Inputs) -> Result<Map, Error> {
        inputs.ports.values().find_map(|&port| crate::port::taken(port)).map_or(Ok(()), Err)?;
        let spec = spec(inputs, &self.folder(key)).await?;
        let client = self.supervise.client().await?;
        client.start(key, &spec).await.map_err(refused)?;
        let status = client.wait(key, 0).await.map_err(refused)?;
        Ok(inputs::write(&outputs(key, &status)))
    }

    /// Gives every port without a number a free one, or the one that it had.
    fn number(&self, inputs: &mut Inputs, before: Option<&Outputs>) -> Result<(), Error> {
        for (name, number) in inputs.ports.iter_mut().filter(|(_, number)| **number == 0) {
            let had = before.and_then(|outputs| outputs.ports.get(name)).copied();
            *number = had.map_or_else(|| self.ports.free(), Ok)?;
        }
        Ok(())
    }

    /// What an interrupted create of the same key left running; anything else it left is removed.
    async fn adopt(&self, key: &str, inputs: &Inputs) -> Result<Option<Map>, Error> {
        if let Some(status) = self.supervise.status(key).await? {
            let mut inputs = inputs.clone();
            inputs.ports.extend(status.ports);
            let spec = spec(&inputs, &self.folder(key)).await?;
            let client = self.supervise.client().await?;
            if client.start(key, &spec).await.is_ok()
                && let Ok(status) = client.wait(key, 0).await
            {
                return Ok(Some(inputs::write(&outputs(key, &status))));
            }
        }
        self.remove(key, None).await?;
        Ok(None)
    }

    async fn remove(&self, key: &str, grace: Option<Duration>) -> Result<(), Error> {
        if let Some(client) = self.supervise.running().await? {
            client.stop(key, grace).await.map_err(refused)?;
        }
        self.folder(key).remove().await
    }

    /// Puts back what ran before an update that failed.
    async fn put_back(&self, request: &Update<'_>, failed: Error) -> Error {
        let before = async {
            let mut inputs: Inputs = inputs::read(request.old_inputs)?;
            self.number(&mut inputs, inputs::read(request.old_outputs).ok().as_ref())?;
            self.remove(request.id, None).await?;
            self.start(request.id, &inputs).await
        };
        match before.await {
            Ok(_) => failed.hint("the former version runs again; correct the setting"),
            Err(_) => failed.hint("the former version did not start either; see `logs`"),
        }
    }
}

fn outputs(key: &str, status: &Status) -> Outputs {
    let address = |(name, port): (&String, &u16)| (name.clone(), format!("{HOST}:{port}"));
    let addresses: std::collections::BTreeMap<_, _> = status.ports.iter().map(address).collect();
    let url = |(name, address): (&String, &String)| (name.clone(), format!("http://{address}"));
    Outputs {
        key: key.to_owned(),
        urls: addresses.iter().map(url).collect(),
        addresses,
        ports: status.ports.clone(),
    }
}

fn key(name: &str, token: &str) -> String {
    format!("{name}-{token}")
}

fn strategy(inputs: &Map) -> Strategy {
    match inputs.get("strategy").and_then(Value::as_str) {
        Some("rolling") => Strategy::Rolling,
        _ => Strategy::Restart,
    }
}

#[async_trait]
impl Inspect for Processes {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let changes = changes(request.old_inputs, request.new_inputs);
        if changes.is_empty() {
            return Diff::default();
        }
        let rolling = strategy(request.new_inputs) == Strategy::Rolling;
        let mut diff = Diff::in_place(changes);
        if rolling {
            diff.replace = diff.changes.iter().map(|change| change.path.clone()).collect();
            diff.effect = Effect::Rolling;
        } else {
            let name = inputs::text(request.new_inputs, "name");
            let message =
                format!("`{name}` restarts; requests that need it wait or fail meanwhile");
            diff.effect = Effect::Restart;
            let moves = |change: &Change| Path::from("ports").contains(&change.path);
            let moved = diff.changes.iter().any(moves);
            diff.outputs = moved.then(|| {
                let mut outputs = self.predict(request.kind, request.new_inputs);
                outputs
                    .extend(request.old_outputs.get("key").map(|key| ("key".into(), key.clone())));
                outputs
            });
            diff.risks = vec![Risk { kind: RiskKind::Downtime, message }];
        }
        diff
    }

    /// Ports that are given are known; those that the start will choose are not.
    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        let ports = inputs.get("ports").and_then(Value::as_map).cloned().unwrap_or_default();
        let each = |known: fn(u64) -> Value| {
            let foretell = |number: &Value| match number.as_u64() {
                Some(number) if number > 0 => known(number),
                _ => Value::Unknown,
            };
            Value::map(ports.iter().map(|(name, number)| (name.clone(), foretell(number))))
        };
        Map::from([
            ("key".into(), Value::Unknown),
            ("ports".into(), each(|number| u32::try_from(number).unwrap_or(u32::MAX).into())),
            ("addresses".into(), each(|number| format!("{HOST}:{number}").into())),
            ("urls".into(), each(|number| format!("http://{HOST}:{number}").into())),
        ])
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        self.observe(request.id, request.inputs, request.outputs).await
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        let key = key(inputs::text(request.inputs, "name"), request.token);
        self.observe(&key, request.inputs, &Map::new()).await
    }
}

#[async_trait]
impl Provider for Processes {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let mut inputs: Inputs = inputs::read(request.inputs)?;
        let key = key(&inputs.name, request.token);
        (request.log)(&format!("starting {}, waiting until it is ready", inputs.name));
        if let Some(outputs) = self.adopt(&key, &inputs).await? {
            return Ok(Created { id: key, outputs });
        }
        self.number(&mut inputs, None)?;
        match self.start(&key, &inputs).await {
            Ok(outputs) => Ok(Created { id: key, outputs }),
            Err(error) => match self.remove(&key, None).await {
                Ok(()) => Err(error),
                Err(_) => Err(error.left(key, Map::new())),
            },
        }
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let mut inputs: Inputs = inputs::read(request.new_inputs)?;
        self.number(&mut inputs, inputs::read(request.old_outputs).ok().as_ref())?;
        (request.log)(&format!("restarting {}", inputs.name));
        self.remove(request.id, None).await?;
        match self.start(request.id, &inputs).await {
            Ok(outputs) => Ok(Updated { outputs }),
            Err(error) => Err(self.put_back(&request, error).await),
        }
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        let inputs: Inputs = inputs::read(request.inputs)?;
        if inputs.strategy == Strategy::Rolling {
            // Requests that the gateway had already sent on its old routes arrive first.
            tokio::time::sleep(Duration::from_millis(inputs.drain_ms.unwrap_or_default())).await;
        }
        (request.log)("stopping");
        self.remove(request.id, None).await
    }
}
