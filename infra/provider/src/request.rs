//! What the engine asks of a provider, and what it gets.

use std::time::Duration;

use goodgo_model::{Map, Path, Type, Urn};

/// Where a provider sends what a person would like to see while waiting: "waiting for port 5432".
pub type Log<'a> = &'a (dyn Fn(&str) + Send + Sync);

/// See [`crate::Inspect::diff`]. Either side may hold unknowns and secrets.
#[derive(Clone, Copy, Debug)]
pub struct DiffRequest<'a> {
    /// The type.
    pub kind: &'a Type,
    /// The inputs of the last create or update, or those that would make it as a refresh found it.
    pub old_inputs: &'a Map,
    /// What it was afterwards, or what a refresh found it to be.
    pub old_outputs: &'a Map,
    /// What is wanted, checked.
    pub new_inputs: &'a Map,
    /// Properties whose changes are not acted upon.
    pub ignore: &'a [Path],
}

/// See [`crate::Inspect::read`].
#[derive(Clone, Copy, Debug)]
pub struct Read<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The type.
    pub kind: &'a Type,
    /// The provider's identity of the thing.
    pub id: &'a str,
    /// The inputs last applied; empty for an import.
    pub inputs: &'a Map,
    /// The outputs last known; empty for an import.
    pub outputs: &'a Map,
}

/// See [`crate::Inspect::find`].
#[derive(Clone, Copy, Debug)]
pub struct Find<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The type.
    pub kind: &'a Type,
    /// The token of the create.
    pub token: &'a str,
    /// The inputs of the create.
    pub inputs: &'a Map,
}

/// What a thing in the world is now.
#[derive(Clone, PartialEq, Debug)]
pub struct Observed {
    /// The provider's identity of it.
    pub id: String,
    /// The inputs that would make it as it is now. Equal to the inputs given when nothing drifted.
    pub inputs: Map,
    /// Its outputs now.
    pub outputs: Map,
    /// False for a thing that stands only half: an interrupted create, a process that is down.
    pub complete: bool,
}

/// See [`crate::Provider::create`].
#[derive(Clone, Copy)]
pub struct Create<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The type.
    pub kind: &'a Type,
    /// Names this attempt: 8 to 32 of `a-z0-9`. Fit to be part of a file, process or container name.
    pub token: &'a str,
    /// All known.
    pub inputs: &'a Map,
    /// After this the engine drops the call.
    pub timeout: Duration,
    /// For progress.
    pub log: Log<'a>,
}

/// A thing made.
#[derive(Clone, PartialEq, Debug)]
pub struct Created {
    /// The provider's identity of it.
    pub id: String,
    /// What others may refer to.
    pub outputs: Map,
}

/// See [`crate::Provider::update`].
#[derive(Clone, Copy)]
pub struct Update<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The type.
    pub kind: &'a Type,
    /// The provider's identity of the thing.
    pub id: &'a str,
    /// The inputs last applied.
    pub old_inputs: &'a Map,
    /// The outputs last known.
    pub old_outputs: &'a Map,
    /// All known.
    pub new_inputs: &'a Map,
    /// After this the engine drops the call.
    pub timeout: Duration,
    /// For progress.
    pub log: Log<'a>,
}

/// A thing changed.
#[derive(Clone, PartialEq, Debug)]
pub struct Updated {
    /// What others may refer to.
    pub outputs: Map,
}

/// See [`crate::Provider::delete`].
#[derive(Clone, Copy)]
pub struct Delete<'a> {
    /// The resource.
    pub urn: &'a Urn,
    /// The type.
    pub kind: &'a Type,
    /// The provider's identity of the thing.
    pub id: &'a str,
    /// The inputs last applied.
    pub inputs: &'a Map,
    /// The outputs last known.
    pub outputs: &'a Map,
    /// After this the engine drops the call.
    pub timeout: Duration,
    /// For progress.
    pub log: Log<'a>,
}
