//! The provider of notes: a note is a file on a shelf, which is a folder.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use goodgo_model::{Map, Path, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Effect, Error, Find, Inspect,
    Observed, Provider, Read, Risk, RiskKind, Update, Updated, changes,
};

pub(crate) struct Notes {
    pub(crate) folder: PathBuf,
}

fn text<'a>(inputs: &'a Map, name: &str) -> &'a str {
    inputs.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn io(error: std::io::Error) -> Error {
    Error::permanent("the folder of the notes cannot be used").source(error)
}

impl Notes {
    fn write(&self, id: &str, inputs: &Map) -> Result<Map, Error> {
        let said = text(inputs, "text");
        if said == "unreadable" {
            return Err(Error::permanent("nobody can read this")
                .hint("write more clearly")
                .log(vec!["looked at it".to_owned(), "saw scribbles".to_owned()]));
        }
        let file = self.folder.join(id);
        std::fs::create_dir_all(file.parent().unwrap_or(&self.folder)).map_err(io)?;
        std::fs::write(file, said).map_err(io)?;
        Ok(inputs.clone())
    }
}

#[async_trait]
impl Inspect for Notes {
    fn package(&self) -> &str {
        "notes"
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        if text(&inputs, "text").is_empty() {
            let message = "a note needs a text".to_owned();
            return Err(vec![CheckFailure { path: Path::parse("text"), message }]);
        }
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let mut diff =
            Diff::in_place(changes(request.old_inputs, request.new_inputs)).replace_on(&["shelf"]);
        if !diff.is_empty() {
            diff.effect = Effect::Rolling;
        }
        diff
    }

    fn delete_risks(&self, _kind: &Type, _inputs: &Map, _outputs: &Map) -> Vec<Risk> {
        vec![Risk { kind: RiskKind::DataLoss, message: "what the note says is lost".to_owned() }]
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        match std::fs::read_to_string(self.folder.join(request.id)) {
            Ok(said) => {
                let mut inputs = request.inputs.clone();
                inputs.insert("text".into(), said.into());
                let shelf = request.id.split('/').next().unwrap_or_default();
                inputs.insert("shelf".into(), shelf.into());
                let outputs = inputs.clone();
                Ok(Some(Observed { id: request.id.to_owned(), inputs, outputs, complete: true }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io(error)),
        }
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        let id = id(request.inputs, request.token);
        let (urn, kind, inputs) = (request.urn, request.kind, request.inputs);
        self.read(Read { urn, kind, id: &id, inputs, outputs: inputs }).await
    }
}

fn id(inputs: &Map, token: &str) -> String {
    format!("{}/{token}", text(inputs, "shelf"))
}

#[async_trait]
impl Provider for Notes {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        (request.log)("sharpening the pencil");
        while text(request.inputs, "text") == "wait" && !self.folder.with_file_name("go").exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let id = id(request.inputs, request.token);
        let outputs = self.write(&id, request.inputs)?;
        Ok(Created { id, outputs })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        Ok(Updated { outputs: self.write(request.id, request.new_inputs)? })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        match std::fs::remove_file(self.folder.join(request.id)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io(error)),
            _ => Ok(()),
        }
    }
}
