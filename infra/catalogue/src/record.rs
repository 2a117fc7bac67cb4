//! A deploy that changes nothing must not start processes to ask for versions.
//! So what was found is recorded with the size and time of each program; while
//! they are unchanged, so is their version.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{Component, Installed};

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    installed: Installed,
    stamps: BTreeMap<PathBuf, Stamp>,
}

/// What changes when a program is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

fn stamp(path: &Path) -> Option<Stamp> {
    let meta = fs::metadata(path).ok()?;
    Some(Stamp {
        size: meta.size(),
        inode: meta.ino(),
        seconds: meta.mtime(),
        nanoseconds: meta.mtime_nsec(),
    })
}

/// Remembers what was found. A cache that cannot be written only costs the time
/// to look again, so that is no error.
pub(crate) fn save(dir: &Path, component: &Component, installed: &Installed) {
    let stamps =
        installed.binaries.values().filter_map(|path| Some((path.clone(), stamp(path)?))).collect();
    let record = Record { installed: installed.clone(), stamps };
    let path = file(dir, component);
    let staged =
        path.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    let written = serde_json::to_vec_pretty(&record)
        .map_err(std::io::Error::from)
        .and_then(|json| fs::create_dir_all(dir).and_then(|()| fs::write(&staged, json)))
        .and_then(|()| fs::rename(&staged, &path));
    if written.is_err() {
        let _ = fs::remove_file(&staged);
    }
}

/// What was found before, if it is still there unchanged.
pub(crate) fn load(dir: &Path, component: &Component) -> Option<Installed> {
    let Record { installed, stamps } =
        serde_json::from_slice(&fs::read(file(dir, component)).ok()?).ok()?;
    let unchanged = installed
        .binaries
        .values()
        .all(|path| stamp(path).is_some_and(|now| stamps.get(path) == Some(&now)));
    let complete = component.required_programs().all(|name| installed.binaries.contains_key(name));
    (unchanged && complete && component.requirement.accepts(installed.version)).then_some(installed)
}

fn file(dir: &Path, component: &Component) -> PathBuf {
    let from = component.requirement.from;
    let below = component.requirement.below.map(|version| version.to_string()).unwrap_or_default();
    dir.join(format!("{}@{from}..{below}.json", component.name))
}
