//! Where things are within an environment's directory, said once.

use std::fs;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::error::Error;
use crate::hash::Fnv;

/// The directory of one environment.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    dir: PathBuf,
}

impl Paths {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Makes the directories, readable for their owner only but for `dir`
    /// itself: processes of other users have their data below it.
    pub(crate) fn create(&self) -> Result<(), Error> {
        for path in [self.dir.clone(), self.run(), self.records(), self.pipes(), self.logs()] {
            let mode = if path == self.dir { 0o755 } else { 0o700 };
            let made = fs::DirBuilder::new().recursive(true).mode(mode).create(&path);
            made.map_err(Error::io("create the directory", &path))?;
        }
        Ok(())
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.dir.join("run")
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.dir.join("run/processes")
    }

    pub(crate) fn pipes(&self) -> PathBuf {
        self.dir.join("run/pipes")
    }

    pub(crate) fn logs(&self) -> PathBuf {
        self.dir.join("logs")
    }

    pub(crate) fn events(&self) -> PathBuf {
        self.dir.join("logs/supervisor.log")
    }

    /// Held by the keeper for its whole life: there is one keeper at most.
    pub(crate) fn keeper_lock(&self) -> PathBuf {
        self.dir.join("run/keeper.lock")
    }

    /// Who the keeper is, for clients.
    pub(crate) fn keeper(&self) -> PathBuf {
        self.dir.join("run/keeper.json")
    }

    /// Held by a client while it starts a keeper.
    pub(crate) fn start_lock(&self) -> PathBuf {
        self.dir.join("run/start.lock")
    }

    /// The program that the keeper becomes when it is to be replaced.
    pub(crate) fn replacement(&self) -> PathBuf {
        self.dir.join("run/replacement")
    }

    /// A name of this environment that is unique on this machine.
    pub(crate) fn instance(&self) -> String {
        Fnv::new().write(self.dir.as_os_str().as_encoded_bytes()).hex()
    }

    /// The control socket, see [`SocketPath`].
    pub(crate) fn socket(&self) -> Result<SocketPath, Error> {
        SocketPath::open(&self.run())
    }
}

/// The control socket's path through an open directory.
///
/// A socket's address has room for 107 bytes, an environment's directory may
/// be longer. `/proc/self/fd/N/s.sock` is always short and means the same file,
/// so that no second place (and no shared `/tmp`) is needed.
#[derive(Debug)]
pub(crate) struct SocketPath {
    path: PathBuf,
    _dir: OwnedFd,
}

impl SocketPath {
    fn open(run: &Path) -> Result<Self, Error> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::open(run, flags, Mode::empty())
            .map_err(|errno| Error::io("open the directory", run)(io::Error::from(errno)))?;
        let path = PathBuf::from(format!("/proc/self/fd/{}/s.sock", dir.as_raw_fd()));
        Ok(Self { path, _dir: dir })
    }

    pub(crate) fn as_path(&self) -> &Path {
        &self.path
    }
}
