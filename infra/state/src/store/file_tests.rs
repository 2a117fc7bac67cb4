use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::testing::{keys, names, resource};
use crate::{Entry, Journal as _, Session, load, lock};

/// Set for the children that some tests start from this same program.
const FOLDER: &str = "GOODGO_STATE_TEST_FOLDER";

fn owner() -> Owner {
    Owner::current("ada", "deploy")
}

fn put(name: &str) -> Entry {
    Entry::default().put(Arc::new(resource(name, &[])))
}

/// Runs one ignored test of this program in a process of its own, which a shell prepares.
fn child(test: &str, folder: &Path, prepare: &str) -> Child {
    let script = format!("{prepare}\nexec \"$0\" --exact --ignored --nocapture \"$1\"");
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(program).arg(format!("store::file::tests::{test}"));
    command.env(FOLDER, folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

fn folder_of_child() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by another test").into()
}

fn wait_for(child: &mut Child, word: &str) {
    let mut seen = String::new();
    let stdout = child.stdout.as_mut().unwrap();
    let mut byte = [0];
    while !seen.contains(word) {
        assert_eq!(stdout.read(&mut byte).unwrap(), 1, "ended with: {seen}");
        seen.push(byte[0].into());
    }
}

#[tokio::test]
#[ignore = "runs as the child of a_killed_owner_is_followed"]
#[allow(clippy::print_stdout)]
async fn child_that_holds_the_lock() {
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder_of_child()));
    let lease = store.lock(&Owner::current("bob", "deploy")).await.unwrap();
    let keys = crate::Keys::new("", None);
    let session = Session::open(store, keys, lease).await.unwrap();
    session.record(put("a")).await.unwrap();
    println!("recorded");
    // Until the parent kills it, or is gone itself.
    let _ = io::stdin().read(&mut [0]);
    std::process::exit(1);
}

#[tokio::test]
async fn a_killed_owner_is_followed() {
    let (folder, keys) = keys();
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder.path()));
    let mut owner_to_be = child("child_that_holds_the_lock", folder.path(), "");
    wait_for(&mut owner_to_be, "recorded");

    let mut told = 0;
    let patience = Duration::from_millis(1);
    let refused = lock::acquire(&store, &owner(), patience, |_| told += 1).await.unwrap_err();
    let id = owner_to_be.id();
    assert!(refused.to_string().contains(&format!("bob on {}", owner().host)), "{refused}");
    assert!(refused.to_string().contains(&format!("process {id}")), "{refused}");
    assert_eq!(told, 1);

    owner_to_be.kill().unwrap();
    owner_to_be.wait().unwrap();
    let lease = store.lock(&owner()).await.unwrap();
    assert_eq!(lease.recovered.as_ref().unwrap().owner.pid, id);
    let session = Session::open(store.clone(), keys, lease).await.unwrap();
    assert_eq!(names(&session.snapshot()), ["a"]);
}

#[tokio::test]
async fn a_lock_that_a_child_of_a_dead_owner_keeps_open_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path());
    let dead = Owner { started: 1, ..owner() };
    let inherited = store.lock(&dead).await.unwrap();
    let lease = store.lock(&owner()).await.unwrap();
    assert_eq!(lease.recovered.as_ref().unwrap().owner, dead);
    assert!(matches!(store.lock(&owner()).await, Err(Error::Locked(_))));
    drop(inherited);
    assert!(matches!(store.lock(&owner()).await, Err(Error::Locked(_))));
    store.release(lease).await.unwrap();
    assert_eq!(store.lock(&owner()).await.unwrap().recovered, None);
}

#[tokio::test]
async fn an_owner_on_another_machine_is_followed_only_after_unlock() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path());
    let other = Owner { host: "another".into(), ..owner() };
    drop(store.lock(&other).await.unwrap());
    assert!(matches!(store.lock(&owner()).await, Err(Error::Locked(_))));
    assert_eq!(store.unlock().await.unwrap().unwrap().owner, other);
    assert_eq!(store.lock(&owner()).await.unwrap().fence, 3);
}

#[tokio::test]
async fn writes_under_a_lost_lease_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path());
    let lease = store.lock(&owner()).await.unwrap();
    store.append(lease.fence, 0, b"1".to_vec()).await.unwrap();
    store.unlock().await.unwrap();
    let lost = |error| matches!(error, Error::LeaseLost { ours: 1, found: 2, .. });
    assert!(lost(store.append(lease.fence, 0, b"2".to_vec()).await.unwrap_err()));
    assert!(lost(store.write(lease.fence, b"{}".to_vec(), None).await.unwrap_err()));
    assert!(lost(store.forget_journals(lease.fence, 9).await.unwrap_err()));
    assert_eq!(store.journal(0).await.unwrap(), b"1");
}

#[tokio::test]
async fn a_state_changed_by_somebody_else_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path());
    let lease = store.lock(&owner()).await.unwrap();
    let tag = store.write(lease.fence, b"one".to_vec(), None).await.unwrap();
    fs::write(folder.path().join("state.json"), "by hand").unwrap();
    let previous = Previous { tag, serial: Some(1) };
    let error = store.write(lease.fence, b"two".to_vec(), Some(&previous)).await.unwrap_err();
    assert!(matches!(error, Error::Conflict { .. }), "{error}");
    assert_eq!(store.read().await.unwrap().unwrap().bytes, b"by hand");
}

#[tokio::test]
async fn earlier_versions_are_kept_up_to_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::with_limit(folder.path(), 2);
    let lease = store.lock(&owner()).await.unwrap();
    let mut previous: Option<Previous> = None;
    for serial in 1..=5_u64 {
        let bytes = serial.to_string().into_bytes();
        let tag = store.write(lease.fence, bytes, previous.as_ref()).await.unwrap();
        previous = Some(Previous { tag, serial: Some(serial) });
    }
    let kept: Vec<_> = store.history().await.unwrap().iter().map(|kept| kept.serial).collect();
    assert_eq!(kept, [4, 3]);
    assert_eq!(store.fetch(4).await.unwrap(), b"4");
    assert!(matches!(store.fetch(1).await, Err(Error::NoSuchVersion { serial: 1, .. })));
}

/// The system ends what writes beyond the limit unless the signal is ignored; then the write fails.
const SMALL_FILES: &str = "trap '' XFSZ; ulimit -f 16";

#[tokio::test]
#[ignore = "runs as the child of a_full_disk_is_told_and_loses_nothing"]
#[allow(clippy::print_stdout)]
async fn child_that_fills_the_disk() {
    let store: Arc<dyn Store> = Arc::new(FileStore::new(folder_of_child()));
    let lease = store.lock(&owner()).await.unwrap();
    let keys = crate::Keys::new("", None);
    let session = Session::open(store.clone(), keys, lease).await.unwrap();
    let mut acknowledged = 0;
    let error = loop {
        match session.record(put(&format!("r{acknowledged}"))).await {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains("journal.0"), "{error}");
    drop(session);
    let lease = store.lock(&owner()).await.unwrap();
    let error = store.write(lease.fence, vec![b' '; 16 * 1024], None).await.unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    println!("acknowledged {acknowledged}.");
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing() {
    let (folder, keys) = keys();
    let child = child("child_that_fills_the_disk", folder.path(), SMALL_FILES);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    let count = text.split_once("acknowledged ").unwrap().1.split_once('.').unwrap().0;
    let store = FileStore::new(folder.path());
    let loaded = load(&store, &keys).await.unwrap();
    assert_eq!(loaded.snapshot.resources.len().to_string(), count);
    assert!(!folder.path().join("state.json.new").exists());
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = FileStore::new(file.join("env")).lock(&owner()).await.unwrap_err();
    assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
    // /proc refuses everybody, even root.
    let error = FileStore::new("/proc/goodgo").lock(&owner()).await.unwrap_err();
    assert!(error.to_string().contains("/proc/goodgo"), "{error}");
}

#[test]
fn a_read_only_folder_has_words_of_its_own() {
    for kind in [ErrorKind::ReadOnlyFilesystem, ErrorKind::PermissionDenied] {
        let error = Error::io("writing", Path::new("/x/state.json"), kind.into());
        assert!(error.to_string().contains("make the folder writable"), "{error}");
    }
}
