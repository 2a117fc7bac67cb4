use std::sync::atomic::{AtomicUsize, Ordering};

use goodgo_model::{Existing, Pending, PendingKind, Value};

use super::*;
use crate::history;
use crate::load::{load, load_masked};
use crate::lock::{Holder, Owner};
use crate::store::{FileStore, Kept, MemoryStore, Stored, Tag};
use crate::testing::{keys, names, resource, with_secret};

fn owner() -> Owner {
    Owner::current("ada", "deploy")
}

async fn open(store: &Arc<dyn Store>, keys: &Keys) -> Result<Session, Error> {
    let lease = store.lock(&owner()).await?;
    Session::open(store.clone(), keys.clone(), lease).await
}

fn put(resource: Existing) -> Entry {
    Entry::default().put(Arc::new(resource))
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

#[tokio::test]
async fn what_is_recorded_is_there_after_a_crash_and_after_an_end() {
    let (folder, keys) = keys();
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder.path().join("env")));
    let session = open(&store, &keys).await.unwrap();
    session.record(put(with_secret("a", "cafe"))).await.unwrap();
    drop(session);
    let crashed = load(&*store, &keys).await.unwrap();
    assert!(crashed.recovered);
    assert_eq!((crashed.snapshot.serial, names(&crashed.snapshot)), (1, vec!["a"]));
    assert_eq!(crashed.snapshot.resources[0].outputs["hex"], Value::from("cafe").secret());

    let session = open(&store, &keys).await.unwrap();
    assert_eq!(session.snapshot(), crashed.snapshot);
    session.record(put(resource("b", &["a"]))).await.unwrap();
    assert_eq!(session.finish().await.unwrap(), 2);
    let ended = load(&*store, &keys).await.unwrap();
    assert!(!ended.recovered);
    assert_eq!((ended.snapshot.serial, names(&ended.snapshot)), (2, vec!["a", "b"]));
}

#[tokio::test]
async fn a_run_that_changes_nothing_writes_nothing() {
    let (folder, keys) = keys();
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder.path().join("env")));
    let session = open(&store, &keys).await.unwrap();
    session.record(Entry::default()).await.unwrap();
    assert_eq!(session.finish().await.unwrap(), 0);
    assert!(store.read().await.unwrap().is_none());
    assert!(!keys.file().exists());
}

#[tokio::test]
async fn an_unchanged_secret_keeps_its_ciphertext() {
    let (_folder, keys) = keys();
    let store = memory();
    let cipher = |stored: Option<Stored>| {
        let text = String::from_utf8(stored.unwrap().bytes).unwrap();
        let at = text.find("ciphertext").unwrap();
        text[at..at + 60].to_owned()
    };
    let session = open(&store, &keys).await.unwrap();
    session.record(put(with_secret("a", "cafe"))).await.unwrap();
    session.finish().await.unwrap();
    let first = cipher(store.read().await.unwrap());
    let later = Keys::new(keys.file(), None);
    let session = open(&store, &later).await.unwrap();
    session.record(put(resource("b", &[]))).await.unwrap();
    session.finish().await.unwrap();
    assert_eq!(cipher(store.read().await.unwrap()), first);
}

#[tokio::test]
async fn a_pending_operation_ends_with_its_result() {
    let (_folder, keys) = keys();
    let store = memory();
    let session = open(&store, &keys).await.unwrap();
    let attempt = Existing { id: "token".into(), ..resource("a", &[]) };
    let pending = Pending { operation: PendingKind::Creating, resource: Arc::new(attempt) };
    let begin = Entry { begin: vec![pending.clone()], ..Entry::default() };
    session.record(begin).await.unwrap();
    assert_eq!(
        load(&*store, &keys).await.unwrap().snapshot.pending,
        std::slice::from_ref(&pending)
    );
    session.record(Entry::end(&pending).put(Arc::new(resource("a", &[])))).await.unwrap();
    let snapshot = load(&*store, &keys).await.unwrap().snapshot;
    assert!(snapshot.pending.is_empty());
    assert_eq!(names(&snapshot), ["a"]);
}

#[tokio::test]
async fn a_second_generation_needs_the_first_to_go() {
    let (_folder, keys) = keys();
    let session = open(&memory(), &keys).await.unwrap();
    session.record(put(resource("a", &[]))).await.unwrap();
    let new = Existing { id: "new".into(), ..resource("a", &[]) };
    let refused = session.record(put(new.clone())).await.unwrap_err();
    assert!(matches!(refused, Error::Violation(_)), "{refused}");
    let old = Existing { delete: true, ..resource("a", &[]) };
    session.record(put(new).put(Arc::new(old.clone()))).await.unwrap();
    assert_eq!(session.snapshot().resources.len(), 2);
    assert_eq!(session.snapshot().resources[0].id, "new");
    session.record(Entry::default().remove(&old)).await.unwrap();
    assert_eq!(session.snapshot().resources.len(), 1);
}

#[tokio::test]
async fn a_state_killed_between_delete_and_create_can_be_read() {
    let (_folder, keys) = keys();
    let store = memory();
    let session = open(&store, &keys).await.unwrap();
    session.record(put(resource("a", &[]))).await.unwrap();
    session.record(put(resource("b", &["a"]))).await.unwrap();
    session.record(Entry::default().remove(&resource("a", &[]))).await.unwrap();
    drop(session);
    assert_eq!(names(&load(&*store, &keys).await.unwrap().snapshot), ["b"]);
    assert_eq!(open(&store, &keys).await.unwrap().finish().await.unwrap(), 1);
}

#[tokio::test]
async fn two_sessions_at_once_cannot_be_and_an_unlocked_one_cannot_write() {
    let (_folder, keys) = keys();
    let store = memory();
    let first = open(&store, &keys).await.unwrap();
    first.record(put(resource("a", &[]))).await.unwrap();
    let refused = open(&store, &keys).await.err().unwrap();
    assert!(refused.to_string().contains("`deploy` of ada"), "{refused}");
    store.unlock().await.unwrap();
    let second = open(&store, &keys).await.unwrap();
    let lost = first.record(put(resource("b", &[]))).await.unwrap_err();
    assert!(matches!(lost, Error::LeaseLost { .. }), "{lost}");
    assert!(first.finish().await.is_err());
    assert_eq!(names(&second.snapshot()), ["a"]);
}

#[tokio::test]
async fn damage_is_refused_with_the_last_good_version_and_can_be_replaced() {
    let (folder, keys) = keys();
    let env = folder.path().join("env");
    let store: Arc<dyn Store> = Arc::new(FileStore::new(&env));
    for name in ["a", "b"] {
        let session = open(&store, &keys).await.unwrap();
        session.record(put(resource(name, &[]))).await.unwrap();
        session.finish().await.unwrap();
    }
    let good = load(&*store, &keys).await.unwrap().snapshot;
    let path = env.join("state.json");
    let text = std::fs::read(&path).unwrap();
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();

    let error = open(&store, &keys).await.err().unwrap();
    assert!(error.to_string().contains("The last good version is 1 of"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), text[..text.len() / 2]);

    let lease = store.lock(&owner()).await.unwrap();
    let session = Session::restore(store.clone(), keys.clone(), lease, good.clone()).await.unwrap();
    assert_eq!(session.finish().await.unwrap(), 3);
    assert_eq!(load(&*store, &keys).await.unwrap().snapshot.resources, good.resources);
    let kept: Vec<_> = std::fs::read_dir(env.join("history")).unwrap().collect();
    assert_eq!(kept.len(), 2, "the damaged one is kept too: {kept:?}");
}

#[tokio::test]
async fn history_lists_what_was() {
    let (_folder, keys) = keys();
    let store = memory();
    for name in ["a", "b", "c"] {
        let session = open(&store, &keys).await.unwrap();
        session.record(put(with_secret(name, "cafe"))).await.unwrap();
        session.finish().await.unwrap();
    }
    let versions = history::list(&*store).await.unwrap();
    let short: Vec<_> = versions.iter().map(|one| (one.serial, one.resources)).collect();
    assert_eq!(short, [(3, 3), (2, 2), (1, 1)]);
}

#[tokio::test]
async fn looking_without_secrets_needs_no_key() {
    let (_folder, keys) = keys();
    let store = memory();
    let session = open(&store, &keys).await.unwrap();
    session.record(put(with_secret("a", "cafe"))).await.unwrap();
    let masked = load_masked(&*store).await.unwrap().snapshot;
    assert_eq!(masked.resources[0].outputs["hex"], Value::Null.secret());
    session.finish().await.unwrap();
    assert_eq!(load_masked(&*store).await.unwrap().snapshot.resources, masked.resources);
}

/// Fails a store's writes as a full disk does, from the n-th on, for a while.
struct Full {
    store: MemoryStore,
    writes: AtomicUsize,
    full: std::ops::Range<usize>,
}

impl Full {
    fn check(&self) -> Result<(), Error> {
        let write = self.writes.fetch_add(1, Ordering::Relaxed);
        match self.full.contains(&write) {
            true => Err(Error::DiskFull { doing: "writing", path: "state.json".into() }),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl Store for Full {
    fn place(&self) -> String {
        self.store.place()
    }
    async fn read(&self) -> Result<Option<Stored>, Error> {
        self.store.read().await
    }
    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        old: Option<&Previous>,
    ) -> Result<Tag, Error> {
        self.check()?;
        self.store.write(fence, bytes, old).await
    }
    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.store.journal(serial).await
    }
    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error> {
        self.check()?;
        self.store.append(fence, serial, lines).await
    }
    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        self.store.forget_journals(fence, below).await
    }
    async fn history(&self) -> Result<Vec<Kept>, Error> {
        self.store.history().await
    }
    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.store.fetch(serial).await
    }
    async fn lock(&self, owner: &Owner) -> Result<Lease, Error> {
        self.store.lock(owner).await
    }
    async fn release(&self, lease: Lease) -> Result<(), Error> {
        self.store.release(lease).await
    }
    async fn unlock(&self) -> Result<Option<Holder>, Error> {
        self.store.unlock().await
    }
}

#[tokio::test]
async fn a_full_disk_at_any_write_loses_nothing_that_was_acknowledged() {
    for first in 0..5 {
        for length in [1, 100] {
            let (_folder, keys) = keys();
            let disk = MemoryStore::new();
            let full = first..first + length;
            let store = Full { store: disk.clone(), writes: AtomicUsize::new(0), full };
            let session = open(&(Arc::new(store) as Arc<dyn Store>), &keys).await.unwrap();
            let mut acknowledged = Vec::new();
            for name in ["a", "b", "c", "d"] {
                match session.record(put(resource(name, &[]))).await {
                    Ok(()) => acknowledged.push(name),
                    Err(error) => assert!(matches!(error, Error::DiskFull { .. }), "{error}"),
                }
            }
            assert_eq!(acknowledged.len(), first.min(4), "the first failure ends the recording");
            // With room again the checkpoint saves also what could not be journalled.
            let ended = session.finish().await;
            assert_eq!(ended.is_ok(), first < 4 && length == 1, "{first} {length}");
            let found = load(&disk, &keys).await.unwrap().snapshot;
            let expected = acknowledged.len() + usize::from(ended.is_ok());
            assert_eq!(found.resources.len(), expected, "{first} {length}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_at_the_same_time_share_writes_and_keep_their_order() {
    let (folder, keys) = keys();
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder.path().join("env")));
    let session = Arc::new(open(&store, &keys).await.unwrap());
    let tasks: Vec<_> = (0..10)
        .map(|task| {
            let session = session.clone();
            tokio::spawn(async move {
                for number in 0..20 {
                    let attempt = resource(&format!("r{task}-{number}"), &[]);
                    let resource = Arc::new(attempt);
                    let operation = PendingKind::Creating;
                    let pending = Pending { operation, resource: resource.clone() };
                    let begin = Entry { begin: vec![pending.clone()], ..Entry::default() };
                    session.record(begin).await.unwrap();
                    session.record(Entry::end(&pending).put(resource)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let loaded = load(&*store, &keys).await.unwrap();
    assert_eq!(loaded.snapshot.resources, session.snapshot().resources);
    assert_eq!((loaded.snapshot.resources.len(), loaded.snapshot.pending.len()), (200, 0));
    let lines = store.journal(0).await.unwrap().iter().filter(|byte| **byte == b'\n').count();
    assert!(lines < 400, "{lines} writes for 400 records");
}
