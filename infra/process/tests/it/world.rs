//! An environment's folder, its provider, and a supervisor that ends with the test.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use goodgo_model::{Map, Type, Urn, Value};
use goodgo_provider::{Context, Create, Created, Error, Provider, Registry, Runtime};

pub(crate) const PROCESS: &str = "goodgo-process:index:Process";

pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) runtime: Box<dyn Runtime>,
    registry: Registry,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let within = |name: &str| folder.path().join(name);
        let context = Context {
            project: "goodgo".to_owned(),
            environment: "test".to_owned(),
            directory: within("environment"),
            cache: within("cache"),
            workspace: folder.path().to_owned(),
            binaries: helper().parent().unwrap().to_owned(),
            program: helper(),
            search_path: std::env::var_os("PATH").unwrap_or_default(),
        };
        std::fs::create_dir_all(&context.directory).unwrap();
        std::fs::create_dir_all(&context.cache).unwrap();
        let runtime = goodgo_process::runtime(&context);
        let registry = runtime.providers();
        Self { context, runtime, registry, _folder: folder }
    }

    pub(crate) fn provider(&self) -> &dyn Provider {
        self.registry.provider(&PROCESS.into()).unwrap()
    }

    pub(crate) async fn create(&self, name: &str, inputs: &Map) -> Result<Created, Error> {
        let urn = Urn::new("test", "goodgo", PROCESS, name);
        let kind: Type = PROCESS.into();
        let request = Create {
            urn: &urn,
            kind: &kind,
            token: "t0000001",
            inputs,
            timeout: Duration::from_secs(30),
            log: &|_| (),
        };
        self.provider().create(request).await
    }

    /// Ends the supervisor and all that it runs.
    pub(crate) async fn end(self) {
        self.runtime.operate().clean().await.unwrap();
    }
}

/// The example of this package, which `cargo test` builds beside the tests.
pub(crate) fn helper() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().unwrap().parent().unwrap().join("examples/helper")
}

/// The inputs of a process that serves.
pub(crate) fn server(name: &str, strategy: &str, answer: &str) -> Map {
    let readiness = Value::map([
        ("type", Value::from("http")),
        ("port", "http".into()),
        ("path", "/".into()),
        ("intervalMs", 1_000_u32.into()),
        ("timeoutMs", 1_000_u32.into()),
        ("failures", 3_u32.into()),
        ("startMs", 20_000_u32.into()),
    ]);
    let env =
        Value::map([("LISTEN_ADDRESS", Value::from("${listen.http}")), ("ANSWER", answer.into())]);
    Map::from([
        ("name".into(), name.into()),
        ("component".into(), "echo".into()),
        ("program".into(), helper().display().to_string().into()),
        ("args".into(), Value::list(["serve"])),
        ("env".into(), env),
        ("secrets".into(), Value::map([("TOKEN", Value::from("-marked").secret())])),
        ("ports".into(), Value::map([("http", Value::from(0_u16))])),
        ("strategy".into(), strategy.into()),
        ("readiness".into(), readiness),
    ])
}

/// What a server answers.
pub(crate) fn ask(outputs: &Map) -> String {
    use std::io::{Read, Write};
    let addresses: BTreeMap<_, _> = outputs["addresses"].as_map().unwrap().clone();
    let address = addresses["http"].as_str().unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}
