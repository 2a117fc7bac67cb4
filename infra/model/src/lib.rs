//! The vocabulary that every other layer shares, free of I/O.
//!
//! An environment is declared once, in Rust, and read by many: the planner, the
//! targets, the providers, the command line. They agree on this crate and on
//! nothing else. It runs downwards in four layers: an [`Environment`] holds
//! [`Component`]s; a component becomes target-neutral [`Part`]s, most of them
//! [`Workload`]s; a [`Target`] lowers each part to [`Resource`]s; the resources
//! form a [`Graph`], which is what the planner compares with the state.

mod graph;
mod json;
mod location;
mod problem;
mod resource;
mod snapshot;
mod urn;
mod value;
mod workload;

pub use graph::{Graph, GraphBuilder};
pub use location::Location;
pub use problem::{Problem, Problems};
pub use resource::{Options, Resource, Timeouts};
pub use snapshot::{Existing, Pending, PendingKind, Snapshot};
pub use urn::{Type, Urn, UrnError};
pub use value::{Map, Path, Segment, Value};
pub use workload::{
    ConfigFile, Health, Kind, Limits, Migration, Port, Probe, ProbeKind, Source, Stop, Volume,
    Workload, file, port, secret_file, volume,
};
