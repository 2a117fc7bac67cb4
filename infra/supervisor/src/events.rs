//! The supervisor's own log: a line of JSON for everything it does, so that
//! "why was it restarted last night" has an answer.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::clock;
use crate::error::Error;
use crate::paths::Paths;

/// Size at which the log is rotated; one older file is kept.
const LIMIT: u64 = 1024 * 1024;

/// Opens a private file to append to it.
pub(crate) fn open(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options.open(path).map_err(Error::io("open", path))
}

/// Writes events.
#[derive(Debug)]
pub(crate) struct Events {
    path: PathBuf,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    event: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u32>,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
}

impl Events {
    pub(crate) fn new(paths: &Paths) -> Self {
        Self { path: paths.events() }
    }

    /// Writes one event. A log that cannot be written (the disk is full) must
    /// not stop what it tells about.
    pub(crate) fn write(&self, event: &str, key: &str, pid: Option<u32>, detail: &str) {
        let line = Line { time: clock::rfc3339(clock::now_ms()), event, key, pid, detail };
        let mut text = serde_json::to_vec(&line).expect("a line has only string keys");
        text.push(b'\n');
        let Ok(mut file) = open(&self.path) else { return };
        let _ = file.write_all(&text);
        if file.metadata().is_ok_and(|metadata| metadata.len() > LIMIT) {
            let _ = std::fs::rename(&self.path, self.path.with_extension("log.1"));
        }
    }
}
