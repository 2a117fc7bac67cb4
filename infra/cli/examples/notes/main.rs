//! An environment small enough to test the command line with: its things are files of one folder.
//!
//! `NOTES` declares them, one on each line, as `name=text`; a note named `a/b` lies on shelf `a`.
//! `NOTES_WORKSPACE` is where they are. A note `wait` is written once there is a file `go` there, a
//! note `unreadable` never.

mod provider;

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use goodgo_cli::Program;
use goodgo_model::component::{Component, Scope};
use goodgo_model::{Environment, Generated, Lowering, Map, Options, Part, PartRef, Target, Value};
use goodgo_provider::{
    Context, Error, Finding, LogLine, LogRequest, Operate, Registry, ReplicaStatus, Runtime,
};

use provider::Notes;

fn main() -> ExitCode {
    let workspace = std::env::var("NOTES_WORKSPACE").unwrap_or_else(|_| ".".to_owned());
    goodgo_cli::main(Program {
        project: "notes",
        environment: "test",
        workspace: Box::leak(workspace.into_boxed_str()),
        declare,
        runtime: |context| Box::new(Desk::new(context)),
        hidden: &[("__hidden", |arguments| {
            ExitCode::from(40 + u8::try_from(arguments.len()).unwrap_or(0))
        })],
    })
}

fn declare(env: &mut Environment) {
    let notebook = env.add(Notebook("diary"));
    let declared = std::env::var("NOTES").unwrap_or_default();
    for line in declared.lines() {
        let (name, text) = line.split_once('=').unwrap_or((line, ""));
        let shelf = name.split_once('/').map_or("desk", |(shelf, _)| shelf);
        let inputs = Map::from([
            ("text".into(), Value::from(text)),
            ("shelf".into(), shelf.into()),
            ("key".into(), notebook.clone()),
        ]);
        let name = name.rsplit('/').next().unwrap_or(name);
        env.add_resource("notes:index:Note", name, inputs, Options::default());
    }
}

/// A component with a secret in it.
struct Notebook(&'static str);

impl Notebook {
    fn key(&self, scope: &Scope<'_>) -> PartRef {
        scope.generated(&format!("{}-key", self.0))
    }
}

impl Component for Notebook {
    type Handle = Value;

    fn kind(&self) -> &'static str {
        "Notebook"
    }

    fn name(&self) -> &str {
        self.0
    }

    fn handle(&self, scope: &Scope<'_>) -> Value {
        self.key(scope).output("value")
    }

    fn parts(&self, _scope: &Scope<'_>) -> Vec<Part> {
        let what = Generated::Password { length: 16 };
        vec![Part::Generated { name: format!("{}-key", self.0), what }]
    }

    fn outputs(&self, scope: &Scope<'_>) -> Map {
        Map::from([
            ("url".into(), "http://127.0.0.1:4000/diary".into()),
            ("key".into(), self.key(scope).output("value")),
        ])
    }
}

struct Desk {
    providers: Registry,
}

impl Desk {
    fn new(context: &Context) -> Self {
        let notes = Notes { folder: context.workspace.join("notes") };
        let providers =
            Registry::new().with(Arc::new(notes)).with(Arc::new(goodgo_secret::random()));
        Self { providers }
    }
}

impl Runtime for Desk {
    fn target(&self) -> &dyn Target {
        self
    }

    fn providers(&self) -> Registry {
        self.providers.clone()
    }

    fn operate(&self) -> &dyn Operate {
        self
    }
}

impl Target for Desk {
    fn name(&self) -> &'static str {
        "desk"
    }

    fn lower(&self, part: &Part, lowering: &mut Lowering<'_>) -> Map {
        let inputs = Map::from([("length".into(), 16_u16.into())]);
        let kind = "random:index/randomPassword:RandomPassword";
        let urn = lowering.resource(kind, part.name(), inputs, Options::default());
        Map::from([("value".into(), Lowering::output(&urn, "result"))])
    }
}

#[async_trait]
impl Operate for Desk {
    async fn status(&self) -> Result<Vec<ReplicaStatus>, Error> {
        Ok(vec![ReplicaStatus {
            component: "diary".to_owned(),
            replica: "diary-1".to_owned(),
            state: "ready".to_owned(),
            pid: None,
            addresses: vec![("http".to_owned(), "127.0.0.1:4000".to_owned())],
            restarts: 2,
            since: 0,
            memory: Some(3 << 20),
            detail: None,
        }])
    }

    async fn logs(
        &self,
        request: &LogRequest,
        sink: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<(), Error> {
        if let Some(name) = request.components.iter().find(|name| *name != "diary") {
            return Err(Error::permanent(format!("there is no `{name}`")).hint("there is: diary"));
        }
        let time = "2026-01-02T03:04:05.678Z".to_owned();
        sink(LogLine { time, replica: "diary-1".to_owned(), text: "dear diary".to_owned() });
        Ok(())
    }

    async fn doctor(&self) -> Vec<Finding> {
        let what = "pencil".to_owned();
        vec![Finding { what, good: true, found: "sharp".to_owned(), hint: None }]
    }

    async fn clean(&self) -> Result<(), Error> {
        Ok(())
    }
}
