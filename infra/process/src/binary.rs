//! A program of the workspace, copied away from the folder that the next build writes to.
//!
//! What runs must be what was deployed, also when it is restarted after a later build.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Update, Updated, changes,
};
use serde::Deserialize;

use crate::inputs;
use crate::kinds::PACKAGE;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    /// The program's name.
    name: String,
    /// The workload that it is kept for. Two workloads may run one program; each has its copy.
    workload: String,
    /// SHA-256, hexadecimal; empty while it is not built.
    digest: String,
}

/// Provides `goodgo-process:index:Binary`.
#[derive(Debug)]
pub(crate) struct Binaries {
    /// Where builds are.
    pub(crate) built: PathBuf,
    /// Where copies are kept.
    pub(crate) kept: PathBuf,
}

impl Binaries {
    fn id(inputs: &Inputs) -> String {
        format!("{}-{}", inputs.workload, inputs.digest.get(..16).unwrap_or(&inputs.digest))
    }

    fn path(&self, id: &str) -> PathBuf {
        self.kept.join(id)
    }

    fn outputs(&self, properties: &Map) -> Map {
        let Ok(inputs) = inputs::read::<Inputs>(properties) else {
            return properties.clone();
        };
        let id = Self::id(&inputs);
        let mut outputs = properties.clone();
        outputs.insert("version".into(), inputs.digest.get(..12).unwrap_or_default().into());
        outputs.insert("path".into(), self.path(&id).display().to_string().into());
        outputs
    }

    fn observe(&self, id: &str, inputs: &Map) -> Option<Observed> {
        self.path(id).is_file().then(|| Observed {
            id: id.to_owned(),
            inputs: inputs.clone(),
            outputs: self.outputs(inputs),
            complete: true,
        })
    }

    /// Copies under another name first, so that a program is there whole or not at all.
    fn keep(&self, inputs: &Inputs) -> Result<String, Error> {
        let id = Self::id(inputs);
        let to = self.path(&id);
        if !to.is_file() {
            let from = self.built.join(&inputs.name);
            let temporary = to.with_extension("new");
            copy(&from, &temporary)
                .and_then(|()| fs::rename(&temporary, &to))
                .map_err(|why| not_kept(&from, why))?;
        }
        Ok(id)
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o755))
}

fn not_kept(from: &Path, why: std::io::Error) -> Error {
    let message = format!("could not copy the program {}: {why}", from.display());
    Error::permanent(message).hint("build it first; `./just deploy` does")
}

#[async_trait]
impl Inspect for Binaries {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        let inputs = inputs::check::<Inputs>(inputs)?;
        if inputs.get("digest").and_then(Value::as_str) == Some("") {
            let path = self.built.join(inputs::text(&inputs, "name"));
            let message = format!("{} does not exist; build it first", path.display());
            return Err(vec![CheckFailure { path: "name".into(), message }]);
        }
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        Diff::in_place(changes(request.old_inputs, request.new_inputs))
            .replace_on(&["name", "workload", "digest"])
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        self.outputs(inputs)
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.observe(request.id, request.inputs))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.observe(&Self::id(&inputs::read(request.inputs)?), request.inputs))
    }
}

#[async_trait]
impl Provider for Binaries {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let inputs: Inputs = inputs::read(request.inputs)?;
        let id = tokio::task::block_in_place(|| self.keep(&inputs))?;
        Ok(Created { id, outputs: self.outputs(request.inputs) })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: self.outputs(request.new_inputs) })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        match fs::remove_file(self.path(request.id)) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => {
                let path = self.path(request.id);
                Err(Error::permanent(format!("could not remove {}: {why}", path.display())))
            }
            _ => Ok(()),
        }
    }
}
