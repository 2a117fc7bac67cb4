//! Waiting until a descriptor can be read.

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Registers a descriptor with the runtime.
///
/// Tokio has deprecated the safe constructors, because a type might hand out a
/// descriptor that it does not own; the new ones are `unsafe`. An `OwnedFd` owns
/// what it hands out, and is always the same, which is all that they ask for.
#[allow(deprecated)]
pub(crate) fn readable(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(descriptor, Interest::READABLE)
}
