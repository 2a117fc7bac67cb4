//! A process that runs to its end, once for each change of what it is declared to be.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Log, Observed,
    Provider, Read, Risk, RiskKind, Update, Updated, changes,
};

use crate::inputs;
use crate::kinds::PACKAGE;
use crate::process::{Folder, Inputs, spec};
use crate::supervise::{Supervise, refused};

/// Provides `goodgo-process:index:Job`.
#[derive(Debug)]
pub(crate) struct Jobs {
    /// Where each job has a folder for its files.
    pub(crate) folder: PathBuf,
    pub(crate) supervise: Arc<Supervise>,
}

impl Jobs {
    fn folder(&self, key: &str) -> Folder {
        Folder::new(self.folder.join(key))
    }

    async fn run(&self, key: &str, inputs: &Map, log: Log<'_>) -> Result<Map, Error> {
        let inputs: Inputs = inputs::read(inputs)?;
        let folder = self.folder(key);
        let spec = spec(&inputs, &folder).await?;
        let timeout = Duration::from_millis(inputs.timeout_ms.unwrap_or(300_000));
        log(&format!("running {}", inputs.name));
        let client = self.supervise.client().await?;
        let result = client.job(key, &spec, timeout).await.map_err(refused);
        // Its secrets are of no use to anybody any more, however it ended.
        client.stop(key, None).await.map_err(refused)?;
        folder.remove().await?;
        let result = result?;
        if !result.succeeded() {
            let log = result.last_lines.into_iter().map(|line| line.text).collect();
            let message = format!("{} {}", inputs.name, result.exit);
            let hint = format!("read all it wrote with `logs {}`", inputs.name);
            return Err(Error::permanent(message).log(log).hint(hint));
        }
        Ok(Map::from([("key".into(), key.into()), ("name".into(), inputs.name.into())]))
    }
}

fn key(inputs: &Map, token: &str) -> String {
    format!("{}-{token}", inputs::text(inputs, "name"))
}

/// The risks of the migrations that are new or differ.
fn risks(old: &Map, new: &Map) -> Vec<Risk> {
    let map = |properties: &Map, name: &str| {
        properties.get(name).and_then(Value::as_map).cloned().unwrap_or_default()
    };
    let (before, after) = (map(old, "migrations"), map(new, "migrations"));
    let said = map(new, "migrationRisks");
    let fresh = after.iter().filter(|(file, digest)| before.get(*file) != Some(*digest));
    fresh
        .filter_map(|(file, _)| Some((file, said.get(file)?.as_list()?)))
        .flat_map(|(file, texts)| {
            texts.iter().filter_map(Value::as_str).map(move |text| Risk {
                kind: RiskKind::IrreversibleMigration,
                message: format!("{file}: {text}"),
            })
        })
        .collect()
}

#[async_trait]
impl Inspect for Jobs {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let mut diff = Diff::in_place(changes(request.old_inputs, request.new_inputs));
        diff.risks = risks(request.old_inputs, request.new_inputs);
        diff
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        let name = inputs.get("name").cloned().unwrap_or_default();
        Map::from([("key".into(), Value::Unknown), ("name".into(), name)])
    }

    /// What it did is done: there is nothing to look at.
    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        let (inputs, outputs) = (request.inputs.clone(), request.outputs.clone());
        Ok(Some(Observed { id: request.id.to_owned(), inputs, outputs, complete: true }))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        let key = key(request.inputs, request.token);
        let left = self.folder(&key).exists() || self.supervise.status(&key).await?.is_some();
        let inputs = request.inputs.clone();
        Ok(left.then(|| Observed { id: key, inputs, outputs: Map::new(), complete: false }))
    }
}

#[async_trait]
impl Provider for Jobs {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let id = key(request.inputs, request.token);
        let outputs = self.run(&id, request.inputs, request.log).await?;
        Ok(Created { id, outputs })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: self.run(request.id, request.new_inputs, request.log).await? })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        if let Some(client) = self.supervise.running().await? {
            client.stop(request.id, None).await.map_err(refused)?;
        }
        self.folder(request.id).remove().await
    }
}
