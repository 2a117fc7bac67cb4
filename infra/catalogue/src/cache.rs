//! The cache is shared by every project, and by processes that start at once and
//! die at any time. So an installation is made in a staging folder under the
//! component's lock and renamed into place; whoever holds the lock may clear
//! what a killed one left.
//!
//! ```text
//! <cache>/<component>/<version>-<kind>/…       an installation
//! <cache>/<component>/<version>-<kind>/goodgo.json  what it is (see `Manifest`)
//! <cache>/.staging/<component>-<number>/       being made
//! <cache>/.locks/<component>                   held while it is made
//! <cache>/.resolved/<component>@<versions>.json     what was found (see `record`)
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::{Component, Error, Installed, Version, libraries, search};

const MANIFEST: &str = "goodgo.json";

/// What an installation says of itself; paths are relative to its folder, so
/// that the cache can be moved.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) version: Version,
    pub(crate) source: String,
    /// Folder of the programs.
    pub(crate) bin: PathBuf,
    /// Folders that the loader must search.
    pub(crate) libraries: Vec<PathBuf>,
}

/// The component cache at one folder.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
}

/// Held while a component is installed. The system releases it when the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "closing the file releases the lock")] File);

impl Cache {
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(crate) fn resolved_dir(&self) -> PathBuf {
        self.dir.join(".resolved")
    }

    /// Takes the lock of a component; calls `waiting` first if it is held.
    pub(crate) fn lock(
        &self,
        component: &Component,
        waiting: impl FnOnce(),
    ) -> Result<Lock, Error> {
        let dir = self.make(".locks")?;
        let path = dir.join(component.name);
        let fail = |source| Error::Cache { path: path.clone(), source };
        let file = File::options().create(true).append(true).open(&path).map_err(fail)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            waiting();
            flock(&file, FlockOperation::LockExclusive).map_err(|errno| fail(errno.into()))?;
        }
        Ok(Lock(file))
    }

    /// An empty staging folder; clears those that killed installations left.
    /// The lock shows that no installation uses them. A package manager that
    /// outlived its installation may still write to one: then it is cleared by
    /// a later installation, and this one takes another name.
    pub(crate) fn stage(&self, component: &Component, _lock: &Lock) -> Result<PathBuf, Error> {
        let staging = self.make(".staging")?;
        let fail = |source| Error::Cache { path: staging.clone(), source };
        let prefix = format!("{}-", component.name);
        for entry in fs::read_dir(&staging).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        let mut names = (0_u32..).map(|number| staging.join(format!("{prefix}{number}")));
        let made = names.find_map(|dir| match fs::create_dir(&dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
            other => Some(other.and_then(|()| open_folder(&dir)).map(|()| dir)),
        });
        made.expect("some number is free").map_err(fail)
    }

    /// Refuses to install where the user who must run the component cannot go.
    pub(crate) fn check_reach(&self, component: &Component) -> Result<(), Error> {
        if !search::runs_as_another_user(component) || search::others_may_run(&self.dir) {
            return Ok(());
        }
        Err(Error::Unreachable { component: component.name.to_owned(), path: self.dir.clone() })
    }

    /// Where an installation lives.
    pub(crate) fn home(&self, component: &Component, version: Version, kind: &str) -> PathBuf {
        self.dir.join(component.name).join(format!("{version}-{kind}"))
    }

    /// Renames a finished tree into place. What is there already was not
    /// usable, or it would have been used, and is replaced.
    pub(crate) fn publish(&self, tree: &Path, manifest: &Manifest, home: &Path) -> io::Result<()> {
        fs::write(tree.join(MANIFEST), serde_json::to_vec_pretty(manifest)?)?;
        fs::set_permissions(tree.join(MANIFEST), Permissions::from_mode(0o644))?;
        if let Some(parent) = home.parent() {
            fs::create_dir_all(parent)?;
            open_folder(parent)?;
        }
        match fs::remove_dir_all(home) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(tree, home)
    }

    /// The newest cached installation that will do. Runs nothing: its version
    /// was verified when it was made.
    pub(crate) fn find(&self, component: &Component) -> Option<Installed> {
        let installations = fs::read_dir(self.dir.join(component.name)).ok()?;
        installations
            .filter_map(|entry| load(component, entry.ok()?.path()))
            .filter(|installed| component.requirement.accepts(installed.version))
            .max_by(|a, b| (a.version, &a.dir).cmp(&(b.version, &b.dir)))
    }

    fn make(&self, name: &str) -> Result<PathBuf, Error> {
        let path = self.dir.join(name);
        let made = fs::create_dir_all(&path)
            .and_then(|()| open_folder(&path))
            .and_then(|()| open_folder(&self.dir));
        made.map_err(|source| Error::Cache { path: path.clone(), source })?;
        Ok(path)
    }
}

/// Lets all users enter a folder, whatever the umask. A folder that belongs to
/// somebody else is as its owner wants it.
fn open_folder(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o777 == 0o755 {
        return Ok(());
    }
    match fs::set_permissions(path, Permissions::from_mode(0o755)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        other => other,
    }
}

/// Reads an installation; `None` if the folder is not a usable one.
pub(crate) fn load(component: &Component, dir: PathBuf) -> Option<Installed> {
    let manifest: Manifest = serde_json::from_slice(&fs::read(dir.join(MANIFEST)).ok()?).ok()?;
    let binaries = search::in_folder(component, &dir.join(&manifest.bin)).ok()?;
    let folders: Vec<PathBuf> = manifest.libraries.iter().map(|folder| dir.join(folder)).collect();
    let env: BTreeMap<String, String> = libraries::environment(&folders);
    Some(Installed {
        component: component.name.to_owned(),
        binaries,
        version: manifest.version,
        source: manifest.source,
        env,
        dir,
    })
}
