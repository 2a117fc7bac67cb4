//! How a person stops a run: once to stop cleanly, twice to stop at once.
//!
//! Both leave a true state. The first lets running steps finish and starts no new ones; the
//! second drops the running calls, whose pending operations stay recorded for the next run.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch;

/// How far a person has gone in stopping a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Stop {
    /// Not at all.
    #[default]
    No,
    /// No new steps; running ones finish.
    Clean,
    /// Running calls are dropped.
    AtOnce,
}

/// A handle to stop a run. Cheap to clone; all clones are one handle.
#[derive(Clone, Debug)]
pub struct Cancel(Arc<watch::Sender<Stop>>);

impl Default for Cancel {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Stop::No)))
    }
}

impl Cancel {
    /// A handle that has not been used.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes one further, as each Ctrl-C does, and says how far that is.
    pub fn request(&self) -> Stop {
        self.0.send_modify(|stop| {
            *stop = match *stop {
                Stop::No => Stop::Clean,
                Stop::Clean | Stop::AtOnce => Stop::AtOnce,
            };
        });
        self.stop()
    }

    /// How far it has gone.
    pub fn stop(&self) -> Stop {
        *self.0.borrow()
    }

    /// Whether no new step may start.
    pub fn is_requested(&self) -> bool {
        self.stop() > Stop::No
    }

    /// Returns once it has gone as far as `stop`.
    pub async fn reached(&self, stop: Stop) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _ = receiver.wait_for(|now| *now >= stop).await;
    }

    /// Runs `work` unless a stop at once comes first; `None` then, and `work` is dropped.
    pub(crate) async fn unless_at_once<F: Future>(&self, work: F) -> Option<F::Output> {
        tokio::select! {
            biased;
            () = self.reached(Stop::AtOnce) => None,
            output = work => Some(output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_second_request_drops_what_runs() {
        let cancel = Cancel::new();
        assert_eq!(cancel.clone().request(), Stop::Clean);
        assert!(cancel.is_requested());
        assert_eq!(cancel.unless_at_once(async { 1 }).await, Some(1));
        assert_eq!(cancel.request(), Stop::AtOnce);
        assert_eq!(cancel.unless_at_once(std::future::pending::<()>()).await, None);
    }
}
