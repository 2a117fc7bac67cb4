//! What is on disk about each process, so that a supervisor that was killed at
//! any instant leaves nothing that the next one does not know.
//!
//! A record is written before a process is started (without a process id) and
//! again after it. Between the two, the process is found by the marker in its
//! environment. Records survive a killed supervisor by the page cache; after a
//! power failure one may be the previous version, which only names a process of
//! another boot. So nothing is synchronized, and a start costs no disk.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::paths::Paths;
use crate::procfs::Identity;
use crate::spec::Spec;
use crate::status::Exit;

/// What the supervisor must know about a process after its own death.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) key: String,
    pub(crate) spec: Spec,
    /// Place in the start order.
    pub(crate) order: u64,
    pub(crate) restarts: u32,
    /// Who runs; `None` while nobody does, or before that is known.
    pub(crate) process: Option<Identity>,
    pub(crate) started_ms: Option<u64>,
    /// It was ready since its last start.
    pub(crate) was_ready: bool,
    /// It is being stopped: finish that rather than start it again.
    pub(crate) stopping: bool,
    pub(crate) last_exit: Option<Exit>,
    pub(crate) job: Option<Job>,
}

/// What a record says besides for a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Job {
    /// The wish that the current or last run fulfils.
    pub(crate) attempt: String,
    pub(crate) timeout_ms: u64,
    /// The run has ended; `last_exit` says how.
    pub(crate) ended: bool,
}

impl Record {
    pub(crate) fn new(key: &str, spec: Spec, order: u64, job: Option<Job>) -> Self {
        Self {
            key: key.to_owned(),
            spec,
            order,
            restarts: 0,
            process: None,
            started_ms: None,
            was_ready: false,
            stopping: false,
            last_exit: None,
            job,
        }
    }

    pub(crate) fn save(&self, paths: &Paths) -> Result<(), Error> {
        let json = serde_json::to_vec(self).expect("a record has only string keys");
        replace(&path(paths, &self.key), &json)
    }
}

pub(crate) fn remove(paths: &Paths, key: &str) -> Result<(), Error> {
    let path = path(paths, key);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// All records in start order, and the files that are none.
pub(crate) fn load(paths: &Paths) -> Result<(Vec<Record>, Vec<PathBuf>), Error> {
    let dir = paths.records();
    let (mut records, mut unreadable) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&dir).map_err(Error::io("list", &dir))? {
        let path = entry.map_err(Error::io("list", &dir))?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        match serde_json::from_slice::<Record>(&bytes) {
            Ok(record) => records.push(record),
            Err(_) => unreadable.push(path),
        }
    }
    records.sort_by_key(|record| record.order);
    Ok((records, unreadable))
}

/// Whether processes run that the supervisor of the environment in `dir` looked after, be it there
/// or not: when it was killed together with its keeper, they have nobody.
#[must_use]
pub fn live_on(dir: &Path) -> bool {
    let records = load(&Paths::new(dir)).map(|(records, _)| records).unwrap_or_default();
    records.iter().any(|record| record.process.as_ref().is_some_and(Identity::alive))
}

fn path(paths: &Paths, key: &str) -> PathBuf {
    paths.records().join(format!("{key}.json"))
}

/// Replaces a private file as a whole: a reader sees the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let write = || -> io::Result<()> {
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        fs::rename(&new, path)
    };
    write().map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded_in_start_order_and_rubbish_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let paths = Paths::new(dir.path());
        paths.create().unwrap();
        let record = |key: &str, order| Record::new(key, Spec::new(key, "/bin/true"), order, None);
        record("a", 7).save(&paths).unwrap();
        record("b", 3).save(&paths).unwrap();
        fs::write(paths.records().join("c.json"), b"{\"key\":").unwrap();

        let (records, unreadable) = load(&paths).unwrap();
        assert_eq!(records, [record("b", 3), record("a", 7)]);
        assert_eq!(unreadable, [paths.records().join("c.json")]);

        remove(&paths, "a").unwrap();
        remove(&paths, "a").unwrap();
        assert_eq!(load(&paths).unwrap().0.len(), 1);
    }
}
