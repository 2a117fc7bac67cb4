//! Which build of a program of the workspace this is.
//!
//! A debug build is tens of megabytes, so its digest is remembered by the file's identity:
//! a deploy without changes must not read it again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{Context, SHA256};

/// Digests of files, remembered in a file of the cache.
#[derive(Debug)]
pub(crate) struct Digests {
    store: PathBuf,
    known: Mutex<BTreeMap<String, String>>,
}

impl Digests {
    /// Remembers in `<cache>/digests.json`; an unreadable one is begun anew.
    pub(crate) fn open(cache: &Path) -> Self {
        let store = cache.join("digests.json");
        let known = fs::read(&store).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { store, known: Mutex::new(known.unwrap_or_default()) }
    }

    /// SHA-256 of a file, hexadecimal.
    pub(crate) fn of(&self, path: &Path) -> io::Result<String> {
        let meta = fs::metadata(path)?;
        let key = format!(
            "{} {} {} {}.{}",
            path.display(),
            meta.ino(),
            meta.len(),
            meta.mtime(),
            meta.mtime_nsec()
        );
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(digest) = known.get(&key) {
            return Ok(digest.clone());
        }
        let digest = sha256(path)?;
        let same_path = format!("{} ", path.display());
        known.retain(|other, _| !other.starts_with(&same_path));
        known.insert(key, digest.clone());
        self.save(&known);
        Ok(digest)
    }

    /// Not being able to remember costs time only.
    fn save(&self, known: &BTreeMap<String, String>) {
        let temporary = self.store.with_extension(format!("{}.tmp", std::process::id()));
        if let Ok(json) = serde_json::to_vec(known)
            && fs::write(&temporary, json).is_ok()
        {
            let _ = fs::rename(&temporary, &self.store);
        }
    }
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => context.update(&buffer[..read]),
        }
    }
    Ok(context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}
