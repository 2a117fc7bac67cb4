//! The vocabulary that every other layer shares, free of I/O.
//!
//! An environment is declared once, in Rust, and read by many: the planner, the
//! targets, the providers, the command line. They agree on this crate and on
//! nothing else. It runs downwards in four layers: an [`Environment`] holds
//! [`Component`]s; a component becomes target-neutral [`Part`]s, most of them
//! [`Workload`]s; a [`Target`] lowers each part to [`Resource`]s; the resources
//! form a [`Graph`], which is what the planner compares with the state.

pub mod component;
mod environment;
mod graph;
mod json;
mod location;
mod part;
mod problem;
mod resource;
mod snapshot;
mod target;
mod urn;
mod value;
mod workload;

pub use component::{Component, Scope};
pub use environment::{ComponentOptions, Environment};
pub use graph::{Graph, GraphBuilder};
pub use json::reveal_map;
pub use location::Location;
pub use part::{Database, Generated, Part, PartRef, Route, identifier, text};
pub use problem::{Problem, Problems};
pub use resource::{Options, Resource, Timeouts};
pub use snapshot::{Existing, Pending, PendingKind, Snapshot};
pub use target::{Lowering, Target};
pub use urn::{Type, Urn, UrnError};
pub use value::{Map, Path, Segment, Value, property, resolve_map};
pub use workload::{
    ConfigFile, Health, Kind, Limits, Migration, Port, Probe, ProbeKind, Source, Stop, Volume,
    Workload, bind, file, listen, port, secret_file, volume,
};
