//! The contract between the engine and what really creates things.
//!
//! It comes in two halves. [`Inspect`] looks: check and diff are pure, read and
//! find look at the world. [`Provider`] adds the half that changes the world. A
//! preview holds only `&dyn Inspect`, so no mistake in it can change anything.
//!
//! What every provider promises, and [`conformance`] checks:
//!
//! - **Identity.** A thing is known by its `id` once created. Before that, the
//!   [`Create::token`] names the attempt: it is in the journal before the call, and
//!   [`Inspect::find`] must recognise by it what the attempt left behind.
//! - **Create** is idempotent by token: called again with the same token and
//!   inputs, it finishes or adopts what is there and makes no second thing. When it
//!   fails it leaves nothing behind, or says in [`Error::left`] what it left.
//! - **Update and delete** are idempotent by id. Deleting what is gone succeeds.
//! - **A call may be dropped** at any await point (time-out, Ctrl-C) and the process
//!   may die at any instant; what was under way is then found by `find` or `read`.
//! - **Two generations** of one URN (before and after a replace) live side by side
//!   unless the diff says delete-before-create.
//! - Errors and outputs never hold a secret that is not marked as one.

pub mod conformance;
mod diff;
mod error;
mod operate;
mod registry;
mod request;
pub mod schema;

pub use diff::{Change, Diff, Effect, Risk, RiskKind, changes};
pub use error::{CheckFailure, Error, ErrorKind};
pub use operate::{Context, Finding, LogLine, LogRequest, Operate, ReplicaStatus, Runtime};
pub use registry::{Inspectors, Registry};
pub use request::{
    Create, Created, Delete, DiffRequest, Find, Log, Observed, Read, Update, Updated,
};

use async_trait::async_trait;
use goodgo_model::{Map, Type};

/// The half of a provider that looks and changes nothing.
#[async_trait]
pub trait Inspect: Send + Sync {
    /// The package whose type tokens it answers for: `random`, `goodgo-process`.
    fn package(&self) -> &str;

    /// Fills in defaults and finds mistakes in the inputs. Pure. Inputs may hold unknowns.
    ///
    /// # Errors
    /// Every mistake found.
    fn check(&self, kind: &Type, inputs: Map) -> Result<Map, Vec<CheckFailure>>;

    /// Compares what is with what is wanted. Pure, and the same for the same arguments.
    fn diff(&self, request: DiffRequest<'_>) -> Diff;

    /// What a thing not yet created will certainly have as outputs, `Unknown` elsewhere. Pure.
    /// The default: its inputs.
    fn predict(&self, _kind: &Type, inputs: &Map) -> Map {
        inputs.clone()
    }

    /// What a reviewer should weigh before the thing is deleted: the data in it. Pure.
    /// The default: nothing.
    fn delete_risks(&self, _kind: &Type, _inputs: &Map, _outputs: &Map) -> Vec<Risk> {
        Vec::new()
    }

    /// What users of the platform notice when the thing is deleted. Pure. The default: nothing.
    fn delete_effect(&self, _kind: &Type, _inputs: &Map, _outputs: &Map) -> Effect {
        Effect::None
    }

    /// Looks up a thing by its id. `None` when it is gone. Looks, and waits for nothing.
    ///
    /// # Errors
    /// When the world cannot be looked at; "gone" is no error.
    async fn read(&self, request: Read<'_>) -> Result<Option<Observed>, Error>;

    /// Looks up what an interrupted create of that token left behind, however little. `None`
    /// when nothing. What is found may be incomplete: the engine then calls create again with the same token.
    ///
    /// # Errors
    /// When the world cannot be looked at.
    async fn find(&self, request: Find<'_>) -> Result<Option<Observed>, Error>;
}

/// The half that changes the world. See the [crate] for what all of it promises.
#[async_trait]
pub trait Provider: Inspect {
    /// Makes the thing and returns when it can be used (a process: when it is ready).
    ///
    /// # Errors
    /// Why not, with what was left behind.
    async fn create(&self, request: Create<'_>) -> Result<Created, Error>;

    /// Changes the thing in place and returns when it can be used again.
    ///
    /// # Errors
    /// Why not. The thing then is as it was, or the next read tells what it is.
    async fn update(&self, request: Update<'_>) -> Result<Updated, Error>;

    /// Removes the thing and returns when it is gone.
    ///
    /// # Errors
    /// Why not.
    async fn delete(&self, request: Delete<'_>) -> Result<(), Error>;
}
