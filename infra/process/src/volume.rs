//! A folder for data that outlives the process that uses it.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, RiskKind, Update, Updated, changes,
};
use serde::Deserialize;

use crate::kinds::PACKAGE;
use crate::{account, inputs};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    name: String,
    /// Whether losing it loses what users entrusted to the platform.
    #[expect(dead_code, reason = "read here for its form; only the plan's risks look at it")]
    #[serde(default)]
    precious: bool,
    /// Whether its user refuses to run as root.
    #[serde(default)]
    unprivileged: bool,
}

/// Provides `goodgo-process:index:Volume`.
#[derive(Debug)]
pub(crate) struct Volumes {
    /// Where all volumes of the environment are.
    pub(crate) folder: PathBuf,
}

impl Volumes {
    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    fn outputs(&self, id: &str, inputs: &Map) -> Map {
        let mut outputs = inputs.clone();
        outputs.insert("path".into(), self.path(id).display().to_string().into());
        outputs
    }

    fn observe(&self, id: &str, inputs: &Map) -> Option<Observed> {
        self.path(id).is_dir().then(|| Observed {
            id: id.to_owned(),
            inputs: inputs.clone(),
            outputs: self.outputs(id, inputs),
            complete: true,
        })
    }
}

fn id(name: &str, token: &str) -> String {
    format!("{name}-{token}")
}

fn make(path: &Path, unprivileged: bool) -> Result<(), Error> {
    let failed = |why: io::Error| {
        Error::permanent(format!("could not make the folder {}: {why}", path.display()))
    };
    let folder = path.parent().unwrap_or(path);
    fs::DirBuilder::new().recursive(true).mode(0o711).create(folder).map_err(failed)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let account = if unprivileged { account::unprivileged()? } else { None };
    account::give(path, account).map_err(failed)
}

#[async_trait]
impl Inspect for Volumes {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        // The folder was named after it once; under a new name it stays where it is, with its data.
        let mut diff = Diff::in_place(changes(request.old_inputs, request.new_inputs))
            .replace_on(&["unprivileged"]);
        if diff.replace.is_empty() {
            let mut outputs = request.old_outputs.clone();
            outputs.extend(request.new_inputs.clone());
            diff.outputs = Some(outputs);
        } else {
            diff.effect = Effect::Outage;
            diff.risks = self.delete_risks(request.kind, request.old_inputs, request.old_outputs);
        }
        diff
    }

    fn delete_risks(&self, _kind: &Type, inputs: &Map, outputs: &Map) -> Vec<Risk> {
        if inputs.get("precious").and_then(Value::as_bool) != Some(true) {
            return Vec::new();
        }
        let message = format!("all data in {} is deleted", inputs::text(outputs, "path"));
        vec![Risk { kind: RiskKind::DataLoss, message }]
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.observe(request.id, request.inputs))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        let Inputs { name, .. } = inputs::read(request.inputs)?;
        Ok(self.observe(&id(&name, request.token), request.inputs))
    }
}

#[async_trait]
impl Provider for Volumes {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let Inputs { name, unprivileged, .. } = inputs::read(request.inputs)?;
        let id = id(&name, request.token);
        make(&self.path(&id), unprivileged)?;
        let outputs = self.outputs(&id, request.inputs);
        Ok(Created { id, outputs })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: self.outputs(request.id, request.new_inputs) })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        let path = self.path(request.id);
        match tokio::task::block_in_place(|| fs::remove_dir_all(&path)) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                Err(Error::permanent(format!("could not remove {}: {why}", path.display())))
            }
            _ => Ok(()),
        }
    }
}
