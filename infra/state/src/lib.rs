//! What exists, on disk or in a bucket: durable at every instant, in Pulumi's format.
//!
//! A deploy may be killed anywhere. So each change is journalled before the next side effect
//! ([`Journal`]), one writer holds a fenced lock ([`lock`]), and the whole is written atomically
//! at the end as a version 3 deployment that Pulumi can read ([`deployment`]), its secrets
//! encrypted in Pulumi's envelope ([`secrets`]). Where the bytes go is a [`Store`]'s affair.
//!
//! To look: [`load`]. To change: take the lock, [`Session::open`], then [`Journal::record`] each
//! change and [`Journal::checkpoint`] at the end:
//!
//! ```no_run
//! # async fn example() -> Result<(), goodgo_state::Error> {
//! use std::{sync::Arc, time::Duration};
//! use goodgo_state::{Entry, FileStore, Journal, Keys, Owner, Session, Store, lock};
//!
//! let store: Arc<dyn Store> = Arc::new(FileStore::new("/var/lib/goodgo/shop-1a2b3c4d/local"));
//! let keys = Keys::new("/var/lib/goodgo/keys/local", None);
//! let lease = lock::acquire(&store, &Owner::current("ada", "deploy"), Duration::ZERO, |_| {}).await?;
//! let session = Session::open(store, keys, lease).await?;
//! session.record(Entry::default()).await?;
//! let serial = session.finish().await?;
//! # Ok(()) }
//! ```

pub mod deployment;
pub mod edit;
mod error;
pub mod history;
mod journal;
mod live;
mod load;
pub mod lock;
mod replay;
pub mod secrets;
mod session;
pub mod store;
#[cfg(test)]
mod testing;
mod value_codec;

pub use error::Error;
pub use journal::{Entry, Journal, PendingKey, ResourceKey};
pub use load::{Loaded, load, load_masked};
pub use lock::{Holder, Lease, Owner};
pub use secrets::Keys;
pub use session::Session;
#[cfg(feature = "object-store")]
pub use store::ObjectStore;
pub use store::{FileStore, MemoryStore, Store};
