//! A state that is gone with the process, for tests and for trying things out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{HISTORY_LIMIT, Kept, Previous, Store, Stored, Tag};
use crate::deployment::{now, rfc3339};
use crate::error::Error;
use crate::lock::{Holder, Lease, Owner};

const PLACE: &str = "memory";

/// Keeps a state in memory. Clones share it.
#[derive(Clone, Default)]
pub struct MemoryStore {
    contents: Arc<Mutex<Contents>>,
}

#[derive(Default)]
struct Contents {
    state: Option<Stored>,
    writes: u64,
    journals: BTreeMap<u64, Vec<u8>>,
    history: BTreeMap<u64, (i64, Vec<u8>)>,
    fence: u64,
    holder: Option<Holder>,
}

/// Gives the lock back when dropped.
struct Guard {
    contents: Arc<Mutex<Contents>>,
    fence: u64,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut contents = lock(&self.contents);
        if contents.fence == self.fence {
            contents.holder = None;
        }
    }
}

fn lock(contents: &Mutex<Contents>) -> MutexGuard<'_, Contents> {
    contents.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        lock(&self.contents)
    }

    fn under(&self, ours: u64) -> Result<MutexGuard<'_, Contents>, Error> {
        let contents = self.contents();
        if contents.fence == ours {
            return Ok(contents);
        }
        Err(Error::LeaseLost { place: PLACE.to_owned(), ours, found: contents.fence })
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn place(&self) -> String {
        PLACE.to_owned()
    }

    async fn read(&self) -> Result<Option<Stored>, Error> {
        Ok(self.contents().state.clone())
    }

    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        previous: Option<&Previous>,
    ) -> Result<Tag, Error> {
        let mut contents = self.under(fence)?;
        if contents.state.as_ref().map(|state| &state.tag) != previous.map(|one| &one.tag) {
            return Err(Error::Conflict { place: PLACE.to_owned() });
        }
        contents.writes += 1;
        let tag = Tag(contents.writes.to_string());
        let old = contents.state.replace(Stored { bytes, tag: tag.clone() });
        if let (Some(old), Some(serial)) = (old, previous.and_then(|one| one.serial)) {
            contents.history.insert(serial, (now(), old.bytes));
        }
        while contents.history.len() > HISTORY_LIMIT {
            contents.history.pop_first();
        }
        Ok(tag)
    }

    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        Ok(self.contents().journals.get(&serial).cloned().unwrap_or_default())
    }

    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error> {
        self.under(fence)?.journals.entry(serial).or_default().extend_from_slice(&lines);
        Ok(())
    }

    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        let mut contents = self.under(fence)?;
        contents.journals = contents.journals.split_off(&below);
        Ok(())
    }

    async fn history(&self) -> Result<Vec<Kept>, Error> {
        let contents = self.contents();
        let kept = contents.history.iter().rev().map(|(serial, (written, bytes))| Kept {
            serial: *serial,
            written: *written,
            size: bytes.len() as u64,
            place: format!("{PLACE}, version {serial}"),
        });
        Ok(kept.collect())
    }

    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        let contents = self.contents();
        let (_, bytes) = contents
            .history
            .get(&serial)
            .ok_or_else(|| Error::NoSuchVersion { place: PLACE.to_owned(), serial })?;
        Ok(bytes.clone())
    }

    async fn lock(&self, owner: &Owner) -> Result<Lease, Error> {
        let mut contents = self.contents();
        if let Some(holder) = &contents.holder {
            return Err(Error::Locked(Box::new(holder.clone())));
        }
        contents.fence += 1;
        let fence = contents.fence;
        contents.holder = Some(Holder { owner: owner.clone(), since: rfc3339(now()), fence });
        Ok(Lease::new(fence, None, Guard { contents: self.contents.clone(), fence }))
    }

    async fn release(&self, lease: Lease) -> Result<(), Error> {
        drop(lease);
        Ok(())
    }

    async fn unlock(&self) -> Result<Option<Holder>, Error> {
        let mut contents = self.contents();
        contents.fence += 1;
        Ok(contents.holder.take())
    }
}
