//! The output of processes: from their pipes into files, and back out.
//!
//! Nothing is lost when the supervisor dies: processes write into named pipes
//! that they hold open themselves ([`pipe`]), so that the kernel keeps what
//! nobody has read yet and the next supervisor goes on reading.

pub(crate) mod file;
pub(crate) mod follow;
pub(crate) mod line;
pub(crate) mod pipe;
pub(crate) mod tail;

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

use tokio::sync::watch;

use crate::error::Error;
use crate::spec::LogLimits;
use file::LogFile;

/// All log files that are being written, one for each name.
#[derive(Debug)]
pub(crate) struct Logs {
    dir: PathBuf,
    files: RefCell<HashMap<String, Weak<RefCell<LogFile>>>>,
    changed: watch::Sender<u64>,
}

impl Logs {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir, files: RefCell::default(), changed: watch::Sender::new(0) }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The file for a name: two processes of one name write into the same.
    pub(crate) fn file(
        &self,
        name: &str,
        limits: LogLimits,
    ) -> Result<Rc<RefCell<LogFile>>, Error> {
        let mut files = self.files.borrow_mut();
        files.retain(|_, file| file.strong_count() > 0);
        if let Some(file) = files.get(name).and_then(Weak::upgrade) {
            file.borrow_mut().limit(limits);
            return Ok(file);
        }
        let file = LogFile::open(path(&self.dir, name), limits)?;
        let file = Rc::new(RefCell::new(file));
        files.insert(name.to_owned(), Rc::downgrade(&file));
        Ok(file)
    }

    /// Tells followers that there is something new.
    pub(crate) fn announce(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}

/// The current file of a name; older ones have `.1`, `.2`, … appended.
pub(crate) fn path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.log"))
}

/// The file that was rotated `age` times.
pub(crate) fn rotated(path: &Path, age: u32) -> PathBuf {
    if age == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    PathBuf::from(name)
}

/// The names that have logs, without the supervisor's own.
pub(crate) fn names(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".log"))
            && name != "supervisor"
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}
