//! The provider of the package: hands each type to what provides it.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use goodgo_catalogue::Catalogue;
use goodgo_model::{Map, Type};
use goodgo_provider::{
    CheckFailure, Context, Create, Created, Delete, Diff, DiffRequest, Error, Find, Inspect,
    Observed, Provider, Read, Risk, Update, Updated,
};

use crate::binary::Binaries;
use crate::job::Jobs;
use crate::kinds;
use crate::port::Ports;
use crate::process::Processes;
use crate::program::Programs;
use crate::route::Routes;
use crate::supervise::Supervise;
use crate::volume::Volumes;

/// Makes programs, ports, volumes, processes, jobs and routes on this machine.
#[derive(Debug)]
pub struct ProcessProvider {
    programs: Programs,
    binaries: Binaries,
    ports: Arc<Ports>,
    volumes: Volumes,
    processes: Processes,
    jobs: Jobs,
    routes: Routes,
}

impl ProcessProvider {
    pub(crate) fn new(
        context: &Context,
        catalogue: Arc<Catalogue>,
        supervise: Arc<Supervise>,
    ) -> Self {
        let within = |name: &str| Path::new(&context.directory).join(name);
        let ports = Arc::new(Ports::default());
        Self {
            programs: Programs { catalogue },
            binaries: Binaries { built: context.binaries.clone(), kept: within("bin") },
            volumes: Volumes { folder: within("data") },
            processes: Processes {
                folder: within("work"),
                supervise: Arc::clone(&supervise),
                ports: Arc::clone(&ports),
            },
            jobs: Jobs { folder: within("work"), supervise },
            routes: Routes,
            ports,
        }
    }

    /// The check has seen the type, so an unknown one is a state from another version.
    fn of(&self, kind: &Type) -> Result<&dyn Provider, Error> {
        Ok(match kind.as_str() {
            kinds::PROGRAM => &self.programs,
            kinds::BINARY => &self.binaries,
            kinds::PORT => &*self.ports,
            kinds::VOLUME => &self.volumes,
            kinds::PROCESS => &self.processes,
            kinds::JOB => &self.jobs,
            kinds::ROUTE => &self.routes,
            other => {
                return Err(Error::permanent(format!("there is no type {other}"))
                    .hint("use the version of GoodGo that deployed it"));
            }
        })
    }
}

#[async_trait]
impl Inspect for ProcessProvider {
    fn package(&self) -> &str {
        kinds::PACKAGE
    }

    fn check(&self, kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>> {
        match self.of(kind) {
            Ok(provider) => provider.check(kind, inputs),
            Err(error) => {
                Err(vec![CheckFailure { path: Default::default(), message: error.message }])
            }
        }
    }

    fn diff(&self, request: DiffRequest<'_>) -> Diff {
        self.of(request.kind).map(|provider| provider.diff(request)).unwrap_or_default()
    }

    fn predict(&self, kind: &Type, inputs: &Map) -> Map {
        self.of(kind).map_or_else(|_| inputs.clone(), |provider| provider.predict(kind, inputs))
    }

    fn delete_risks(&self, kind: &Type, inputs: &Map, outputs: &Map) -> Vec<Risk> {
        let risks = |provider: &dyn Provider| provider.delete_risks(kind, inputs, outputs);
        self.of(kind).map(risks).unwrap_or_default()
    }

    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error> {
        self.of(request.kind)?.read(request).await
    }

    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error> {
        self.of(request.kind)?.find(request).await
    }
}

#[async_trait]
impl Provider for ProcessProvider {
    async fn create(&self, request: Create<'_>) -> Result<Created, Error> {
        self.of(request.kind)?.create(request).await
    }

    async fn update(&self, request: Update<'_>) -> Result<Updated, Error> {
        self.of(request.kind)?.update(request).await
    }

    async fn delete(&self, request: Delete<'_>) -> Result<(), Error> {
        self.of(request.kind)?.delete(request).await
    }
}
