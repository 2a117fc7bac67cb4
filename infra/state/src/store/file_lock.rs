//! The lock on a folder: `flock` for the living, a record for people and for fencing.
//!
//! The system gives up a `flock` when its process dies, so a dead owner stops nobody. The record
//! in `lease.json` tells who it is (or was) and holds the fencing number. `lock` itself is only
//! replaced to take the lock from somebody who still has it. All of this is done while the
//! folder is locked for a moment, so that no two do it at once.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::file::{is_missing, make_folder};
use crate::deployment::{now, rfc3339};
use crate::error::Error;
use crate::lock::{Holder, Lease, Owner};

/// What is in `lease.json`. It stays when the lock is free: the number must not go back.
#[derive(Default, Serialize, Deserialize)]
struct Record {
    fence: u64,
    holder: Option<Holder>,
}

/// Takes the lock, or says who has it.
pub(super) fn acquire(folder: &Path, owner: &Owner) -> Result<Lease, Error> {
    make_folder(folder)?;
    let _guard = guard(folder)?;
    let record = read(folder)?;
    let path = folder.join("lock");
    let file = open(&path)?;
    let file = match (try_lock(&file, &path)?, &record.holder) {
        // Nobody here has it. A name from another machine stands for an owner that a file
        // system shared over the network may not know of.
        (true, Some(holder)) if !may_follow(holder, owner) => return Err(locked(holder)),
        (true, _) => file,
        (false, Some(holder)) if !holder.owner.is_dead() => return Err(locked(holder)),
        // A child of a dead owner has inherited its open file, and does not know of it.
        (false, _) => replace(&path)?,
    };
    let fence = record.fence + 1;
    let holder = Holder { owner: owner.clone(), since: rfc3339(now()), fence };
    write(folder, &Record { fence, holder: Some(holder) })?;
    Ok(Lease::new(fence, record.holder, file))
}

fn may_follow(holder: &Holder, owner: &Owner) -> bool {
    holder.owner.host == owner.host
}

fn locked(holder: &Holder) -> Error {
    Error::Locked(Box::new(holder.clone()))
}

/// Gives the lock back, unless somebody else has taken it.
pub(super) fn release(folder: &Path, lease: Lease) -> Result<(), Error> {
    let _guard = guard(folder)?;
    let record = read(folder)?;
    if record.fence == lease.fence {
        write(folder, &Record { holder: None, ..record })?;
    }
    drop(lease);
    Ok(())
}

/// Takes the lock from whoever has it.
pub(super) fn unlock(folder: &Path) -> Result<Option<Holder>, Error> {
    match fs::metadata(folder) {
        Err(error) if is_missing(&error) => return Ok(None),
        result => result.map_err(|error| Error::io("unlocking", folder, error))?,
    };
    let _guard = guard(folder)?;
    let record = read(folder)?;
    drop(replace(&folder.join("lock"))?);
    write(folder, &Record { fence: record.fence + 1, holder: None })?;
    Ok(record.holder)
}

/// The number under which may be written now.
pub(super) fn fence(folder: &Path) -> Result<u64, Error> {
    Ok(read(folder)?.fence)
}

/// Locks the folder itself, until dropped. Never held for long, so it is waited for.
fn guard(folder: &Path) -> Result<File, Error> {
    let failed = |error| Error::io("locking", folder, error);
    let file = File::open(folder).map_err(failed)?;
    rustix::io::retry_on_intr(|| flock(&file, FlockOperation::LockExclusive))
        .map_err(|error| failed(error.into()))?;
    Ok(file)
}

fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(path);
    file.map_err(|error| Error::io("locking", path, error))
}

fn try_lock(file: &File, path: &Path) -> Result<bool, Error> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(Error::io("locking", path, error.into())),
    }
}

/// Puts another, locked file in the place of one that somebody has locked.
fn replace(path: &Path) -> Result<File, Error> {
    let fresh = PathBuf::from(format!("{}.new", path.display()));
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(Error::io("locking", &fresh, error));
        }
        _ => {}
    }
    let file = open(&fresh)?;
    try_lock(&file, &fresh)?;
    fs::rename(&fresh, path).map_err(|error| Error::io("locking", path, error))?;
    Ok(file)
}

fn read(folder: &Path) -> Result<Record, Error> {
    let path = folder.join("lease.json");
    match fs::read(&path) {
        Err(error) if is_missing(&error) => Ok(Record::default()),
        Err(error) => Err(Error::io("reading", &path, error)),
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| Error::Corrupted {
            place: path.display().to_string(),
            detail: error.to_string(),
            last_good: None,
        }),
    }
}

/// Not made durable: whoever had the lock does not survive the machine.
fn write(folder: &Path, record: &Record) -> Result<(), Error> {
    let path = folder.join("lease.json");
    let fresh = folder.join("lease.json.new");
    let failed = |error| Error::io("writing", &path, error);
    let text = serde_json::to_vec(record).map_err(|error| failed(error.into()))?;
    fs::write(&fresh, text).map_err(failed)?;
    fs::rename(&fresh, &path).map_err(failed)
}
