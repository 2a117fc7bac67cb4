//! Ctrl-C: once to stop after the steps that run, twice to stop at once.

use goodgo_engine::Cancel;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Failure;

/// Hands every SIGINT and SIGTERM on to `cancel`, from now to the end of the process.
///
/// # Errors
/// When the system takes no handler.
pub(crate) fn watch(cancel: Cancel) -> Result<(), Failure> {
    let handler = |kind| {
        signal(kind).map_err(|error| Failure::failed("cannot watch for Ctrl-C").because(&error))
    };
    let mut interrupt = handler(SignalKind::interrupt())?;
    let mut terminate = handler(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                got = interrupt.recv() => if got.is_none() { break },
                got = terminate.recv() => if got.is_none() { break },
            }
            cancel.request();
        }
    });
    Ok(())
}
