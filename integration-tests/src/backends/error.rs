//! Why the parts could not be started.

use std::io;
use std::path::PathBuf;

/// Why a throwaway part is not there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It could not be found or installed.
    #[error(transparent)]
    Catalogue(#[from] goodgo_catalogue::Error),
    /// A file or folder could not be used.
    #[error("cannot use {path}: {source}", path = .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program failed or ended when it should have run.
    #[error("{name} ended ({status}); its last lines:\n{log}")]
    Ended {
        /// Name of the part.
        name: &'static str,
        /// How it ended.
        status: String,
        /// Its last lines of log.
        log: String,
    },
    /// It runs and does not answer.
    #[error(
        "{name} runs, but did not answer on port {port} within {seconds} s; its last lines:\n{log}"
    )]
    Silent {
        /// Name of the part.
        name: &'static str,
        /// The port that it should listen on.
        port: u16,
        /// How long it was asked, in seconds.
        seconds: u64,
        /// Its last lines of log.
        log: String,
    },
}

impl Error {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
