//! The target that runs an environment as plain local processes.
//!
//! No container engine is needed: programs come from the catalogue or from the workspace, a
//! supervisor keeps them running. [`ProcessTarget`] lowers workloads to resources of the
//! package `goodgo-process`, [`ProcessProvider`] makes them, [`runtime`] hands both to the
//! command line.

mod account;
mod binary;
mod digest;
mod http;
mod inputs;
mod job;
mod kinds;
mod launch;
mod operate;
mod port;
mod process;
mod program;
mod provider;
mod route;
mod runtime;
mod supervise;
mod target;
mod template;
mod volume;

pub use provider::ProcessProvider;
pub use runtime::{SUPERVISE, runtime};
pub use target::ProcessTarget;
