//! Where a state is kept: bytes, versions, a journal and a lock, and nothing of what is in them.
//!
//! A store is dumb on purpose. It knows neither resources nor secrets, so a new one is a few
//! calls, and a test can stand in between to fail or to die before and after each of them.

mod file;
mod file_lock;
mod memory;
#[cfg(feature = "object-store")]
mod object;
#[cfg(feature = "object-store")]
mod object_lease;

use async_trait::async_trait;

use crate::error::Error;
use crate::lock::{Lease, Owner};

pub use file::FileStore;
pub use memory::MemoryStore;
#[cfg(feature = "object-store")]
pub use object::{LEASE_TIME, ObjectStore};

/// How many earlier versions are kept unless told otherwise.
pub const HISTORY_LIMIT: usize = 50;

/// Names one written state: equal tags, equal bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag(pub String);

/// A state as it was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    /// The deployment file's text.
    pub bytes: Vec<u8>,
    /// Which one it is.
    pub tag: Tag,
}

/// The state that a new one is to take the place of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Previous {
    /// Which one it is.
    pub tag: Tag,
    /// Its serial, under which it goes into the history; `None` when it is damaged.
    pub serial: Option<u64>,
}

/// A version in the history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The serial of the state.
    pub serial: u64,
    /// When it was written, seconds since 1970.
    pub written: i64,
    /// Its size in bytes.
    pub size: u64,
    /// The file or object, for people.
    pub place: String,
}

/// Keeps one environment's state.
///
/// All that changes something takes the fencing number of the [`Lease`] under which it is done
/// and is refused with [`Error::LeaseLost`] when a higher one exists.
#[async_trait]
pub trait Store: Send + Sync {
    /// The state's place, for people: a path or an address.
    fn place(&self) -> String;

    /// The current state; `None` when there never was one.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn read(&self) -> Result<Option<Stored>, Error>;

    /// Puts a state in place of the previous one, atomically and durably. The previous one goes
    /// into the history, a damaged one too.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the current one is not `previous` (`None`: when there is one).
    /// After any error the old state stands.
    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        previous: Option<&Previous>,
    ) -> Result<Tag, Error>;

    /// The journal that belongs to the state of that serial, all of it, in order; perhaps with a torn end.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error>;

    /// Appends whole lines to that journal and returns when they are durable.
    ///
    /// # Errors
    /// When they may not be. What was there before still is.
    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error>;

    /// Throws away the journals of all serials below this one.
    ///
    /// # Errors
    /// When one is left. It does no harm: its serial is not read again.
    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error>;

    /// The versions before the current one, newest first.
    ///
    /// # Errors
    /// When they cannot be listed.
    async fn history(&self) -> Result<Vec<Kept>, Error>;

    /// The text of an earlier version.
    ///
    /// # Errors
    /// [`Error::NoSuchVersion`], or when it cannot be read.
    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error>;

    /// Takes the lock, once. A dead owner on this machine is followed at once and named in the lease.
    ///
    /// # Errors
    /// [`Error::Locked`] when a living one has it.
    async fn lock(&self, owner: &Owner) -> Result<Lease, Error>;

    /// Gives the lock back. Dropping the lease does so too, but leaves its owner's name behind.
    ///
    /// # Errors
    /// When that could not be noted; the lock is free nevertheless, at the latest when it expires.
    async fn release(&self, lease: Lease) -> Result<(), Error>;

    /// Takes the lock from whoever has it; its writes are refused from then on.
    /// Returns who had it.
    ///
    /// # Errors
    /// When that could not be noted.
    async fn unlock(&self) -> Result<Option<crate::lock::Holder>, Error>;

    /// Removes the state and all that belongs to it: journals, history, and at last the lock. For
    /// an environment that is gone. A store in a folder goes with its folder, so it does nothing.
    ///
    /// # Errors
    /// When something is left; it can be called again.
    async fn remove(&self, _lease: &Lease) -> Result<(), Error> {
        Ok(())
    }
}
