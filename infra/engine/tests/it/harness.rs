//! An environment for a test: a folder as its world, a store for its state, and graphs in few words.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use goodgo_engine::{Cancel, Engine, Error, Event, Options, Outcome, Settings, Yes};
use goodgo_model::{Graph, GraphBuilder, Location, Map, Resource, Snapshot, Urn, Value};
use goodgo_plan::Plan;
use goodgo_provider::Registry;
use goodgo_state::{FileStore, Keys, MemoryStore, Owner, Session, Store, lock};

use crate::world::{Disk, FILE, Faulty, Folder, SEAT};

/// A world and a state.
pub(crate) struct Place {
    pub(crate) disk: Disk,
    pub(crate) store: Arc<dyn Store>,
    keys: Keys,
    _folder: Option<tempfile::TempDir>,
}

impl Place {
    /// A new one, with the state in memory.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        Self { store, ..Self::at(folder.path()) }.keeping(folder)
    }

    /// One that is all in this folder, and can be come back to.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            disk: Disk::new(&folder.join("world")),
            store: Arc::new(FileStore::new(folder.join("state"))),
            keys: Keys::new(folder.join("key"), None),
            _folder: None,
        }
    }

    fn keeping(self, folder: tempfile::TempDir) -> Self {
        Self { _folder: Some(folder), ..self }
    }

    pub(crate) async fn session(&self) -> Session {
        let owner = Owner::current("test", "deploy");
        let lease = lock::acquire(&self.store, &owner, Duration::ZERO, |_| {}).await.unwrap();
        Session::open(self.store.clone(), self.keys.clone(), lease).await.unwrap()
    }

    pub(crate) async fn state(&self) -> Snapshot {
        goodgo_state::load(&*self.store, &self.keys).await.unwrap().snapshot
    }

    pub(crate) fn folder(&self) -> Folder {
        Folder::new(self.disk.clone())
    }

    /// An engine whose provider does what it is told.
    pub(crate) fn engine(&self) -> Engine {
        engine(self.folder())
    }

    /// An engine whose provider has faults.
    pub(crate) fn faulty(
        &self,
        faults: impl Fn(usize, &str) -> Option<Faulty> + Send + Sync + 'static,
    ) -> Engine {
        engine(Folder::with_faults(self.disk.clone(), faults))
    }

    pub(crate) async fn deploy(&self, graph: &Graph) -> Outcome {
        self.deploy_with(&self.engine(), graph).await.unwrap()
    }

    pub(crate) async fn deploy_with(
        &self,
        engine: &Engine,
        graph: &Graph,
    ) -> Result<Outcome, Error> {
        let session = self.session().await;
        let outcome = engine.deploy(graph, &session, &Options::default(), &Yes).await;
        session.finish().await.unwrap();
        outcome
    }

    pub(crate) async fn destroy(&self) -> Outcome {
        let session = self.session().await;
        let outcome = self.engine().destroy(&session, &Options::default(), &Yes).await.unwrap();
        session.finish().await.unwrap();
        outcome
    }

    pub(crate) async fn preview(&self, graph: &Graph) -> Plan {
        let state = self.state().await;
        self.engine().preview(graph, &state, &Options::default()).await.unwrap()
    }

    /// The state says, the world is, and the declaration wants the same, and nothing else is there.
    pub(crate) async fn assert_is(&self, graph: &Graph, context: &str) {
        let state = self.state().await;
        assert!(state.pending.is_empty(), "{context}: pending: {:?}", state.pending);
        let mut recorded: Vec<_> = state.resources.iter().map(|one| one.urn.as_str()).collect();
        let mut declared: Vec<_> = graph.resources().iter().map(|one| one.urn.as_str()).collect();
        recorded.sort_unstable();
        declared.sort_unstable();
        assert_eq!(recorded, declared, "{context}: the state");
        let custom = state.resources.iter().filter(|one| one.custom);
        let mut known: Vec<_> =
            custom.map(|one| (one.urn.to_string(), one.id.clone(), one.inputs.clone())).collect();
        known.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        let there = self.disk.all();
        assert!(there.iter().all(|thing| thing.complete), "{context}: half made: {there:?}");
        let there: Vec<_> =
            there.into_iter().map(|thing| (thing.urn, thing.id, thing.inputs)).collect();
        assert_eq!(there, known, "{context}: the world");
        let plan = self.preview(graph).await;
        let changes: Vec<_> = plan.changes().map(|step| (step.operation, &step.urn)).collect();
        assert!(plan.is_empty(), "{context}: still to do: {changes:?}");
    }

    /// Nothing is there, neither in the world nor in the state.
    pub(crate) async fn assert_empty(&self, context: &str) {
        self.assert_is(&Graph::default(), context).await;
    }

    /// The texts in the world, by name.
    pub(crate) fn texts(&self) -> Vec<String> {
        let text = |thing: &crate::world::Thing| {
            let urn = Urn::parse(&thing.urn).unwrap();
            let text = thing.inputs.get("text").and_then(Value::as_str).unwrap_or("-").to_owned();
            format!("{}={text}", urn.name())
        };
        let mut texts: Vec<String> = self.disk.all().iter().map(text).collect();
        texts.sort();
        texts
    }
}

pub(crate) fn engine(folder: Folder) -> Engine {
    Engine::new("test", "goodgo", Registry::new().with(Arc::new(folder)))
        .settings(Settings { steps: 4, ..Settings::default() })
}

/// An observer that keeps what it is told.
#[derive(Clone, Default)]
pub(crate) struct Heard(pub(crate) Arc<Mutex<Vec<Event>>>);

impl Heard {
    pub(crate) fn by(&self, engine: Engine) -> Engine {
        let heard = self.0.clone();
        engine.observer(Arc::new(move |event| heard.lock().unwrap().push(event)))
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

/// An observer that asks to stop as soon as a step of that name starts.
pub(crate) fn stop_at(engine: Engine, cancel: &Cancel, name: &'static str, times: usize) -> Engine {
    let handle = cancel.clone();
    engine.cancel(cancel.clone()).observer(Arc::new(move |event: Event| {
        if let Event::StepStarted { step } = event
            && step.urn.name() == name
        {
            for _ in 0..times {
                handle.request();
            }
        }
    }))
}

/// A declaration in few words.
#[derive(Default)]
pub(crate) struct Declare {
    resources: Vec<Resource>,
    parent: Option<Urn>,
}

pub(crate) fn urn(kind: &str, name: &str) -> Urn {
    Urn::new("test", "goodgo", kind, name)
}

pub(crate) fn file(name: &str) -> Urn {
    urn(FILE, name)
}

pub(crate) fn component_urn(name: &str) -> Urn {
    urn("test:index:Component", name)
}

pub(crate) fn output(of: &Urn, path: &str) -> Value {
    Value::Output { urn: of.clone(), path: path.into() }
}

impl Declare {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// What follows belongs to a new component.
    pub(crate) fn component(mut self, name: &str) -> Self {
        let mut resource = Resource::new(component_urn(name), Map::new());
        resource.custom = false;
        self.parent = Some(resource.urn.clone());
        self.resources.push(resource);
        self
    }

    pub(crate) fn file(self, name: &str, inputs: &[(&str, Value)]) -> Self {
        self.thing(FILE, name, inputs)
    }

    pub(crate) fn seat(self, name: &str, inputs: &[(&str, Value)]) -> Self {
        self.thing(SEAT, name, inputs)
    }

    fn thing(mut self, kind: &str, name: &str, inputs: &[(&str, Value)]) -> Self {
        let inputs = inputs.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        let mut resource = Resource::new(urn(kind, name), inputs);
        resource.parent = self.parent.clone();
        resource.location = Some(Location { file: "env.rs".into(), line: 7 });
        self.resources.push(resource);
        self
    }

    /// Changes the resource declared last.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Resource)) -> Self {
        change(self.resources.last_mut().unwrap());
        self
    }

    pub(crate) fn build(self) -> Graph {
        let mut builder = GraphBuilder::new();
        self.resources.into_iter().for_each(|resource| builder.add(resource));
        builder.build().unwrap()
    }
}
