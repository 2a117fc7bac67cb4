//! The lock on a bucket: an object that its owner has to renew.
//!
//! Nobody can ask a bucket whether a process on another machine lives. So a lease ends by itself,
//! and its owner renews it at a third of its time. One that could not renew it stops writing
//! when it ends by its own clock, which is before anybody else may take it.

use std::sync::{Arc, Mutex, PoisonError};

use object_store::{PutMode, UpdateVersion};
use serde::{Deserialize, Serialize};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::ObjectStore;
use crate::deployment::{now, rfc3339};
use crate::error::Error;
use crate::lock::{Holder, Lease, Owner};

const NAME: &str = "lease.json";

/// What is in the object.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Record {
    fence: u64,
    holder: Option<Holder>,
    /// When it ends, seconds since 1970.
    expires: i64,
}

/// A lease that this process has.
pub(super) struct Held {
    pub(super) fence: u64,
    until: Mutex<Instant>,
    version: tokio::sync::Mutex<UpdateVersion>,
}

impl Held {
    pub(super) fn is_valid(&self) -> bool {
        Instant::now() < *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the renewing.
struct Guard {
    renewing: AbortHandle,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

/// Takes the lock, or says who has it.
pub(super) async fn acquire(store: &ObjectStore, owner: &Owner) -> Result<Lease, Error> {
    let asked = Instant::now();
    let (record, mode) = read(store).await?;
    if let Some(holder) = &record.holder
        && record.expires > now()
        && !holder.owner.is_dead()
    {
        return Err(Error::Locked(Box::new(holder.clone())));
    }
    let fence = record.fence + 1;
    let holder = Holder { owner: owner.clone(), since: rfc3339(now()), fence };
    let mine = Record { fence, holder: Some(holder), expires: expiry(store) };
    let version = match write(store, &mine, mode).await {
        // Somebody was faster: say who.
        Err(Error::Conflict { place }) => {
            let holder = read(store).await?.0.holder;
            return Err(holder.map_or(Error::Conflict { place }, |one| Error::Locked(one.into())));
        }
        result => result?,
    };
    let until = Mutex::new(asked + store.lease_time);
    let held = Arc::new(Held { fence, until, version: tokio::sync::Mutex::new(version) });
    *store.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held.clone());
    let renewing = tokio::spawn(renew(store.clone(), held, mine)).abort_handle();
    Ok(Lease::new(fence, record.holder, Guard { renewing }))
}

/// Renews a lease until it is lost or the task is ended.
async fn renew(store: ObjectStore, held: Arc<Held>, mine: Record) {
    let mut failures = 0;
    loop {
        tokio::time::sleep(store.lease_time / if failures == 0 { 3 } else { 10 }).await;
        let asked = Instant::now();
        let mut version = held.version.lock().await;
        let record = Record { expires: expiry(&store), ..mine.clone() };
        match write(&store, &record, PutMode::Update(version.clone())).await {
            Ok(renewed) => {
                *version = renewed;
                failures = 0;
                let until = asked + store.lease_time;
                *held.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
            }
            Err(Error::Conflict { .. }) => {
                *held.until.lock().unwrap_or_else(PoisonError::into_inner) = asked;
                return;
            }
            // A bucket may be out of reach for a moment; the lease ends if it stays so.
            Err(_) => failures += 1,
        }
    }
}

/// Gives the lock back, unless somebody else has taken it.
pub(super) async fn release(store: &ObjectStore, lease: Lease) -> Result<(), Error> {
    let fence = lease.fence;
    drop(lease);
    let held = store.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(held) = held.filter(|held| held.fence == fence) else { return Ok(()) };
    let version = held.version.lock().await.clone();
    let record = Record { fence, holder: None, expires: 0 };
    match write(store, &record, PutMode::Update(version)).await {
        Err(Error::Conflict { .. }) => Ok(()),
        result => result.map(drop),
    }
}

/// Takes the lock from whoever has it.
pub(super) async fn unlock(store: &ObjectStore) -> Result<Option<Holder>, Error> {
    let (record, mode) = read(store).await?;
    let free = Record { fence: record.fence + 1, holder: None, expires: 0 };
    write(store, &free, mode).await?;
    Ok(record.holder)
}

/// Removes the lock itself, with the environment. Whoever waits for it begins at number 1 again.
pub(super) async fn remove(store: &ObjectStore) -> Result<(), Error> {
    let held = store.held.lock().unwrap_or_else(PoisonError::into_inner).take();
    // No renewal is under way then; a later one finds nothing to renew and changes nothing.
    let _renewing = match &held {
        Some(held) => Some(held.version.lock().await),
        None => None,
    };
    store.delete(&store.path(NAME)).await
}

/// The number under which may be written now.
pub(super) async fn fence(store: &ObjectStore) -> Result<u64, Error> {
    Ok(read(store).await?.0.fence)
}

fn expiry(store: &ObjectStore) -> i64 {
    let seconds = store.lease_time.as_secs().max(1);
    now().saturating_add(seconds.try_into().unwrap_or(i64::MAX))
}

/// The record, and how to replace exactly it.
async fn read(store: &ObjectStore) -> Result<(Record, PutMode), Error> {
    let path = store.path(NAME);
    let Some((bytes, version)) = store.get(&path).await? else {
        return Ok((Record::default(), PutMode::Create));
    };
    let record = serde_json::from_slice(&bytes).map_err(|error| Error::Corrupted {
        place: path.to_string(),
        detail: error.to_string(),
        last_good: None,
    })?;
    Ok((record, PutMode::Update(version)))
}

async fn write(
    store: &ObjectStore,
    record: &Record,
    mode: PutMode,
) -> Result<UpdateVersion, Error> {
    let text = serde_json::to_vec(record)
        .map_err(|error| Error::Unwritable { detail: error.to_string() })?;
    store.put(&store.path(NAME), text, mode).await
}
