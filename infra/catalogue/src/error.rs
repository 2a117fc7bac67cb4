//! When nothing gives the component, the reader needs to know each thing that
//! was tried and why it did not work, so failures are kept, not overwritten.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::{Requirement, Version};

/// Why the catalogue could not hand out a component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No source gave it.
    #[error("{component} ({requirement}) could not be found or installed{}\n{help}", Attempts(.attempts))]
    Unavailable {
        /// Name of the component.
        component: String,
        /// The versions that would have done.
        requirement: Requirement,
        /// Everything that was tried, in order.
        attempts: Vec<Attempt>,
        /// What to do.
        help: String,
    },
    /// The image names no component of the catalogue.
    #[error("no component of the catalogue stands for the image {image}; there are {known}")]
    UnknownImage {
        /// The image as declared.
        image: String,
        /// The images that are known.
        known: String,
    },
    /// The image asks for a version that the catalogue does not support.
    #[error(
        "the image {image} asks for a version that the catalogue does not have; {component} must be {supported}"
    )]
    UnsupportedTag {
        /// The image as declared.
        image: String,
        /// Name of the component.
        component: String,
        /// The versions that are supported.
        supported: Requirement,
    },
    /// Root would install what another user must run, where that user cannot reach it.
    #[error(
        "{component} refuses to run as root and runs as another user, who cannot enter the \
         component cache {path}; choose a cache that all users can enter, such as /var/cache/goodgo"
    )]
    Unreachable {
        /// Name of the component.
        component: String,
        /// The cache.
        path: PathBuf,
    },
    /// The cache cannot be used.
    #[error(
        "cannot use {path} in the component cache; check that the folder is writable and the disk not full"
    )]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// One thing that was tried, and why it did not work.
#[derive(Debug)]
pub struct Attempt {
    /// The source, in words.
    pub source: String,
    /// Why it did not give the component.
    pub failure: Failure,
}

struct Attempts<'a>(&'a [Attempt]);

impl fmt::Display for Attempts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Attempt { source, failure } in self.0 {
            write!(f, "\n  {source}: {}", failure.in_full())?;
        }
        Ok(())
    }
}

/// Why one source did not give the component.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The program is there in a version that will not do.
    #[error("is version {found}, but it must be {wanted}")]
    WrongVersion {
        /// Its version.
        found: Version,
        /// The versions that will do.
        wanted: Requirement,
    },
    /// The program does not say a version.
    #[error("did not say its version; it said {said:?}")]
    NoVersion {
        /// What it said.
        said: String,
    },
    /// A folder lacks programs that belong together.
    #[error("does not have {missing}")]
    Incomplete {
        /// Names of the programs, comma-separated.
        missing: String,
    },
    /// Root would run the program as another user, who cannot reach it.
    #[error("is not readable by other users, and it does not run as root")]
    Unreadable,
    /// There is no build for this machine.
    #[error("has no build for {0}")]
    Unsupported(String),
    /// None of the tools that could fetch it works here.
    #[error("needs {tools}, which this machine does not have")]
    NoTool {
        /// Names of the tools.
        tools: String,
    },
    /// A command failed.
    #[error("`{command}` failed ({status}): {tail}")]
    Command {
        /// Its command line.
        command: String,
        /// How it ended.
        status: String,
        /// Its last lines of output.
        tail: String,
    },
    /// A command did not end in time.
    #[error("`{command}` did not end within {} s and was stopped; its last output: {tail}", .limit.as_secs())]
    TimedOut {
        /// Its command line.
        command: String,
        /// The time it had.
        limit: Duration,
        /// Its last lines of output.
        tail: String,
    },
    /// The server could not be reached or refused.
    #[error("cannot download {url}")]
    Http {
        /// The URL.
        url: String,
        /// What went wrong.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The connection ended before the download did.
    #[error("the download of {url} was cut: got {received} of {} bytes; try again", Total(.expected))]
    Cut {
        /// The URL.
        url: String,
        /// Bytes that came.
        received: u64,
        /// Bytes that should have come, if the server said it.
        expected: Option<u64>,
        /// What the connection said.
        #[source]
        source: Option<io::Error>,
    },
    /// The download is not what it should be.
    #[error(
        "{url} has the SHA-256 {got}, but {expected} was expected; nothing of it was kept. \
         Try again, and if it repeats do not trust this source"
    )]
    Checksum {
        /// The URL.
        url: String,
        /// SHA-256 that was expected.
        expected: String,
        /// SHA-256 of what came.
        got: String,
    },
    /// The published checksum file does not name the download.
    #[error("{checksums} has no SHA-256 for {file}")]
    NoChecksum {
        /// URL of the checksum file.
        checksums: String,
        /// Name of the file.
        file: String,
    },
    /// A file or folder could not be used.
    #[error("cannot use {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The archive or package has not the shape that it should have.
    #[error("{path} is not a usable archive: {reason}")]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

struct Total<'a>(&'a Option<u64>);

impl fmt::Display for Total<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(total) => write!(f, "{total}"),
            None => f.write_str("an unknown number of"),
        }
    }
}

impl Failure {
    /// The failure with its causes, on one line.
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }

    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
