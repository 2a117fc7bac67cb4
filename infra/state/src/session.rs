//! One run's work on a state: load it, record changes, write it.
//!
//! Changes that come at the same time share one durable write: each is encoded once by its
//! caller, put in a queue, and one task writes all that is in the queue. The state as a whole is
//! written only by a checkpoint.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use goodgo_model::Snapshot;
use tokio::sync::{Notify, watch};

use crate::deployment::{self, encode, now};
use crate::error::Error;
use crate::journal::{Entry, Journal};
use crate::live::Live;
use crate::load::{self, Loaded};
use crate::lock::Lease;
use crate::replay;
use crate::secrets::{Current, Keys, Provider};
use crate::store::{Previous, Store};

/// The right to change a state, and the state.
pub struct Session {
    shared: Arc<Shared>,
    results: watch::Receiver<Written>,
}

struct Shared {
    store: Arc<dyn Store>,
    keys: Keys,
    fence: u64,
    /// Who can decrypt the state as it was read.
    before: Option<Provider>,
    /// Given back when the last of the session and its writer is gone.
    lease: Mutex<Option<Lease>>,
    memory: Mutex<Memory>,
    /// Held while something is written.
    disk: tokio::sync::Mutex<Disk>,
    written: watch::Sender<Written>,
    wake: Notify,
}

/// What is known, and what of it waits to be written.
struct Memory {
    live: Live,
    queue: Vec<Vec<u8>>,
    /// How many entries were ever put in the queue.
    queued: u64,
    /// Whether the state differs from the last checkpoint.
    dirty: bool,
    /// Who can decrypt what is in the journal, once there is a secret in it.
    provider: Option<Provider>,
    closed: bool,
}

/// What is on the disk.
struct Disk {
    previous: Option<Previous>,
    serial: u64,
    /// How many lines are in the journal.
    lines: u64,
}

/// How far the writing has got.
#[derive(Clone, Default)]
struct Written {
    count: u64,
    failed: Option<Error>,
}

impl Session {
    /// Loads the state under a lease. What an earlier run left in the journal is written as a
    /// checkpoint first.
    ///
    /// # Errors
    /// When the state cannot be read. Nothing is changed then.
    pub async fn open(store: Arc<dyn Store>, keys: Keys, lease: Lease) -> Result<Self, Error> {
        let loaded = load::load(&*store, &keys).await?;
        let recovered = loaded.recovered;
        let session = Self::start(store, keys, lease, loaded);
        if recovered {
            session.shared.memory().dirty = true;
            session.checkpoint().await?;
        }
        Ok(session)
    }

    /// Puts a state in the place of one that cannot be read, which goes into the history.
    ///
    /// # Errors
    /// When it contradicts itself or cannot be written.
    pub async fn restore(
        store: Arc<dyn Store>,
        keys: Keys,
        lease: Lease,
        snapshot: Snapshot,
    ) -> Result<Self, Error> {
        let loaded = load::over_damaged(&*store, snapshot).await?;
        let session = Self::start(store, keys, lease, loaded);
        session.shared.memory().dirty = true;
        session.checkpoint().await?;
        Ok(session)
    }

    fn start(store: Arc<dyn Store>, keys: Keys, lease: Lease, loaded: Loaded) -> Self {
        let (written, results) = watch::channel(Written::default());
        // The checkpoint brings the serial of a recovered state to what was loaded.
        let serial = loaded.snapshot.serial - u64::from(loaded.recovered);
        let mut live = Live::new(loaded.snapshot);
        live.serial = serial;
        let memory = Memory {
            live,
            queue: Vec::new(),
            queued: 0,
            dirty: false,
            provider: None,
            closed: false,
        };
        let shared = Arc::new(Shared {
            store,
            keys,
            fence: lease.fence,
            before: loaded.provider,
            lease: Mutex::new(Some(lease)),
            memory: Mutex::new(memory),
            disk: tokio::sync::Mutex::new(Disk { previous: loaded.previous, serial, lines: 0 }),
            written,
            wake: Notify::new(),
        });
        tokio::spawn(write_all(shared.clone()));
        Self { shared, results }
    }

    /// Puts another state in place of this one, as an import or an edit does, and writes it.
    /// Returns its serial.
    ///
    /// # Errors
    /// When it contradicts itself or cannot be written.
    pub async fn replace(&self, snapshot: Snapshot) -> Result<u64, Error> {
        deployment::verify(&snapshot)?;
        {
            let mut memory = self.shared.memory();
            let serial = memory.live.serial;
            memory.live = Live::new(snapshot);
            memory.live.serial = serial;
            memory.dirty = true;
        }
        self.checkpoint().await
    }

    /// Writes what has changed and gives the lock back. Returns the serial.
    ///
    /// # Errors
    /// When it cannot be written. The journal then still holds everything.
    pub async fn finish(self) -> Result<u64, Error> {
        let serial = self.checkpoint().await?;
        let lease = self.shared.lease.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(lease) = lease {
            self.shared.store.release(lease).await?;
        }
        Ok(serial)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let idle = {
            let mut memory = self.shared.memory();
            memory.closed = true;
            memory.queue.is_empty()
        };
        // Free at once unless something is still being written; then when it has been.
        if let (true, Ok(_disk)) = (idle, self.shared.disk.try_lock()) {
            self.shared.lease.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        self.shared.wake.notify_one();
    }
}

#[async_trait]
impl Journal for Session {
    async fn record(&self, entry: Entry) -> Result<(), Error> {
        if entry.is_empty() {
            return Ok(());
        }
        let current = match replay::needs_key(&entry) {
            true => Some(self.shared.key().await?),
            false => None,
        };
        let text = replay::encode_entry(&entry, current.as_ref().map(|one| &*one.sealer))?;
        let number = self.shared.enqueue(&entry, text, current)?;
        let mut results = self.results.clone();
        let done = results
            .wait_for(|written| written.count >= number || written.failed.is_some())
            .await
            .map_err(|_| Error::Closed)?;
        match &done.failed {
            Some(error) if done.count < number => Err(error.clone()),
            _ => Ok(()),
        }
    }

    fn snapshot(&self) -> Snapshot {
        self.shared.memory().live.snapshot()
    }

    async fn checkpoint(&self) -> Result<u64, Error> {
        self.shared.checkpoint().await
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn key(&self) -> Result<Current, Error> {
        self.keys.write(self.before.as_ref()).await
    }

    /// Takes note of an entry. Memory and queue change together, so that both have one order.
    fn enqueue(&self, entry: &Entry, text: Vec<u8>, key: Option<Current>) -> Result<u64, Error> {
        let number = {
            let mut memory = self.memory();
            if let Some(error) = &self.written.borrow().failed {
                return Err(error.clone());
            }
            memory.live.check(entry)?;
            memory.live.apply(entry);
            memory.queue.push(text);
            memory.queued += 1;
            memory.dirty = true;
            if let Some(current) = key {
                memory.provider = Some(current.provider);
            }
            memory.queued
        };
        self.wake.notify_one();
        Ok(number)
    }

    /// Appends what is in the queue. Returns whether there was something.
    async fn append(&self) -> bool {
        let mut disk = self.disk.lock().await;
        let (entries, count, provider) = {
            let mut memory = self.memory();
            (std::mem::take(&mut memory.queue), memory.queued, memory.provider.clone())
        };
        if entries.is_empty() {
            return false;
        }
        let result = match replay::line(disk.lines, provider.as_ref(), &entries) {
            Ok(line) => self.store.append(self.fence, disk.serial, line).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => {
                disk.lines += 1;
                self.written.send_modify(|written| written.count = count);
            }
            Err(error) => self.written.send_modify(|written| written.failed = Some(error)),
        }
        true
    }

    async fn checkpoint(&self) -> Result<u64, Error> {
        let mut disk = self.disk.lock().await;
        let (mut snapshot, entries, count) = {
            let mut memory = self.memory();
            if !memory.dirty {
                return Ok(disk.serial);
            }
            memory.dirty = false;
            (memory.live.snapshot(), std::mem::take(&mut memory.queue), memory.queued)
        };
        snapshot.serial = disk.serial + 1;
        match self.write(&snapshot, disk.previous.as_ref()).await {
            Ok(previous) => {
                *disk = Disk { previous: Some(previous), serial: snapshot.serial, lines: 0 };
                self.memory().live.serial = snapshot.serial;
                self.written.send_modify(|written| *written = Written { count, failed: None });
                // One that is left is never read: its serial has passed.
                let _ = self.store.forget_journals(self.fence, snapshot.serial).await;
                Ok(snapshot.serial)
            }
            Err(error) => {
                let mut memory = self.memory();
                memory.dirty = true;
                memory.queue.splice(0..0, entries);
                drop(memory);
                self.wake.notify_one();
                Err(error)
            }
        }
    }

    async fn write(
        &self,
        snapshot: &Snapshot,
        previous: Option<&Previous>,
    ) -> Result<Previous, Error> {
        let current = match deployment::needs_key(snapshot) {
            true => Some(self.key().await?),
            false => None,
        };
        let bytes = encode(snapshot, current.as_ref(), now())?;
        let tag = self.store.write(self.fence, bytes, previous).await?;
        Ok(Previous { tag, serial: Some(snapshot.serial) })
    }
}

/// The writer: writes what is in the queue until the session is gone and the queue is empty.
async fn write_all(shared: Arc<Shared>) {
    loop {
        // Whoever waited for the last write has its next entry ready in a moment: let those
        // come along, for a write costs the same with one entry or with all of them.
        while shared.append().await {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
        if shared.memory().closed {
            return;
        }
        shared.wake.notified().await;
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
