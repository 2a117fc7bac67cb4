//! The target of an environment that has no components: it offers the provider and nothing else.

use std::sync::Arc;

use async_trait::async_trait;
use goodgo_model::{Lowering, Map, Part, Target};
use goodgo_provider::{
    Context, Error, Finding, LogLine, LogRequest, Operate, Registry, ReplicaStatus, Runtime,
};

use crate::Data;

pub(crate) struct Nothing;

/// For [`goodgo_cli::Program::runtime`].
pub fn runtime(_context: &Context) -> Box<dyn Runtime> {
    Box::new(Nothing)
}

impl Target for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }

    fn lower(&self, _part: &Part, _lowering: &mut Lowering<'_>) -> Map {
        Map::new()
    }
}

impl Runtime for Nothing {
    fn target(&self) -> &dyn Target {
        self
    }

    fn providers(&self) -> Registry {
        Registry::new().with(Arc::new(Data))
    }

    fn operate(&self) -> &dyn Operate {
        self
    }
}

#[async_trait]
impl Operate for Nothing {
    async fn status(&self) -> Result<Vec<ReplicaStatus>, Error> {
        Ok(Vec::new())
    }

    async fn logs(
        &self,
        _request: &LogRequest,
        _sink: &mut (dyn FnMut(LogLine) + Send),
    ) -> Result<(), Error> {
        Ok(())
    }

    async fn doctor(&self) -> Vec<Finding> {
        Vec::new()
    }

    async fn clean(&self) -> Result<(), Error> {
        Ok(())
    }
}
