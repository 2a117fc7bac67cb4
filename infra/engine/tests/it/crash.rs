//! Death at a chosen point: before or after a side effect or a write of the state.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use async_trait::async_trait;
use goodgo_model::Snapshot;
use goodgo_state::store::{Kept, Previous, Stored, Tag};
use goodgo_state::{Entry, Error, Holder, Journal, Lease, Owner, Session, Store};

/// How many points are passed before the one to die at; negative: never.
static LEFT: AtomicI64 = AtomicI64::new(-1);

/// From now on, the process dies at the point with this number, from 0.
pub(crate) fn arm(point: i64) {
    LEFT.store(point, Ordering::SeqCst);
}

/// A point at which the process may die.
pub(crate) fn point() {
    if LEFT.load(Ordering::SeqCst) >= 0 && LEFT.fetch_sub(1, Ordering::SeqCst) == 0 {
        let this = rustix::process::getpid();
        rustix::process::kill_process(this, rustix::process::Signal::KILL).unwrap();
        // The signal is on its way; nothing more may happen meanwhile.
        loop {
            std::thread::park();
        }
    }
}

/// A journal with a point before and after each record.
pub(crate) struct DyingJournal(pub(crate) Session);

#[async_trait]
impl Journal for DyingJournal {
    async fn record(&self, entry: Entry) -> Result<(), Error> {
        point();
        let result = self.0.record(entry).await;
        point();
        result
    }

    fn snapshot(&self) -> Snapshot {
        self.0.snapshot()
    }

    async fn checkpoint(&self) -> Result<u64, Error> {
        point();
        let result = self.0.checkpoint().await;
        point();
        result
    }
}

/// A store with a point before and after each write.
pub(crate) struct DyingStore(pub(crate) Arc<dyn Store>);

#[async_trait]
impl Store for DyingStore {
    fn place(&self) -> String {
        self.0.place()
    }

    async fn read(&self) -> Result<Option<Stored>, Error> {
        self.0.read().await
    }

    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        previous: Option<&Previous>,
    ) -> Result<Tag, Error> {
        point();
        let result = self.0.write(fence, bytes, previous).await;
        point();
        result
    }

    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.0.journal(serial).await
    }

    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error> {
        point();
        let result = self.0.append(fence, serial, lines).await;
        point();
        result
    }

    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        point();
        let result = self.0.forget_journals(fence, below).await;
        point();
        result
    }

    async fn history(&self) -> Result<Vec<Kept>, Error> {
        self.0.history().await
    }

    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.0.fetch(serial).await
    }

    async fn lock(&self, owner: &Owner) -> Result<Lease, Error> {
        point();
        let result = self.0.lock(owner).await;
        point();
        result
    }

    async fn release(&self, lease: Lease) -> Result<(), Error> {
        point();
        let result = self.0.release(lease).await;
        point();
        result
    }

    async fn unlock(&self) -> Result<Option<Holder>, Error> {
        self.0.unlock().await
    }
}
