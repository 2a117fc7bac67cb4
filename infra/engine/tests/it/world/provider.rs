//! The provider of the folder, and the faults that tests put into it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use goodgo_model::{Map, Type, Value};
use goodgo_provider::{
    CheckFailure, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect, Observed,
    Provider, Read, Update, Updated, changes,
};

use super::disk::{Disk, Thing};

pub(crate) const FILE: &str = "disk:index:File";
pub(crate) const SEAT: &str = "disk:index:Seat";

/// What goes wrong in a call that changes the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Faulty {
    /// It fails before anything is done, and may work later.
    Transient,
    /// It fails before anything is done.
    Permanent,
    /// It fails half way and says so.
    Half,
    /// It never returns, half way.
    Hang,
    /// It panics, half way.
    Panic,
}

type Plan = dyn Fn(usize, &str) -> Option<Faulty> + Send + Sync;

/// Things as files in a folder.
pub(crate) struct Folder {
    pub(crate) disk: Disk,
    /// Given the number of the call and `<operation> <name>`.
    faults: Arc<Plan>,
    pub(crate) calls: Mutex<Vec<String>>,
}

impl Folder {
    pub(crate) fn new(disk: Disk) -> Self {
        Self::with_faults(disk, |_, _| None)
    }

    pub(crate) fn with_faults(
        disk: Disk,
        faults: impl Fn(usize, &str) -> Option<Faulty> + Send + Sync + 'static,
    ) -> Self {
        Self { disk, faults: Arc::new(faults), calls: Mutex::default() }
    }

    /// Notes a call and fails it if it shall fail at once. What is returned comes half way.
    fn begin(&self, operation: &str, name: &str) -> Result<Option<Faulty>, Error> {
        let call = format!("{operation} {name}");
        let mut calls = self.calls.lock().unwrap();
        let fault = (self.faults)(calls.len(), &call);
        calls.push(call);
        match fault {
            Some(Faulty::Transient) => Err(Error::transient("the disk is busy")),
            Some(Faulty::Permanent) => Err(Error::permanent("the disk says no")),
            later => Ok(later),
        }
    }
}

/// Half way: other work goes on, the call may be dropped, or a fault comes.
async fn half_way(fault: Option<Faulty>) -> Result<(), Error> {
    tokio::task::yield_now().await;
    match fault {
        Some(Faulty::Half) => Err(Error::permanent("the disk broke")),
        Some(Faulty::Hang) => std::future::pending().await,
        Some(Faulty::Panic) => panic!("the disk caught fire"),
        _ => Ok(()),
    }
}

/// What others may use: the text, and a stamp that only making the thing tells.
fn outputs(inputs: &Map, id: Option<&str>) -> Map {
    let text = |key: &str| inputs.get(key).cloned().unwrap_or_default();
    let stamp =
        id.map_or(Value::Unknown, |id| Value::concat([id.into(), "/".into(), text("place")]));
    let stamp = stamp.resolve(&mut |_, _| None);
    let pairs = [("text", text("text")), ("stamp", stamp), ("password", text("password"))];
    pairs.into_iter().map(|(key, value)| (key.into(), value)).collect()
}

fn observed(thing: Thing) -> Observed {
    let outputs = outputs(&thing.inputs, Some(&thing.id));
    Observed { outputs, id: thing.id, inputs: thing.inputs, complete: thing.complete }
}

#[async_trait]
impl Inspect for Folder {
    fn package(&self) -> &str {
        "disk"
    }

    fn check(&self, _kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        Ok(inputs)
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        let changes = changes(request.old_inputs, request.new_inputs);
        let mut diff = Diff::in_place(changes).replace_on(&["place"]);
        diff.delete_before_replace = request.kind.as_str() == SEAT;
        let id = request.old_outputs.get("stamp").and_then(Value::as_str);
        let id = id.and_then(|stamp| stamp.split_once('/')).map(|(id, _)| id);
        diff.outputs = Some(outputs(request.new_inputs, id));
        diff
    }

    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        outputs(inputs, None)
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.disk.get(request.id).map(observed))
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        Ok(self.disk.get(request.token).map(observed))
    }
}

#[async_trait]
impl Provider for Folder {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        let fault = self.begin("create", request.urn.name())?;
        let id = request.token.to_owned();
        let taken = |thing: &Thing| thing.urn == request.urn.as_str() && thing.id != id;
        if request.kind.as_str() == SEAT && self.disk.all().iter().any(taken) {
            return Err(Error::permanent("the seat is taken"));
        }
        let urn = request.urn.as_str().to_owned();
        let mut thing = Thing { id, urn, inputs: request.inputs.clone(), complete: false };
        if self.disk.get(&thing.id).is_none_or(|there| !there.complete) {
            self.disk.put(&thing);
            half_way(fault).await.map_err(|error| error.left(thing.id.clone(), Map::new()))?;
            thing.complete = true;
            self.disk.put(&thing);
        }
        (request.log)("made");
        Ok(Created { outputs: outputs(&thing.inputs, Some(&thing.id)), id: thing.id })
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        let fault = self.begin("update", request.urn.name())?;
        let id = request.id.to_owned();
        let urn = request.urn.as_str().to_owned();
        let mut thing = Thing { id, urn, inputs: request.new_inputs.clone(), complete: false };
        self.disk.put(&thing);
        half_way(fault).await?;
        thing.complete = true;
        self.disk.put(&thing);
        Ok(Updated { outputs: outputs(&thing.inputs, Some(&thing.id)) })
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        let fault = self.begin("delete", request.urn.name())?;
        half_way(fault).await?;
        self.disk.remove(request.id);
        Ok(())
    }
}
