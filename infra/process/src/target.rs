//! How workloads become resources of this machine.

mod parts;
mod workload;

use goodgo_model::{Lowering, Map, Part, Target};
use goodgo_provider::Context;

use crate::digest::Digests;

/// Lowers parts to programs, ports, volumes and processes.
#[derive(Debug)]
pub struct ProcessTarget {
    binaries: std::path::PathBuf,
    digests: Digests,
}

impl ProcessTarget {
    /// For an environment whose built programs are in the context's folder of binaries.
    pub fn new(context: &Context) -> Self {
        Self { binaries: context.binaries.clone(), digests: Digests::open(&context.cache) }
    }
}

impl Target for ProcessTarget {
    fn name(&self) -> &'static str {
        "process"
    }

    fn lower(&self, part: &Part, lowering: &mut Lowering<'_>) -> Map {
        match part {
            Part::Workload(workload) => self.workload(workload, lowering),
            Part::Generated { name, what } => parts::generated(name, what, lowering),
            Part::Database(database) => parts::database(database, lowering),
            Part::Route(route) => parts::route(route, lowering),
        }
    }
}

#[cfg(test)]
mod tests;
