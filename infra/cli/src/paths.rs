//! Where an environment lives on this machine.
//!
//! Two checkouts of one project do not share environments, so the folder is named after the
//! project and a hash of the workspace's path. PostgreSQL refuses to run as root: when we are
//! root, folders can be traversed by the user that it runs as, but not listed.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};

use crate::error::Failure;
use crate::place::{Address, Place};
use crate::settings::Settings;

/// The folders of one environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Paths {
    /// The workspace, with all links resolved.
    pub(crate) workspace: PathBuf,
    /// Everything of the environment.
    pub(crate) environment: PathBuf,
    /// Where the state is; the environment's folder unless `GOODGO_STATE` says otherwise.
    pub(crate) state: Place,
    /// The key that encrypts its secrets.
    pub(crate) key: PathBuf,
    /// Downloaded components.
    pub(crate) cache: PathBuf,
}

impl Paths {
    /// Resolves them; creates nothing.
    ///
    /// # Errors
    /// When the workspace is gone, or no folder is known to put things in.
    pub(crate) fn new(
        project: &str,
        environment: &str,
        workspace: &str,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let workspace = std::fs::canonicalize(workspace).map_err(|error| {
            let message =
                format!("the workspace {workspace} that this program was built from is gone");
            Failure::usage(message)
                .because(&error)
                .hint("build it again where the workspace is now")
        })?;
        let root = rustix::process::geteuid().is_root();
        let home = data_home(settings, root)?;
        let folder = format!("{project}-{}", hash(&workspace));
        let own = home.join(&folder).join(environment);
        let state = match &settings.state {
            None => Place::Folder(own.clone()),
            Some(given) => match Address::parse(given, project, environment)? {
                Some(address) => Place::Bucket(address),
                None => Place::Folder(absolute(given.join(&folder).join(environment))?),
            },
        };
        Ok(Self {
            state,
            environment: own,
            key: home.join("keys").join(format!("{folder}-{environment}.key")),
            cache: cache_home(settings, root)?,
            workspace,
        })
    }

    /// Creates the folders that a deploy writes to.
    ///
    /// # Errors
    /// When one cannot be created.
    pub(crate) fn create(&self) -> Result<(), Failure> {
        let keys = self.key.parent().unwrap_or(&self.environment);
        let folders = [&*self.environment, &self.cache, keys];
        folders.into_iter().chain(self.state.folder()).try_for_each(create)
    }
}

fn create(folder: &Path) -> Result<(), Failure> {
    let mode = if rustix::process::geteuid().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(folder).map_err(|error| {
        Failure::failed(format!("cannot create the folder {}", folder.display()))
            .because(&error)
            .hint("make it writable for this user, or choose other folders with GOODGO_HOME and GOODGO_CACHE")
    })
}

fn data_home(settings: &Settings, root: bool) -> Result<PathBuf, Failure> {
    let xdg = settings.xdg_data.clone();
    let given = settings.home.clone().map(absolute).transpose()?;
    given
        .or_else(|| root.then(|| "/var/lib/goodgo".into()))
        .or_else(|| xdg.map(|folder| folder.join("goodgo")))
        .or_else(|| settings.user_home.as_ref().map(|home| home.join(".local/share/goodgo")))
        .ok_or_else(|| homeless("GOODGO_HOME"))
}

fn cache_home(settings: &Settings, root: bool) -> Result<PathBuf, Failure> {
    let xdg = settings.xdg_cache.clone();
    let given = settings.cache.clone().map(absolute).transpose()?;
    given
        .or_else(|| root.then(|| "/var/cache/goodgo".into()))
        .or_else(|| xdg.map(|folder| folder.join("goodgo")))
        .or_else(|| settings.user_home.as_ref().map(|home| home.join(".cache/goodgo")))
        .ok_or_else(|| homeless("GOODGO_CACHE"))
}

/// Processes are started from other folders: a relative path would mean another one there.
fn absolute(path: PathBuf) -> Result<PathBuf, Failure> {
    std::path::absolute(&path).map_err(|error| {
        Failure::usage(format!("{} is no usable path", path.display())).because(&error)
    })
}

fn homeless(setting: &str) -> Failure {
    Failure::usage("this user has no home folder to keep environments in")
        .hint(format!("set {setting} to a folder"))
}

/// Eight hexadecimal digits of the path's SHA-256.
fn hash(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let digest = digest(&SHA256, path.as_os_str().as_bytes());
    digest.as_ref().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn everything_is_under_the_given_folders() {
        let workspace = tempfile::tempdir().unwrap();
        let home = tempfile::tempdir().unwrap();
        let settings = Settings {
            home: Some(home.path().join("home")),
            cache: Some(home.path().join("cache")),
            ..Settings::default()
        };
        let at = workspace.path().to_str().unwrap();
        let paths = Paths::new("goodgo", "local", at, &settings).unwrap();
        let folder = format!("goodgo-{}", hash(&std::fs::canonicalize(at).unwrap()));
        assert_eq!(paths.environment, home.path().join("home").join(&folder).join("local"));
        assert_eq!(paths.key, home.path().join("home/keys").join(format!("{folder}-local.key")));
        paths.create().unwrap();
        let mode = std::fs::metadata(&paths.environment).unwrap().permissions().mode();
        assert_eq!(mode & 0o066, 0, "nobody else may read or write");
    }

    #[test]
    fn a_workspace_that_is_gone_is_named() {
        let failure = Paths::new("p", "e", "/no/such/place", &Settings::default()).unwrap_err();
        assert!(failure.reports[0].message.contains("/no/such/place"));
    }
}
