//! A file of the gateway's dynamic configuration, applied when the gateway says that it is.
//!
//! Traefik watches the folder. Writing the file is not enough: the step that follows stops the
//! old replicas, so this one ends only when Traefik's own API shows the new servers and a
//! request through the gateway is answered.

mod traefik;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use goodgo_model::{Map, Type};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Update, Updated, changes,
};
use serde::Deserialize;

use crate::inputs;
use crate::kinds::PACKAGE;

/// Traefik looks at its folder 20 times a second.
const POLL: Duration = Duration::from_millis(15);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inputs {
    name: String,
    /// The folder that the gateway watches.
    directory: PathBuf,
    /// `host:port` of the gateway's own API.
    api: String,
    /// `host:port` that users reach the gateway by.
    entry: String,
    content: serde_json::Value,
    /// Services whose servers must be the declared ones before it counts as applied.
    #[serde(default)]
    services: Vec<String>,
    /// A path that must answer through the gateway.
    #[serde(default)]
    probe: Option<String>,
}

/// Provides `goodgo-process:index:Route`.
#[derive(Debug)]
pub(crate) struct Routes;

fn path(inputs: &Inputs) -> PathBuf {
    inputs.directory.join(format!("{}.yml", inputs.name))
}

fn failed(what: &str, path: &Path, why: &io::Error) -> Error {
    Error::permanent(format!("could not {what} {}: {why}", path.display()))
}

/// Traefik must never see half a file: it is written aside, where no name ends in `.yml`.
fn write(inputs: &Inputs) -> Result<String, Error> {
    let path = path(inputs);
    let temporary = path.with_extension("new");
    let text = format!("{:#}\n", inputs.content);
    fs::write(&temporary, text)
        .and_then(|()| fs::rename(&temporary, &path))
        .map_err(|why| failed("write", &path, &why))?;
    Ok(path.display().to_string())
}

async fn apply(properties: &Map) -> Result<Created, Error> {
    let inputs: Inputs = inputs::read(properties)?;
    let id = write(&inputs)?;
    loop {
        match traefik::applied(&inputs).await? {
            true => break,
            false => tokio::time::sleep(POLL).await,
        }
    }
    Ok(Created { id: id.clone(), outputs: Map::from([("path".into(), id.into())]) })
}

fn observe(id: &str, properties: &Map) -> Result<Option<Observed>, Error> {
    let text = match fs::read_to_string(id) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed("read", Path::new(id), &why)),
    };
    let mut inputs = properties.clone();
    // A file that was edited by hand shows as drift of its content.
    let content = serde_json::from_str::<serde_json::Value>(&text).unwrap_or(text.into());
    if inputs.get("content").and_then(goodgo_model::Value::reveal_json) != Some(content.clone()) {
        inputs.insert("content".into(), content.into());
    }
    let outputs = Map::from([("path".into(), id.into())]);
    Ok(Some(Observed { id: id.to_owned(), inputs, outputs, complete: true }))
}

#[async_trait]
impl Inspect for Routes {
    fn package(&self) -> &str {
        PACKAGE
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        inputs::check::<Inputs>(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        Diff::in_place(changes(request.old_inputs, request.new_inputs))
            .replace_on(&["name", "directory"])
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        observe(request.id, request.inputs)
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        let inputs: Inputs = inputs::read(request.inputs)?;
        let found = observe(&path(&inputs).display().to_string(), request.inputs)?;
        // Whether the gateway has picked it up is not known: create asks again.
        Ok(found.map(|observed| Observed { complete: false, ..observed }))
    }
}

#[async_trait]
impl Provider for Routes {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        (request.log)("waiting until the gateway routes to it");
        apply(request.inputs).await
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        (request.log)("waiting until the gateway routes to the new replicas");
        Ok(Updated { outputs: apply(request.new_inputs).await?.outputs })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        match fs::remove_file(request.id) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                return Err(failed("remove", Path::new(request.id), &why));
            }
            _ => {}
        }
        let inputs: Inputs = inputs::read(request.inputs)?;
        while traefik::still_routes(&inputs).await {
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }
}
