//! Things that live inside a server, which is not always there to be asked.

use std::sync::Arc;

use async_trait::async_trait;
use goodgo_engine::{End, Engine, Settings};
use goodgo_model::{Graph, Map, Type, Urn};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Registry, Update, Updated,
};

use crate::harness::{Declare, Place, file, output};
use crate::world::{Faulty, Folder};

/// A folder in which `inside` can only be reached while `server` is there.
struct Hosted(Folder);

impl Hosted {
    fn reach(&self, urn: &Urn) -> Result<(), Error> {
        let server = file("server");
        let up = self.0.disk.all().iter().any(|thing| thing.urn == server.as_str());
        if urn.name() == "inside" && !up { Err(Error::transient("no answer")) } else { Ok(()) }
    }
}

#[async_trait]
impl Inspect for Hosted {
    fn package(&self) -> &str {
        self.0.package()
    }

    fn check(&self, kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        self.0.check(kind, inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        self.0.diff(request)
    }

    fn predict(&self, kind: &Type, inputs: &Map) -> Map {
        self.0.predict(kind, inputs)
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        self.reach(request.urn)?;
        self.0.read(request).await
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        self.reach(request.urn)?;
        self.0.find(request).await
    }
}

#[async_trait]
impl Provider for Hosted {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        self.reach(request.urn)?;
        self.0.create(request).await
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        self.reach(request.urn)?;
        self.0.update(request).await
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        self.reach(request.urn)?;
        self.0.delete(request).await
    }
}

fn engine(place: &Place, faults: fn(usize, &str) -> Option<Faulty>) -> Engine {
    let hosted = Hosted(Folder::with_faults(place.disk.clone(), faults));
    Engine::new("test", "goodgo", Registry::new().with(Arc::new(hosted)))
        .settings(Settings { steps: 4, ..Settings::default() })
}

fn graph(text: &str) -> Graph {
    Declare::new()
        .file("server", &[])
        .file("inside", &[("text", text.into()), ("on", output(&file("server"), "text"))])
        .build()
}

/// Leaves a create of `inside` pending, and the server gone.
async fn interrupted() -> Place {
    let place = Place::new();
    let hangs = |_: usize, call: &str| (call == "create inside").then_some(Faulty::Hang);
    let outcome = place.deploy_with(&engine(&place, hangs), &graph("one")).await.unwrap();
    assert_eq!(outcome.end, End::Failed);
    assert_eq!(place.state().await.pending.len(), 1);
    let server = place.disk.all().into_iter().find(|it| it.urn == file("server").as_str());
    place.disk.remove(&server.unwrap().id);
    place
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_cut_off_with_its_server_is_finished_or_made_anew() {
    for text in ["one", "two"] {
        let place = interrupted().await;
        let outcome = place.deploy_with(&engine(&place, |_, _| None), &graph(text)).await.unwrap();
        assert_eq!(outcome.end, End::Done, "{text}: {:?}", outcome.failures);
        place.assert_is(&graph(text), text).await;
    }
}
