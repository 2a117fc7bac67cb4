//! One error type for callers of this crate; what the supervisor itself refuses
//! is inside as [`Failure`], typed.

use std::io;
use std::path::PathBuf;

use crate::protocol::Failure;

/// Why something about the supervisor did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No supervisor runs for this environment.
    #[error("no supervisor runs for {}; the next deploy starts one", dir.display())]
    NotRunning {
        /// The environment's directory.
        dir: PathBuf,
    },
    /// The supervisor was started and did not answer.
    #[error(
        "the supervisor for {} did not answer within {within_ms} ms after its start; read {}",
        dir.display(),
        dir.join("logs/supervisor.log").display()
    )]
    NotStarted {
        /// The environment's directory.
        dir: PathBuf,
        /// How long it was waited for, in milliseconds.
        within_ms: u64,
    },
    /// The supervisor refused.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The supervisor answered something else than was asked.
    #[error("the supervisor's answer to {to} could not be understood; replace the supervisor")]
    Answer {
        /// The kind of request.
        to: &'static str,
        /// What was wrong with the text, if it was that.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The operating system refused.
    #[error("could not {what} {}", path.display())]
    Io {
        /// The verb, e.g. `open`.
        what: &'static str,
        /// Its object.
        path: PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}
