//! A state in a folder.
//!
//! ```text
//! state.json         the current state; replaced by renaming, never written in place
//! journal.<serial>   what was recorded since the state of that serial
//! history/000041.json  the states before, by serial
//! history/damaged-<time>.json  one that could not be read and was replaced by hand
//! lock, lease.json   who works on it
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::file_lock;
use super::{HISTORY_LIMIT, Kept, Previous, Store, Stored, Tag};
use crate::error::Error;
use crate::lock::{Holder, Lease, Owner};

/// Keeps a state in a folder on this machine. Cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    limit: usize,
    /// The journal being written.
    open: Mutex<Option<Appending>>,
}

struct Appending {
    serial: u64,
    file: File,
    /// How much of it is durable.
    length: u64,
}

impl FileStore {
    /// A store in this folder, which is made when first written to.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self::with_limit(folder, HISTORY_LIMIT)
    }

    /// A store that keeps this many earlier versions.
    pub fn with_limit(folder: impl Into<PathBuf>, limit: usize) -> Self {
        Self { inner: Arc::new(Inner { folder: folder.into(), limit, open: Mutex::default() }) }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner)).await.unwrap_or(Err(Error::Closed))
    }
}

#[async_trait]
impl Store for FileStore {
    fn place(&self) -> String {
        self.inner.state().display().to_string()
    }

    async fn read(&self) -> Result<Option<Stored>, Error> {
        self.run(Inner::read).await
    }

    async fn write(
        &self,
        fence: u64,
        bytes: Vec<u8>,
        previous: Option<&Previous>,
    ) -> Result<Tag, Error> {
        let previous = previous.cloned();
        self.run(move |inner| inner.write(fence, &bytes, previous.as_ref())).await
    }

    async fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.run(move |inner| inner.journal(serial)).await
    }

    async fn append(&self, fence: u64, serial: u64, lines: Vec<u8>) -> Result<(), Error> {
        self.run(move |inner| inner.append(fence, serial, &lines)).await
    }

    async fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        self.run(move |inner| inner.forget_journals(fence, below)).await
    }

    async fn history(&self) -> Result<Vec<Kept>, Error> {
        self.run(Inner::history).await
    }

    async fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        self.run(move |inner| inner.fetch(serial)).await
    }

    async fn lock(&self, owner: &Owner) -> Result<Lease, Error> {
        let owner = owner.clone();
        self.run(move |inner| file_lock::acquire(&inner.folder, &owner)).await
    }

    async fn release(&self, lease: Lease) -> Result<(), Error> {
        self.run(move |inner| file_lock::release(&inner.folder, lease)).await
    }

    async fn unlock(&self) -> Result<Option<Holder>, Error> {
        self.run(|inner| file_lock::unlock(&inner.folder)).await
    }
}

impl Inner {
    fn state(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    fn journal_path(&self, serial: u64) -> PathBuf {
        self.folder.join(format!("journal.{serial}"))
    }

    fn history_path(&self, name: &str) -> PathBuf {
        self.folder.join("history").join(name)
    }

    fn check_fence(&self, ours: u64) -> Result<(), Error> {
        let found = file_lock::fence(&self.folder)?;
        if found == ours {
            return Ok(());
        }
        Err(Error::LeaseLost { place: self.state().display().to_string(), ours, found })
    }

    fn read(&self) -> Result<Option<Stored>, Error> {
        let path = self.state();
        let failed = |error| Error::io("reading", &path, error);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let tag = tag(&file).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(Some(Stored { bytes, tag }))
    }

    fn write(&self, fence: u64, bytes: &[u8], previous: Option<&Previous>) -> Result<Tag, Error> {
        self.check_fence(fence)?;
        let path = self.state();
        self.check_current(previous.map(|one| &one.tag))?;
        let fresh = self.folder.join("state.json.new");
        let tag = write_durably(&fresh, bytes).map_err(|error| {
            // What cannot be used takes up room on a disk that may be full.
            let _ = fs::remove_file(&fresh);
            Error::io("writing", &fresh, error)
        })?;
        if let Some(previous) = previous {
            self.keep(previous)?;
        }
        fs::rename(&fresh, &path).map_err(|error| Error::io("replacing", &path, error))?;
        sync_folder(&self.folder)?;
        // Too many versions do no harm, so neither does a failure to remove one.
        let _ = self.limit_history();
        Ok(tag)
    }

    fn check_current(&self, expected: Option<&Tag>) -> Result<(), Error> {
        let path = self.state();
        let found = match File::open(&path).and_then(|file| tag(&file)) {
            Ok(tag) => Some(tag),
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(Error::io("reading", &path, error)),
        };
        if found.as_ref() == expected {
            return Ok(());
        }
        Err(Error::Conflict { place: path.display().to_string() })
    }

    /// Puts the current state into the history, where it stays when its name is taken by the new.
    fn keep(&self, previous: &Previous) -> Result<(), Error> {
        let name = match previous.serial {
            Some(serial) => format!("{serial:06}.json"),
            None => format!("damaged-{}.json", crate::deployment::now()),
        };
        let kept = self.history_path(&name);
        let failed = |error| Error::io("keeping the previous version as", &kept, error);
        make_folder(&self.folder.join("history"))?;
        match fs::remove_file(&kept) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let state = self.state();
        // Some file systems know no hard links.
        fs::hard_link(&state, &kept).or_else(|_| fs::copy(&state, &kept).map(drop)).map_err(failed)
    }

    fn limit_history(&self) -> Result<(), Error> {
        for old in self.history()?.iter().skip(self.limit) {
            let path = self.history_path(&format!("{:06}.json", old.serial));
            fs::remove_file(&path).map_err(|error| Error::io("removing", &path, error))?;
        }
        Ok(())
    }

    fn journal(&self, serial: u64) -> Result<Vec<u8>, Error> {
        let path = self.journal_path(serial);
        match fs::read(&path) {
            Err(error) if is_missing(&error) => Ok(Vec::new()),
            result => result.map_err(|error| Error::io("reading", &path, error)),
        }
    }

    fn append(&self, fence: u64, serial: u64, lines: &[u8]) -> Result<(), Error> {
        self.check_fence(fence)?;
        let path = self.journal_path(serial);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_none_or(|journal| journal.serial != serial) {
            *open = Some(self.begin(serial, &path)?);
        }
        let Some(journal) = open.as_mut() else { return Err(Error::Closed) };
        let written = journal.file.write_all(lines).and_then(|()| journal.file.sync_data());
        written.map_err(|error| {
            // A half line would be dropped by the next reader too.
            let _ = journal.file.set_len(journal.length);
            Error::io("writing", &path, error)
        })?;
        journal.length += lines.len() as u64;
        Ok(())
    }

    fn begin(&self, serial: u64, path: &Path) -> Result<Appending, Error> {
        let failed = |error| Error::io("opening", path, error);
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(path);
        let file = file.map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        sync_folder(&self.folder)?;
        Ok(Appending { serial, file, length })
    }

    fn forget_journals(&self, fence: u64, below: u64) -> Result<(), Error> {
        self.check_fence(fence)?;
        for name in names(&self.folder)? {
            let serial = name.strip_prefix("journal.").and_then(|text| text.parse::<u64>().ok());
            if serial.is_some_and(|serial| serial < below) {
                let path = self.folder.join(name);
                fs::remove_file(&path).map_err(|error| Error::io("removing", &path, error))?;
            }
        }
        Ok(())
    }

    fn history(&self) -> Result<Vec<Kept>, Error> {
        let mut kept = Vec::new();
        for name in names(&self.folder.join("history"))? {
            let serial = name.strip_suffix(".json").and_then(|text| text.parse::<u64>().ok());
            let Some(serial) = serial else { continue };
            let path = self.history_path(&name);
            let data = fs::metadata(&path).map_err(|error| Error::io("reading", &path, error))?;
            let place = path.display().to_string();
            kept.push(Kept { serial, written: data.mtime(), size: data.len(), place });
        }
        kept.sort_unstable_by_key(|one| std::cmp::Reverse(one.serial));
        Ok(kept)
    }

    fn fetch(&self, serial: u64) -> Result<Vec<u8>, Error> {
        let path = self.history_path(&format!("{serial:06}.json"));
        fs::read(&path).map_err(|error| match is_missing(&error) {
            true => Error::NoSuchVersion { place: self.state().display().to_string(), serial },
            false => Error::io("reading", &path, error),
        })
    }
}

/// Which file it is: every write makes another one.
fn tag(file: &File) -> io::Result<Tag> {
    let data = file.metadata()?;
    let (seconds, nanoseconds) = (data.mtime(), data.mtime_nsec());
    Ok(Tag(format!("{}-{}-{seconds}.{nanoseconds:09}", data.ino(), data.len())))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<Tag> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    tag(&file)
}

/// Makes a name given in a folder durable.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Error::io("writing", folder, error))
}

/// Makes a folder that only its owner may look into.
pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::io("creating", folder, error))
}

/// The names in a folder; none when it is not there.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let failed = |error| Error::io("listing", folder, error);
    let entries = match fs::read_dir(folder) {
        Err(error) if is_missing(&error) => return Ok(Vec::new()),
        result => result.map_err(failed)?,
    };
    let name = |entry: io::Result<fs::DirEntry>| entry.map(|one| one.file_name());
    let names = entries.map(name).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

pub(super) fn is_missing(error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
