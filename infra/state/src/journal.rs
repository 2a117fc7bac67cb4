//! Changes of the state, one by one, each durable before the next side effect.
//!
//! A deploy must not lose what it did when it is killed, and must not write the whole state
//! after each step. So each change is an [`Entry`], appended as one line with a checksum;
//! whoever opens the state next replays them. The checkpoint at the end makes them superfluous.

use std::sync::Arc;

use async_trait::async_trait;
use goodgo_model::{Existing, Pending, PendingKind, Snapshot, Urn};

use crate::error::Error;

/// Names one generation of a resource.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ResourceKey {
    /// Our identity.
    pub urn: Urn,
    /// The provider's; empty for components.
    pub id: String,
}

impl ResourceKey {
    /// The key of a resource.
    pub fn of(resource: &Existing) -> Self {
        Self { urn: resource.urn.clone(), id: resource.id.clone() }
    }
}

/// Names a pending operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingKey {
    /// Our identity.
    pub urn: Urn,
    /// The id in the pending operation's resource: for a create the token of the attempt.
    pub id: String,
    /// What was begun.
    pub kind: PendingKind,
}

impl PendingKey {
    /// The key of a pending operation.
    pub fn of(pending: &Pending) -> Self {
        Self {
            urn: pending.resource.urn.clone(),
            id: pending.resource.id.clone(),
            kind: pending.operation,
        }
    }
}

/// One atomic change of the state: all of it is recorded or none.
///
/// Applied in the order of the fields: what ended, what is gone, what is there, what begins.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entry {
    /// Pending operations whose end is known. One that is not there is ignored.
    pub end: Vec<PendingKey>,
    /// Generations to forget. One that is not there is ignored.
    pub remove: Vec<ResourceKey>,
    /// Generations as they are now. Takes the place of the one with the same urn and id, if any.
    /// To replace, put the old generation with `delete` set and the new one in one entry.
    pub put: Vec<Arc<Existing>>,
    /// An operation that begins. Recorded before its side effect.
    pub begin: Vec<Pending>,
}

impl Entry {
    /// An operation begins.
    pub fn begin(operation: PendingKind, resource: Arc<Existing>) -> Self {
        Self { begin: vec![Pending { operation, resource }], ..Self::default() }
    }

    /// An operation has ended.
    pub fn end(pending: &Pending) -> Self {
        Self { end: vec![PendingKey::of(pending)], ..Self::default() }
    }

    /// And this is there now.
    #[must_use]
    pub fn put(mut self, resource: Arc<Existing>) -> Self {
        self.put.push(resource);
        self
    }

    /// And this is gone.
    #[must_use]
    pub fn remove(mut self, resource: &Existing) -> Self {
        self.remove.push(ResourceKey::of(resource));
        self
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        let Self { end, remove, put, begin } = self;
        end.is_empty() && remove.is_empty() && put.is_empty() && begin.is_empty()
    }
}

/// Where the engine writes what it does. Object-safe, so that tests can stand in between.
///
/// Dropping the future of a call does not undo it: what was handed over will be written.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Records a change and returns when it is durable. Calls at the same time share one write.
    ///
    /// # Errors
    /// When it may not be durable; the caller then must not begin the side effect. All later
    /// calls fail too.
    async fn record(&self, entry: Entry) -> Result<(), Error>;

    /// The state with all that was recorded, in dependency order.
    fn snapshot(&self) -> Snapshot;

    /// Writes the state as a whole and empties the journal. Returns the serial, which goes up by
    /// one when something was recorded since the last checkpoint; otherwise nothing is written.
    ///
    /// # Errors
    /// When it was not written. The journal then still holds everything.
    async fn checkpoint(&self) -> Result<u64, Error>;
}
