//! A state in a bucket: S3, Google Cloud Storage, Azure Blob Storage, or what speaks like one.
//!
//! Objects have the names that files have in a [`FileStore`](super::FileStore). A bucket cannot
//! append, so each append is an object of its own, `journal/<serial>/<number>`: it is created,
//! never overwritten, so that two writers notice each other even if both believe in their lease.
//! The state itself is replaced only if it is still the one that was read.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error as Failure, ObjectMeta, ObjectStoreExt as _, PutMode, UpdateVersion};

use super::object_lease::{self, Held};
use super::{HISTORY_LIMIT, Kept, Previous, Store, Stored, Tag};
use crate::error::Error;
use crate::lock::{Holder, Lease, Owner};

/// How long a lease lasts when its owner does not renew it.
pub const LEASE_TIME: Duration = Duration::from_secs(30);

/// Keeps a state under a prefix in a bucket. Cheap to clone.
#[derive(Clone)]
pub struct ObjectStore {
    pub(super) bucket: Arc<dyn object_store::ObjectStore>,
    pub(super) prefix: Path,
    /// The bucket, for people.
    address: String,
    pub(super) lease_time: Duration,
    pub(super) held: Arc<Mutex<Option<Arc<Held>>>>,
    /// The journal being written: its serial, and the number of the next append.
    appending: Arc<tokio::sync::Mutex<(u64, Option<u64>)>>,
}

impl ObjectStore {
    /// A store under a prefix, as in `goodgo/shop/production`.
    pub fn new(bucket: Arc<dyn object_store::ObjectStore>, prefix: &str) -> Self {
        Self::with_lease_time(bucket, prefix, LEASE_TIME)
    }

    /// A store whose lock is free this long after its owner was last heard of. The machines'
    /// clocks have to agree to a small part of it.
    pub fn with_lease_time(
        bucket: Arc<dyn object_store::ObjectStore>,
        prefix: &str,
        lease_time: Duration,
    ) -> Self {
        let (held, appending) = Default::default();
        let address = bucket.to_string();
        Self { bucket, prefix: Path::from(prefix), address, lease_time, held, appending }
    }

    /// What people call the bucket, as in `s3://acme`.
    #[must_use]
    pub fn shown_as(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    pub(super) fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), Path::join)
    }

    pub(super) fn failed(&self, doing: &'static str, path: &Path, error: Failure) -> Error {
        match error {
            Failure::Precondition { .. } | Failure::AlreadyExists { .. } => {
                Error::Conflict { place: self.place() }
            }
            other => Error::Bucket {
                doing,
                place: format!("{}/{path}", self.address),
                source: Arc::new(other),
            },
        }
    }

    /// An object and its version; `None` when there is none.
    pub(super) async fn get(&self, path: &Path) -> Result<Option<(Vec<u8>, UpdateVersion)>, Error> {
        let failed = |error| self.failed("reading", path, error);
        let found = match self.bucket.get(path).await {
            Err(Failure::NotFound { .. }) => return Ok(None),
            result => result.map_err(failed)?,
        };
        let version =
            UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
        Ok(Some((found.bytes().await.map_err(failed)?.to_vec(), version)))
    }

    pub(super) async fn put(
        &self,
        path: &Path,
        bytes: Vec<u8>,
        mode: PutMode,
    ) -> Result<UpdateVersion, Error> {
        let put = self.bucket.put_opts(path, bytes.into(), mode.into()).await;
        Ok(put.map_err(|error| self.failed("writing", path, error))?.into())
    }

    async fn list(&self, folder: &str) -> Result<Vec<ObjectMeta>, Error> {
        let path = self.path(folder);
        let mut found: Vec<ObjectMeta> = self
            .bucket
            .list(Some(&path))
            .try_collect()
            .await
            .map_err(|error| self.failed("listing", &path, error))?;
        found.sort_unstable_by(|a, b| a.location.cmp(&b.location));
        Ok(found)
    }

    pub(super) async fn delete(&self, path: &Path) -> Result<(), Error> {
        match self.bucket.delete(path).await {
            Err(Failure::NotFound { .. }) => Ok(()),
            result => result.map_err(|error| self.failed("removing", path, error)),
        }
    }

    fn current(&self) -> Option<Arc<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn check_fence(&self, ours: u64) -> Result<(), Error> {
        if self.current().is_some_and(|held| held.fence == ours && held.is_valid()) {
            return Ok(());
        }
        let found = object_lease::fence(self).await.unwrap_or(0);
        Err(Error::LeaseLost { place: self.place(), ours, found })
    }

    /// Puts a copy of the current state into the history.
    async fn keep(&self, previous: &Previous) -> Result<(), Error> {
        let name = match previous.serial {
            Some(serial) => format!("history/{serial:06}.json"),
            None => format!("history/damaged-{}.json", crate::deployment::now()),
        };
        let (from, to) = (self.path("state.json"), self.path(&name));
        let copied = self.bucket.copy(&from, &to).await;
        copied.map_err(|error| self.failed("keeping the previous version as", &to, error))
    }

    async fn limit_history(&self) -> Result<(), Error> {
        for old in self.history().await?.iter().skip(HISTORY_LIMIT) {
            self.delete(&self.path(&format!("history/{:06}.json", old.serial))).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Store for ObjectStore {
    fn place(&self) -> String {
        format!("{}/{}", self.address, self.path("state.json"))
    }

    async fn read(&self) -> Result<Option<Stored>, Error> {
        let found = self.get(&self.path("state.json")).await?;
        Ok(found.map(|(bytes, version)| Stored { bytes, tag: tag(&version) }))
    }

    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        previous: Option<&Previous>,
    ) -> Result<Tag, Error> {
        self.check_fence(fence).await?;
        let mode = match previous {
            Some(previous) => PutMode::Update(version(&previous.tag)),
            None => PutMode::Create,
        };
        if let Some(previous) = previous {
            self.keep(previous).await?;
        }
        let written = self.put(&self.path("state.json"), bytes, mode).await?;
        // Too many versions do no harm, so neither does a failure to remove one.
        let _ = self.limit_history().await;
        Ok(tag(&written))
    }

    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        let mut journal = Vec::new();
        for object in self.list(&format!("journal/{serial:010}")).await? {
            if let Some((bytes, _)) = self.get(&object.location).await? {
                journal.extend_from_slice(&bytes);
            }
        }
        Ok(journal)
    }

    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error> {
        self.check_fence(fence).await?;
        let mut appending = self.appending.lock().await;
        let number = match *appending {
            (of, Some(number)) if of == serial => number,
            _ => self.list(&format!("journal/{serial:010}")).await?.len() as u64,
        };
        let path = self.path(&format!("journal/{serial:010}/{number:010}"));
        // If it fails it is not known whether the object is there: count anew the next time.
        *appending = (serial, None);
        self.put(&path, lines, PutMode::Create).await?;
        *appending = (serial, Some(number + 1));
        Ok(())
    }

    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        self.check_fence(fence).await?;
        let limit = self.path(&format!("journal/{below:010}"));
        for object in self.list("journal").await? {
            if object.location < limit {
                self.delete(&object.location).await?;
            }
        }
        Ok(())
    }

    async fn history(&self) -> Result<Vec<Kept>, Error> {
        let mut kept = Vec::new();
        for object in self.list("history").await? {
            let name = object.location.filename().and_then(|name| name.strip_suffix(".json"));
            let Some(serial) = name.and_then(|name| name.parse().ok()) else { continue };
            kept.push(Kept {
                serial,
                written: object.last_modified.timestamp(),
                size: object.size,
                place: format!("{}/{}", self.address, object.location),
            });
        }
        kept.sort_unstable_by_key(|one| std::cmp::Reverse(one.serial));
        Ok(kept)
    }

    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        let found = self.get(&self.path(&format!("history/{serial:06}.json"))).await?;
        let (bytes, _) =
            found.ok_or_else(|| Error::NoSuchVersion { place: self.place(), serial })?;
        Ok(bytes)
    }

    async fn lock(&self, owner: &Owner) -> Result<Lease, Error> {
        object_lease::acquire(self, owner).await
    }

    async fn release(&self, lease: Lease) -> Result<(), Error> {
        object_lease::release(self, lease).await
    }

    async fn unlock(&self) -> Result<Option<Holder>, Error> {
        object_lease::unlock(self).await
    }

    async fn remove(&self, lease: &Lease) -> Result<(), Error> {
        self.check_fence(lease.fence).await?;
        for folder in ["journal", "history"] {
            for object in self.list(folder).await? {
                self.delete(&object.location).await?;
            }
        }
        self.delete(&self.path("state.json")).await?;
        object_lease::remove(self).await
    }
}

/// Stores name versions by a tag, a version or both; both are kept, one on a line each.
fn tag(version: &UpdateVersion) -> Tag {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    Tag(format!("{}\n{}", part(&version.e_tag), part(&version.version)))
}

fn version(tag: &Tag) -> UpdateVersion {
    let (e_tag, version) = tag.0.split_once('\n').unwrap_or((&tag.0, ""));
    let part = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    UpdateVersion { e_tag: part(e_tag), version: part(version) }
}

#[cfg(test)]
#[path = "object_tests.rs"]
mod tests;
