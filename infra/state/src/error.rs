//! What can go wrong with a state, in words that say what, where, why and what to do.
//!
//! Every variant can be cloned: one failed write is the answer to all that waited for it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use goodgo_model::Urn;

use crate::deployment::Violation;
use crate::history::LastGood;
use crate::lock::Holder;

/// Why a state could not be read, written or locked. None of them destroys anything.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The disk (or a quota, or a limit on file sizes) is full.
    #[error(
        "no space left while {doing} {path}; what was recorded before is safe, \
         make room and run the same command again"
    )]
    DiskFull {
        /// What was being done, as in `writing`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
    },

    /// The folder cannot be written.
    #[error(
        "not allowed to write while {doing} {path}; make the folder writable for this user \
         or choose another one with GOODGO_HOME"
    )]
    ReadOnly {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },

    /// Any other failure of the file system.
    #[error("failed while {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<io::Error>,
    },

    /// A bucket did not answer as it should.
    #[cfg(feature = "object-store")]
    #[error("failed while {doing} {place}")]
    Bucket {
        /// What was being done.
        doing: &'static str,
        /// The object.
        place: String,
        /// What the store said.
        #[source]
        source: Arc<object_store::Error>,
    },

    /// The state is damaged. It is left as it is.
    #[error("the state in {place} is damaged: {detail}; it was left as it is. {}", advice(.last_good.as_ref()))]
    Corrupted {
        /// The file or object.
        place: String,
        /// What is wrong and where.
        detail: String,
        /// The newest version in the history that can be read.
        last_good: Option<LastGood>,
    },

    /// The state is written in a version that this program does not know.
    #[error(
        "the state in {place} has version {found}; this program reads version 3. Use a newer one"
    )]
    UnknownVersion {
        /// The file or object.
        place: String,
        /// The version found.
        found: u64,
    },

    /// What was to be saved (or was loaded) contradicts itself.
    #[error("the state contradicts itself: {0}")]
    Violation(#[from] Violation),

    /// A property cannot be written as it is.
    #[error(
        "the state cannot be written: {detail}; this is a mistake in the provider that returned it"
    )]
    Unwritable {
        /// What cannot be written.
        detail: String,
    },

    /// The passphrase does not fit the state.
    #[error(
        "the passphrase is wrong for this state; set GOODGO_PASSPHRASE to the one it was encrypted with"
    )]
    WrongPassphrase,

    /// Secrets are encrypted by a passphrase and none is given.
    #[error("the secrets of this state are encrypted by a passphrase; set GOODGO_PASSPHRASE")]
    PassphraseNeeded,

    /// The key that encrypted the secrets is not there, or is another one.
    #[error(
        "the key {id} that encrypts the secrets of this state is not in {path}; \
         copy the file from where the state was written"
    )]
    KeyMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// The key's identity, from the state.
        id: String,
    },

    /// Others can read the key.
    #[error("the key in {path} can be read by others (mode {mode:03o}); run `chmod 600 {path}`")]
    KeyExposed {
        /// The key's file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },

    /// The key's file holds something else.
    #[error("{path} does not hold a key of 32 bytes; restore it from a copy")]
    KeyMalformed {
        /// The key's file.
        path: PathBuf,
    },

    /// The secrets are encrypted by a service that this program does not speak to.
    #[error(
        "the secrets of this state are encrypted by `{provider}`; export it from there with a passphrase"
    )]
    UnknownSecretsProvider {
        /// The name in the state.
        provider: String,
    },

    /// A secret cannot be decrypted although the key is the right one.
    #[error("the secret at {urn} {property} cannot be decrypted: {detail}")]
    Secret {
        /// The resource.
        urn: Urn,
        /// The property.
        property: String,
        /// Why not.
        detail: &'static str,
    },

    /// Somebody else works on this environment.
    #[error("{0}")]
    Locked(Box<Holder>),

    /// Somebody took over the lock meanwhile. Nothing was written.
    #[error(
        "the lock on {place} was taken over (its number is {found}, ours was {ours}); \
         nothing was written. Run the command again"
    )]
    LeaseLost {
        /// The state's place.
        place: String,
        /// Our fencing number.
        ours: u64,
        /// The one that holds now.
        found: u64,
    },

    /// The state was written by somebody else since it was read. Nothing was written.
    #[error(
        "the state in {place} was changed by someone else meanwhile; nothing was written. Run the command again"
    )]
    Conflict {
        /// The state's place.
        place: String,
    },

    /// A version asked for is not in the history.
    #[error("there is no version {serial} in the history of {place}; `history` lists them")]
    NoSuchVersion {
        /// The state's place.
        place: String,
        /// The version asked for.
        serial: u64,
    },

    /// An edit of the state by hand that cannot be done.
    #[error(transparent)]
    Edit(#[from] crate::edit::EditError),

    /// A session was used after it had ended.
    #[error("the state's writer has ended; this is a mistake in the program")]
    Closed,
}

impl Error {
    /// Wraps an error of the file system in the words that fit it.
    pub(crate) fn io(doing: &'static str, path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull { doing, path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly { doing, path, source: Arc::new(error) }
            }
            _ => Self::Io { doing, path, source: Arc::new(error) },
        }
    }
}

fn advice(last_good: Option<&LastGood>) -> String {
    match last_good {
        Some(good) => format!(
            "The last good version is {} of {} ({}); `state import` brings it back",
            good.serial, good.time, good.place
        ),
        None => "There is no good version in its history".to_owned(),
    }
}
