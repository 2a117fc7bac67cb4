//! A program from the catalogue: found on this machine, or installed into the cache.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use goodgo_catalogue::{Catalogue, Event, Installed};
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    Change, CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Update, Updated, changes,
};
use serde::{Deserialize, Serialize};

use crate::inputs;
use crate::kinds::PACKAGE;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    /// Name and tag, `postgres:17`.
    image: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    image: String,
    version: String,
    source: String,
    /// Paths by name.
    programs: BTreeMap<String, PathBuf>,
    /// What the programs need in their environment.
    env: BTreeMap<String, String>,
}

/// Provides `goodgo-process:index:Program`.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) catalogue: Arc<Catalogue>,
}

impl Programs {
    fn observe(&self, inputs: &Map) -> Result<Option<Observed>, Error> {
        let Inputs { image } = inputs::read(inputs)?;
        let component = Catalogue::for_image(&image).map_err(unavailable)?;
        Ok(self.catalogue.find(&component).map(|installed| Observed {
            id: image.clone(),
            inputs: inputs.clone(),
            outputs: outputs(image, installed),
            complete: true,
        }))
    }

    async fn install(&self, image: String, log: goodgo_provider::Log<'_>) -> Result<Map, Error> {
        let component = Catalogue::for_image(&image).map_err(unavailable)?;
        if let Some(installed) = self.catalogue.find(&component) {
            return Ok(outputs(image, installed));
        }
        let catalogue = Arc::clone(&self.catalogue);
        let (said, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let said = Mutex::new(said);
        let install = tokio::task::spawn_blocking(move || {
            let tell = |_: &str, event: Event| {
                let said = said.lock().unwrap_or_else(PoisonError::into_inner);
                // Nobody listens any more when the step was given up.
                let _ = said.send(event);
            };
            catalogue.ensure(&component, &tell)
        });
        while let Some(event) = heard.recv().await {
            describe(&event).iter().for_each(|text| log(text));
        }
        let installed = install
            .await
            .map_err(|why| Error::permanent("the installation broke off").source(why))?
            .map_err(unavailable)?;
        Ok(outputs(image, installed))
    }
}

fn unavailable(error: goodgo_catalogue::Error) -> Error {
    Error::permanent(error.to_string()).hint("run `doctor` to see every way to get it")
}

fn outputs(image: String, installed: Installed) -> Map {
    inputs::write(&Outputs {
        image,
        version: installed.version.to_string(),
        source: installed.source,
        programs: installed.binaries,
        env: installed.env,
    })
}

/// What a person would like to see of an installation, if anything.
fn describe(event: &Event) -> Option<String> {
    const MIB: u64 = 1024 * 1024;
    match event {
        Event::Waiting => Some("waiting for another installation".to_owned()),
        Event::Trying { source } => Some(format!("trying {source}")),
        Event::Skipped { source, why } => Some(format!("skipped {source}: {why}")),
        Event::Downloading { received, total: Some(total) } => {
            Some(format!("downloading {} of {} MiB", received / MIB, total / MIB))
        }
        Event::Downloading { received, total: None } => {
            Some(format!("downloading, {} MiB so far", received / MIB))
        }
        Event::Running { command, .. } => Some(format!("running {command}")),
        Event::Verified => Some("verified".to_owned()),
        Event::Unpacked => Some("unpacked".to_owned()),
        _ => None,
    }
}

#[async_trait]
impl Inspect for Programs {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let changes: Vec<Change> = changes(request.old_inputs, request.new_inputs);
        let outputs = (!changes.is_empty()).then(|| self.predict(request.kind, request.new_inputs));
        Diff { changes, effect: Effect::None, outputs, ..Diff::default() }
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        let unknown = ["version", "source", "programs", "env"];
        let outputs = inputs.iter().map(|(name, value)| (name.clone(), value.clone()));
        outputs.chain(unknown.map(|name| (name.into(), Value::Unknown))).collect()
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        if request.inputs.is_empty() {
            let inputs = Map::from([("image".into(), request.id.into())]);
            return self.observe(&inputs);
        }
        self.observe(request.inputs)
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        self.observe(request.inputs)
    }
}

#[async_trait]
impl Provider for Programs {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let Inputs { image } = inputs::read(request.inputs)?;
        let outputs = self.install(image.clone(), request.log).await?;
        Ok(Created { id: image, outputs })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let Inputs { image } = inputs::read(request.new_inputs)?;
        Ok(Updated { outputs: self.install(image, request.log).await? })
    }

    /// The cache is shared by all environments: nothing is removed from it.
    async fn delete(&self, _request: Delete<'_>) -> Result<(), Error> {
        Ok(())
    }
}
